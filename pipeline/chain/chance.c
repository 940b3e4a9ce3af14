/* What chance says of the scores: whether the best model is told apart from others, and whether one
 * makes the mean worse. */
#include "chain.h"

#include "chance.h"
#include "pipeline/base/figures.h"
#include "pipeline/fit/fit_name.h"
#include "pipeline/predict/comparison.h"

#include <stdlib.h>
#include <string.h>

/* Groups of predict's summary, one of each model; the last is the mean of all. */
struct summary_groups {
    const json_t *correct, *pairs, *without;
    const char **names;
    int count; /* less the mean; 0: none recorded */
    int64_t rows;
};

/* Returns what predict calls the model: it knows its files alone. */
static const char *name_by_files(struct chain *c, const struct chain_model *model)
{
    char *fit = model->brought[0] ? fit_name_of_file(model->brought) : NULL;
    const char *name =
        fit ? pool_text(&c->pool, "%.*s", (int)fit_name_parse(fit).model, fit) : model->name;

    c->pool.failed |= model->brought[0] && !fit;
    free(fit);
    return name;
}

/* Returns the name of the model that predict calls so; where these are several, that. */
static const char *name_of_model(struct chain *c, const char *by_files)
{
    const char *name = by_files;
    int count = 0;

    for (int m = 0; m < c->model_count; m++)
        if (strcmp(name_by_files(c, &c->models[m]), by_files) == 0) {
            name = c->models[m].name;
            count++;
        }
    return count == 1 ? name : by_files;
}

static struct summary_groups read_groups(struct chain *c, const json_t *summary)
{
    const json_t *groups = json_object_get(summary, "groups");
    const json_t *names = json_object_get(groups, "names");
    struct summary_groups g = {.correct = json_object_get(groups, "correct"),
                               .pairs = json_object_get(groups, "pairs"),
                               .without = json_object_get(groups, "without"),
                               .rows = (int64_t)json_number(groups, "rows")};

    g.count = (int)json_array_size(names);
    if ((int)json_array_size(g.correct) != g.count + 1 ||
        (int)json_array_size(g.without) != g.count || !(g.rows >= 1))
        g.count = 0;
    g.names = pool_alloc(&c->pool, ((size_t)g.count + 1) * sizeof *g.names);
    for (int i = 0; g.names && i < g.count; i++) {
        const char *name = json_string_value(json_array_get(names, (size_t)i));

        g.names[i] = name_of_model(c, name ? name : "");
    }
    return g;
}

static int64_t integer_at(const json_t *array, int i)
{
    return json_integer_value(json_array_get(array, (size_t)i));
}

static const char *name_at(const struct summary_groups *g, int i)
{
    return i == g->count ? "the mean" : g->names[i];
}

/* Returns McNemar's p of two groups; 1 where it is not recorded. */
static double p_of(const struct summary_groups *g, int i, int j)
{
    json_t *pair;
    size_t at;

    json_array_foreach((json_t *)g->pairs, at, pair)
    {
        if (integer_at(pair, 0) == (i < j ? i : j) && integer_at(pair, 1) == (i < j ? j : i))
            return mcnemar_p(integer_at(pair, 2), integer_at(pair, 3));
    }
    return 1;
}

static const double told_apart = 0.05;

/* Says which model alone has most rows right, from which chance does not tell it apart, and how
 * much of its lead is luck. */
static void print_best(struct chain *c, const struct summary_groups *g, FILE *out)
{
    const char *alike = "";
    char p[P_TEXT];
    double sum = 0, lead;
    int best = 0;

    for (int i = 0; i < g->count; i++) {
        best = integer_at(g->correct, i) > integer_at(g->correct, best) ? i : best;
        sum += (double)integer_at(g->correct, i) / (double)g->rows / g->count;
    }
    for (int i = 0; i < g->count; i++)
        if (i != best && p_of(g, best, i) >= told_apart)
            alike = pool_text(&c->pool, "%s%s%s (p %s)", alike,
                              *alike ? ", " : "; not told apart from ", name_at(g, i),
                              p_text(p_of(g, best, i), 2, p));
    fprintf(out, "\nbest alone: %s, %lld of %lld wrong%s\n", name_at(g, best),
            (long long)(g->rows - integer_at(g->correct, best)), (long long)g->rows, alike);
    lead = 100 * ((double)integer_at(g->correct, best) / (double)g->rows - sum);
    if (lead >= 0.005)
        fprintf(out,
                "it leads the models' mean accuracy by %.2f percentage points; of %d equally good "
                "ones the best would lead by up to about %.2f, by luck alone\n",
                lead, g->count, 100 * largest_of(g->count) * accuracy_spread(sum, (double)g->rows));
}

/* Says which model makes the mean worse, and how to leave it out; else whether one is better than
 * the mean alone. */
static void print_hint(const struct summary_groups *g, FILE *out)
{
    double least = 1;
    int worst = -1, best = g->count;
    char text[P_TEXT];

    for (int i = 0; i < g->count; i++) {
        const json_t *pair = json_array_get(g->without, (size_t)i);
        const double p = mcnemar_p(integer_at(pair, 0), integer_at(pair, 1));

        if (integer_at(pair, 0) > integer_at(pair, 1) && p < least) {
            worst = i;
            least = p;
        }
        best = integer_at(g->correct, i) > integer_at(g->correct, best) ? i : best;
    }
    if (worst >= 0 && least < told_apart) {
        const json_t *pair = json_array_get(g->without, (size_t)worst);

        fprintf(out,
                "hint: the mean is worse for %s: without it %lld rows are right that are wrong "
                "now, against %lld, p %s; %s.weight = 0 leaves it out\n",
                name_at(g, worst), (long long)integer_at(pair, 0), (long long)integer_at(pair, 1),
                p_text(least, 2, text), name_at(g, worst));
    } else if (best < g->count)
        fprintf(out, "the mean is worse than %s alone by %lld rows, which chance may do (p %s)\n",
                name_at(g, best),
                (long long)(integer_at(g->correct, best) - integer_at(g->correct, g->count)),
                p_text(p_of(g, best, g->count), 2, text));
}

void chain_chance(struct chain *c, const json_t *summary, FILE *out)
{
    const struct summary_groups groups = read_groups(c, summary);

    if (c->pool.failed || groups.count < 2)
        return;
    print_best(c, &groups, out);
    print_hint(&groups, out);
}
