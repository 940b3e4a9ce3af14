/* The table of models: those of one name together, each seed and fold, and the mean of all. */
#include "pipeline/base/json.h"
#include "section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A line with the parameters of its network. */
struct entry {
    struct model_line line;
    int64_t parameters;          /* 0: not known */
    enum relation_kind relation; /* of the rows that score it */
};

/* ---- What a line holds ---- */

static void add(struct model_sum *sum, const struct report *r, int m)
{
    const struct report_model *model = &r->models[m];

    model_sum_add(sum, model->scored_by < 0 ? NULL : &model->score,
                  (double)json_array_size(r->ensemble.models[m].epochs),
                  json_number(model->history.end, "seconds"));
}

/* Returns the line of one fit; where no predictions score it, what its own validation said of the
 * epoch kept. */
static struct entry entry_of(const struct report *r, int m)
{
    const struct report_model *model = &r->models[m];
    struct entry e = {.parameters = model->parameters, .relation = model->relation};
    struct model_sum sum = {0};

    add(&sum, r, m);
    e.line = model_sum_line(&sum, model->score.rows);
    if (model->scored_by < 0) {
        const size_t kept = (size_t)model->kept_epoch - 1;
        const json_t *epoch = json_array_get(r->ensemble.models[m].epochs, kept);
        const json_t *score = json_object_get(json_object_get(epoch, "scores"), "val");

        e.line.accuracy = json_number(score, "accuracy");
        e.line.loss = json_number(score, "loss");
    }
    return e;
}

/* Tells whether fits of the group are scored, each with its matrix. */
static bool have_matrices(const struct report *r, int group)
{
    bool any = false;

    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group && r->models[m].scored_by >= 0) {
            if (json_array_size(r->models[m].confusion) != (size_t)r->classes)
                return false;
            any = true;
        }
    return any && r->classes > 0;
}

/* Replaces figures of classes, means over the fits, by those of the fits' rows together: a mean of
 * folds' F1 is another figure than that of all rows. As it was where a matrix is missing. */
static void pool_classes(const struct report *r, int group, struct model_line *line,
                         struct strbuf *html)
{
    struct metrics pooled;
    struct score score;
    struct err err;
    bool known = true;

    if (!have_matrices(r, group))
        return;
    if (metrics_init(&pooled, r->classes, &err)) {
        html->failed = true;
        return;
    }
    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group && r->models[m].scored_by >= 0)
            known = known && metrics_add_confusion(&pooled, r->models[m].confusion);
    score = metrics_score(&pooled);
    if (known && pooled.rows > 0) {
        line->macro_f1 = score.macro_f1;
        line->balanced_accuracy = score.balanced_accuracy;
    }
    metrics_free(&pooled);
}

/* Sums up the fits of a group as one. */
static struct entry entry_of_group(const struct report *r, int group, struct strbuf *html)
{
    struct entry e = {.parameters = 0};
    struct model_sum sum = {0};
    int64_t rows = 0;

    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group) {
            add(&sum, r, m);
            e.parameters = r->models[m].parameters;
            if (r->models[m].relation > e.relation)
                e.relation = r->models[m].relation;
            if (r->models[m].scored_by >= 0)
                rows = r->preds[r->models[m].scored_by].file.n;
        }
    e.line = model_sum_line(&sum, rows);
    pool_classes(r, group, &e.line, html);
    return e;
}

static struct entry entry_of_pred(const struct report_pred *pred)
{
    const struct relation relation = relation_of_predictions(pred->file.file);
    struct model_sum sum = {0};

    model_sum_add(&sum, &pred->score, NAN, NAN);
    return (struct entry){.line = model_sum_line(&sum, pred->score.rows),
                          .relation = relation_kind(&relation)};
}

/* ---- Cells ---- */

/* An error bar of each line over one axis. */
struct axis {
    double low, high;
};
enum { BAR_WIDTH = 140 };

static void widen(struct axis *axis, const struct model_line *line)
{
    const struct interval ends = wilson_interval(line->accuracy, (double)line->rows, 1);

    if (isfinite(line->accuracy)) { /* fmin() and fmax() pass NAN over */
        axis->low = fmin(axis->low, fmin(line->accuracy, ends.low));
        axis->high = fmax(axis->high, fmax(line->accuracy, ends.high));
    }
}

