/* All that is shown of one part's predictions, and their calibration. */
#include "section.h"
#include "svg_axes.h"

#include <math.h>
#include <stdio.h>

/* ---- Calibration ---- */

enum { PLOT_HEIGHT = 300, COUNTS = 22 /* pixels for the rows' numbers above the axis */ };

/* A bin of fewer rows says too little to lead the line. */
enum { ENOUGH_ROWS = 10 };

/* Draws the bin's accuracy at its mean confidence, and how far chance may have moved it. */
static void draw_bin(struct svg *svg, const struct calibration *c, int bin)
{
    const double accuracy = calibration_accuracy(c, bin);
    const double x = scale_at(&svg->x, 100 * calibration_confidence(c, bin));
    const double middle = (bin + 0.5) * 100 / CALIBRATION_BINS;
    struct interval ends;
    char text[24];

    report_short(c->rows[bin], text, sizeof text);
    svg_text(svg, scale_at(&svg->x, middle), svg->y.from + COUNTS - 6, "count", text);
    if (c->rows[bin] == 0)
        return;
    ends = wilson_interval(accuracy, (double)c->rows[bin], 1);
    strbuf_printf(svg->html, "<path class=\"whisker\" d=\"M%.1f %.1fV%.1f\"/>\n", x,
                  scale_at(&svg->y, 100 * ends.low), scale_at(&svg->y, 100 * ends.high));
    strbuf_printf(svg->html, "<circle class=\"mark mean\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", x,
                  scale_at(&svg->y, 100 * accuracy));
}

static void draw_reliability(const struct calibration *c, struct strbuf *html)
{
    struct svg svg = {html, PLOT_HEIGHT, {.low = 0, .high = 100}, {.low = 0, .high = 100}};
    double x[CALIBRATION_BINS], y[CALIBRATION_BINS];

    svg_begin(&svg, "Accuracy by confidence", 16);
    svg_x_axis(&svg, "confidence, %; above it, how many rows");
    svg.y.from -= COUNTS; /* the values begin above the counts */
    svg_y_axis(&svg, 6, " %");
    strbuf_printf(html, "<path class=\"perfect\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n",
                  scale_at(&svg.x, 0), scale_at(&svg.y, 0), scale_at(&svg.x, 100),
                  scale_at(&svg.y, 100));
    for (int bin = 0; bin < CALIBRATION_BINS; bin++) {
        x[bin] = 100 * calibration_confidence(c, bin);
        y[bin] = c->rows[bin] < ENOUGH_ROWS ? NAN : 100 * calibration_accuracy(c, bin);
    }
    svg_line(&svg, "mean val", x, y, CALIBRATION_BINS);
    for (int bin = 0; bin < CALIBRATION_BINS; bin++)
        draw_bin(&svg, c, bin);
    svg_end(&svg);
}

static void write_calibration(const struct report_pred *pred, struct strbuf *html)
{
    const double error = calibration_error(&pred->stats.calibration);
    const double surplus = pred->stats.confidence / (double)pred->stats.scores.rows -
                           metrics_accuracy(&pred->stats.scores);

    strbuf_puts(html, "<div class=\"fit\">\n<h3>Calibration</h3>\n");
    strbuf_printf(
        html,
        "<p class=\"says\">Expected calibration error %.2f\u00a0%% in %d bins of equal width. The "
        "mean confidence is %.2f percentage points %s the accuracy: %s. Dots on the dashed line "
        "are right as often as they are sure, above it more often. Whiskers: one standard error "
        "(Wilson's interval); bins of fewer than %d rows are not joined.</p>\n",
        100 * error, CALIBRATION_BINS, 100 * fabs(surplus), surplus > 0 ? "above" : "below",
        surplus > 0 ? "overconfident" : "underconfident", ENOUGH_ROWS);
    strbuf_puts(html, "<figure class=\"chart\">");
    draw_reliability(&pred->stats.calibration, html);
    strbuf_puts(html, "</figure>\n</div>\n");
}

