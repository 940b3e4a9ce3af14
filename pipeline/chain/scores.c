/* Scores of the fits, as tables: by predict's summary of rows that the models did not train on, and
 * by the fits' histories. */
#include "chain.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/fit/fit_name.h"
#include "pipeline/fit/history.h"
#include "pipeline/model/relation.h"
#include "pipeline/predict/comparison.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/model_line.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CLASSES = 10000 };

/* ---- Reading ---- */

/* Reads predict's summary by --json. NULL: it cannot be read, or is something else. */
static json_t *read_summary(const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    json_t *summary = NULL;
    json_error_t fault;

    if (!file) {
        (void)text_file_fault(path, err);
        return NULL;
    }
    summary = json_read_file(file, &fault);
    fclose(file);
    if (json_memory_check("a summary", err)) {
        json_decref(summary);
        return NULL;
    }
    if (!summary) {
        err_set(err, EX_DATAERR, "%s:%d: is not JSON: %s", path, fault.line, fault.text);
        return NULL;
    }
    if (!json_is_object(json_object_get(summary, "score")) ||
        !json_is_array(json_object_get(summary, "models"))) {
        err_set(
            err, EX_DATAERR,
            "%s: is not what `predict --json` writes of labelled data; remove it, and make will "
            "predict again",
            path);
        json_decref(summary);
        return NULL;
    }
    return summary;
}

static int read_score(const json_t *score, const char *path, struct score *read, struct err *err)
{
    if (score_read(read, score))
        return err_set(err, EX_DATAERR, "%s: a score has no sound \"rows\" and \"correct\"", path);
    return 0;
}

/* Returns how the rows relate to a model or the mean, fair where an older summary does not say. */
static enum relation_kind read_relation(const json_t *entry)
{
    const json_t *json = json_object_get(entry, "relation");
    const struct relation relation = relation_read_json(json);

    return json ? relation_kind(&relation) : RELATION_FAIR;
}

/* Finds the score of that model file; *found false: the summary has none. Raises *kind to how the
 * rows relate to it. */
static int find_score(const json_t *summary, const char *path, const char *model,
                      struct score *score, bool *found, enum relation_kind *kind, struct err *err)
{
    const json_t *entry;
    size_t i;

    *found = false;
    json_array_foreach(json_object_get(summary, "models"), i, entry)
    {
        const char *file = json_string_value(json_object_get(entry, "model"));

        if (file && strcmp(file, model) == 0) {
            *found = true;
            if (read_relation(entry) > *kind)
                *kind = read_relation(entry);
            return read_score(json_object_get(entry, "score"), path, score, err);
        }
    }
    return 0;
}

/* Reads the epochs and seconds of a fit by its history; NAN: not known, as where it was deleted. */
static int read_effort(struct chain *c, const struct fit *fit, double *epochs, double *seconds,
                       struct err *err)
{
    const char *path = pool_text(&c->pool, "%s.history.jsonl", fit->path);
    struct inputs inputs = {NULL, 0};
    struct history history;
    int result;

    *epochs = *seconds = NAN;
    if (fit->model->brought[0] || access(path, F_OK))
        return 0;
    result = history_read(&history, path, &inputs, err);
    if (result == 0) {
        *epochs = (double)json_array_size(history.epochs);
        *seconds = json_number(history.end, "seconds");
        history_free(&history);
    }
    inputs_free(&inputs);
    return result;
}

/* ---- Options, what all have in common left out ---- */

static bool is_accepted(const struct chain *c, const struct chain_model *model)
{
    for (int i = 0; i < c->validated.count; i++) {
        const struct stage *stage = chain_stage(c, c->validated.list[i]->file);

        if (c->validated.list[i]->model == model && stage && stage->note.accepted[0])
            return true;
    }
    return false;
}

/* Returns the options of the model; those of today did not make one that was accepted. */
static const char *shown_options(struct chain *c, const struct chain_model *model)
{
    static const char trial[] = "--trial --epochs 2";

    if (is_accepted(c, model))
        return "accepted as it was by csvnet_accept";
    return begins_with(model->options, trial)
               ? pool_text(&c->pool, "trial:%s", model->options + strlen(trial))
               : model->options;
}

/* Returns the bytes of the option at `text` with its value: up to the next one. */
static size_t option_size(const char *text)
{
    const char *next = strstr(text + 1, " --");

    return next ? (size_t)(next - text) : strlen(text);
}

/* Tells whether the options have that one. */
static bool has_option(const char *options, const char *option, size_t size)
{
    for (const char *at = options; *at; at += option_size(at), at += *at == ' ')
        if (option_size(at) == size && memcmp(at, option, size) == 0)
            return true;
    return false;
}

