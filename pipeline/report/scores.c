/* Tables of one part's predictions: which classes are taken for which, each class's figures, and
 * where there are no labels the shares of the classes. */
#include "pipeline/base/figures.h"
#include "section.h"

#include <math.h>
#include <stdio.h>

/* Above the first the matrix has small cells, above the second none; longer tables of classes show
 * those that fare worst. */
enum { LARGE_CELLS = REPORT_FEW_CLASSES, MATRIX_MOST = 64, CONFUSIONS = 15, CLASSES_MOST = 100 };

/* ---- The confusion matrix ---- */

/* Returns the shade of a cell, by the share of its row: 1..5, 0 for none. */
static int shade(double share)
{
    static const double above[] = {0, 0.003, 0.01, 0.03, 0.1};
    int level = 0;

    while (level < 5 && share > above[level])
        level++;
    return level;
}

static void write_cell(const struct report *r, const struct metrics *m, int truth, int predicted,
                       struct strbuf *html)
{
    const int64_t rows = m->confusion[(size_t)truth * m->classes + predicted];
    const double share = (double)rows / (double)metrics_support(m, truth);
    char text[24], percent[SHARE_TEXT];

    if (rows == 0) {
        strbuf_puts(html, truth == predicted ? "<td class=\"right\">0</td>" : "<td></td>");
        return;
    }
    if (truth == predicted)
        strbuf_puts(html, "<td class=\"right\"");
    else
        strbuf_printf(html, "<td class=\"w%d\"", shade(share));
    if (m->classes <= LARGE_CELLS)
        strbuf_printf(html, " data-share=\"%s %%\"",
                      percent_text(share, share < 0.0995 ? 1 : 0, percent));
    strbuf_puts(html, " title=\"");
    html_text(html, r->class_names[truth]);
    strbuf_puts(html, " as ");
    html_text(html, r->class_names[predicted]);
    strbuf_printf(html, ": %lld rows, %s %%\">", (long long)rows, percent_text(share, 2, percent));
    report_short(rows, text, sizeof text);
    if (m->classes <= LARGE_CELLS)
        strbuf_count(html, rows);
    else
        strbuf_puts(html, text);
    strbuf_puts(html, "</td>");
}

