#ifndef PIPELINE_RESIZE_H
#define PIPELINE_RESIZE_H

#include "pipeline/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Resizes pictures row by row, in whole numbers, so that the result is the same everywhere. Along
 * an axis that shrinks each pixel is the mean of the area that it covers, shares of pixels
 * included; along one that grows it lies between the two nearest pixels, whose centres count, edges
 * go on (bilinear). What comes of both is rounded once, halves up. */

/* One axis: each pixel of the result is the sum of `count` pixels from `first` on, times weights
 * that sum to `total`. */
struct resize_tap {
    int first, count;
    size_t weights; /* its first one's place in axis->weights[] */
};
struct resize_axis {
    int from, to;
    uint32_t total;
    struct resize_tap *taps; /* [to] */
    uint32_t *weights;
};

/* A zeroed one is closed. */
struct resize {
    struct resize_axis x, y;
    int channels;      /* 1 or 3 */
    bool wide;         /* samples are uint16_t, not uint8_t */
    void *planes;      /* where the result goes, [channels][y.to][x.to] */
    int row, done;     /* rows taken, and rows of the result that are finished */
    int next;          /* row of the source that the next row of the result still lacks */
    uint32_t *rows[2]; /* the last row and the one before, resized along x: [x.to][channels] */
    uint64_t *sums;    /* of the next row of the result */
    size_t room;       /* numbers in each of these */
};

/* Prepares for a picture of w x h pixels that becomes one of new_w x new_h in `planes`; what it has
 * allocated for one before is used again. resize->wide says what samples are, here and there. */
MUST_CHECK int resize_begin(struct resize *resize, int w, int h, int channels, int new_w, int new_h,
                            void *planes, struct err *err);
/* Takes the next row of h: pixels [w][channels]. */
void resize_row(struct resize *resize, const void *pixels);
void resize_free(struct resize *resize);

#endif
