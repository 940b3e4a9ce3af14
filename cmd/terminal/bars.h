#ifndef CMD_BARS_H
#define CMD_BARS_H

#include "terminal.h"

/* A labelled value with a bar next to it. */
struct bar {
    const char *label;
    double value;  /* 0 or above */
    char text[24]; /* the value as it is printed */
    bool marked;   /* with '<' after the bar */
};

/* Prints the bars on standard output, in `across` columns of the terminal read downwards; a bar of
 * value `full` is the longest. In UTF-8 a heavy line, to half a column, else '#'. */
void print_bars(const struct terminal *terminal, const struct bar *bars, int count, int across,
                double full);
/* Returns the number of columns in which so many bars are shown well. */
int bars_across(const struct terminal *terminal, int count);

#endif
