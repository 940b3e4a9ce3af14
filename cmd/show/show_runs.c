/* Shows the finished fits of a folder and which was the best. */
#include "cmd/terminal/text_chart.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"
#include "pipeline/fit/runs.h"
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_validated(const json_t *run)
{
    return isfinite(json_number(run, "val_accuracy"));
}

/* Returns the accuracy, that of the training where there was no validation. */
static double accuracy_of(const json_t *run)
{
    return json_number(run, is_validated(run) ? "val_accuracy" : "accuracy");
}

static const char *text_of(const json_t *run, const char *key)
{
    const char *text = json_string_value(json_object_get(run, key));

    return text ? text : "-";
}

/* ---- What can be compared ---- */

/* Counts the runs that were validated, if on the same fold or all without folds; else 0, for one
 * fold may be harder than another. */
static int alike(const json_t *runs)
{
    const char *fold = NULL;
    int count = 0;
    json_t *run;
    size_t i;

    json_array_foreach((json_t *)runs, i, run)
    {
        if (!is_validated(run))
            continue;
        if (fold && strcmp(fold, text_of(run, "fold")))
            return 0;
        fold = text_of(run, "fold");
        count++;
    }
    return count;
}

/* Returns the best run; NULL where there are not two to compare. */
static const json_t *best_of(const json_t *runs)
{
    const json_t *best = NULL;
    json_t *run;
    size_t i;

    if (alike(runs) < 2)
        return NULL;
    json_array_foreach((json_t *)runs, i, run)
    {
        if (is_validated(run) && (!best || accuracy_of(run) > accuracy_of(best)))
            best = run;
    }
    return best;
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

/* ---- Printing ---- */

static bool any_of_training(const json_t *runs)
{
    json_t *run;
    size_t i;

    json_array_foreach((json_t *)runs, i, run)
    {
        if (!is_validated(run) && isfinite(accuracy_of(run)))
            return true;
    }
    return false;
}

static void print_head(const struct show *show, const json_t *runs, bool starred)
{
    const size_t count = json_array_size(runs);
    const int trials = count_trials(runs);
    const bool training = any_of_training(runs);

    print_clean(show->path);
    printf(": %zu finished fit%s", count, plural((int64_t)count));
    if (trials > 0 && trials < (int)count)
        printf(", %d", trials);
    if (trials > 0)
        printf(" of a trial");
    putchar('\n');
    if (starred || training)
        printf("%s%s%s\n", starred ? "*: the best of them on validation" : "",
               starred && training ? "; " : "",
               training ? "t: figures on training, for want of others" : "");
    putchar('\n');
    printf("  %-10s  %-10s %6s %10s %8s   %8s  options\n", "day", "model", "epochs", "accuracy",
           "loss", "seconds");
}

/* Prints the options after the figures where they fit, or else below. */
static void print_options(const struct terminal *t, const char *options)
{
    enum { BEFORE = 63, INDENT = 4 };

    if (t->endless || text_columns(options) <= t->columns - BEFORE) {
        printf("  ");
        print_clean(options);
        putchar('\n');
    } else {
        putchar('\n');
        print_indented(t, options, INDENT);
    }
}

static void print_run(const struct terminal *t, const json_t *run, bool best)
{
    enum { DAY_TEXT = sizeof "2026-01-31" };
    char day[DAY_TEXT];

    snprintf(day, sizeof day, "%s", text_of(run, "time"));
    printf("%c ", best ? '*' : ' ');
    print_text(day, DAY_TEXT - 1, false);
    printf("  ");
    print_text(text_of(run, "fit"), 10, false);
    printf(" %6.0f", json_number(run, "epochs"));
    if (isfinite(accuracy_of(run)))
        printf(" %8.2f %% %8.4f %c", 100 * accuracy_of(run),
               json_number(run, is_validated(run) ? "val_loss" : "loss"),
               is_validated(run) ? ' ' : 't');
    else
        printf(" %10s %8s  ", "-", "-");
    printf(" %8.1f", json_number(run, "seconds"));
    print_options(t, text_of(run, "options"));
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

int show_runs(struct show *show, struct err *err)
{
    const json_t *best;
    json_t *runs, *run;
    size_t i;
    int result = 0;

    if (runs_read(&runs, show->path, &show->inputs, err))
        return -1;
    best = best_of(runs);
    print_head(show, runs, best != NULL);
    json_array_foreach(runs, i, run)
    {
        print_run(&show->terminal, run, run == best);
    }
    if (alike(runs))
        result = plot_runs(&show->terminal, runs, err);
    if (result == 0) {
        show->summary = json_pack("{s:s, s:O}", "kind", "runs", "runs", runs);
        result = show->summary ? 0 : err_memory(err, "the summary", 0);
    }
    json_decref(runs);
    return result;
}
