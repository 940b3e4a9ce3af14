/* Learning curves: loss, accuracy and learning rate by epoch and, where histories have them, by
 * batch. */
#include "chart.h"
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lines ---- */

/* Points for all lines of one kind, and at most for one of them. */
enum { ALL_POINTS = 8000, LEAST_POINTS = 20, MOST_POINTS = 300 };

/* A group of more trainings than these is drawn in thin, translucent lines. */
enum { FEW = 3 };

struct lines {
    const struct report_group *groups;
    struct chart_line *list;
    int count, room;
    int points; /* at most in one line */
};

/* Which figures a line shows: "loss" of the items themselves or of their score `score`. */
struct figures {
    const json_t *items;
    const char *score, *key; /* score NULL: of the epoch itself */
    int64_t steps;           /* above 0: in an epoch; x counts batches, else epochs */
    double factor;
};

/* Files may say anything; what no axis can hold is no value. */
static double within_reason(double value)
{
    return fabs(value) < 1e30 ? value : NAN;
}

static double x_of(const struct figures *f, const json_t *item)
{
    const double epoch = json_number(item, "epoch");

    return within_reason(f->steps ? (epoch - 1) * (double)f->steps + json_number(item, "step")
                                  : epoch);
}

static double y_of(const struct figures *f, const json_t *item)
{
    const json_t *of = f->score ? json_object_get(json_object_get(item, "scores"), f->score) : item;

    return within_reason(f->factor * json_number(of, f->key));
}

static bool has_points(const struct figures *f)
{
    size_t i;
    json_t *item;

    json_array_foreach(f->items, i, item)
    {
        if (isfinite(x_of(f, item)) && isfinite(y_of(f, item)))
            return true;
    }
    return false;
}

/* The epoch whose validation loss is the lowest, by its place; -1: not validated. */
static int best_of(const json_t *epochs)
{
    const struct figures loss = {epochs, "val", "loss", 0, 1};
    double lowest = INFINITY;
    int best = -1;
    size_t i;
    json_t *epoch;

    json_array_foreach(epochs, i, epoch)
    {
        if (y_of(&loss, epoch) < lowest) { /* not where it is NAN */
            lowest = y_of(&loss, epoch);
            best = (int)i;
        }
    }
    return best;
}

/* Every so many items, always the last and the one marked, which is returned as its new place. */
static int take_points(const struct figures *f, double *x, double *y, int *count, int most,
                       int marked)
{
    const int items = (int)json_array_size(f->items), stride = (items + most - 1) / most;
    int place = -1;

    *count = 0;
    for (int i = 0; i < items; i++) {
        const json_t *item = json_array_get(f->items, (size_t)i);

        if ((items - 1 - i) % stride && i != marked)
            continue;
        if (i == marked)
            place = *count;
        x[*count] = x_of(f, item);
        y[*count] = isfinite(x[*count]) ? y_of(f, item) : NAN;
        (*count)++;
    }
    return place;
}

static void add_line(struct lines *lines, const struct figures *f, int group, const char *kind,
                     const char *label, int marked, struct html *html)
{
    struct chart_line *line = &lines->list[lines->count];
    const size_t room = (size_t)lines->points + 2;
    double *x = malloc(2 * room * sizeof *x);
    char colour[12];

    if (!x) {
        html->failed = true;
        return;
    }
    if (!has_points(f) || lines->count == lines->room) {
        free(x);
        return;
    }
    *line = (struct chart_line){.x = x, .y = x + room, .label = label};
    line->marked = take_points(f, x, x + room, &line->count, lines->points, marked);
    report_colour(group, colour, sizeof colour);
    snprintf(line->class, sizeof line->class, "%s %s%s", colour, kind,
             lines->groups[group].count > FEW ? " many" : "");
    lines->count++;
}

static void clear(struct lines *lines)
{
    for (int l = 0; l < lines->count; l++)
        free((double *)lines->list[l].x);
    lines->count = 0;
}

static void draw(struct lines *lines, struct chart chart, struct html *html)
{
    chart.lines = lines->list;
    chart.count = lines->count;
    if (lines->count > 0) {
        html_raw(html, "<figure class=\"chart\">");
        chart_lines(html, &chart);
        html_raw(html, "</figure>\n");
    }
    clear(lines);
}

/* ---- All models over each other ---- */

static const struct chart loss_chart = {.title = "Loss",
                                        .what = "epoch",
                                        .unit = "",
                                        .height = 230,
                                        .ticks = 6,
                                        .whole = true,
                                        .may_be_logarithmic = true},
                          accuracy_chart = {.title = "Accuracy",
                                            .what = "epoch",
                                            .unit = " %",
                                            .height = 230,
                                            .ticks = 6,
                                            .whole = true,
                                            .may_be_logarithmic = true,
                                            .limit = 100},
                          rate_chart = {.title = "Learning rate",
                                        .what = "epoch",
                                        .unit = "",
                                        .height = 110,
                                        .columns = 10, /* "validation" */
                                        .ticks = 3,
                                        .from_zero = true,
                                        .whole = true};

static void draw_all(const struct report *r, struct lines *lines, const char *key, double factor,
                     struct chart chart, struct html *html)
{
    int labelled = -1;

    for (int m = 0; m < r->files.model_count; m++) {
        const struct figures f = {r->ensemble.models[m].epochs, "val", key, 0, factor};
        const int group = r->models[m].group, before = lines->count;

        add_line(lines, &f, group, "val", group > labelled ? r->groups[group].name : NULL,
                 best_of(f.items), html);
        if (lines->count > before && group > labelled)
            labelled = group;
    }
    draw(lines, chart, html);
}

