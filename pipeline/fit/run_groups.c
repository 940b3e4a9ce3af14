/* Groups of finished fits by the rows that validated them, and what chance says of their best. */
#include "run_groups.h"

#include "pipeline/base/json.h"
#include "pipeline/predict/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *run, const char *key)
{
    return json_string_value(json_object_get(run, key));
}

static double accuracy_of(const json_t *run)
{
    return json_number(run, "val_accuracy");
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* ---- Finding ---- */

static bool is_of(const struct run_group *group, const char *digest, int64_t rows)
{
    return digest ? same_text(group->digest, digest) && group->rows == rows : !group->digest;
}

/* Adds run `number` to its group, or to a new one. `most`: of all runs. */
static int add(struct run_group *groups, int *count, const json_t *run, int number, size_t most)
{
    const double rows = json_number(run, "val_rows");
    const bool known = text_of(run, "val_digest") && rows >= 1 && rows < 1e15;
    const char *digest = known ? text_of(run, "val_digest") : NULL;
    int g = 0;

    while (g < *count && !is_of(&groups[g], digest, known ? (int64_t)rows : 0))
        g++;
    if (g == *count) {
        groups[g] = (struct run_group){.digest = digest,
                                       .rows = known ? (int64_t)rows : 0,
                                       .runs = calloc(most, sizeof(int)),
                                       .best = -1,
                                       .lead = NAN,
                                       .luck = NAN};
        if (!groups[g].runs)
            return -1;
        ++*count;
    }
    groups[g].runs[groups[g].count++] = number;
    return 0;
}

/* Tells whether an earlier run of the group wrote the same model, under whatever name. */
static bool is_again(const struct run_group *group, const json_t *runs, int place)
{
    const char *digest = text_of(json_array_get(runs, (size_t)group->runs[place]), "digest");

    for (int i = 0; i < place; i++)
        if (same_text(digest, text_of(json_array_get(runs, (size_t)group->runs[i]), "digest")))
            return true;
    return false;
}

static void choose_best(struct run_group *group, const json_t *runs)
{
    double most = -1, sum = 0;

    for (int i = 0; i < group->count && group->digest; i++) {
        const json_t *run = json_array_get(runs, (size_t)group->runs[i]);
        const double accuracy = accuracy_of(run);
        const bool again = is_again(group, runs, i);

        /* of one model the last name, which may be the only one still in use */
        if (accuracy > most || (accuracy == most && again)) {
            most = accuracy;
            group->best = group->runs[i];
        }
        sum += again ? 0 : accuracy;
        group->models += !again;
    }
    if (group->models < 2) {
        group->best = -1;
        return;
    }
    sum /= group->models;
    group->lead = most - sum;
    group->luck = largest_of(group->models) * accuracy_spread(sum, (double)group->rows);
}

int run_groups_find(struct run_group **groups, int *count, const json_t *runs, struct err *err)
{
    const size_t most = json_array_size(runs);
    int failed;
    json_t *run;
    size_t i;

    *count = 0;
    *groups = calloc(most + 1, sizeof **groups);
    failed = !*groups;
    json_array_foreach((json_t *)runs, i, run)
    {
        if (!failed && accuracy_of(run) >= 0 && accuracy_of(run) <= 1)
            failed = add(*groups, count, run, (int)i, most);
    }
    if (failed) {
        run_groups_free(*groups, *count);
        *groups = NULL;
        *count = 0;
        return err_memory(err, "the runs", 0);
    }
    for (int g = 0; g < *count; g++)
        choose_best(&(*groups)[g], runs);
    return 0;
}

void run_groups_free(struct run_group *groups, int count)
{
    for (int g = 0; groups && g < count; g++)
        free(groups[g].runs);
    free(groups);
}

/* ---- Comparing ---- */

double run_group_p(const struct run_group *group, const json_t *runs, int number)
{
    const json_t *best = json_array_get(runs, (size_t)group->best);
    const json_t *run = json_array_get(runs, (size_t)number);

    return same_text(text_of(best, "digest"), text_of(run, "digest"))
               ? NAN
               : proportions_p(accuracy_of(best), accuracy_of(run), (double)group->rows);
}

static bool same_model(const json_t *a, const json_t *b)
{
    return same_text(text_of(a, "name"), text_of(b, "name")) &&
           same_text(text_of(a, "options"), text_of(b, "options")) &&
           json_equal(json_object_get(a, "rows"), json_object_get(b, "rows"));
}

struct run_seeds run_group_seeds(const struct run_group *group, const json_t *runs, int first)
{
    const json_t *model = json_array_get(runs, (size_t)first);
    struct run_seeds seeds = {.count = 0};
    double sum = 0, squares = 0;

    for (int i = 0; i < group->count; i++) {
        const json_t *run = json_array_get(runs, (size_t)group->runs[i]);

        if (!same_model(run, model) || is_again(group, runs, i))
            continue;
        if (group->runs[i] < first)
            return (struct run_seeds){.count = 0};
        seeds.count++;
        sum += accuracy_of(run);
    }
    if (seeds.count < 2)
        return (struct run_seeds){.count = 0};
    seeds.mean = sum / seeds.count;
    for (int i = 0; i < group->count; i++) {
        const json_t *run = json_array_get(runs, (size_t)group->runs[i]);

        if (same_model(run, model) && !is_again(group, runs, i))
            squares += pow(accuracy_of(run) - seeds.mean, 2);
    }
    seeds.spread = sqrt(squares / (seeds.count - 1));
    seeds.error = accuracy_spread(seeds.mean, (double)group->rows);
    return seeds;
}
