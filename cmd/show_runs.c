#include "../pipeline/history.h"
#include "../pipeline/runs.h"
#include "plot_text.h"
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Accuracy on validation, or on training where there was none. */
static double accuracy_of(const json_t *run)
{
    const double validation = json_number(run, "val_accuracy");

    return isfinite(validation) ? validation : json_number(run, "accuracy");
}

static double loss_of(const json_t *run)
{
    const double validation = json_number(run, "val_loss");

    return isfinite(validation) ? validation : json_number(run, "loss");
}

static const char *text_of(const json_t *run, const char *key)
{
    const char *text = json_string_value(json_object_get(run, key));

    return text ? text : "-";
}

static void print_run(const struct terminal *t, const json_t *run, bool best)
{
    enum { BEFORE_OPTIONS = 61, DAY_TEXT = sizeof "2026-01-31" };
    const int left = t->columns - BEFORE_OPTIONS;

    const char *options = text_of(run, "options");
    char day[DAY_TEXT];

    snprintf(day, sizeof day, "%s", text_of(run, "time"));
    printf("%c ", best ? '*' : ' ');
    print_text(day, DAY_TEXT - 1, false);
    printf("  ");
    print_text(text_of(run, "fit"), 10, false);
    printf(" %6.0f", json_number(run, "epochs"));
    if (isfinite(accuracy_of(run)))
        printf(" %8.2f %% %8.4f", 100 * accuracy_of(run), loss_of(run));
    else
        printf(" %10s %8s", "-", "-");
    printf("%s %8.1f  ", isfinite(json_number(run, "val_accuracy")) ? " " : "t",
           json_number(run, "seconds"));
    if (text_columns(options) > left)
        print_text(options, left > 10 ? left : 10, false);
    else
        print_clean(options);
    putchar('\n');
}

static size_t best_of(const json_t *runs)
{
    size_t i, best = 0;
    json_t *run;

    json_array_foreach((json_t *)runs, i, run)
    {
        if (accuracy_of(run) > accuracy_of(json_array_get(runs, best)))
            best = i;
    }
    return best;
}

/* Accuracy from run to run: whether what was tried got better. */
static int plot_runs(const struct terminal *t, const json_t *runs, struct err *err)
{
    const size_t count = json_array_size(runs);
    double *x = calloc(2 * count + 1, sizeof *x);
    struct curve curve = {"", x, NULL, (int)count, false};
    int result;

    if (!x)
        return err_memory(err, "a curve", 0);
    curve.y = x + count;
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)i + 1;
        x[count + i] = accuracy_of(json_array_get(runs, i));
    }
    result = plot_curves(t, "accuracy", &curve, 1, "run", 1, err);
    free(x);
    return result;
}

int show_runs(struct show *show, struct err *err)
{
    json_t *runs, *run;
    size_t i, best;
    int result;

    if (runs_read(&runs, show->path, &show->inputs, err))
        return -1;
    best = best_of(runs);
    print_clean(show->path);
    printf(": %zu finished fit%s; figures on validation, t: on training\n\n", json_array_size(runs),
           plural((int64_t)json_array_size(runs)));
    printf("  %-10s  %-10s %6s %10s %8s  %8s  options\n", "day", "model", "epochs", "accuracy",
           "loss", "seconds");
    json_array_foreach(runs, i, run)
    {
        print_run(&show->terminal, run, i == best);
    }
    result = plot_runs(&show->terminal, runs, err);
    if (result == 0) {
        show->summary = json_pack("{s:s, s:O}", "kind", "runs", "runs", runs);
        result = show->summary ? 0 : err_memory(err, "the summary", 0);
    }
    json_decref(runs);
    return result;
}