static void write_matrix(const struct report *r, const struct metrics *m, struct strbuf *html)
{
    const int columns = m->classes <= LARGE_CELLS ? CLASS_LONG : CLASS_SHORT;

    strbuf_puts(html,
                "<p class=\"says\">A row for each true class, a column for each predicted one: "
                "rows of the data and their share of the true class. The stronger the orange, "
                "the larger the share that is mistaken so.</p>\n");
    report_begin_scroll(html, "Confusion matrix");
    strbuf_printf(html, "<table class=\"matrix %s\">\n<thead><tr><td></td>",
                  m->classes <= LARGE_CELLS ? "large" : "small");
    for (int k = 0; k < m->classes; k++) {
        strbuf_puts(html, "<th scope=\"col\"><span>");
        report_class(r, k, columns, html);
        strbuf_puts(html, "</span></th>");
    }
    strbuf_puts(html, "</tr></thead>\n<tbody>\n");
    for (int truth = 0; truth < m->classes; truth++) {
        strbuf_puts(html, "<tr><th scope=\"row\">");
        report_class(r, truth, columns, html);
        strbuf_puts(html, "</th>");
        for (int predicted = 0; predicted < m->classes; predicted++)
            write_cell(r, m, truth, predicted, html);
        strbuf_puts(html, "</tr>\n");
    }
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

void report_write_confusions(const struct report *r, const struct metrics *m, struct strbuf *html)
{
    struct confusion list[CONFUSIONS];
    const int count = metrics_confusions(m, list, CONFUSIONS);

    if (count == 0)
        return;
    strbuf_puts(html, "<div>\n<h3>Confused most often</h3>\n");
    report_begin_scroll(html, "Confused most often");
    strbuf_puts(html,
                "<table>\n<thead><tr><th scope=\"col\">true class</th><th class=\"text\" "
                "scope=\"col\">predicted as</th><th scope=\"col\">rows</th><th scope=\"col\">of "
                "the class</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < count; i++) {
        strbuf_puts(html, "<tr><th scope=\"row\">");
        report_class(r, list[i].truth, CLASS_LONG, html);
        strbuf_puts(html, "</th><td class=\"text\">");
        report_class(r, list[i].predicted, CLASS_LONG, html);
        strbuf_puts(html, "</td><td>");
        strbuf_count(html, list[i].rows);
        strbuf_puts(html, "</td><td>");
        report_share(html, (double)list[i].rows / (double)metrics_support(m, list[i].truth), 2);
        strbuf_puts(html, " %</td></tr>\n");
    }
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n</div>\n");
}

void report_write_confusion(const struct report *r, const struct metrics *m, struct strbuf *html)
{
    strbuf_puts(html, "<div>\n<h3>Confusion matrix</h3>\n");
    if (m->classes <= MATRIX_MOST)
        write_matrix(r, m, html);
    else
        strbuf_printf(html, "<p class=\"says\">%d classes are too many to show one.</p>\n",
                      m->classes);
    strbuf_puts(html, "</div>\n");
}

/* ---- Classes ---- */

/* Writes a figure with a bar after it that begins where `low` is. */
static void write_bar(struct strbuf *html, double share, double low)
{
    if (!isfinite(share)) {
        strbuf_puts(html, "<td>–</td>");
        return;
    }
    strbuf_printf(html, "<td class=\"bar\" style=\"--v:%.1f\">",
                  100 * fmax(share - low, 0) / (1 - low));
    report_share(html, share, 2);
    strbuf_puts(html, "</td>");
}

static void write_class(const struct report *r, const struct metrics *m, int k, double low,
                        struct strbuf *html)
{
    strbuf_puts(html, "<tr><th scope=\"row\">");
    report_whole_class(r, k, html);
    strbuf_puts(html, "</th>");
    write_bar(html, metrics_precision(m, k), low);
    write_bar(html, metrics_recall(m, k), low);
    write_bar(html, metrics_f1(m, k), low);
    strbuf_puts(html, "<td>");
    strbuf_count(html, metrics_support(m, k));
    strbuf_puts(html, "</td><td>");
    strbuf_count(html, metrics_predicted(m, k));
    strbuf_puts(html, "</td></tr>\n");
}

/* Finds where the bars begin, so that they differ to the eye: a round share below all of them. */
static double find_low(const struct metrics *m)
{
    double low = 1;

    for (int k = 0; k < m->classes; k++)
        low = fmin(low, fmin(metrics_precision(m, k), metrics_recall(m, k)));
    return low > 0.95 ? 0.95 : low > 0.9 ? 0.9 : low > 0.8 ? 0.8 : low > 0.5 ? 0.5 : 0;
}

/* Finds the F1 that at most CLASSES_MOST classes do not exceed; those above are left out. */
static double find_worst(const struct metrics *m)
{
    double bound = 2;

    for (int k = 0; k < m->classes && m->classes > CLASSES_MOST; k++) {
        const double f1 = metrics_f1(m, k);
        int below = 0;

        for (int other = 0; other < m->classes; other++)
            below += metrics_f1(m, other) <= f1;
        if (below >= CLASSES_MOST && f1 < bound)
            bound = f1;
    }
    return bound;
}

/* Names the classes left out, whose names may be cut elsewhere. */
static void write_left_out(const struct report *r, const struct metrics *m, double worst, int count,
                           struct strbuf *html)
{
    const char *before = ": ";

    strbuf_printf(html, "<p class=\"says\">%d classes with a higher F1 are left out", count);
    for (int k = 0; k < m->classes; k++)
        if (metrics_f1(m, k) > worst) {
            strbuf_puts(html, before);
            report_whole_class(r, k, html);
            before = ", ";
        }
    strbuf_puts(html, ".</p>\n");
}

/* Writes a table of the classes `from` to before `to`, without those left out. */
static void write_class_table(const struct report *r, const struct metrics *m, double worst,
                              int from, int to, struct strbuf *html)
{
    const double low = find_low(m);

    report_begin_scroll(html, "Classes");
    strbuf_puts(html, "<table class=\"classes\">\n<thead><tr><th scope=\"col\">class</th><th "
                      "scope=\"col\">precision</th><th scope=\"col\">recall</th><th "
                      "scope=\"col\">F1</th><th scope=\"col\">rows</th><th "
                      "scope=\"col\">predicted</th></tr></thead>\n<tbody>\n");
    for (int k = from; k < to; k++)
        if (!(metrics_f1(m, k) > worst))
            write_class(r, m, k, low, html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

/* Returns the class before which so many are shown. */
static int find_class(const struct metrics *m, double worst, int shown)
{
    int k = 0;

    for (int count = 0; count < shown; k++)
        count += !(metrics_f1(m, k) > worst);
    return k;
}

void report_write_classes(const struct report *r, const struct metrics *m, struct strbuf *html)
{
    const double low = find_low(m), worst = find_worst(m);
    const bool halves = m->classes > REPORT_FEW_CLASSES;
    int left_out = 0, half;

    for (int k = 0; k < m->classes; k++)
        left_out += metrics_f1(m, k) > worst;
    half = find_class(m, worst, (m->classes - left_out + 1) / 2);
    strbuf_puts(
        html, "<div>\n<h3>Classes</h3>\n<p class=\"says\">Precision: of the rows predicted as the "
              "class, those that are. Recall: of the rows of the class, those found. F1: their "
              "harmonic mean. In percent");
    strbuf_printf(html, low > 0 ? "; the bars begin at %.0f %%.</p>\n" : ".</p>\n", 100 * low);
    if (halves) {
        strbuf_puts(html, "<div class=\"row halves\">\n<div>");
        write_class_table(r, m, worst, 0, half, html);
        strbuf_puts(html, "</div>\n<div>");
        write_class_table(r, m, worst, half, m->classes, html);
        strbuf_puts(html, "</div>\n</div>\n");
    } else
        write_class_table(r, m, worst, 0, m->classes, html);
    if (left_out)
        write_left_out(r, m, worst, left_out, html);
    strbuf_puts(html, "</div>\n");
}

/* ---- Shares ---- */

static double share_of(const int64_t *rows, int k, int64_t all)
{
    return all ? (double)rows[k] / (double)all : NAN;
}

static double largest_share(const struct report *r, const struct report_pred *pred,
                            const struct report_part *known)
{
    double most = 0;

    for (int k = 0; k < r->classes; k++) {
        most = fmax(most, share_of(pred->stats.predicted, k, pred->file.n));
        if (known)
            most = fmax(most, share_of(known->class_rows, k, known->data.n));
    }
    return most > 0 ? most : 1;
}

static void write_share_bar(struct strbuf *html, double share, double most)
{
    strbuf_printf(html, "<td class=\"bar\" style=\"--v:%.1f\">", 100 * share / most);
    report_share(html, share, 2);
    strbuf_puts(html, "</td>");
}

static void write_share(const struct report *r, const struct report_pred *pred,
                        const struct report_part *known, int k, double most, struct strbuf *html)
{
    const int64_t *predicted = pred->stats.predicted;

    strbuf_puts(html, "<tr><th scope=\"row\">");
    report_whole_class(r, k, html);
    strbuf_puts(html, "</th><td>");
    strbuf_count(html, predicted[k]);
    strbuf_puts(html, "</td>");
    write_share_bar(html, share_of(predicted, k, pred->file.n), most);
    if (known)
        write_share_bar(html, share_of(known->class_rows, k, known->data.n), most);
    strbuf_puts(html, "</tr>\n");
}

/* Writes a table of the classes `from` to before `to`. */
static void write_share_table(const struct report *r, const struct report_pred *pred, int from,
                              int to, struct strbuf *html)
{
    const struct report_part *known = report_labelled_part(r);
    const double most = largest_share(r, pred, known);

    report_begin_scroll(html, "Shares of the classes");
    strbuf_puts(html, "<table class=\"classes\">\n<thead><tr><th scope=\"col\">class</th><th "
                      "scope=\"col\">predicted</th><th scope=\"col\">share</th>");
    if (known) {
        strbuf_puts(html, "<th scope=\"col\">in <bdi>");
        html_text(html, known->name);
        strbuf_puts(html, "</bdi></th>");
    }
    strbuf_puts(html, "</tr></thead>\n<tbody>\n");
    for (int k = from; k < to; k++)
        write_share(r, pred, known, k, most, html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

void report_write_shares(const struct report *r, const struct report_pred *pred,
                         struct strbuf *html)
{
    const int tables = r->classes > REPORT_FEW_CLASSES ? 3 : 1;

    strbuf_puts(html, "<div>\n<h3>Shares of the classes</h3>\n<p class=\"says\">Rows predicted as "
                      "each class, and their share in percent");
    strbuf_puts(html, report_labelled_part(r)
                          ? ", next to the class's share of labelled rows: where the two differ by "
                            "much, these rows are of another kind.</p>\n"
                          : ".</p>\n");
    strbuf_puts(html, tables > 1 ? "<div class=\"row thirds\">\n" : "<div class=\"row\">\n");
    for (int t = 0; t < tables; t++) {
        strbuf_puts(html, "<div>");
        write_share_table(r, pred, t * r->classes / tables, (t + 1) * r->classes / tables, html);
        strbuf_puts(html, "</div>\n");
    }
    strbuf_puts(html, "</div>\n</div>\n");
}
