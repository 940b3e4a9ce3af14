/* The table of models: those of one name together, each seed and fold, and the mean of all. */
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A line of it. NAN, -1 and 0: not known. */
struct entry {
    double accuracy, error, loss;
    int64_t wrong, rows;
    double epochs, seconds;
    int64_t parameters;
};

static const struct entry nothing = {NAN, NAN, NAN, -1, -1, NAN, NAN, 0};

/* ---- What a line holds ---- */

static double seconds_of(const struct report_model *model)
{
    return json_number(model->history.end, "seconds");
}

/* What its own validation said of the epoch kept. */
static void take_own_score(struct entry *e, const struct report *r, int m)
{
    const int kept = r->models[m].kept_epoch;
    const json_t *epoch = json_array_get(r->ensemble.models[m].epochs, (size_t)kept - 1);
    const json_t *score = json_object_get(json_object_get(epoch, "scores"), "val");

    e->accuracy = json_number(score, "accuracy");
    e->loss = json_number(score, "loss");
}

static struct entry entry_of(const struct report *r, int m)
{
    const struct report_model *model = &r->models[m];
    struct entry e = nothing;

    e.epochs = (double)json_array_size(r->ensemble.models[m].epochs);
    e.seconds = seconds_of(model);
    e.parameters = model->parameters;
    if (model->scored_by < 0) {
        take_own_score(&e, r, m);
        return e;
    }
    e.rows = model->rows;
    e.wrong = model->rows - model->correct;
    e.accuracy = (double)model->correct / (double)model->rows;
    e.error = sqrt(e.accuracy * (1 - e.accuracy) / (double)model->rows);
    e.loss = model->loss;
    return e;
}

/* The models of a group as one: shares of all rows that one or the other scored, which with several
 * seeds count once. */
static struct entry entry_of_group(const struct report *r, int group)
{
    struct entry sum = nothing;
    double rows = 0, correct = 0, loss = 0, epochs = 0, seconds = 0;
    int64_t data = 0;

    for (int m = 0; m < r->files.model_count; m++) {
        const struct report_model *model = &r->models[m];

        if (model->group != group)
            continue;
        epochs += (double)json_array_size(r->ensemble.models[m].epochs);
        seconds += seconds_of(model);
        sum.parameters = model->parameters;
        if (model->scored_by < 0)
            continue;
        data = r->preds[model->scored_by].file.n;
        rows += (double)model->rows;
        correct += (double)model->correct;
        loss += (double)model->rows * model->loss;
    }
    sum.epochs = epochs / r->groups[group].count;
    sum.seconds = seconds;
    if (rows > 0) {
        const double of = rows < (double)data ? rows : (double)data;

        sum.accuracy = correct / rows;
        sum.error = sqrt(sum.accuracy * (1 - sum.accuracy) / of);
        sum.loss = loss / rows;
        sum.rows = (int64_t)of;
        sum.wrong = (int64_t)floor((1 - sum.accuracy) * of + 0.5);
    }
    return sum;
}

static struct entry entry_of_pred(const struct report_pred *pred)
{
    struct entry e = nothing;

    e.accuracy = metrics_accuracy(&pred->scores);
    e.error = metrics_standard_error(&pred->scores);
    e.loss = metrics_loss(&pred->scores);
    e.rows = pred->scores.rows;
    e.wrong = e.rows - pred->scores.correct;
    return e;
}

/* ---- Cells ---- */

/* An error bar of each line over one axis. */
struct axis {
    double low, high;
};
enum { BAR_WIDTH = 140 };

static void widen(struct axis *axis, const struct entry *e)
{
    const double error = isfinite(e->error) ? e->error : 0;

    if (isfinite(e->accuracy)) {
        axis->low = fmin(axis->low, e->accuracy - error);
        axis->high = fmax(axis->high, e->accuracy + error);
    }
}

static double place(const struct axis *axis, double accuracy)
{
    return 5 + (BAR_WIDTH - 10) * (accuracy - axis->low) / fmax(axis->high - axis->low, 1e-9);
}

static void write_bar(const struct axis *axis, const struct entry *e, int group, struct html *html)
{
    char colour[12] = "mean";

    if (group >= 0)
        report_colour(group, colour, sizeof colour);
    html_raw(html, "<td class=\"wide\">");
    if (isfinite(e->accuracy)) {
        html_printf(html, "<svg class=\"error\" viewBox=\"0 0 %d 12\"><g class=\"%s\">", BAR_WIDTH,
                    colour);
        if (isfinite(e->error))
            html_printf(html, "<path class=\"bar\" d=\"M%.1f 6H%.1f\"/>",
                        place(axis, e->accuracy - e->error), place(axis, e->accuracy + e->error));
        html_printf(html, "<circle class=\"mark\" cx=\"%.1f\" cy=\"6\" r=\"3.5\"/></g></svg>",
                    place(axis, e->accuracy));
    }
    html_raw(html, "</td>");
}

