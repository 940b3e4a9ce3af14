#ifndef PIPELINE_EXPORT_PLAIN_H
#define PIPELINE_EXPORT_PLAIN_H

#include "pipeline/model/model.h"

/* A model's network as other programs compute it: a list of plain steps, with weights in PyTorch's
 * order, batch normalization folded into the layer before it or made a factor and a summand for
 * each channel, dropout left out. */

enum plain_kind {
    PLAIN_CONV,    /* weights [out.c][in.c][kernel][kernel], bias [out.c] */
    PLAIN_LINEAR,  /* weights [out.c][in], bias [out.c] */
    PLAIN_SCALE,   /* weights [c], bias [c]: of each channel, or of each value of a vector */
    PLAIN_LEAKY,   /* x < 0: slope x; relu has slope 0 */
    PLAIN_MAXPOOL, /* padding counts for nothing */
    PLAIN_AVGPOOL, /* padding counts as zeros */
    PLAIN_GLOBAL,  /* mean over a channel */
    PLAIN_FLATTEN
};

struct plain_step {
    enum plain_kind kind;
    struct nn_shape in, out; /* a vector has h and w 1 */
    int kernel_h, kernel_w, stride_h, stride_w, pad;
    float slope;
    float *weights, *bias; /* owned, or NULL */
    int64_t weight_count;
    int bias_count;
};

struct plain {
    struct plain_step *steps; /* [count] */
    int count;
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