static bool all_have(struct chain *c, const char *option, size_t size)
{
    for (int m = 0; m < c->model_count; m++)
        if (!has_option(shown_options(c, &c->models[m]), option, size))
            return false;
    return true;
}

/* Returns the options of `text` that all models have, or those that not all have. */
static const char *filter_options(struct chain *c, const char *text, bool common)
{
    const char *kept = "";

    for (const char *at = text; *at; at += option_size(at), at += *at == ' ')
        if (all_have(c, at, option_size(at)) == common)
            kept =
                pool_text(&c->pool, "%s%s%.*s", kept, *kept ? " " : "", (int)option_size(at), at);
    return kept;
}

/* ---- The table ---- */

/* A model, or the mean of all, with the texts of its columns. */
struct row {
    struct model_line line;
    int seeds;     /* 0: there are not two to compare */
    double spread; /* standard deviation of their accuracies */
    enum relation_kind kind;
    const char *name, *accuracy, *spread_text, *rest, *options;
};

static const char *number(struct chain *c, double value, int decimals)
{
    return isfinite(value) ? pool_text(&c->pool, "%.*f", decimals, value) : "-";
}

static const char *ratio(struct chain *c, double value)
{
    char text[SHARE_TEXT];

    return pool_text(&c->pool, "%s", ratio_text(value, 4, text));
}

/* Sets the texts of a row; options are those of the model. */
static void print_row(struct chain *c, struct row *row, const char *options)
{
    const struct model_line *line = &row->line;
    const char *mark = relation_mark(row->kind);
    char accuracy[ACCURACY_TEXT], loss[LOSS_TEXT];
    const char *wrong = line->rows > 0 ? pool_text(&c->pool, "%lld/%lld", (long long)line->wrong,
                                                   (long long)line->rows)
                                       : "-";
    const char *epochs = number(c, line->epochs, line->epochs == floor(line->epochs) ? 0 : 1);

    row->accuracy = pool_text(&c->pool, "%s%s%s",
                              accuracy_text(line->accuracy, (double)line->rows, "+-", accuracy),
                              *mark ? " " : "", mark);
    row->spread_text =
        row->seeds ? pool_text(&c->pool, "%d: %.2f %%", row->seeds, 100 * row->spread) : "";
    row->rest = pool_text(&c->pool, "  %s%6s  %12s  %6s  %7s", line->at_least ? ">" : " ",
                          loss_text(line->loss, loss), wrong, epochs, number(c, line->seconds, 1));
    row->options = options;
}

/* Widths of the columns before the options, after the longest of their texts. */
struct widths {
    int name, accuracy, seeds;
};

static int longer(int width, const char *text)
{
    return utf8_columns(text) > width ? utf8_columns(text) : width;
}

static struct widths find_widths(const struct chain *c, const struct row *rows)
{
    struct widths w = {8, 17, 0};

    for (int m = 0; m <= c->model_count; m++) {
        w.name = longer(w.name, rows[m].name);
        w.accuracy = longer(w.accuracy, rows[m].accuracy);
        w.seeds = longer(w.seeds, rows[m].spread_text);
    }
    return w;
}

/* Returns the columns before the options. */
static const char *figures_of(struct chain *c, const struct widths *w, const struct row *row)
{
    const char *seeds = w->seeds ? pool_text(&c->pool, "  %-*s", w->seeds, row->spread_text) : "";

    return pool_text(&c->pool, "%-*s  %-*s%s%s  ", w->name, row->name, w->accuracy, row->accuracy,
                     seeds, row->rest);
}

/* Leaves out the options that all have, and says them once, where they would not fit. */
static void shorten(struct chain *c, struct row *rows, int room, FILE *out)
{
    const char *common;
    int width = 0;

    for (int m = 0; m < c->model_count; m++)
        width = longer(width, rows[m].options);
    if (width <= room || c->model_count < 2)
        return;
    common = filter_options(c, rows[0].options, true);
    for (int m = 0; m < c->model_count; m++)
        rows[m].options = filter_options(c, rows[m].options, false);
    if (*common)
        fprintf(out, "options of all: %s\n\n", common);
}

/* Prints the line, the middle of the options cut where they do not fit: figures never are. */
static void print_line(struct chain *c, const struct widths *w, const struct row *row, int room,
                       FILE *out)
{
    size_t head, tail;
    const bool cut = utf8_cut_middle(row->options, room, 3, &head, &tail);

    fprintf(out, "%s%.*s%s%s\n", figures_of(c, w, row), (int)head, row->options, cut ? "..." : "",
            row->options + tail);
}

