/* Headline of the page: what a reader wants to know first. */
#include "pipeline/model/relation.h"
#include "section.h"

#include <math.h>
#include <string.h>

static void begin_figure(struct strbuf *html, const char *what)
{
    strbuf_puts(html, "<div><dt>");
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
    begin_figure(html, "rows wrong");
    strbuf_count(html, m->rows - m->correct);
    end_figure(html);
    begin_figure(html, "loss (cross-entropy, nats)");
    report_loss(html, pred->score.loss, pred->score.at_least);
    end_figure(html);
    begin_figure(html, "macro F1");
    report_ratio(html, pred->score.macro_f1);
    end_figure(html);
    begin_figure(html, "balanced accuracy");
    report_ratio(html, pred->score.balanced_accuracy);
    end_figure(html);
    if (isfinite(pred->score.auc)) {
        begin_figure(html, "AUC");
        report_ratio(html, pred->score.auc);
        end_figure(html);
    }
    begin_figure(html, "mean confidence");
    report_share(html, pred->stats.confidence / (double)m->rows, 2);
    strbuf_puts(html, " %");
    end_figure(html);
    begin_figure(html, "calibration error");
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
        strbuf_printf(html, ", %d model%s", r->files.model_count,
                      r->files.model_count > 1 ? "s" : "");
    strbuf_puts(html, "</h1>\n<p class=\"lead\">");
    strbuf_puts(html, r->files.model_count > 0
                          ? "No labelled rows were predicted, so there is no score: hold some back "
                            "from training to have one."
                          : "The data before any training.");
    strbuf_puts(html, "</p>\n");
}

static void write_link(struct strbuf *html, const char *id, const char *title)
{
    strbuf_puts(html, "<a href=\"#");
    strbuf_puts(html, id);
    strbuf_puts(html, "\">");
    strbuf_puts(html, title);
    strbuf_puts(html, "</a>\n");
}

static void write_part_link(const struct report *r, int part, struct strbuf *html)
{
    strbuf_printf(html, "<a href=\"#both-%d\">", part + 1);
    html_text(html, r->parts[part].name);
    strbuf_puts(html, " side by side</a>\n");
}

static void write_pred_link(const struct report *r, const struct report_pred *pred,
                            struct strbuf *html)
{
    strbuf_puts(html, "<a href=\"#");
    report_pred_id(html, pred);
    strbuf_puts(html, "\">");
    if (r->parts[pred->part].pred_count > 1)
        report_file(html, pred->path);
    else
        html_text(html, r->parts[pred->part].name);
    strbuf_puts(html, "</a>\n");
}

static void write_links(const struct report *r, struct strbuf *html)
{
    strbuf_puts(html, "<nav>\n");
    write_link(html, "samples", "Samples");
    if (r->files.model_count > 0) {
        write_link(html, "curves", "Learning curves");
        write_link(html, "models", "Models");
    }
    for (int p = 0; p < r->files.data_count; p++) {
        if (r->parts[p].pred_count > 1)
            write_part_link(r, p, html);
        for (int i = 0; i < r->files.pred_count; i++)
            if (r->preds[i].part == p)
                write_pred_link(r, &r->preds[i], html);
    }
    if (report_has_times(r))
        write_link(html, "stages", "Time");
    if (r->files.model_count > 0)
        write_link(html, "settings", "Settings");
    write_link(html, "sources", "Files");
    strbuf_puts(html, "</nav>\n");
}

static void write_trials(const struct report *r, struct strbuf *html)
{
    int trials = 0;

    for (int m = 0; m < r->files.model_count; m++)
        trials += json_is_true(json_object_get(r->ensemble.models[m].settings, "trial"));
    if (trials)
        strbuf_printf(
            html,
            "<p class=\"lead\"><strong>A trial</strong>: %d of %d model%s had few rows and "
            "epochs; what they score says little.</p>\n",
            trials, r->files.model_count, plural(r->files.model_count));
}

/* Says which trainings went wrong, and what helps. */
static void write_troubles(const struct report *r, struct strbuf *html)
{
    for (int m = 0; m < r->files.model_count; m++)
        if (*r->ensemble.models[m].trouble) {
            strbuf_puts(html, "<p class=\"lead\"><strong>");
            html_text(html, r->models[m].name);
            strbuf_puts(html, "</strong>: ");
            html_text(html, r->ensemble.models[m].trouble);
            strbuf_puts(html, "</p>\n");
        }
}

void report_write_headline(const struct report *r, struct strbuf *html)
{
    const struct report_pred *pred = report_headline(r);

    write_trials(r, html);
    if (pred && pred->stats.scores.rows > 0)
        write_score(r, pred, html);
    else
        write_counts(r, html);
    write_troubles(r, html);
    write_links(r, html);
}
