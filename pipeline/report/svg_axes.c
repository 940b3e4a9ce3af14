#include "svg_axes.h"

#include <math.h>
#include <stdio.h>

enum { LEFT = 52, TOP = 26, BOTTOM = 34, TEXT_DROP = 4 /* from a line's middle to its base */ };

void plot_begin(struct plot *p, const char *title, double right)
{
    p->x.from = LEFT;
    p->x.to = PLOT_WIDTH - right;
    p->y.from = p->height - BOTTOM;
    p->y.to = TOP;
    html_printf(p->html, "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"",
                PLOT_WIDTH, p->height);
    html_text(p->html, title);
    html_raw(p->html, "\">\n");
    plot_text(p, 0, 13, "title", title);
}

void plot_end(struct plot *p)
{
    html_raw(p->html, "</svg>\n");
}

void plot_text(struct plot *p, double x, double y, const char *class, const char *text)
{
    html_printf(p->html, "<text x=\"%.1f\" y=\"%.1f\" class=\"", x, y);
    html_raw(p->html, class);
    html_raw(p->html, "\">");
    html_text(p->html, text);
    html_raw(p->html, "</text>\n");
}

void plot_y_axis(struct plot *p, int most, const char *unit)
{
    const struct ticks ticks = scale_ticks(&p->y, most);
    char text[64];

    for (int i = 0; i < ticks.count; i++) {
        const double y = scale_at(&p->y, ticks.at[i]);

        html_printf(p->html, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", p->x.from, y,
                    p->x.to);
        if (p->y.logarithmic || ticks.decimals > 4) /* 99.5 below 99, 1e-05 */
            snprintf(text, sizeof text, "%g%s", ticks.at[i], i + 1 == ticks.count ? unit : "");
        else
            snprintf(text, sizeof text, "%.*f%s", ticks.decimals, ticks.at[i],
                     i + 1 == ticks.count ? unit : "");
        plot_text(p, p->x.from - 6, y + TEXT_DROP, "y", text);
    }
}

void plot_x_axis(struct plot *p, const char *what, bool whole)
{
    const struct ticks ticks = scale_ticks(&p->x, 6);
    char text[64];

    html_printf(p->html, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", p->x.from, p->y.from,
                p->x.to);
    for (int i = 0; i < ticks.count; i++) {
        const double x = scale_at(&p->x, ticks.at[i]);

        if (whole && ticks.at[i] != floor(ticks.at[i]))
            continue;
        html_printf(p->html, "<path class=\"axis\" d=\"M%.1f %.1fv4\"/>\n", x, p->y.from);
        snprintf(text, sizeof text, "%.*f", whole ? 0 : ticks.decimals, ticks.at[i]);
        plot_text(p, x, p->y.from + 16, "x", text);
    }
    plot_text(p, p->x.to, p->y.from + 30, "what", what);
}

/* A line of one point would not be seen. */
static bool write_point(struct plot *p, const char *class, const double *x, const double *y,
                        int count)
{
    int points = 0, at = 0;

    for (int i = 0; i < count; i++)
        if (isfinite(y[i])) {
            at = i;
            points++;
        }
    if (points != 1)
        return false;
    html_raw(p->html, "<circle class=\"");
    html_raw(p->html, class);
    html_printf(p->html, " point\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n", scale_at(&p->x, x[at]),
                scale_at(&p->y, y[at]));
    return true;
}

void plot_line(struct plot *p, const char *class, const double *x, const double *y, int count)
{
    if (write_point(p, class, x, y, count))
        return;
    html_raw(p->html, "<polyline class=\"");
    html_raw(p->html, class);
    html_raw(p->html, "\" points=\"");
    for (int i = 0; i < count; i++)
        if (isfinite(y[i]))
            html_printf(p->html, "%.1f,%.1f ", scale_at(&p->x, x[i]), scale_at(&p->y, y[i]));
    html_raw(p->html, "\"/>\n");
}