/* Says what the signs in the table stand for. */
static void print_legend(const struct chain *c, const struct row *rows, bool seeds, FILE *out)
{
    const char *last = "";
    bool at_least = false;

    if (seeds)
        fprintf(out, "+-: standard error of the rows; seeds: how many, and the standard deviation "
                     "of their accuracies\n");
    for (int m = 0; m <= c->model_count; m++) {
        const char *mark = relation_mark(rows[m].kind);

        if (*mark && strcmp(mark, last))
            fprintf(out, "%s: %s\n", mark, relation_legend(rows[m].kind));
        last = *mark ? mark : last;
        at_least |= rows[m].line.at_least;
    }
    if (at_least)
        fprintf(out, ">: at least that loss, for probabilities were 0 in 32 bits\n");
}

static void print_table(struct chain *c, struct row *rows, int columns, FILE *out)
{
    enum { LEAST = 12 };
    const struct widths w = find_widths(c, rows);
    const struct row heading = {.name = "model",
                                .accuracy = "accuracy",
                                .spread_text = "seeds",
                                .rest = "     loss    wrong/rows  epochs  seconds",
                                .options = "options"};
    const int before = utf8_columns(figures_of(c, &w, &heading));
    const int room = columns == 0 ? INT_MAX : columns - before > LEAST ? columns - before : LEAST;

    shorten(c, rows, room, out);
    print_line(c, &w, &heading, room, out);
    for (int m = 0; m <= c->model_count; m++)
        print_line(c, &w, &rows[m], room, out);
    print_legend(c, rows, w.seeds > 0, out);
}

/* Prints what contests also score by, of all models and their mean. */
static void print_contest(struct chain *c, const struct row *rows, FILE *out)
{
    const int width = find_widths(c, rows).name;

    fprintf(out, "\n%-*s  %8s  %17s  %6s\n", width, "model", "macro F1", "balanced accuracy",
            "AUC");
    for (int m = 0; m <= c->model_count; m++)
        fprintf(out, "%-*s  %8s  %17s  %6s\n", width, rows[m].name, ratio(c, rows[m].line.macro_f1),
                ratio(c, rows[m].line.balanced_accuracy), ratio(c, rows[m].line.auc));
    if (c->validated.count > c->model_count)
        fprintf(out,
                "AUC: the mean of a model's fits; the other figures are of their rows together\n");
}

/* ---- Sums ---- */

/* Sum over the seeds of a model, each over its folds. */
struct seeds {
    int64_t seed;
    double rows, correct;
};

static void add_seed(struct seeds *seeds, int *count, int64_t seed, const struct score *score)
{
    int s = 0;

    while (s < *count && seeds[s].seed != seed)
        s++;
    if (s == *count)
        seeds[(*count)++] = (struct seeds){.seed = seed};
    seeds[s].rows += (double)score->rows;
    seeds[s].correct += (double)score->correct;
}

/* Sets the spread of two seeds or more. */
static void spread_seeds(struct row *row, const struct seeds *seeds, int count)
{
    double sum = 0, squares = 0;

    for (int s = 0; s < count; s++)
        sum += seeds[s].correct / seeds[s].rows;
    for (int s = 0; s < count; s++)
        squares += pow(seeds[s].correct / seeds[s].rows - sum / count, 2);
    row->seeds = count > 1 ? count : 0;
    row->spread = count > 1 ? sqrt(squares / (count - 1)) : NAN;
}

/* Returns the confusion matrix of that model file; NULL: none. */
static const json_t *find_confusion(const json_t *summary, const char *model)
{
    json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(summary, "models"), i, entry)
    {
        const char *file = json_string_value(json_object_get(entry, "model"));

        if (file && strcmp(file, model) == 0)
            return json_object_get(json_object_get(entry, "score"), "confusion");
    }
    return NULL;
}

/* Replaces figures of classes, means over the fits so far, by those of the fits' rows together, as
 * the mean of all has them: the mean of folds' F1 is another figure. */
static int pool_classes(struct chain *c, const struct chain_model *model, const json_t *summary,
                        struct model_line *line, struct err *err)
{
    const json_t *all = json_object_get(json_object_get(summary, "score"), "confusion");
    struct metrics pooled;
    struct score score;
    bool known = json_array_size(all) > 0 && json_array_size(all) <= MOST_CLASSES;

    if (!known)
        return 0;
    if (metrics_init(&pooled, (int)json_array_size(all), err))
        return -1;
    for (int i = 0; i < c->validated.count; i++)
        if (c->validated.list[i]->model == model)
            known = known && metrics_add_confusion(
                                 &pooled, find_confusion(summary, c->validated.list[i]->file));
    score = metrics_score(&pooled);
    if (known) {
        line->macro_f1 = score.macro_f1;
        line->balanced_accuracy = score.balanced_accuracy;
    }
    metrics_free(&pooled);
    return 0;
}