/* ---- The section ---- */

/* Writes tables and the calibration in pairs next to each other; where there are many classes those
 * that are wide have all the width. */
static void write_tables(const struct report *r, const struct report_pred *pred,
                         struct strbuf *html)
{
    const struct metrics *m = &pred->stats.scores;
    const bool few = m->classes <= REPORT_FEW_CLASSES;

    if (!few)
        report_write_confusion(r, m, html);
    strbuf_puts(html, "<div class=\"row\">\n");
    if (few)
        report_write_confusion(r, m, html);
    report_write_confusions(r, m, html);
    if (few) {
        strbuf_puts(html, "</div>\n<div class=\"row\">\n");
        report_write_classes(r, m, html);
    }
    write_calibration(pred, html);
    strbuf_puts(html, "</div>\n");
    if (!few)
        report_write_classes(r, m, html);
}

static void write_labelled(const struct report *r, const struct report_pred *pred,
                           struct strbuf *html)
{
    const struct metrics *m = &pred->stats.scores;
    char text[SCORE_TEXT];

    strbuf_puts(html, "<p class=\"score\">Accuracy <b>");
    report_accuracy(html, metrics_accuracy(m), (double)m->rows);
    strbuf_puts(html, "</b>, loss ");
    report_loss(html, pred->score.loss, pred->score.at_least);
    strbuf_puts(html, ", ");
    strbuf_count(html, m->rows - m->correct);
    strbuf_puts(html, " of ");
    strbuf_count(html, m->rows);
    strbuf_printf(html, " wrong%s; %s</p>\n", pred->out_of_fold ? ", out of fold" : "",
                  contest_text(&pred->score, text));
    report_write_ranking(r, pred, &pred->stats.mistakes, "The surest mistakes",
                         "Predicted (truth), with the probability of what was predicted. Some may "
                         "be mistakes of the labels.",
                         html);
    report_write_ranking(r, pred, &pred->stats.unsure, "The least sure",
                         "Rows whose most probable class has the lowest probability.", html);
    write_tables(r, pred, html);
}

static void write_unlabelled(const struct report *r, const struct report_pred *pred,
                             struct strbuf *html)
{
    const struct report_part *part = &r->parts[pred->part];
    const bool few = r->classes <= REPORT_FEW_CLASSES;

    strbuf_puts(html, "<p class=\"score\">");
    strbuf_count(html, part->data.n);
    strbuf_puts(html, " rows without labels, mean confidence ");
    report_share(html, pred->stats.confidence / (double)part->data.n, 2);
    strbuf_puts(html, " %</p>\n");
    strbuf_puts(html, few ? "<div class=\"row\">\n" : "<div>\n");
    report_write_shares(r, pred, html);
    strbuf_puts(html, few ? "<div class=\"rest\">\n" : "<div>\n");
    report_write_ranking(r, pred, &pred->stats.unsure, "The least sure",
                         "Predicted, with its probability: the rows to look at first.", html);
    strbuf_puts(html, "</div>\n</div>\n");
}

void report_write_predictions(const struct report *r, const struct report_pred *pred,
                              struct strbuf *html)
{
    const struct report_part *part = &r->parts[pred->part];

    if (part->data.n == 0)
        return;
    strbuf_puts(html, "<section id=\"");
    report_pred_id(html, pred);
    strbuf_puts(html, "\">\n<h2>Predictions of <bdi>");
    html_text(html, part->name);
    strbuf_puts(html, "</bdi>");
    if (part->pred_count > 1) {
        strbuf_puts(html, " <span class=\"what\">");
        report_file(html, pred->path);
        strbuf_puts(html, "</span>");
    }
    strbuf_puts(html, "</h2>\n");
    if (pred->file.has_labels)
        write_labelled(r, pred, html);
    else
        write_unlabelled(r, pred, html);
    report_end(html);
}
