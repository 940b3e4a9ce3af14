#ifndef PIPELINE_CHART_H
#define PIPELINE_CHART_H

#include "scale.h"

/* Lines over one pair of axes, each named where it ends, and the layout of such a chart: which
 * values the axes hold and where labels are placed. svg_chart draws it in SVG, the programs'
 * text_chart in characters. x are whole numbers: epochs, batches, runs. */

enum { SHAPE_NONE, SHAPES = 10 }; /* shapes are 1..SHAPES */
struct chart_line {
    const double *x, *y; /* [count], y NAN: no value there */
    int count;
    char class[24];    /* in SVG: colour and kind, of the style sheet */
    const char *label; /* NULL: none */
    int marked;        /* the point with a dot in SVG, -1: none */
    bool dotted;       /* in characters */
    int shape;         /* in SVG, of the marks along the line and at its label; SHAPE_NONE */
    const char *name;  /* in SVG, of its values when hovered over; NULL: they are not shown */
};

struct chart {
    const char *title, *what; /* what: x */
    const char *unit;         /* of y, in SVG */
    double height;            /* of the SVG at least, in pixels; grows with the labels */
    int columns;              /* kept free for labels in SVG at least, so that axes above each other
                                 agree */
    int ticks;                /* of y, at most */
    bool from_zero;           /* y begins at 0 */
    double low, high;         /* y holds these besides, where low < high: one scale for several */
    double logarithmic_from;  /* y is logarithmic where its largest value is more than as many times
                                 the smallest; 0: never */
    double limit; /* above 0: y's largest value, and logarithmic is its distance below it */
    const struct chart_line *lines;
    int count;
};

/* Finds what the axes have to hold; `from` and `to` are left to whoever draws. false: no line has a
 * point. */
bool chart_scales(const struct chart *chart, struct scale *x, struct scale *y);

enum { CHART_LABELS = 64 };
struct chart_label {
    double x, y; /* the line's last point, in the drawing's units */
    double at;   /* y of the label */
    const struct chart_line *line;
};
/* Places the labels of up to CHART_LABELS lines, from top to bottom as the lines end: next to the
 * lines' ends, but `height` apart and within y.to (top, the smaller) .. y.from. Returns how many.
 */
int chart_labels(const struct chart *chart, const struct scale *x, const struct scale *y,
                 double height, struct chart_label labels[CHART_LABELS]);

/* Returns the last of `count` values that is a number; -1: none is. */
int chart_last(const double *values, int count);

#endif
