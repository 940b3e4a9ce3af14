/* Charts in SVG. */
#include "svg_chart.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/utf8.h"
#include "svg_axes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LABEL_COLUMNS = 14,
    GAP = 18,    /* pixels from the lines' ends to their labels */
    SHAPED = 13, /* pixels that a shape before a label takes */
    ALONG = 5    /* shapes along a line, about */
};

static bool has_shapes(const struct chart *chart)
{
    for (int l = 0; l < chart->count; l++)
        if (chart->lines[l].shape)
            return true;
    return false;
}

/* Returns the pixels that the widest label takes; the number of labels goes to *count. */
static double label_room(const struct chart *chart, int *count)
{
    int widest = chart->columns;

    *count = 0;
    for (int l = 0; l < chart->count; l++)
        if (chart->lines[l].label) {
            const int columns = utf8_columns(chart->lines[l].label);

            widest = columns > widest ? columns : widest;
            (*count)++;
        }
    if (widest > LABEL_COLUMNS)
        widest = LABEL_COLUMNS;
    return widest ? GAP + 6.8 * widest + 2 + (has_shapes(chart) ? SHAPED : 0) : 10;
}

static void draw_mark(const struct chart_line *line, struct svg *svg)
{
    if (line->marked < 0 || !isfinite(line->y[line->marked]))
        return;
    strbuf_puts(svg->html, "<circle class=\"mark ");
    strbuf_puts(svg->html, line->class);
    strbuf_printf(svg->html, "\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                  scale_at(&svg->x, line->x[line->marked]),
                  scale_at(&svg->y, line->y[line->marked]));
}

/* Draws the line's shape at some of its points, at others than its neighbours', so that lines on
 * top of each other show theirs. */
static void draw_shapes(const struct chart_line *line, int number, struct svg *svg)
{
    const int stride = line->count > ALONG ? (line->count + ALONG - 1) / ALONG : 1;
    char colour[sizeof line->class];

    snprintf(colour, sizeof colour, "%.*s", (int)strcspn(line->class, " "), line->class);
    for (int i = number % stride; line->shape && i < line->count; i += stride)
        if (i != line->marked && isfinite(line->y[i]))
            svg_shape(svg->html, line->shape, colour, scale_at(&svg->x, line->x[i]),
                      scale_at(&svg->y, line->y[i]));
}

static void draw_labels(const struct chart *chart, struct svg *svg)
{
    struct chart_label labels[CHART_LABELS];
    const int count = chart_labels(chart, &svg->x, &svg->y, SVG_LINE, labels);

    for (int i = 0; i < count; i++) {
        const struct chart_label *label = &labels[i];

        strbuf_puts(svg->html, "<path fill=\"none\" class=\"lead ");
        strbuf_puts(svg->html, label->line->class);
        strbuf_printf(svg->html, "\" d=\"M%.1f %.1fH%.1fL%.1f %.1f\"/>\n", label->x, label->y,
                      svg->x.to, svg->x.to + GAP - 3, label->at);
        if (label->line->shape)
            svg_shape(svg->html, label->line->shape, label->line->class, svg->x.to + GAP + 5,
                      label->at);
        strbuf_printf(svg->html, "<text x=\"%.1f\" y=\"%.1f\" class=\"label ",
                      svg->x.to + GAP + (label->line->shape ? SHAPED : 0), label->at + 4);
        strbuf_puts(svg->html, label->line->class);
        strbuf_puts(svg->html, "\">");
        html_clipped(svg->html, label->line->label, LABEL_COLUMNS);
        strbuf_puts(svg->html, "</text>\n");
    }
}

/* ---- Values to hover over ---- */

/* Places along x at most, and lines named at one of them. */
enum { PLACES = 60, NAMED = 12 };

/* Returns the line with the most points. */
static const struct chart_line *longest(const struct chart *chart)
{
    const struct chart_line *line = &chart->lines[0];

    for (int l = 1; l < chart->count; l++)
        if (chart->lines[l].count > line->count)
            line = &chart->lines[l];
    return line;
}

/* Writes the values at one x, a line for each. */
static void write_values(const struct chart *chart, double x, struct strbuf *html)
{
    char text[SHARE_TEXT];
    int named = 0, more = 0;

    strbuf_printf(html, "%s %.0f", chart->what, x);
    for (int l = 0; l < chart->count; l++) {
        const struct chart_line *line = &chart->lines[l];
        int i = 0;

        while (i < line->count && line->x[i] < x)
            i++;
        if (i == line->count || line->x[i] > x || !isfinite(line->y[i]) || !line->name)
            continue;
        if (named++ >= NAMED) {
            more++;
            continue;
        }
        strbuf_puts(html, "\n");
        html_text(html, line->name);
        strbuf_puts(html, " ");
        if (chart->limit > 0)
            html_text(html, percent_text(line->y[i] / chart->limit, 2, text));
        else
            strbuf_printf(html, "%.4g", line->y[i]);
        html_text(html, chart->unit);
    }
    if (more)
        strbuf_printf(html, "\nand %d more", more);
}

static bool has_names(const struct chart *chart)
{
    for (int l = 0; l < chart->count; l++)
        if (chart->lines[l].name)
            return true;
    return false;
}

/* Lays an unseen bar over each x, whose values show where a pointer rests on it. */
static void draw_values(const struct chart *chart, struct svg *svg)
{
    const struct chart_line *line = longest(chart);
    double left = svg->x.from;

    if (line->count > PLACES || !has_names(chart))
        return;
    strbuf_puts(svg->html, "<g fill=\"none\" pointer-events=\"all\">\n");
    for (int i = 0; i < line->count; i++) {
        const double x = scale_at(&svg->x, line->x[i]);
        const double right =
            i + 1 < line->count ? (x + scale_at(&svg->x, line->x[i + 1])) / 2 : svg->x.to;

        strbuf_printf(svg->html,
                      "<rect class=\"hover\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" "
                      "height=\"%.0f\"><title>",
                      left, svg->y.to, right - left, svg->y.from - svg->y.to);
        write_values(chart, line->x[i], svg->html);
        strbuf_puts(svg->html, "</title></rect>\n");
        left = right;
    }
    strbuf_puts(svg->html, "</g>\n");
}

void svg_chart(struct strbuf *html, const struct chart *chart)
{
    struct svg svg = {.html = html};
    char title[160];
    int labels;
    const double right = label_room(chart, &labels);

    if (!chart_scales(chart, &svg.x, &svg.y))
        return;
    labels = labels < CHART_LABELS ? labels : CHART_LABELS;
    svg.height = fmax(chart->height, 70 + labels * SVG_LINE);
    snprintf(title, sizeof title, "%s%s", chart->title, scale_note(&svg.y));
    svg_begin(&svg, title, right);
    svg_y_axis(&svg, chart->ticks, chart->unit);
    svg_x_axis(&svg, chart->what);
    for (int l = 0; l < chart->count; l++)
        svg_line(&svg, chart->lines[l].class, chart->lines[l].x, chart->lines[l].y,
                 chart->lines[l].count);
    for (int l = 0; l < chart->count; l++)
        draw_shapes(&chart->lines[l], l, &svg);
    for (int l = 0; l < chart->count; l++)
        draw_mark(&chart->lines[l], &svg);
    draw_labels(chart, &svg);
    draw_values(chart, &svg);
    svg_end(&svg);
}
