/* Several predictions of one data set next to each other, each against the first. */
#include "pipeline/base/figures.h"
#include "section.h"

#include <math.h>
#include <stdio.h>

/* Writes the cell of one of the predictions. */
typedef void write_cell(const struct report_pred *pred, struct strbuf *html);

static void write_accuracy(const struct report_pred *pred, struct strbuf *html)
{
    report_accuracy(html, score_accuracy(&pred->score), (double)pred->score.rows);
}

static void write_wrong(const struct report_pred *pred, struct strbuf *html)
{
    strbuf_count(html, pred->score.rows - pred->score.correct);
}

static void write_loss(const struct report_pred *pred, struct strbuf *html)
{
    report_loss(html, pred->score.loss, pred->score.at_least);
}

static void write_f1(const struct report_pred *pred, struct strbuf *html)
{
    report_ratio(html, pred->score.macro_f1);
}

static void write_balanced(const struct report_pred *pred, struct strbuf *html)
{
    report_ratio(html, pred->score.balanced_accuracy);
}

static void write_auc(const struct report_pred *pred, struct strbuf *html)
{
    report_ratio(html, pred->score.auc);
}

static void write_confidence(const struct report_pred *pred, struct strbuf *html)
{
    report_share(html, pred->stats.confidence / (double)pred->file.n, 2);
    strbuf_puts(html, " %");
}

static void write_calibration(const struct report_pred *pred, struct strbuf *html)
{
    report_share(html, calibration_error(&pred->stats.calibration), 2);
    strbuf_puts(html, " %");
}

/* ---- Against the first ---- */

static void write_only(const struct report_pred *pred, int side, struct strbuf *html)
{
    if (pred->number == 0)
        strbuf_puts(html, "–");
    else
        strbuf_count(html, pred->comparison.only[side]);
}

static void write_first_only(const struct report_pred *pred, struct strbuf *html)
{
    write_only(pred, 0, html);
}

static void write_this_only(const struct report_pred *pred, struct strbuf *html)
{
    write_only(pred, 1, html);
}

static void write_alike(const struct report_pred *pred, struct strbuf *html)
{
    if (pred->number == 0) {
        strbuf_puts(html, "–");
        return;
    }
    strbuf_count(html, pred->comparison.against.correct);
    strbuf_puts(html, " (");
    report_share(html, metrics_accuracy(&pred->comparison.against), 2);
    strbuf_puts(html, " %)");
}

static void write_p(const struct report_pred *pred, struct strbuf *html)
{
    const double told_apart = 0.05;
    const struct comparison *c = &pred->comparison;
    const double p = mcnemar_p(c->only[0], c->only[1]);
    char text[P_TEXT];

    if (pred->number == 0)
        strbuf_puts(html, "–");
    else
        strbuf_printf(html, "%s%s: %s", p < 1e-300 ? "below " : "", p_text(p, 2, text) + 2,
                      comparison_trained_side(c) >= 0 ? "not compared fairly"
                      : p >= told_apart               ? "not told apart"
                      : c->only[1] > c->only[0]       ? "better"
                                                      : "worse");
}

/* ---- The table ---- */

static const struct line {
    const char *title;
    write_cell *write;
    bool labelled; /* needs labels */
} lines[] = {{"accuracy", write_accuracy, true},
             {"rows wrong", write_wrong, true},
             {"loss", write_loss, true},
             {"macro F1", write_f1, true},
             {"balanced accuracy", write_balanced, true},
             {"AUC", write_auc, true},
             {"mean confidence", write_confidence, false},
             {"calibration error", write_calibration, true},
             {"predicted as by the first", write_alike, false},
             {"right here alone", write_this_only, true},
             {"right in the first alone", write_first_only, true},
             {"p (McNemar's test)", write_p, true}};

static void write_line(const struct report *r, int part, const struct line *line,
                       struct strbuf *html)
{
    strbuf_printf(html, "<tr><th scope=\"row\">%s</th>", line->title);
    for (int i = 0; i < r->files.pred_count; i++)
        if (r->preds[i].part == part) {
            strbuf_puts(html, "<td>");
            line->write(&r->preds[i], html);
            strbuf_puts(html, "</td>");
        }
    strbuf_puts(html, "</tr>\n");
}

void report_write_side_by_side(const struct report *r, int part, struct strbuf *html)
{
    const struct report_part *of = &r->parts[part];
    const bool labelled = of->pred_count > 0 && of->pred->file.has_labels;

    if (of->pred_count < 2 || of->data.n == 0)
        return;
    strbuf_printf(html, "<section id=\"both-%d\">\n<h2>Side by side: <bdi>", part + 1);
    html_text(html, of->name);
    strbuf_puts(html, "</bdi></h2>\n<p class=\"says\">Predictions of the same rows. ");
    strbuf_puts(html,
                labelled ? "Only the rows that one alone has right tell two apart; p is how likely "
                           "so unequal counts are if both are equally good. Of twenty comparisons "
                           "without any difference one falls below 0.05.</p>\n"
                         : "Without labels only their agreement is known, not which is better.</p>"
                           "\n");
    report_begin_scroll(html, "Side by side");
    strbuf_puts(html, "<table class=\"sides\">\n<thead><tr><td></td>");
    for (int i = 0; i < r->files.pred_count; i++)
        if (r->preds[i].part == part) {
            strbuf_puts(html, "<th scope=\"col\">");
            report_file(html, r->preds[i].path);
            strbuf_puts(html, "</th>");
        }
    strbuf_puts(html, "</tr></thead>\n<tbody>\n");
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
        if (labelled || !lines[l].labelled)
            write_line(r, part, &lines[l], html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
    report_end(html);
}
