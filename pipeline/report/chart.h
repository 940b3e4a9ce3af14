#ifndef PIPELINE_CHART_H
#define PIPELINE_CHART_H

#include "html.h"

/* Lines over one axis, each named where it ends. */

struct chart_line {
    const double *x, *y; /* [count], y NAN: no value there */
    int count;
    char class[24];    /* of the style sheet: colour and dash */
    const char *label; /* NULL: none */
    int marked;        /* the point with a dot, -1: none */
};

struct chart {
    const char *title, *what; /* what: the x axis */
    const char *unit;         /* of y, behind the uppermost value */
    double height;            /* at least; grows with the labels */
    int columns;    /* kept free for labels at least, so that axes above each other agree */
    int ticks;      /* of y, at most */
    bool whole;     /* x are whole numbers */
    bool from_zero; /* y begins at 0 */
    bool may_be_logarithmic; /* y may: it is where the largest is 10 times the smallest and more */
    double limit; /* above 0: y's largest value, and logarithmic is its distance below it */
    const struct chart_line *lines;
    int count;
};

/* Nothing if no line has a point. */
void chart_lines(struct html *html, const struct chart *chart);

/* Which of `count` values is the last that is a number; -1: none. */
int chart_last(const double *values, int count);

#endif
