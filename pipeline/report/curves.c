/* Writes the learning curves: loss, accuracy and learning rate by epoch and, where histories have
 * them, by batch. */
#include "pipeline/fit/curve.h"
#include "pipeline/fit/keep.h"
#include "section.h"
#include "svg_axes.h"
#include "svg_chart.h"

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
    int points;  /* at most in one line */
    bool shaped; /* several groups are in the chart, told apart by shapes too */
};

/* The figure that the lines of a chart show. */
struct figure {
    const char *key;
    double factor;
    enum curve_by by;
};

/* Adds the figure of a training, or of its score `score`, as a line, unless it has no point. kind:
 * class of the style sheet; name: to hover over; marked: the epoch with a dot. */
static void add_line(struct lines *lines, const struct figure *f,
                     const struct training_record *record, const char *score, int group,
                     const char *kind, const char *label, const char *name, int marked,
                     struct strbuf *html)
{
    struct chart_line *line = &lines->list[lines->count];
    struct curve curve;
    char colour[12];

    if (curve_read(&curve, record, f->by, score, f->key)) {
        html->failed = true;
        return;
    }
    if (!curve_has_points(&curve) || lines->count == lines->room) {
        curve_free(&curve);
        return;
    }
    marked = curve_thin(&curve, lines->points, marked);
    for (int i = 0; i < curve.count; i++)
        curve.y[i] *= f->factor;
    *line = (struct chart_line){.x = curve.x,
                                .y = curve.y,
                                .count = curve.count,
                                .label = label,
                                .name = name,
                                .marked = marked,
                                .shape = lines->shaped ? group % SHAPES + 1 : SHAPE_NONE};
    report_colour(group, colour, sizeof colour);
    snprintf(line->class, sizeof line->class, "%s %s%s", colour, kind,
             lines->groups[group].count > FEW ? " many" : "");
    lines->count++;
}

static void forget(struct lines *lines)
{
    for (int l = 0; l < lines->count; l++)
        free((double *)lines->list[l].x);
    lines->count = 0;
}

static void draw(struct lines *lines, const struct chart *kind, struct strbuf *html)
{
    struct chart chart = *kind;

    chart.lines = lines->list;
    chart.count = lines->count;
    if (lines->count > 0) {
        strbuf_puts(html, "<figure class=\"chart\">");
        svg_chart(html, &chart);
        strbuf_puts(html, "</figure>\n");
    }
    forget(lines);
}

/* ---- All models over each other ---- */

static const struct chart loss_chart = {.title = "Loss",
                                        .what = "epoch",
                                        .unit = "",
                                        .height = 230,
                                        .ticks = 6,
                                        .logarithmic_from = 10},
                          accuracy_chart = {.title = "Accuracy",
                                            .what = "epoch",
                                            .unit = " %",
                                            .height = 230,
                                            .ticks = 6,
                                            .logarithmic_from = 10,
                                            .limit = 100},
                          rate_chart = {.title = "Learning rate",
                                        .what = "epoch",
                                        .unit = "",
                                        .height = 110,
                                        .columns = 10, /* "validation" */
                                        .ticks = 3,
                                        .from_zero = true};
static const struct figure loss = {"loss", 1, CURVE_EPOCHS},
                           accuracy = {"accuracy", 100, CURVE_EPOCHS},
                           rate = {"lr", 1, CURVE_EPOCHS}, batch_loss = {"loss", 1, CURVE_BATCHES},
                           batch_accuracy = {"accuracy", 100, CURVE_BATCHES};

static struct training_record epochs_of(const struct report *r, int m)
{
    return (struct training_record){.epochs = r->ensemble.models[m].epochs};
}

static int best_epoch(const struct report *r, int m)
{
    const struct model *model = &r->ensemble.models[m];

    return curve_best_epoch(model->epochs, model->settings);
}

static void draw_all(const struct report *r, struct lines *lines, const struct figure *f,
                     struct chart chart, const char *title, bool labelled, struct strbuf *html)
{
    int last = -1; /* group that has lines */

    lines->shaped = r->group_count > 1;
    for (int m = 0; m < r->files.model_count; m++) {
        const struct training_record record = epochs_of(r, m);
        const int group = r->models[m].group, before = lines->count;

        add_line(lines, f, &record, "val", group, "val",
                 labelled && group > last ? r->groups[group].name : NULL, r->models[m].name,
                 best_epoch(r, m), html);
        if (lines->count > before && group > last)
            last = group;
    }
    chart.title = title;
    draw(lines, &chart, html);
    lines->shaped = false;
}

/* ---- One group ---- */

/* Adds the scores that the events of model m have, by their names; those of the group's first model
 * are labelled. */
static void add_scores(const struct report *r, int m, struct lines *lines, const struct figure *f,
                       const struct training_record *record, bool first, int marked,
                       struct strbuf *html)
{
    const json_t *events = f->by == CURVE_BATCHES ? record->evals : record->epochs;
    const json_t *scores = json_object_get(json_array_get(events, 0), "scores");
    const int group = r->models[m].group;
    const char *name;
    json_t *score;

