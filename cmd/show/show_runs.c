/* Shows the finished fits of a folder, by the rows that validated them, and which were the best. */
#include "cmd/terminal/text_chart.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/run_groups.h"
#include "pipeline/predict/score.h"
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = sizeof "2026-01-31" - 1, DIGEST_SHOWN = 8 };

/* Widths of the columns, after the longest of their texts. */
struct widths {
    int fit, accuracy;
};

static const char *text_of(const json_t *run, const char *key)
{
    const char *text = json_string_value(json_object_get(run, key));

    return text ? text : "-";
}

static const json_t *run_at(const json_t *runs, int number)
{
    return json_array_get(runs, (size_t)number);
}

static bool is_validated(const json_t *run)
{
    const double accuracy = json_number(run, "val_accuracy");

    return accuracy >= 0 && accuracy <= 1;
}

static int count_trials(const json_t *runs)
{
    json_t *run;
    int count = 0;
    size_t i;

    json_array_foreach((json_t *)runs, i, run)
    {
        count += json_is_true(json_object_get(run, "trial"));
    }
    return count;
}

/* ---- One run ---- */

/* Prints the accuracy, that of the training where there was no validation. */
static const char *accuracy_of(const json_t *run, char text[ACCURACY_TEXT])
{
    return is_validated(run) ? accuracy_text(json_number(run, "val_accuracy"),
                                             json_number(run, "val_rows"), "+-", text)
                             : accuracy_text(json_number(run, "accuracy"), NAN, "+-", text);
}

static struct widths find_widths(const json_t *runs)
{
    struct widths w = {(int)strlen("model"), (int)strlen("accuracy")};
    char text[ACCURACY_TEXT];
    json_t *run;
    size_t i;

    json_array_foreach((json_t *)runs, i, run)
    {
        const int fit = text_columns(text_of(run, "fit"));
        const int accuracy = (int)strlen(accuracy_of(run, text));

        w.fit = fit > w.fit ? fit : w.fit;
        w.accuracy = accuracy > w.accuracy ? accuracy : w.accuracy;
    }
    return w;
}

static void print_heading(const struct widths *w)
{
    printf("  %-*s  %-*s %6s  %-*s %8s  %8s  options\n", DAY, "day", w->fit, "model", "epochs",
           w->accuracy, "accuracy", "loss", "seconds");
}

/* Prints the options after the figures where they fit, or else below. */
static void print_options(const struct terminal *t, const char *options, int before)
{
    enum { INDENT = 4 };

    if (t->endless || text_columns(options) <= t->columns - before) {
        printf("  ");
        print_clean(options);
        putchar('\n');
    } else {
        putchar('\n');
        print_indented(t, options, INDENT);
    }
}

static void print_run(const struct terminal *t, const json_t *run, const struct widths *w,
                      bool best)
{
    const char *loss_key = is_validated(run) ? "val_loss" : "loss";
    char day[DAY + 1], accuracy[ACCURACY_TEXT], loss[LOSS_TEXT];

    snprintf(day, sizeof day, "%s", text_of(run, "time"));
    printf("%c ", best ? '*' : ' ');
    print_text(day, DAY, false);
    printf("  ");
    print_text(text_of(run, "fit"), w->fit, false);
    printf(" %6.0f  %-*s %8s  %8.1f", json_number(run, "epochs"), w->accuracy,
           accuracy_of(run, accuracy), loss_text(json_number(run, loss_key), loss),
           json_number(run, "seconds"));
    print_options(t, text_of(run, "options"), DAY + w->fit + w->accuracy + 33);
}

/* ---- What chance says ---- */

/* Runs of which chance tells the best no better. */
enum { NAMED = 3 };
static const double told_apart = 0.05;

/* Finds the runs with the highest accuracies below the best that are not told apart from it, up to
 * NAMED of them; returns how many there are. */
static int find_alike(const struct run_group *group, const json_t *runs, int alike[NAMED])
{
    int count = 0, kept = 0;

    for (int i = 0; i < group->count; i++) {
        const double p = run_group_p(group, runs, group->runs[i]);
        int at = kept;

        if (!(p >= told_apart))
            continue;
        count++;
        while (at > 0 && run_group_p(group, runs, alike[at - 1]) < p)
            at--;
        if (at == NAMED)
            continue;
        kept += kept < NAMED;
        memmove(alike + at + 1, alike + at, (size_t)(kept - 1 - at) * sizeof *alike);
        alike[at] = group->runs[i];
    }
    return count;
}

static void print_best(const struct run_group *group, const json_t *runs)
{
    int alike[NAMED];
    char text[P_TEXT];
    const int count = find_alike(group, runs, alike);

    printf("*: the best of these %d", group->models);
    for (int i = 0; i < count && i < NAMED; i++) {
        printf(i == 0 ? "; not told apart from " : ", ");
        print_clean(text_of(run_at(runs, alike[i]), "fit"));
        printf(" (p %s)", p_text(run_group_p(group, runs, alike[i]), 2, text));
    }
    if (count > NAMED)
        printf(" and %d more", count - NAMED);
    putchar('\n');
    if (100 * group->lead >= 0.005)
        printf("it leads their mean by %.2f percentage points; of %d equally good ones the best "
               "would lead by about %.2f, by luck alone\n",
               100 * group->lead, group->models, 100 * group->luck);
}

