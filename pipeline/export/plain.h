#ifndef PIPELINE_EXPORT_PLAIN_H
#define PIPELINE_EXPORT_PLAIN_H

#include "pipeline/model/model.h"

/* A model's network as other programs compute it: plain steps in their order, each with the steps
 * whose output it takes, with weights in PyTorch's order, batch normalization folded into the layer
 * before it or made a factor and a summand for each channel, dropout left out. */

enum plain_kind {
    PLAIN_CONV,    /* weights [out.c][in.c][kernel][kernel], bias [out.c] */
    PLAIN_LINEAR,  /* weights [out.c][in], bias [out.c] */
    PLAIN_SCALE,   /* weights [c], bias [c]: of each channel, or of each value of a vector */
    PLAIN_LEAKY,   /* x < 0: slope x; relu has slope 0 */
    PLAIN_MAXPOOL, /* padding counts for nothing */
    PLAIN_AVGPOOL, /* padding counts as zeros */
    PLAIN_GLOBAL,  /* mean over a channel: an average pool with the picture for its window */
    PLAIN_ADD,     /* the sum of two */
    PLAIN_FLATTEN  /* the same values in the same place */
};

struct plain_step {
    enum plain_kind kind;
    int from, side; /* steps whose output it takes, -1: the pixels; side: PLAIN_ADD's other */
    struct nn_shape in, out; /* a vector has h and w 1 */
    int kernel_h, kernel_w, stride_h, stride_w, pad;
    float slope;
    float *weights, *bias; /* owned, or NULL */
    int64_t weight_count;
    int bias_count;
    int place; /* which piece of memory its output lies in: plain_place() */
};

struct plain {
    struct plain_step *steps; /* [count] */
    int count;
    int places;
    int input_place; /* the pixels' */
    int64_t *room;   /* [places] numbers */
};

/* Makes the list. EX_DATAERR: a layer that is not known here. */
MUST_CHECK int plain_make(struct plain *plain, const struct model *model, const char *path,
                          struct err *err);
void plain_free(struct plain *plain);
static inline int64_t shape_size(struct nn_shape shape)
{
    return (int64_t)shape.c * shape.h * shape.w;
}

#endif