static void write_overview(const struct report *r, struct lines *lines, struct html *html)
{
    struct chart loss = loss_chart, accuracy = accuracy_chart;

    loss.title = "Validation loss";
    accuracy.title = "Validation accuracy";
    html_raw(html, "<div class=\"charts\">\n");
    draw_all(r, lines, "accuracy", 100, accuracy, html);
    draw_all(r, lines, "loss", 1, loss, html);
    html_raw(html, "</div>\n");
}

/* ---- One group ---- */

static bool is_validation(const char *score)
{
    return strcmp(score, "val") == 0;
}

/* The scores that the items have, by their names; those of the group's first model with a label. */
static void add_scores(struct lines *lines, int group, struct figures f, bool first, int marked,
                       struct html *html)
{
    const json_t *scores = json_object_get(json_array_get(f.items, 0), "scores");
    const char *name;
    json_t *score;

    json_object_foreach((json_t *)scores, name, score)
    {
        const bool validation = is_validation(name);

        f.score = name;
        add_line(lines, &f, group, validation ? "val" : "other",
                 !first       ? NULL
                 : validation ? "validation"
                              : name,
                 validation ? marked : -1, html);
    }
}

/* By epoch. */
static void draw_epochs(const struct report *r, int group, struct lines *lines, const char *key,
                        double factor, const struct chart *chart, struct html *html)
{
    bool first = true;

    for (int m = 0; m < r->files.model_count; m++) {
        struct figures f = {r->ensemble.models[m].epochs, NULL, key, 0, factor};

        if (r->models[m].group != group)
            continue;
        add_line(lines, &f, group, "train", first ? "training" : NULL, -1, html);
        add_scores(lines, group, f, first, best_of(f.items), html);
        first = false;
    }
    draw(lines, *chart, html);
}

/* By batch: what training said of itself since the point before, and scores between epochs. */
static void draw_steps(const struct report *r, int group, struct lines *lines, const char *key,
                       double factor, struct chart chart, struct html *html)
{
    bool first = true;

    chart.what = "batch";
    for (int m = 0; m < r->files.model_count; m++) {
        const struct history *history = &r->models[m].history;
        const int64_t steps = history_steps(history);
        struct figures f = {history->steps, NULL, key, steps, factor};

        if (r->models[m].group != group || steps == 0)
            continue;
        add_line(lines, &f, group, "train", first ? "training" : NULL, -1, html);
        f.items = history->evals;
        add_scores(lines, group, f, first, -1, html);
        first = first && lines->count == 0;
    }
    draw(lines, chart, html);
}

static void draw_rate(const struct report *r, int group, struct lines *lines, struct html *html)
{
    for (int m = 0; m < r->files.model_count; m++) {
        const struct figures f = {r->ensemble.models[m].epochs, NULL, "lr", 0, 1};

        if (r->models[m].group == group)
            add_line(lines, &f, group, "rate", NULL, -1, html);
    }
    draw(lines, rate_chart, html);
}

static void write_group(const struct report *r, int group, struct lines *lines, struct html *html)
{
    char colour[12];

    report_colour(group, colour, sizeof colour);
    html_raw(html, "<h3><svg class=\"key\" viewBox=\"0 0 24 8\"><path class=\"");
    html_raw(html, colour);
    html_raw(html, " val\" d=\"M0 4H24\"/></svg> ");
    report_group_name(r, group, html);
    html_raw(html, "</h3>\n<div class=\"charts\">\n");
    draw_epochs(r, group, lines, "accuracy", 100, &accuracy_chart, html);
    html_raw(html, "<div>\n");
    draw_epochs(r, group, lines, "loss", 1, &loss_chart, html);
    draw_rate(r, group, lines, html);
    html_raw(html, "</div>\n");
    draw_steps(r, group, lines, "accuracy", 100, accuracy_chart, html);
    draw_steps(r, group, lines, "loss", 1, loss_chart, html);
    html_raw(html, "</div>\n");
}

static bool any_epochs(const struct report *r)
{
    for (int m = 0; m < r->files.model_count; m++)
        if (json_array_size(r->ensemble.models[m].epochs) > 0)
            return true;
    return false;
}

static bool any_validated(const struct report *r)
{
    for (int m = 0; m < r->files.model_count; m++)
        if (best_of(r->ensemble.models[m].epochs) >= 0)
            return true;
    return false;
}

void report_write_curves(const struct report *r, struct html *html)
{
    const int models = r->files.model_count;
    struct lines lines = {.groups = r->groups, .room = 4 * models};

    if (!any_epochs(r))
        return;
    lines.points = ALL_POINTS / models;
    lines.points = lines.points < LEAST_POINTS  ? LEAST_POINTS
                   : lines.points > MOST_POINTS ? MOST_POINTS
                                                : lines.points;
    lines.list = calloc((size_t)lines.room, sizeof *lines.list);
    if (!lines.list) {
        html->failed = true;
        return;
    }
    report_begin(html, "curves", "Learning curves");
    html_raw(html,
             "<p class=\"says\">Dashed: training, the mean over the epoch or the batches, each "
             "before its update.");
    if (any_validated(r))
        html_raw(html, " Solid: validation; the dot is the epoch of its lowest loss. A model is "
                       "kept as of its last epoch, with <code>--keep best</code> as of the "
                       "dot.");
    html_raw(html, "</p>\n");
    if (models > 1)
        write_overview(r, &lines, html);
    for (int g = 0; g < r->group_count; g++)
        write_group(r, g, &lines, html);
    report_end(html);
    free(lines.list);
}
