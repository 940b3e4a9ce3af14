/* Charts in SVG. */
#include "svg_chart.h"

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

        strbuf_puts(svg->html, "<path class=\"lead ");
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
    svg_end(&svg);
}
