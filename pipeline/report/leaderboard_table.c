/* Scores brought home: what a leaderboard gave, beside what one's own rows promised. */
#include "pipeline/submit/leaderboard.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/path.h"
#include "section.h"
#include "svg_axes.h"
#include "svg_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20 /* rows of the table, the latest first */, HEIGHT = 250, CROWDED = 4 };
static const double MARGIN = 0.06; /* of an axis, beyond its outermost dots */

static void write_value(const struct leaderboard_line *line, const char *column, double value,
                        double rows, struct strbuf *html)
{
    report_begin_cell(html, column);
    if (strcmp(line->metric, "accuracy") == 0)
        report_accuracy(html, value, rows);
    else
        report_loss(html, value, false); /* with four decimals, as the shares */
    strbuf_puts(html, "</td>");
}

static void write_line(const struct leaderboard_line *line, struct strbuf *html)
{
    const bool percent = strcmp(line->metric, "accuracy") == 0;
    const double more = (line->score - line->own) * (percent ? 100 : 1);

    strbuf_puts(html, "<tr><th scope=\"row\">");
    report_file(html, line->submission);
    strbuf_puts(html, "</th>");
    write_value(line, "own rows", line->own, line->own_rows, html);
    write_value(line, "leaderboard", line->score, NAN, html);
    write_value(line, "private", line->private_score, NAN, html);
    report_begin_cell(html, "difference");
    if (isfinite(more))
        strbuf_printf(html, "%s%.*f%s",
                      more > 0   ? "+"
                      : more < 0 ? "−"
                                 : "",
                      percent ? 2 : 4, fabs(more), fabs(line->apart) >= Z_95 ? " <b>!</b>" : "");
    else
        strbuf_puts(html, "–");
    strbuf_puts(html, "</td><td class=\"text\" data-label=\"score\">");
    html_text(html, line->metric);
    strbuf_puts(html, "</td><td class=\"text\" data-label=\"noted\">");
    strbuf_printf(html, "%.10s", line->time);
    strbuf_puts(html, "</td></tr>\n");
}

