#ifndef PIPELINE_NUMBERING_H
#define PIPELINE_NUMBERING_H

#include "pipeline/base/err.h"

#include <stdbool.h>

/* Order of the pixels by column names: pixel0.., pixel1.., 0.., or their row and column: 1x1, r0c0,
 * pixel_0_0; x0y0 says the column first, u0v0 does not say which is which. */
struct numbering {
    enum { NUMBERING_NONE, NUMBERING_LINE, NUMBERING_GRID } kind;
    int odd;     /* the first name that does not belong to the majority's pattern, or -1 */
    int missing; /* the first number that no name has, or -1 */
    /* the first name that does not say which of two numbers is the row, or, without a pattern for
     * all, whose numbers fall below those of the name before, 0: that say the column before the
     * row; or -1 */
    int doubtful;
    int first; /* 0 or 1 */
    int h, w;  /* NUMBERING_GRID */
};

/* Looks at names[0..n). If a pattern holds for all of them and no number is missing, position[i] is
 * the place of name i in the pictures' order; otherwise the file's order is left
 * there. -1: out of memory. */
MUST_CHECK int numbering_find(struct numbering *numbering, char *const *names, int n,
                              int *position);

/* Marks in odd[n] the names that do not belong to the majority's pattern. */
void numbering_odd(char *const *names, int n, bool *odd);

/* Tells whether a pattern holds and is whole. */
static inline bool numbering_whole(const struct numbering *numbering)
{
    return numbering->kind != NUMBERING_NONE && numbering->odd < 0 && numbering->missing < 0 &&
           numbering->doubtful < 0;
}

#endif
