/* Headline of the page: what a reader wants to know first. */
#include "pipeline/model/relation.h"
#include "section.h"

#include <math.h>

/* Pairs of classes that are named. */
enum { CONFUSED = 3 };

/* Begins a figure; `means` is what to read when hovering over its name. */
static void begin_figure(struct strbuf *html, const char *what, const char *means)
{
    strbuf_printf(html, "<div title=\"%s\"><dt>", means);
    strbuf_puts(html, what);
    strbuf_puts(html, "</dt><dd>");
}

static void end_figure(struct strbuf *html)
{
    strbuf_puts(html, "</dd></div>\n");
}

static void write_score(const struct report *r, const struct report_pred *pred, struct strbuf *html)
{
    const struct report_part *part = &r->parts[pred->part];
    const struct metrics *m = &pred->stats.scores;
    const size_t models = json_array_size(pred->models);
    const struct relation relation = relation_of_predictions(pred->file.file);
    char text[RELATION_TEXT];

    strbuf_puts(html, "<h1>");
    report_accuracy(html, metrics_accuracy(m), (double)m->rows);
    strbuf_puts(html, "</h1>\n<p class=\"lead\">");
    strbuf_puts(html, accuracy_is_extreme(metrics_accuracy(m), (double)m->rows)
                          ? "accuracy (95 % interval) on "
                          : "accuracy ± standard error on ");
    strbuf_count(html, m->rows);
    strbuf_puts(html, " rows of <bdi>");
    html_text(html, part->name);
    strbuf_puts(html, "</bdi>");
    if (models > 1)
        strbuf_printf(
            html,
            pred->out_of_fold
                ? ", out of fold: each row by those of %zu models that did not train on it"
                : ", by the mean of %zu models",
            models);
    if (*relation_text(&relation, text))
        strbuf_printf(html, "; <strong>%s</strong>", text);
    strbuf_puts(html, "</p>\n<dl class=\"figures\">\n");
    begin_figure(html, "rows wrong", "rows whose most probable class is not the true one");
    strbuf_count(html, m->rows - m->correct);
    end_figure(html);
    begin_figure(html, "loss (cross-entropy, nats)",
                 "minus the logarithm of the true class's probability, the mean over the rows: 0 "
                 "is best, and surely wrong costs most");
    report_loss(html, pred->score.loss, pred->score.at_least);
    end_figure(html);
    begin_figure(html, "macro F1",
                 "mean of the classes' F1, each class counting the same: 1 is best");
    report_ratio(html, pred->score.macro_f1);
    end_figure(html);
    begin_figure(html, "balanced accuracy",
                 "mean of the classes' shares found: as accuracy, were all classes of one size");
    report_ratio(html, pred->score.balanced_accuracy);
    end_figure(html);
    if (isfinite(pred->score.auc)) {
        begin_figure(html, "AUC",
                     "how often a row of a class has a higher probability of it than a row of "
                     "another class: 0.5 is chance, 1 is best");
        report_ratio(html, pred->score.auc);
        end_figure(html);
    }
    begin_figure(html, "mean confidence",
                 "mean probability of the class predicted: ideally the accuracy");
    report_share(html, pred->stats.confidence / (double)m->rows, 2);
    strbuf_puts(html, " %");
    end_figure(html);
    begin_figure(html, "calibration error",
                 "how far probabilities lie from how often they are right, on average");
    report_share(html, calibration_error(&pred->stats.calibration), 2);
    strbuf_puts(html, " %");
    end_figure(html);
    strbuf_puts(html, "</dl>\n");
}

/* Writes the counts, without labelled predictions. */
static void write_counts(const struct report *r, struct strbuf *html)
{
    strbuf_puts(html, "<h1>");
    strbuf_count(html, r->parts[0].data.n);
    strbuf_puts(html, " rows");
    if (r->files.model_count > 0)
        strbuf_printf(html, ", %d model%s", r->files.model_count, plural(r->files.model_count));
    strbuf_puts(html, "</h1>\n<p class=\"lead\">");
    strbuf_puts(html, r->files.model_count > 0
                          ? "No labelled rows were predicted, so there is no score: hold some back "
                            "from training to have one."
                          : "The data before any training.");
    strbuf_puts(html, "</p>\n");
}

/* Writes the pairs of classes that are confused most. */
static void write_confused(const struct report *r, const struct report_pred *pred,
                           struct strbuf *html)
{
    struct confusion list[CONFUSED];
    const int count = metrics_confusions(&pred->stats.scores, list, CONFUSED);

    if (count == 0)
        return;
    strbuf_printf(html,
                  "<h2 class=\"small\"><a href=\"#part-%d\">Confused most often</a></h2>"
                  "\n<ul>\n",
                  pred->part + 1);
    for (int i = 0; i < count; i++) {
        const double support = (double)metrics_support(&pred->stats.scores, list[i].truth);

        strbuf_puts(html, "<li><b>");
        report_class(r, list[i].truth, CLASS_LONG, html);
        strbuf_puts(html, "</b> taken for <b>");
        report_class(r, list[i].predicted, CLASS_LONG, html);
        strbuf_puts(html, "</b>: ");
        strbuf_count(html, list[i].rows);
        strbuf_printf(html, " row%s, ", plural(list[i].rows));
        report_share(html, (double)list[i].rows / support, 1);
        strbuf_puts(html, " % of the class</li>\n");
    }
    strbuf_puts(html, "</ul>\n");
}

void report_write_headline(const struct report *r, struct strbuf *html)
{
    const struct report_pred *pred = report_headline(r);
    const bool scored = pred && pred->stats.scores.rows > 0;

    if (scored)
        write_score(r, pred, html);
    else
        write_counts(r, html);
    strbuf_puts(html, "<div class=\"first\">\n");
    report_write_first_curve(r, html);
    strbuf_puts(html, "<div>");
    report_write_changes(r, html);
    if (scored)
        write_confused(r, pred, html);
    strbuf_puts(html, "</div>\n");
    report_write_warnings(r, html);
    strbuf_puts(html, "</div>\n");
}