static void write_number(struct html *html, double value, int decimals)
{
    if (isfinite(value))
        html_printf(html, "<td>%.*f</td>", decimals, value);
    else
        html_raw(html, "<td>–</td>");
}

static void write_cells(const struct axis *axis, const struct entry *e, int group,
                        struct html *html)
{
    html_raw(html, "<td>");
    report_accuracy(html, e->accuracy, e->error);
    html_raw(html, "</td>");
    write_bar(axis, e, group, html);
    write_number(html, e->loss, 4);
    if (e->rows >= 0) {
        html_raw(html, "<td>");
        html_count(html, e->wrong);
        html_raw(html, "/");
        html_count(html, e->rows);
        html_raw(html, "</td>");
    } else
        html_raw(html, "<td>–</td>");
    write_number(html, e->epochs, e->epochs == floor(e->epochs) ? 0 : 1);
    write_number(html, e->seconds, 1);
    html_raw(html, "<td>");
    if (e->parameters > 0)
        html_count(html, e->parameters);
    else
        html_raw(html, "–");
    html_raw(html, "</td></tr>\n");
}

/* ---- Lines ---- */

/* The preset that the network is, if it is one. */
static void write_preset(const struct report *r, int m, struct html *html)
{
    const char *preset =
        json_string_value(json_object_get(r->ensemble.models[m].settings, "preset"));

    if (!preset)
        return;
    html_raw(html, " <span class=\"what\">");
    html_text(html, preset);
    html_raw(html, "</span>");
}

static void write_group(const struct report *r, int group, const struct axis *axis,
                        struct html *html)
{
    const struct report_group *g = &r->groups[group];
    const struct entry sum = entry_of_group(r, group);

    if (g->count > 1) {
        html_raw(html, "<tr class=\"sum\"><th scope=\"row\">");
        html_text(html, g->name);
        html_printf(html, " <span class=\"what\">all %d</span></th>", g->count);
        write_cells(axis, &sum, group, html);
    }
    for (int m = 0; m < r->files.model_count; m++) {
        const struct entry e = entry_of(r, m);

        if (r->models[m].group != group)
            continue;
        html_printf(html, "<tr%s><th scope=\"row\">", g->count > 1 ? " class=\"one\"" : "");
        html_text(html, r->models[m].name);
        write_preset(r, m, html);
        html_raw(html, "</th>");
        write_cells(axis, &e, group, html);
    }
}

static void write_pred(const struct report_part *part, const struct axis *axis, struct html *html)
{
    const struct entry e = entry_of_pred(part->pred);
    const size_t count = json_array_size(part->pred->models);

    html_raw(html, "<tr class=\"sum\"><th scope=\"row\">");
    html_printf(html, count > 1 ? "mean of %zu" : "predictions", count);
    html_raw(html, " <span class=\"what\">");
    html_text(html, part->name);
    html_raw(html, "</span></th>");
    write_cells(axis, &e, -1, html);
}

static struct axis find_axis(const struct report *r)
{
    struct axis axis = {INFINITY, -INFINITY};

    for (int m = 0; m < r->files.model_count; m++) {
        const struct entry e = entry_of(r, m);

        widen(&axis, &e);
    }
    for (int p = 0; p < r->files.pred_count; p++)
        if (r->preds[p].file.has_labels) {
            const struct entry e = entry_of_pred(&r->preds[p]);

            widen(&axis, &e);
        }
    return axis;
}

void report_write_models(const struct report *r, struct html *html)
{
    const struct axis axis = find_axis(r);

    if (r->files.model_count == 0)
        return;
    report_begin(html, "models", "Models");
    html_raw(html, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Models\">\n"
                   "<table class=\"models\">\n<thead><tr><th scope=\"col\">model</th><th "
                   "scope=\"col\">accuracy</th><th class=\"wide\" scope=\"col\">±, all on "
                   "one scale</th><th scope=\"col\">loss</th><th scope=\"col\">wrong/rows</th><th "
                   "scope=\"col\">epochs</th><th scope=\"col\">seconds</th><th "
                   "scope=\"col\">parameters</th></tr></thead>\n<tbody>\n");
    for (int g = 0; g < r->group_count; g++)
        write_group(r, g, &axis, html);
    for (int p = 0; p < r->files.data_count; p++)
        if (r->parts[p].pred && r->parts[p].pred->file.has_labels)
            write_pred(&r->parts[p], &axis, html);
    html_raw(html, "</tbody>\n</table>\n</div>\n");
    report_end(html);
}
