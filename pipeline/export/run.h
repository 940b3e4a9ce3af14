#ifndef PIPELINE_RUN_H
#define PIPELINE_RUN_H

#include "int8.h"

/* Networks computed as exported sources compute them, by the very same functions. */
struct run {
    const struct model *model;
    enum dtype pixel; /* of the data */
    const struct plain *plain;
    int64_t *at;     /* [count + 1] where the pixels, and the output of each step, begin in */
    float *values;   /* these, or */
    int8_t *bytes;   /* these */
    int32_t *logits; /* [classes] of bytes */
};

/* To be freed after a failure too. `bytes`: for run_bytes(), else for run_floats(). */
MUST_CHECK int run_init(struct run *run, const struct model *model, enum dtype pixel,
                        const struct plain *plain, bool bytes, struct err *err);
void run_free(struct run *run);
/* Computes all values of a picture, pixels [c][h][w] as the data has them: U8, or F32. */
void run_floats(struct run *run, const void *pixels);
/* Does so in bytes, and fills probabilities[classes]. Returns the likeliest class. */
int run_bytes(struct run *run, const struct int8 *bytes, const void *pixels, float *probabilities);

#endif