static double place(const struct axis *axis, double accuracy)
{
    return 5 + (BAR_WIDTH - 10) * (accuracy - axis->low) / fmax(axis->high - axis->low, 1e-9);
}

static void write_bar(const struct axis *axis, const struct model_line *line, int group,
                      struct strbuf *html)
{
    const struct interval ends = wilson_interval(line->accuracy, (double)line->rows, 1);
    char colour[12] = "mean";

    if (group >= 0)
        report_colour(group, colour, sizeof colour);
    strbuf_puts(html, "<td class=\"wide\">");
    if (isfinite(line->accuracy)) {
        strbuf_printf(html,
                      "<svg class=\"error\" width=\"%d\" viewBox=\"0 0 %d 12\"><g class=\"%s\">",
                      BAR_WIDTH, BAR_WIDTH, colour);
        if (isfinite(ends.low))
            strbuf_printf(html, "<path class=\"bar\" stroke=\"currentColor\" d=\"M%.1f 6H%.1f\"/>",
                          place(axis, ends.low), place(axis, ends.high));
        strbuf_printf(html, "<circle class=\"mark\" cx=\"%.1f\" cy=\"6\" r=\"3.5\"/></g></svg>",
                      place(axis, line->accuracy));
    }
    strbuf_puts(html, "</td>");
}

static void write_ratio(struct strbuf *html, const char *column, double value)
{
    report_begin_cell(html, column);
    report_ratio(html, value);
    strbuf_puts(html, "</td>");
}

/* Writes a count, below 0 a dash. A count alone is in its cell: what reads "5/50" may take it for a
 * date. */
static void write_count(struct strbuf *html, const char *column, int64_t count)
{
    report_begin_cell(html, column);
    if (count >= 0)
        strbuf_count(html, count);
    else
        strbuf_puts(html, "–");
    strbuf_puts(html, "</td>");
}

static void write_cells(const struct axis *axis, const struct entry *e, int group,
                        struct strbuf *html)
{
    const struct model_line *line = &e->line;

    report_begin_cell(html, "accuracy");
    report_accuracy(html, line->accuracy, (double)line->rows);
    if (line->rows >= 0 && *relation_mark(e->relation))
        strbuf_printf(html, " <b class=\"cross\">%s</b>", relation_mark(e->relation));
    strbuf_puts(html, "</td>");
    write_bar(axis, line, group, html);
    report_begin_cell(html, "loss");
    report_loss(html, line->loss, line->at_least);
    strbuf_puts(html, "</td>");
    write_ratio(html, "macro F1", line->macro_f1);
    write_ratio(html, "balanced accuracy", line->balanced_accuracy);
    write_ratio(html, "AUC", line->auc);
    write_count(html, "wrong", line->wrong);
    write_count(html, "rows", line->rows);
    report_number_cell(html, "epochs", line->epochs, line->epochs == floor(line->epochs) ? 0 : 1);
    report_number_cell(html, "seconds", line->seconds, 1);
    write_count(html, "parameters", e->parameters > 0 ? e->parameters : -1);
    strbuf_puts(html, "</tr>\n");
}

/* ---- Lines ---- */

/* Writes the preset that the network is, if it is one. */
static void write_preset(const struct report *r, int m, struct strbuf *html)
{
    const char *preset =
        json_string_value(json_object_get(r->ensemble.models[m].settings, "preset"));

    if (!preset)
        return;
    strbuf_puts(html, " <span class=\"what\">");
    html_text(html, preset);
    strbuf_puts(html, "</span>");
}

static void write_group(const struct report *r, int group, const struct axis *axis,
                        struct strbuf *html)
{
    const struct report_group *g = &r->groups[group];

