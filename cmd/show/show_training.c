#include "show_training.h"

#include "pipeline/fit/history.h"
#include "cmd/terminal/curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SCORED = 3, MOST_EPOCHS = 24 };

static const json_t *score_of(const json_t *epoch, const char *name)
{
    return json_object_get(json_object_get(epoch, "scores"), name);
}

/* The names of what was scored, validation first as fit has it; returns how many there are, of
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

/* ---- Table ---- */

static void print_share(double accuracy)
{
    if (isfinite(accuracy))
        printf(" %7.2f %%", 100 * accuracy);
    else
        printf(" %9s", "-");
}

static void print_epoch(const json_t *epoch, const char *const *names, int scored, int64_t kept)
{
    const int64_t number = json_integer_value(json_object_get(epoch, "epoch"));

    printf("  %5lld %10.4g %8.4f", (long long)number, json_number(epoch, "lr"),
           json_number(epoch, "loss"));
    print_share(json_number(epoch, "accuracy"));
    for (int s = 0; s < scored; s++) {
        const json_t *score = score_of(epoch, names[s]);

        printf("  %8.4f", json_number(score, "loss"));
        print_share(json_number(score, "accuracy"));
    }
    printf("%s\n", kept > 0 && number == kept ? "  kept" : "");
}

static void print_head(const char *const *names, int scored)
{
    printf("  %5s %10s %8s %9s", "epoch", "lr", "loss", "accuracy");
    for (int s = 0; s < scored; s++) {
        char head[20];

        snprintf(head, sizeof head, "%.12s loss", names[s]);
        printf(" ");
        print_text(head, 9, true);
        printf(" %9s", "accuracy");
    }
    putchar('\n');
}

void print_epochs(const json_t *epochs, int64_t kept)
{
    const char *names[MOST_SCORED];
    const int scored = scored_names(epochs, names);
    const int count = (int)json_array_size(epochs);
    const int stride = (count + MOST_EPOCHS - 1) / MOST_EPOCHS;
    const json_t *epoch;
    size_t i;

    if (count == 0) {
        printf("no epoch\n");
        return;
    }
    print_head(names, scored);
    json_array_foreach((json_t *)epochs, i, epoch)
    {
        const bool chosen = json_integer_value(json_object_get(epoch, "epoch")) == kept;

        if ((count - 1 - (int)i) % stride == 0 || chosen)
            print_epoch(epoch, names, scored, kept);
    }
    if (stride > 1)
        printf("  every %d epochs of %d\n", stride, count);
}

/* ---- Curves ---- */

/* Points of a curve: epochs' ends, and places within epochs. */
struct points {
    double *x, *y;
    int count;
};

static double place(const json_t *event, int64_t epoch_steps)
{
    const double epoch = json_number(event, "epoch"), step = json_number(event, "step");

    return isfinite(step) && epoch_steps > 0 ? epoch - 1 + step / (double)epoch_steps : epoch;
}

/* Whether one of the first `count` places is in the epoch: its steps tell more than its mean. */
static bool has_steps(const json_t *steps, size_t count, const json_t *epoch, int64_t epoch_steps)
{
    return count > 0 &&
           place(json_array_get(steps, count - 1), epoch_steps) > place(epoch, epoch_steps) - 1;
}

/* The figure `key` of the training (name NULL) or of what was scored, from the lists in the order
 * of their places. */
static int take_points(struct points *points, const json_t *const lists[2], const char *name,
                       const char *key, int64_t epoch_steps)
{
    const size_t sizes[2] = {json_array_size(lists[0]), json_array_size(lists[1])};
    size_t at[2] = {0, 0};

    points->x = calloc(2 * (sizes[0] + sizes[1]) + 1, sizeof *points->x);
    if (!points->x)
        return -1;
    points->y = points->x + sizes[0] + sizes[1];
    while (at[0] < sizes[0] || at[1] < sizes[1]) {
        const json_t *events[2] = {json_array_get(lists[0], at[0]),
                                   json_array_get(lists[1], at[1])};
        const int from = !events[0] ? 1
                         : !events[1]
                             ? 0
                             : place(events[1], epoch_steps) < place(events[0], epoch_steps);
        const json_t *figures = name ? score_of(events[from], name) : events[from];

        points->x[points->count] = place(events[from], epoch_steps);
        points->y[points->count++] =
            !name && from == 0 && has_steps(lists[1], at[1], events[0], epoch_steps)
                ? NAN
                : json_number(figures, key);
        at[from]++;
    }
    return 0;
}

static int plot_figure(const struct terminal *t, const json_t *const training[2],
                       const json_t *const scoring[2], int64_t epoch_steps, const char *key,
                       double limit, struct err *err)
{
    const char *names[MOST_SCORED];
    const int scored = scored_names(training[0], names);
    struct points points[1 + MOST_SCORED] = {{0}};
    struct curve curves[1 + MOST_SCORED];
    int failed = 0, result;

    for (int i = 0; i <= scored; i++) {
        failed |= take_points(&points[i], i ? scoring : training, i ? names[i - 1] : NULL, key,
                              epoch_steps);
        curves[i] = (struct curve){i ? names[i - 1] : "train", points[i].x, points[i].y,
                                   points[i].count, i == 0};
    }
    result = failed ? err_memory(err, "curves", 0)
                    : plot_curves(t, key, curves, scored + 1, "epoch", limit, err);
    for (int i = 0; i <= scored; i++)
        free(points[i].x);
    return result;
}

int plot_training(const struct terminal *t, const json_t *epochs, const json_t *steps,
                  const json_t *evals, int64_t epoch_steps, struct err *err)
{
    const json_t *const training[2] = {epochs, steps}, *const scoring[2] = {epochs, evals};

    if (plot_figure(t, training, scoring, epoch_steps, "loss", 0, err))
        return -1;
    return plot_figure(t, training, scoring, epoch_steps, "accuracy", 1, err);
}
