#ifndef PIPELINE_SVG_AXES_H
#define PIPELINE_SVG_AXES_H

#include "html.h"
#include "scale.h"

/* A drawing in SVG with two axes. Lengths are CSS pixels at full size; y grows downwards. Colours
 * and dashes are classes of the style sheet: "c0", "c1", ... for the models. Attributes say as much
 * as a drawing needs where the sheet is not let through, as by mail programs and build servers. */

enum { SVG_WIDTH = 420, SVG_LINE = 13 /* from one line of text to the next */ };

struct svg {
    struct strbuf *html;
    double height;
    struct scale x, y; /* `from` and `to` are the edges: set by svg_begin() */
};

/* Opens the drawing with its title, which screen readers read out, and room of `right` pixels for
 * labels after the lines. x.low, x.high, y.low, y.high are set before. */
void svg_begin(struct svg *svg, const char *title, double right);
/* Writes up to `most` values at the left with thin lines across; the uppermost carries `unit`. */
void svg_y_axis(struct svg *svg, int most, const char *unit);
/* Writes whole numbers below, and at the end what they are. */
void svg_x_axis(struct svg *svg, const char *what);
/* Does the same with up to `most` values that need not be whole. */
void svg_x_values(struct svg *svg, int most, const char *what);
/* Draws a mark, shape 1..SHAPES of chart.h. `class`: of the style sheet. */
void svg_shape(struct strbuf *html, int shape, const char *class, double x, double y);
/* Draws a line through the points whose y is a number, or a dot on the only one. `class`: of the
 * style sheet. */
void svg_line(struct svg *svg, const char *class, const double *x, const double *y, int count);
void svg_text(struct svg *svg, double x, double y, const char *class, const char *text);
void svg_end(struct svg *svg);

#endif