static void print_seeds(const struct run_group *group, const json_t *runs)
{
    for (int i = 0; i < group->count && group->digest; i++) {
        const struct run_seeds seeds = run_group_seeds(group, runs, group->runs[i]);
        char mean[SHARE_TEXT];

        if (seeds.count == 0)
            continue;
        print_clean(text_of(run_at(runs, group->runs[i]), "name"));
        printf(": %d seeds, mean %s %%; spread of the seeds %.2f %% (standard deviation), error of "
               "the rows %.2f %%\n",
               seeds.count, percent_text(seeds.mean, 2, mean), 100 * seeds.spread,
               100 * seeds.error);
    }
}

/* ---- Groups ---- */

static void print_group(const struct terminal *t, const struct run_group *group, const json_t *runs,
                        const struct widths *w)
{
    if (group->digest)
        printf("\nvalidated on %lld rows (%.*s):\n", (long long)group->rows, DIGEST_SHOWN,
               group->digest);
    else
        printf("\nvalidated on rows that were not recorded, which nothing can be compared by:\n");
    print_heading(w);
    for (int i = 0; i < group->count; i++)
        print_run(t, run_at(runs, group->runs[i]), w, group->runs[i] == group->best);
    if (group->best >= 0)
        print_best(group, runs);
    print_seeds(group, runs);
}

static void print_unvalidated(const struct terminal *t, const json_t *runs, const struct widths *w)
{
    bool any = false;
    json_t *run;
    size_t i;

    json_array_foreach((json_t *)runs, i, run)
    {
        if (is_validated(run))
            continue;
        if (!any) {
            printf("\nwithout validation; accuracy and loss on what they were trained on:\n");
            print_heading(w);
        }
        any = true;
        print_run(t, run, w, false);
    }
}

/* Prints the accuracy from run to run: whether what was tried got better. */
static int plot_runs(const struct terminal *t, const json_t *runs, struct err *err)
{
    const size_t count = json_array_size(runs);
    double *x = calloc(2 * count + 1, sizeof *x), *y = x + count;
    const struct chart_line line = {.x = x, .y = y, .count = (int)count, .label = ""};
    const struct chart chart = {.title = "accuracy on validation",
                                .what = "run",
                                .ticks = 5,
                                .logarithmic_from = 5,
                                .limit = 1,
                                .lines = &line,
                                .count = 1};
    int result;

    if (!x)
        return err_memory(err, "a curve", 0);
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)i + 1;
        y[i] = json_number(json_array_get(runs, i), "val_accuracy");
    }
    result = print_chart(t, &chart, err);
    free(x);
    return result;
}

static void print_head(const struct show *show, const json_t *runs)
{
    const size_t count = json_array_size(runs);
    const int trials = count_trials(runs);

    print_clean(show->name);
    printf(": %zu finished fit%s", count, plural((int64_t)count));
    if (trials > 0 && trials < (int)count)
        printf(", %d", trials);
    if (trials > 0)
        printf(" of a trial");
    putchar('\n');
}

/* ---- JSON ---- */

static json_t *group_json(const struct run_group *group, const json_t *runs)
{
    json_t *numbers = json_array(), *alike = json_array(), *seeds = json_array();

    for (int i = 0; i < group->count; i++) {
        const int number = group->runs[i];
        const struct run_seeds of = run_group_seeds(group, runs, number);

        json_array_append_new(numbers, json_integer(number));
        if (group->best >= 0 && !isnan(run_group_p(group, runs, number)))
            json_array_append_new(alike, json_pack("{s:i, s:f}", "run", number, "p",
                                                   run_group_p(group, runs, number)));
        if (of.count > 0 && group->digest)
            json_array_append_new(seeds, json_pack("{s:s, s:i, s:f, s:f, s:f}", "name",
                                                   text_of(run_at(runs, number), "name"), "seeds",
                                                   of.count, "mean", of.mean, "spread", of.spread,
                                                   "standard_error", of.error));
    }
    return json_pack("{s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "val_digest", group->digest,
                     "val_rows", group->digest ? json_integer(group->rows) : json_null(), "runs",
                     numbers, "best", group->best >= 0 ? json_integer(group->best) : json_null(),
                     "others", alike, "lead", json_real_or_null(group->lead), "luck",
                     json_real_or_null(group->luck), "seeds", seeds);
}

static json_t *summary_of(const struct run_group *groups, int count, const json_t *runs)
{
    json_t *list = json_array();

    for (int g = 0; g < count; g++)
        json_array_append_new(list, group_json(&groups[g], runs));
    return json_pack("{s:s, s:O, s:o}", "kind", "runs", "runs", runs, "groups", list);
}

int show_runs(struct show *show, struct err *err)
{
    struct run_group *groups = NULL;
    struct widths widths;
    struct runs record;
    json_t *runs;
    int count = 0, result;

    if (runs_read(&record, show->path, &show->inputs, err))
        return -1;
    runs = record.fits;
    result = run_groups_find(&groups, &count, runs, err);
    if (result == 0) {
        widths = find_widths(runs);
        print_head(show, runs);
        for (int g = 0; g < count; g++)
            print_group(&show->terminal, &groups[g], runs, &widths);
        print_unvalidated(&show->terminal, runs, &widths);
        if (count == 1 && groups[0].digest)
            result = plot_runs(&show->terminal, runs, err);
    }
    if (result == 0) {
        show->summary = summary_of(groups, count, runs);
        result = show->summary ? show_scores(show, record.scores, err)
                               : err_memory(err, "the summary", 0);
    }
    run_groups_free(groups, count);
    runs_free(&record);
    return result;
}
