#ifndef CMD_PLOT_TEXT_H
#define CMD_PLOT_TEXT_H

#include "pipeline/base/err.h"
#include "terminal.h"

/* A curve; points whose y is not finite are left out. */
struct curve {
    const char *label;
    const double *x, *y; /* [count] x ascending */
    int count;
    bool dotted; /* told apart from another curve without colours */
};

/* Plots up to four curves with their axes on standard output: in UTF-8 by Braille patterns, eight
 * dots a cell, else by a letter for each curve. `x_label` stands behind the horizontal axis, of
 * which whole numbers are named. The vertical axis is logarithmic where the values, or with a
 * `limit` above 0 their distances below it, are above 0 and span more than a factor of 5; behind
 * the title it says so. Nothing where no curve has two points. -1: out of memory. */
MUST_CHECK int plot_curves(const struct terminal *terminal, const char *title,
                           const struct curve *curves, int count, const char *x_label, double limit,
                           struct err *err);

#endif
