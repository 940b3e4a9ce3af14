#ifndef PIPELINE_CHART_SCALE_H
#define PIPELINE_CHART_SCALE_H

#include <stdbool.h>

/* Scale of an axis: places of values, and which of them are named there. */

struct scale {
    double low, high; /* values, low < high */
    double from, to;  /* where these two lie, in the drawing's units */
    bool logarithmic; /* then low > 0 */
    double limit;     /* above 0, with logarithmic: the logarithm is of a value's distance below
                         it, and high < limit in place of low > 0 */
};
double scale_at(const struct scale *scale, double value);

enum { SCALE_TICKS = 12 };
struct ticks {
    double at[SCALE_TICKS];
    int count;
    int decimals; /* that tell them apart */
};
/* Returns up to `most` (2..SCALE_TICKS) round values within the scale: steps of 1, 2 or 5 times a
 * power of ten; on a logarithmic scale 1, 2 and 5 in each decade, or the powers of ten alone, or
 * the limit less such values. */
struct ticks scale_ticks(const struct scale *scale, int most);
/* Does the same for whole numbers: there is no half an epoch. */
struct ticks scale_whole_ticks(const struct scale *scale, int most);

/* Makes it logarithmic, with a limit above 0 in the distance below that, where the values can be
 * and span more than a `factor`: most of them would lie at one end of the axis. */
void scale_choose(struct scale *scale, double limit, double factor);
/* Returns the note of a title, " (logarithmic)" or ""; the distance below a limit is an error. */
const char *scale_note(const struct scale *scale);

/* Widens it by this share of it on either side. */
void scale_margin(struct scale *scale, double share);
/* Widens low..high, which may be one value, so that it has a positive width. */
void scale_widen(double *low, double *high);

#endif
