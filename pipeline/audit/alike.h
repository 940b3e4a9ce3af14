#ifndef PIPELINE_ALIKE_H
#define PIPELINE_ALIKE_H

#include "pipeline/base/err.h"
#include "pipeline/tensor/tensor.h"

#include <stdbool.h>

/* Pictures that are there more than once, pixel for pixel or nearly.
 *
 * Nearly alike are two pictures whose pixels, less their mean and scaled to length 1, are at most
 * ALIKE_MOST apart: correlated by 1 - ALIKE_MOST^2 / 2 or more, so that brightness and contrast do
 * not count. Means of 4 x 4 areas, scaled so that they are an orthogonal projection, are never
 * farther apart than the pictures; a k-d tree of them leaves few pairs to be compared exactly. */
#define ALIKE_MOST 0.1

struct pictures {
    const void *images; /* [n][c][h][w] */
    enum dtype pixel;   /* DTYPE_U8 or DTYPE_F32 */
    int c, h, w;
    int64_t n;
};

struct alike {
    int64_t n;
    int64_t *first;  /* [n] first picture that is the same; its own number if it is that */
    int64_t *next;   /* [n] next picture that is the same, -1: none */
    int64_t *near;   /* [n] of those that are `first`: the nearest earlier one that nearly is */
    float *distance; /* [n] of these; -1 in near: none */
    bool gave_up;    /* nearly all pictures are nearly alike: only a part was compared */
};

/* Finds them on so many threads; what it finds does not depend on how many. */
MUST_CHECK int alike_find(struct alike *alike, const struct pictures *pictures, int threads,
                          struct err *err);
void alike_free(struct alike *alike);

/* Returns value `i` of picture `at`. */
static inline double picture_value(const struct pictures *p, int64_t at, size_t i)
{
    const size_t place = (size_t)at * (size_t)(p->c * p->h * p->w) + i;

    return p->pixel == DTYPE_U8 ? (double)((const uint8_t *)p->images)[place]
                                : (double)((const float *)p->images)[place];
}

#endif