static void write_table(const struct leaderboard *board, struct strbuf *html)
{
    report_begin_scroll(html, "Leaderboard");
    strbuf_puts(html, "<table class=\"cards\">\n<thead><tr><th scope=\"col\">submission</th><th "
                      "scope=\"col\">own rows</th><th scope=\"col\">leaderboard</th><th "
                      "scope=\"col\">private</th><th scope=\"col\">difference</th><th "
                      "class=\"text\" scope=\"col\">score</th><th class=\"text\" "
                      "scope=\"col\">noted</th></tr></thead>\n<tbody>\n");
    for (int i = board->count - 1; i >= 0 && i >= board->count - SHOWN; i--)
        write_line(&board->lines[i], html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

/* ---- Charts ---- */

/* Scores of one metric as they are drawn. */
struct drawn {
    const char *metric;
    int count;
    double *number, *own, *score; /* [count] */
};

/* Draws both over the submissions. */
static void draw_course(const struct drawn *d, struct strbuf *html)
{
    struct chart_line lines[2] = {{.label = "own rows",
                                   .name = "own rows",
                                   .class = "c0",
                                   .marked = -1,
                                   .x = d->number,
                                   .y = d->own,
                                   .count = d->count},
                                  {.label = "leaderboard",
                                   .name = "leaderboard",
                                   .class = "c1",
                                   .marked = -1,
                                   .x = d->number,
                                   .y = d->score,
                                   .count = d->count}};
    struct chart chart = {.title = d->metric,
                          .what = "submission",
                          .unit = "",
                          .height = HEIGHT,
                          .ticks = 6,
                          .lines = lines,
                          .count = 2};

    strbuf_puts(html, "<figure class=\"chart\">");
    svg_chart(html, &chart);
    strbuf_puts(html, "</figure>\n");
}

/* Gives both axes the same values, unless the scores lie so far apart that this would crowd each
 * kind at one end. */
static void choose_scales(struct svg *svg, const struct drawn *d)
{
    struct scale *x = &svg->x, *y = &svg->y;
    double low, high, width;

    *x = *y = (struct scale){.low = INFINITY, .high = -INFINITY};
    for (int i = 0; i < d->count; i++) {
        x->low = fmin(x->low, d->own[i]);
        x->high = fmax(x->high, d->own[i]);
        y->low = fmin(y->low, d->score[i]);
        y->high = fmax(y->high, d->score[i]);
    }
    low = fmin(x->low, y->low);
    high = fmax(x->high, y->high);
    width = fmax(x->high - x->low, y->high - y->low);
    if (high - low <= CROWDED * width) {
        x->low = y->low = low;
        x->high = y->high = high;
    }
    scale_margin(x, MARGIN);
    scale_margin(y, MARGIN);
}

/* Draws the line of equal scores as far as both axes have them, and says so. */
static void draw_equal(struct svg *svg)
{
    const double low = fmax(svg->x.low, svg->y.low), high = fmin(svg->x.high, svg->y.high);

    svg_x_values(svg, 5, low < high ? "on own rows; dashed: the same on both" : "on own rows");
    if (low < high)
        strbuf_printf(svg->html, "<path class=\"perfect\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n",
                      scale_at(&svg->x, low), scale_at(&svg->y, low), scale_at(&svg->x, high),
                      scale_at(&svg->y, high));
}

/* Draws the leaderboard's score over that of own rows, a dot for each submission. */
static void draw_pairs(const struct leaderboard *board, const struct drawn *d, struct strbuf *html)
{
    struct svg svg = {.html = html, .height = HEIGHT};
    char title[80];

    choose_scales(&svg, d);
    snprintf(title, sizeof title, "%.40s on the leaderboard", d->metric);
    strbuf_puts(html, "<figure class=\"chart\">");
    svg_begin(&svg, title, 16);
    svg_y_axis(&svg, 6, "");
    draw_equal(&svg);
    for (int i = 0; i < board->count; i++) {
        const struct leaderboard_line *line = &board->lines[i];

        if (!leaderboard_has_pair(line, d->metric))
            continue;
        strbuf_printf(html, "<circle class=\"mark c0\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"><title>",
                      scale_at(&svg.x, line->own), scale_at(&svg.y, line->score));
        html_text(html, path_name(line->submission));
        strbuf_printf(html, ": %.5g on own rows, %.5g on the leaderboard</title></circle>\n",
                      line->own, line->score);
    }
    svg_end(&svg);
    strbuf_puts(html, "</figure>\n");
}

/* Draws the scores of the latest one's metric. */
static void draw(const struct leaderboard *board, struct strbuf *html)
{
    const char *metric = board->lines[board->count - 1].metric;
    double *values = calloc(3 * (size_t)board->count, sizeof *values);
    struct drawn drawn;

    if (!values)
        return; /* the table says it all */
    drawn = (struct drawn){.metric = metric,
                           .number = values,
                           .own = values + board->count,
                           .score = values + 2 * board->count};
    drawn.count = leaderboard_curves(board, metric, drawn.number, drawn.own, drawn.score);
    if (drawn.count > 1) {
        strbuf_puts(html, "<div class=\"charts\">\n");
        draw_pairs(board, &drawn, html);
        draw_course(&drawn, html);
        strbuf_puts(html, "</div>\n");
    }
    free(values);
}

void report_write_leaderboard(const struct report *r, struct strbuf *html)
{
    const struct leaderboard *board = &r->leaderboard;
    char text[LEADERBOARD_TEXT];

    if (board->count == 0)
        return;
    report_begin(html, "leaderboard", "Leaderboard");
    strbuf_puts(html, "<p class=\"says\">What submissions scored, beside what rows with known "
                      "labels promised, the latest first. Difference: of the leaderboard, in "
                      "points where it is accuracy; !: more than chance explains, if all rows "
                      "count there. ");
    html_text(html, leaderboard_agreement(board, text));
    strbuf_puts(html, "</p>\n");
    draw(board, html);
    write_table(board, html);
    report_end(html);
}