    json_object_foreach((json_t *)scores, name, score)
    {
        const bool validation = strcmp(name, "val") == 0;
        const char *shown = validation ? "validation" : name;

        add_line(lines, f, record, name, group, validation ? "val" : "other", first ? shown : NULL,
                 f->by == CURVE_BATCHES        ? NULL
                 : r->groups[group].count == 1 ? shown
                 : validation                  ? r->models[m].name
                                               : NULL,
                 validation ? marked : -1, html);
    }
}

/* Adds the lines of model m by epoch: its training, and its scores. */
static void add_epochs(const struct report *r, int m, struct lines *lines, const struct figure *f,
                       bool first, struct strbuf *html)
{
    const struct training_record record = epochs_of(r, m);
    const int group = r->models[m].group;

    add_line(lines, f, &record, NULL, group, "train", first ? "training" : NULL,
             r->groups[group].count == 1 ? "training"
             : best_epoch(r, m) < 0      ? r->models[m].name
                                         : NULL,
             -1, html);
    add_scores(r, m, lines, f, &record, first, best_epoch(r, m), html);
}

static void draw_epochs(const struct report *r, int group, struct lines *lines,
                        const struct figure *f, const struct chart *chart, struct strbuf *html)
{
    bool first = true;

    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group) {
            add_epochs(r, m, lines, f, first, html);
            first = false;
        }
    draw(lines, chart, html);
}

/* Draws by batch: the training's means since the point before, and scores between epochs. */
static void draw_batches(const struct report *r, int group, struct lines *lines,
                         const struct figure *f, struct chart chart, struct strbuf *html)
{
    bool first = true;

    chart.what = "batch";
    for (int m = 0; m < r->files.model_count; m++) {
        const struct training_record record = history_record(&r->models[m].history);

        if (r->models[m].group != group || record.epoch_steps == 0)
            continue;
        add_line(lines, f, &record, NULL, group, "train", first ? "training" : NULL, NULL, -1,
                 html);
        add_scores(r, m, lines, f, &record, first, -1, html);
        first = first && lines->count == 0;
    }
    draw(lines, &chart, html);
}

/* Tells whether all values of the lines are one, which needs no chart. */
static bool is_constant(const struct lines *lines)
{
    for (int l = 0; l < lines->count; l++)
        for (int i = 0; i < lines->list[l].count; i++)
            if (lines->list[l].y[i] != lines->list[0].y[0])
                return false;
    return true;
}

static void draw_rate(const struct report *r, int group, struct lines *lines, struct strbuf *html)
{
    for (int m = 0; m < r->files.model_count; m++) {
        const struct training_record record = epochs_of(r, m);

        if (r->models[m].group == group)
            add_line(lines, &rate, &record, NULL, group, "rate", NULL,
                     r->groups[group].count == 1 ? "learning rate" : r->models[m].name, -1, html);
    }
    if (is_constant(lines))
        forget(lines);
    draw(lines, &rate_chart, html);
}

static void write_key(const struct report *r, int group, struct strbuf *html)
{
    char colour[12];

    report_colour(group, colour, sizeof colour);
    strbuf_printf(
        html,
        "<svg class=\"key\" width=\"30\" viewBox=\"0 0 30 10\"><path class=\"line %s\" d=\"M0 "
        "5H30\"/>\n",
        colour);
    if (r->group_count > 1)
        svg_shape(html, group % SHAPES + 1, colour, 15, 5);
    strbuf_puts(html, "</svg> ");
    report_group_name(r, group, html);
}

/* Draws what --keep went by, where it is neither loss nor accuracy. */
static void draw_kept(const struct report *r, int group, struct lines *lines, struct strbuf *html)
{
    for (int k = KEEP_MACRO_F1; k < KEEPS; k++) {
        struct chart chart = accuracy_chart;

        chart.title = keep_figures[k].name;
        chart.unit = "";
        chart.limit = 1;
        draw_epochs(r, group, lines, &(struct figure){keep_figures[k].key, 1, CURVE_EPOCHS}, &chart,
                    html);
    }
}

/* Writes all charts of a group; `folded`: until they are opened only its name shows. */
static void write_group(const struct report *r, int group, struct lines *lines, bool folded,
                        struct strbuf *html)
{
    strbuf_puts(html, folded ? "<details class=\"more\">\n<summary>" : "<h3>");
    write_key(r, group, html);
    strbuf_printf(html, "</%s>\n<div class=\"charts\">\n", folded ? "summary" : "h3");
    draw_epochs(r, group, lines, &accuracy, &accuracy_chart, html);
    draw_kept(r, group, lines, html);
    strbuf_puts(html, "<div>\n");
    draw_epochs(r, group, lines, &loss, &loss_chart, html);
    draw_rate(r, group, lines, html);
    strbuf_puts(html, "</div>\n");
    draw_batches(r, group, lines, &batch_accuracy, accuracy_chart, html);
    draw_batches(r, group, lines, &batch_loss, loss_chart, html);
    strbuf_puts(html, folded ? "</div>\n</details>\n" : "</div>\n");
}

