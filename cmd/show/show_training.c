/* Prints the epochs of a training as a table and as curves. */
#include "show_training.h"

#include "cmd/terminal/text_chart.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"
#include "pipeline/fit/keep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SCORED = 3, MOST_EPOCHS = 24 };

/* Finds the names of what was scored, validation first as fit has it; returns their number, of
 * which up to MOST_SCORED are in names[]. */
static int scored_names(const json_t *epochs, const char *names[MOST_SCORED])
{
    const json_t *scores = json_object_get(json_array_get(epochs, 0), "scores");
    int count = 0;
    const char *name;
    json_t *score;

    json_object_foreach((json_t *)scores, name, score)
    {
        if (count < MOST_SCORED)
            names[count] = name;
        count++;
    }
    return count < MOST_SCORED ? count : MOST_SCORED;
}

/* Finds the figure besides loss and accuracy that --keep went by; NULL: none. */
static const struct keep_figure *figure_of(const json_t *epochs)
{
    const json_t *scores = json_object_get(json_array_get(epochs, 0), "scores");
    const json_t *score = json_object_get(scores, "val");

    for (int k = KEEP_MACRO_F1; k < KEEPS; k++)
        if (json_object_get(score, keep_figures[k].key))
            return &keep_figures[k];
    return NULL;
}

/* ---- Table ---- */

static void print_share(double accuracy)
{
    char text[SHARE_TEXT];

    printf(isfinite(accuracy) ? " %7s %%" : " %9s", percent_text(accuracy, 2, text));
}

static void print_epoch(const json_t *epoch, const char *const *names, int scored,
                        const struct keep_figure *figure, int64_t kept)
{
    const json_t *val = json_object_get(json_object_get(epoch, "scores"), "val");
    const int64_t number = json_integer_value(json_object_get(epoch, "epoch"));

    printf("  %5lld %10.4g %8.4f", (long long)number, json_number(epoch, "lr"),
           json_number(epoch, "loss"));
    print_share(json_number(epoch, "accuracy"));
    for (int s = 0; s < scored; s++) {
        const json_t *score = json_object_get(json_object_get(epoch, "scores"), names[s]);

        printf("  %8.4f", json_number(score, "loss"));
        print_share(json_number(score, "accuracy"));
    }
    if (figure)
        printf("  %*.4f", 4 + (int)strlen(figure->name), json_number(val, figure->key));
    printf("%s\n", kept > 0 && number == kept ? "  kept" : "");
}

static void print_head(const char *const *names, int scored, const struct keep_figure *figure)
{
    printf("  %5s %10s %8s %9s", "epoch", "lr", "loss", "accuracy");
    for (int s = 0; s < scored; s++) {
        char head[20];

        snprintf(head, sizeof head, "%.12s loss", names[s]);
        printf(" ");
        print_text(head, 9, true);
        printf(" %9s", "accuracy");
    }
    printf("%s%s\n", figure ? "  val " : "", figure ? figure->name : "");
}

void print_epochs(const json_t *epochs, int64_t kept)
{
    const char *names[MOST_SCORED];
    const int scored = scored_names(epochs, names);
    const struct keep_figure *figure = figure_of(epochs);
    const int count = (int)json_array_size(epochs);
    const int stride = (count + MOST_EPOCHS - 1) / MOST_EPOCHS;
    const json_t *epoch;
    size_t i;

    if (count == 0) {
        printf("no epoch\n");
        return;
    }
    print_head(names, scored, figure);
    json_array_foreach((json_t *)epochs, i, epoch)
    {
        const bool chosen = json_integer_value(json_object_get(epoch, "epoch")) == kept;

        if ((count - 1 - (int)i) % stride == 0 || chosen)
            print_epoch(epoch, names, scored, figure, kept);
    }
    if (stride > 1)
        printf("  every %d epochs of %d\n", stride, count);
}

/* ---- Curves ---- */

/* Prints the chart of one figure: of the training, dotted, and of what was scored. */
static int print_figure(const struct terminal *t, const struct training_record *record,
                        const char *key, double limit, struct err *err)
{
    const char *names[1 + MOST_SCORED] = {NULL};
    const int count = 1 + scored_names(record->epochs, names + 1);
    struct curve curves[1 + MOST_SCORED] = {{0}};
    struct chart_line lines[1 + MOST_SCORED];
    const struct chart chart = {.title = key,
                                .what = "epoch",
                                .ticks = 5,
                                .logarithmic_from = 5,
                                .limit = limit,
                                .lines = lines,
                                .count = count};
    int result = 0;

    for (int i = 0; i < count && result == 0; i++) {
        if (curve_read(&curves[i], record, CURVE_ALL, names[i], key))
            result = err_memory(err, "a curve", 0);
        lines[i] = (struct chart_line){.x = curves[i].x,
                                       .y = curves[i].y,
                                       .count = curves[i].count,
                                       .label = i ? names[i] : "train",
                                       .dotted = i == 0};
    }
    if (result == 0)
        result = print_chart(t, &chart, err);
    for (int i = 0; i < count; i++)
        curve_free(&curves[i]);
    return result;
}

int print_curves(const struct terminal *t, const struct training_record *record, struct err *err)
{
    if (print_figure(t, record, "loss", 0, err))
        return -1;
    return print_figure(t, record, "accuracy", 1, err);
}
