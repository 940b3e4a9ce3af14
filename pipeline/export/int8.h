#ifndef PIPELINE_INT8_H
#define PIPELINE_INT8_H

#include "plain.h"

/* A network in bytes, after Jacob and others, "Quantization and training of neural networks for
 * efficient integer-arithmetic-only inference" (2018): weights are bytes with a factor for each
 * output channel, values are bytes with a factor and a zero for each step, whose ranges were seen
 * on rows of data; sums have 32 bits. A picture is [row][column][channel]. */

/* A factor f / 2^shift between two steps' bytes. */
struct int8_factor {
    int32_t f;
    int shift;
};

struct int8_step {
    double scale; /* of the output: a byte stands for scale * (byte - zero) */
    int zero;
    bool same; /* it does nothing: a relu that the step before does by the range of its bytes */
    int8_t *weights;           /* conv: [out.c][kernel][kernel][in.c]; linear: [out.c][in] */
    int32_t *bias;             /* [bias_count] in units of the sums */
    int32_t *factors;          /* [bias_count] from the sums to the output, f, */
    uint8_t *shifts;           /* and shift */
    struct int8_factor factor; /* others: from the input, the mean's sum */
    int32_t other;             /* add: f of the side; leaky: f of negative values */
};

/* Least and largest value. */
struct int8_range {
    float low, high;
};

/* A float is cut towards 0: so far above it, downwards. */
enum { INT8_LIFT = 1000 };

struct int8 {
    struct int8_step *steps; /* [count] those of the plain network */
    int count;
    double input_scale;
    int input_zero;
    bool input_bytes;               /* a pixel's byte is the pixel - 128, else as follows */
    float pixel_factor, pixel_bias; /* (int)(pixel * factor + bias) - INT8_LIFT, within a byte */
    bool wide;                      /* the last step is linear: its output is of 32 bits */
    float logits;                   /* scale of the outputs of the last step */
};

/* Makes it for pixels of a type, by the ranges[count + 1] of these, in floats, and of the steps'
 * outputs. EX_DATAERR: a layer sums up more than 32 bits hold. */
MUST_CHECK int int8_make(struct int8 *bytes, const struct model *model, enum dtype pixel,
                         const struct plain *plain, const struct int8_range *ranges,
                         struct err *err);
/* Returns the zero of a step's output, of the pixels for -1. */
static inline int int8_zero(const struct int8 *bytes, int step)
{
    return step < 0 ? bytes->input_zero : bytes->steps[step].zero;
}
void int8_free(struct int8 *bytes);

#endif