/* Adds up the fits of a model, and their effort to that of all. */
static int sum_model(struct chain *c, const struct chain_model *model, const json_t *summary,
                     int64_t rows, struct row *row, double *all_seconds, struct err *err)
{
    struct seeds *seeds = pool_alloc(&c->pool, (size_t)(c->validated.count + 1) * sizeof *seeds);
    struct model_sum sum = {0};
    int count = 0;

    for (int i = 0; seeds && i < c->validated.count; i++) {
        const struct fit *fit = c->validated.list[i];
        struct score score;
        double epochs, seconds;
        bool found;

        if (fit->model != model)
            continue;
        if (find_score(summary, c->val_json, fit->file, &score, &found, &row->kind, err) ||
            read_effort(c, fit, &epochs, &seconds, err))
            return -1;
        model_sum_add(&sum, found ? &score : NULL, epochs, seconds);
        if (found)
            add_seed(seeds, &count, fit->seed, &score);
        *all_seconds += seconds;
    }
    if (seeds)
        spread_seeds(row, seeds, count);
    row->line = model_sum_line(&sum, rows);
    return pool_classes(c, model, summary, &row->line, err);
}

/* Says what the scores are worth, unless the rows are new to the models. */
static void print_relation(const json_t *summary, FILE *out)
{
    const json_t *json = json_object_get(summary, "relation");
    const struct relation relation = relation_read_json(json);
    char text[RELATION_TEXT];

    if (json && *relation_text(&relation, text))
        fprintf(out, "%s\n", text);
}

/* ---- What chance says ---- */

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

/* Says which fits went wrong, and what helps. */
static int print_troubles(struct chain *c, FILE *out, struct err *err)
{
    int result = 0;

    for (int i = 0; i < c->validated.count && result == 0; i++) {
        const char *stem = c->validated.list[i]->path, *slash = strrchr(stem, '/');
        const char *path = pool_text(&c->pool, "%s.history.jsonl", stem), *trouble;
        struct inputs inputs = {NULL, 0};
        struct history history;

        if (c->validated.list[i]->model->brought[0] || access(path, F_OK))
            continue;
        result = history_read(&history, path, &inputs, err);
        if (result == 0) {
            trouble = json_string_value(json_object_get(history.end, "trouble"));
            if (trouble)
                fprintf(out, "%s: %s\n", slash ? slash + 1 : stem, trouble);
            history_free(&history);
        }
        inputs_free(&inputs);
    }
    return result;
}

int chain_scores(struct chain *c, int columns, FILE *out, struct err *err)
{
    json_t *summary = read_summary(c->val_json, err);
    struct row *rows = pool_alloc(&c->pool, ((size_t)c->model_count + 1) * sizeof *rows);
    struct summary_groups groups;
    struct model_sum sum = {0};
    struct score all;
    double seconds = 0;
    int result = -1;

    if (!rows || !summary || read_score(json_object_get(summary, "score"), c->val_json, &all, err))
        goto out;
    for (int m = 0; m < c->model_count; m++) {
        rows[m].name = c->models[m].name;
        if (sum_model(c, &c->models[m], summary, all.rows, &rows[m], &seconds, err))
            goto out;
        print_row(c, &rows[m], shown_options(c, &c->models[m]));
    }
    model_sum_add(&sum, &all, NAN, seconds);
    rows[c->model_count] = (struct row){
        .name = "mean", .line = model_sum_line(&sum, all.rows), .kind = read_relation(summary)};
    print_row(c, &rows[c->model_count],
              pool_text(&c->pool, "of %zu, %s", json_array_size(json_object_get(summary, "models")),
                        c->folds ? "out of fold" : "on the rows held back"));
    if (c->pool.failed)
        goto out;
    print_table(c, rows, columns, out);
    print_contest(c, rows, out);
    print_relation(summary, out);
    groups = read_groups(c, summary);
    if (c->pool.failed)
        goto out;
    if (groups.count > 1) {
        print_best(c, &groups, out);
        print_hint(&groups, out);
    }
    result = print_troubles(c, out, err);
out:
    if (c->pool.failed)
        result = err_memory(err, "the scores", 0);
    json_decref(summary);
    return result;
}

int chain_oof(struct chain *c, FILE *out, struct err *err)
{
    json_t *summary = read_summary(c->val_json, err);
    struct score score;
    char text[SCORE_TEXT];
    int result = -1;

    if (summary && read_score(json_object_get(summary, "score"), c->val_json, &score, err) == 0) {
        fprintf(out, "out of fold: %s\n", score_text(&score, text));
        print_relation(summary, out);
        fprintf(out, "%s\n", contest_text(&score, text));
        result = 0;
    }
    json_decref(summary);
    return result;
}
