/* Drawings in SVG: axes, lines and texts. */
#include "svg_axes.h"

#include "chart.h"

#include <math.h>
#include <stdio.h>

enum { LEFT = 52, TOP = 26, BOTTOM = 34, TEXT_DROP = 4 /* from a line's middle to its base */ };

void svg_begin(struct svg *svg, const char *title, double right)
{
    svg->x.from = LEFT;
    svg->x.to = SVG_WIDTH - right;
    svg->y.from = svg->height - BOTTOM;
    svg->y.to = TOP;
    strbuf_printf(svg->html,
                  "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" width=\"%d\" font-size=\"12\" "
                  "role=\"img\" aria-label=\"",
                  SVG_WIDTH, svg->height, SVG_WIDTH);
    html_text(svg->html, title);
    strbuf_puts(svg->html, "\">\n");
    svg_text(svg, 0, 13, "title", title);
}

void svg_end(struct svg *svg)
{
    strbuf_puts(svg->html, "</svg>\n");
}

void svg_text(struct svg *svg, double x, double y, const char *class, const char *text)
{
    strbuf_printf(svg->html, "<text x=\"%.1f\" y=\"%.1f\" class=\"", x, y);
    strbuf_puts(svg->html, class);
    strbuf_puts(svg->html, "\">");
    html_text(svg->html, text);
    strbuf_puts(svg->html, "</text>\n");
}

/* Paths of the shapes, from the mark's middle, and whether they are filled. */
static const struct shape {
    const char *path;
    bool filled;
} shapes[SHAPES] = {{"m-3-3h6v6h-6z", true},
                    {"m0-3.8l3.9 6.8h-7.8z", false},
                    {"m0-4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z", true},
                    {"m-4 0h8m-4-4v8", false},
                    {"m0 3.8l3.9-6.8h-7.8z", true},
                    {"m-3-3h6v6h-6z", false},
                    {"m-3.2-3.2l6.4 6.4m0-6.4l-6.4 6.4", false},
                    {"m0-3.8l3.9 6.8h-7.8z", true},
                    {"m0-4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z", false},
                    {"m0 3.8l3.9-6.8h-7.8z", false}};

void svg_shape(struct strbuf *html, int shape, const char *class, double x, double y)
{
    const struct shape *s = &shapes[shape - 1];

    strbuf_printf(html, "<path class=\"%s %s\" d=\"M%.1f %.1f%s\"/>\n",
                  s->filled ? "shape full" : "shape", class, x, y, s->path);
}

/* Writes the text of a tick, the last one with the unit. */
static void tick_text(const struct scale *scale, const struct ticks *ticks, int i, const char *unit,
                      char text[64])
{
    const char *after = i + 1 == ticks->count ? unit : "";

    if (scale->logarithmic || ticks->decimals > 4) /* 99.5 below 99, 1e-05 */
        snprintf(text, 64, "%g%s", ticks->at[i], after);
    else
        snprintf(text, 64, "%.*f%s", ticks->decimals, ticks->at[i], after);
}

void svg_y_axis(struct svg *svg, int most, const char *unit)
{
    const struct ticks ticks = scale_ticks(&svg->y, most);
    char text[64];

    strbuf_puts(svg->html, "<g text-anchor=\"end\">\n");
    for (int i = 0; i < ticks.count; i++) {
        const double y = scale_at(&svg->y, ticks.at[i]);

        strbuf_printf(svg->html, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", svg->x.from, y,
                      svg->x.to);
        tick_text(&svg->y, &ticks, i, unit, text);
        svg_text(svg, svg->x.from - 6, y + TEXT_DROP, "y", text);
    }
    strbuf_puts(svg->html, "</g>\n");
}

static void draw_x_axis(struct svg *svg, const struct ticks *ticks, const char *what)
{
    char text[64];

    strbuf_printf(svg->html,
                  "<g text-anchor=\"middle\">\n<path class=\"axis\" stroke=\"currentColor\" "
                  "d=\"M%.1f %.1fH%.1f\"/>\n",
                  svg->x.from, svg->y.from, svg->x.to);
    for (int i = 0; i < ticks->count; i++) {
        const double x = scale_at(&svg->x, ticks->at[i]);

        strbuf_printf(svg->html, "<path class=\"axis\" d=\"M%.1f %.1fv4\"/>\n", x, svg->y.from);
        tick_text(&svg->x, ticks, i, "", text);
        svg_text(svg, x, svg->y.from + 16, "x", text);
    }
    strbuf_puts(svg->html, "</g>\n<g text-anchor=\"end\">\n");
    svg_text(svg, svg->x.to, svg->y.from + 30, "what", what);
    strbuf_puts(svg->html, "</g>\n");
}

void svg_x_axis(struct svg *svg, const char *what)
{
    struct ticks ticks = scale_whole_ticks(&svg->x, 6);

    ticks.decimals = 0;
    draw_x_axis(svg, &ticks, what);
}

void svg_x_values(struct svg *svg, int most, const char *what)
{
    const struct ticks ticks = scale_ticks(&svg->x, most);

    draw_x_axis(svg, &ticks, what);
}

void svg_line(struct svg *svg, const char *class, const double *x, const double *y, int count)
{
    int points = 0, at = 0;

    for (int i = 0; i < count; i++)
        if (isfinite(y[i])) {
            at = i;
            points++;
        }
    strbuf_puts(svg->html, points == 1
                               ? "<circle class=\""
                               : "<polyline fill=\"none\" stroke=\"currentColor\" class=\"");
    strbuf_puts(svg->html, class);
    if (points == 1) { /* as a line it would not be seen */
        strbuf_printf(svg->html, " point\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n",
                      scale_at(&svg->x, x[at]), scale_at(&svg->y, y[at]));
        return;
    }
    strbuf_puts(svg->html, "\" points=\"");
    for (int i = 0; i < count; i++)
        if (isfinite(y[i]))
            strbuf_printf(svg->html, "%.1f,%.1f ", scale_at(&svg->x, x[i]),
                          scale_at(&svg->y, y[i]));
    strbuf_puts(svg->html, "\"/>\n");
}