    if (g->count > 1) {
        const struct entry sum = entry_of_group(r, group, html);

        strbuf_puts(html, "<tr class=\"sum\"><th scope=\"row\">");
        html_text(html, g->name);
        strbuf_printf(html, " <span class=\"what\">all %d</span></th>", g->count);
        write_cells(axis, &sum, group, html);
    }
    for (int m = 0; m < r->files.model_count; m++) {
        const struct entry e = entry_of(r, m);

        if (r->models[m].group != group)
            continue;
        strbuf_printf(html, "<tr%s><th scope=\"row\">", g->count > 1 ? " class=\"one\"" : "");
        html_text(html, r->models[m].name);
        write_preset(r, m, html);
        strbuf_puts(html, "</th>");
        write_cells(axis, &e, group, html);
    }
}

static void write_pred(const struct report *r, const struct report_pred *pred,
                       const struct axis *axis, struct strbuf *html)
{
    const struct report_part *part = &r->parts[pred->part];
    const struct entry e = entry_of_pred(pred);
    const size_t count = json_array_size(pred->models);

    strbuf_puts(html, "<tr class=\"sum\"><th scope=\"row\">");
    strbuf_printf(html, count > 1 ? "mean of %zu" : "predictions", count);
    strbuf_puts(html, " <span class=\"what\">");
    html_text(html, part->name);
    if (part->pred_count > 1) {
        strbuf_puts(html, ", ");
        report_file(html, pred->path);
    }
    strbuf_puts(html, "</span></th>");
    write_cells(axis, &e, -1, html);
}

/* Tells whether predictions are of one model that has a line of its own. */
static bool is_of_one(const struct report *r, int p)
{
    const char *digest = json_string_value(json_array_get(r->preds[p].models, 0));
    const int m = digest ? report_find_model(r, digest) : -1;

    return json_array_size(r->preds[p].models) == 1 && m >= 0 && r->models[m].scored_by == p;
}

static struct axis find_axis(const struct report *r)
{
    struct axis axis = {INFINITY, -INFINITY};

    for (int m = 0; m < r->files.model_count; m++) {
        const struct entry e = entry_of(r, m);

        widen(&axis, &e.line);
    }
    for (int p = 0; p < r->files.pred_count; p++)
        if (r->preds[p].file.has_labels) {
            const struct entry e = entry_of_pred(&r->preds[p]);

            widen(&axis, &e.line);
        }
    return axis;
}

/* Says what the marks after accuracies stand for. */
static void write_legend(const struct report *r, struct strbuf *html)
{
    bool said[RELATION_UNKNOWN + 1] = {false};

    for (int i = 0; i < r->files.model_count + r->files.pred_count; i++) {
        const bool model = i < r->files.model_count;
        const struct report_pred *pred = model ? NULL : &r->preds[i - r->files.model_count];
        enum relation_kind of = model ? r->models[i].relation : RELATION_FAIR;

        if (pred && pred->file.has_labels)
            of = entry_of_pred(pred).relation;
        if (*relation_mark(of) && !said[of])
            strbuf_printf(html, "<p class=\"says\"><b class=\"cross\">%s</b> %s</p>\n",
                          relation_mark(of), relation_legend(of));
        said[of] = true;
    }
}

void report_write_models(const struct report *r, struct strbuf *html)
{
    const struct axis axis = find_axis(r);

    if (r->files.model_count == 0)
        return;
    report_begin(html, "models", "Models");
    report_begin_scroll(html, "Models");
    strbuf_puts(html, "<table class=\"cards models\">\n<thead><tr><th scope=\"col\">model</th><th "
                      "scope=\"col\">accuracy</th><th class=\"wide\" scope=\"col\">±, all on "
                      "one scale</th><th scope=\"col\">loss</th><th scope=\"col\">macro F1</th><th "
                      "scope=\"col\">balanced accuracy</th><th scope=\"col\">AUC</th><th "
                      "scope=\"col\">wrong</th><th scope=\"col\">rows</th><th "
                      "scope=\"col\">epochs</th><th scope=\"col\">seconds</th><th "
                      "scope=\"col\">parameters</th></tr></thead>\n<tbody>\n");
    for (int g = 0; g < r->group_count; g++)
        write_group(r, g, &axis, html);
    for (int p = 0; p < r->files.pred_count; p++)
        if (r->preds[p].file.has_labels && !is_of_one(r, p))
            write_pred(r, &r->preds[p], &axis, html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
    write_legend(r, html);
    report_end(html);
}