/* ---- Many groups ---- */

/* So many groups have their charts open; from the next on all have small ones on one scale. */
enum { OPEN = 3 };

/* Finds the accuracies between which all lie. */
static void find_scale(const struct report *r, struct lines *lines, struct chart *chart,
                       struct strbuf *html)
{
    struct scale x, y;
    struct chart all = {.lines = lines->list};

    for (int m = 0; m < r->files.model_count; m++)
        add_epochs(r, m, lines, &accuracy, false, html);
    all.count = lines->count;
    if (chart_scales(&all, &x, &y)) {
        chart->low = y.low;
        chart->high = y.high;
    }
    forget(lines);
}

static void draw_multiples(const struct report *r, struct lines *lines, struct strbuf *html)
{
    struct chart chart = {.what = "epoch", .unit = " %", .height = 150, .ticks = 4, .limit = 100};

    strbuf_puts(html, "<h3>Accuracy of each, on one scale</h3>\n<div class=\"charts small\">\n");
    find_scale(r, lines, &chart, html);
    for (int g = 0; g < r->group_count; g++) {
        chart.title = r->groups[g].name;
        for (int m = 0; m < r->files.model_count; m++)
            if (r->models[m].group == g)
                add_epochs(r, m, lines, &accuracy, false, html);
        draw(lines, &chart, html);
    }
    strbuf_puts(html, "</div>\n");
}

/* ---- The section ---- */

bool report_has_curves(const struct report *r)
{
    for (int m = 0; m < r->files.model_count; m++)
        if (json_array_size(r->ensemble.models[m].epochs) > 0)
            return true;
    return false;
}

static bool any_validated(const struct report *r)
{
    for (int m = 0; m < r->files.model_count; m++)
        if (best_epoch(r, m) >= 0)
            return true;
    return false;
}

/* Makes room for the lines of all models. false: out of memory, as html->failed says. */
static bool make_lines(struct lines *lines, const struct report *r, struct strbuf *html)
{
    const int models = r->files.model_count, points = models > 0 ? ALL_POINTS / models : 0;

    *lines = (struct lines){.groups = r->groups, .room = 4 * models};
    lines->points = points < LEAST_POINTS  ? LEAST_POINTS
                    : points > MOST_POINTS ? MOST_POINTS
                                           : points;
    lines->list = calloc((size_t)lines->room + 1, sizeof *lines->list);
    html->failed |= !lines->list;
    return lines->list;
}

/* So many groups have their names in the headline's chart. */
enum { LABELLED = 8 };

void report_write_first_curve(const struct report *r, struct strbuf *html)
{
    struct chart chart = accuracy_chart;
    struct lines lines;

    if (!report_has_curves(r) || !make_lines(&lines, r, html))
        return;
    chart.title = r->group_count == 1 ? "Accuracy" : "Validation accuracy";
    chart.height = 190;
    chart.ticks = 4;
    strbuf_puts(html, "<div>\n");
    if (r->group_count == 1)
        draw_epochs(r, 0, &lines, &accuracy, &chart, html);
    else
        draw_all(r, &lines, &accuracy, chart, chart.title, r->group_count <= LABELLED, html);
    strbuf_puts(html, "</div>\n");
    free(lines.list);
}

void report_write_curves(const struct report *r, struct strbuf *html)
{
    struct lines lines;

    if (!report_has_curves(r) || !make_lines(&lines, r, html))
        return;
    report_begin(html, "curves", "Learning curves");
    strbuf_puts(html,
                "<p class=\"says\">Dashed: training, the mean over the epoch or the batches, each "
                "before its update.");
    if (any_validated(r))
        strbuf_puts(html, " Solid: validation; the dot is the epoch of its lowest loss, or the "
                          "best by what <code>--keep</code> names. A model is kept as of its last "
                          "epoch, with <code>--keep best</code> as of the dot.");
    strbuf_puts(html, "</p>\n");
    if (r->files.model_count > 1) {
        strbuf_puts(html, "<div class=\"charts\">\n");
        draw_all(r, &lines, &accuracy, accuracy_chart, "Validation accuracy", true, html);
        draw_all(r, &lines, &loss, loss_chart, "Validation loss", true, html);
        strbuf_puts(html, "</div>\n");
    }
    if (r->group_count > OPEN)
        draw_multiples(r, &lines, html);
    for (int g = 0; g < r->group_count; g++)
        write_group(r, g, &lines, g >= OPEN, html);
    report_write_rates(r, html);
    report_end(html);
    free(lines.list);
}
