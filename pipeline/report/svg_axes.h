#ifndef PIPELINE_PLOT_H
#define PIPELINE_PLOT_H

#include "scale.h"
#include "html.h"

/* A drawing in SVG with two axes. Lengths are CSS pixels at full size; y grows downwards. Colours
 * and dashes are classes of the style sheet: "c0", "c1", ... for the models. */

enum { PLOT_WIDTH = 420, PLOT_LINE = 13 /* from one line of text to the next */ };

struct plot {
    struct html *html;
    double height;
    struct scale x, y; /* `from` and `to` are the edges: set by plot_begin() */
};

/* Opens it with its title, which is also what a screen reader says, and room of `right` pixels for
 * labels behind the lines. x.low, x.high, y.low, y.high are set before. */
void plot_begin(struct plot *plot, const char *title, double right);
/* Values at the left with thin lines across; the uppermost carries `unit`. */
void plot_y_axis(struct plot *plot, int most, const char *unit);
/* Values beneath (whole numbers if `whole`), and at the end what they are. */
void plot_x_axis(struct plot *plot, const char *what, bool whole);
/* A line through the points whose y is a number, or a dot on the only one. `class`: of the style
 * sheet. */
void plot_line(struct plot *plot, const char *class, const double *x, const double *y, int count);
void plot_text(struct plot *plot, double x, double y, const char *class, const char *text);
void plot_end(struct plot *plot);

#endif
