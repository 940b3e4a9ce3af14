/* Scores brought home: what a leaderboard gave, beside what one's own rows promised. */
#include "pipeline/submit/leaderboard.h"

#include "pipeline/base/figures.h"
#include "section.h"
#include "svg_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20 }; /* rows of the table, the latest first */

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

/* Draws both over the submissions of the latest one's metric. */
static void draw(const struct leaderboard *board, struct strbuf *html)
{
    struct chart_line lines[2] = {
        {.label = "own rows", .name = "own rows", .class = "c0", .marked = -1},
        {.label = "leaderboard", .name = "leaderboard", .class = "c1", .marked = -1}};
    const char *metric = board->lines[board->count - 1].metric;
    struct chart chart = {.title = metric,
                          .what = "submission",
                          .unit = "",
                          .height = 230,
                          .ticks = 6,
                          .lines = lines,
                          .count = 2};
    double *values = calloc(3 * (size_t)board->count, sizeof *values);

    if (!values)
        return; /* the table says it all */
    lines[0].count = lines[1].count =
        leaderboard_curves(board, metric, values, values + board->count, values + 2 * board->count);
    lines[0].x = lines[1].x = values;
    lines[0].y = values + board->count;
    lines[1].y = values + 2 * board->count;
    if (lines[0].count > 1) {
        strbuf_puts(html, "<figure class=\"chart\">");
        svg_chart(html, &chart);
        strbuf_puts(html, "</figure>\n");
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
