#ifndef NN_TRAIN_PREDICTOR_ON_DEVICE_H
#define NN_TRAIN_PREDICTOR_ON_DEVICE_H

#include "nn/plan/plan.h"

/* A predictor's work on a device: rows are uploaded some at a time, and what they give comes back.
 */
struct predictor_on_device {
    struct device_data data; /* memory NULL: there is none */
    struct plan plan;
    const struct nn_weights *weights;
    int rows;     /* at a time */
    double *loss; /* [rows], and so on */
    uint8_t *correct;
    real *probabilities;
    const real *pixel_value; /* [256] */
    uint64_t version;        /* of the weights there */
};

/* Prepares a network with weights that are still to come. Returns -1 where memory is short here, or
 * the device has noted a fault. */
int predictor_on_device_init(struct predictor_on_device *p, const struct nn_network *net,
                             const struct nn_weights *weights, struct nn_device *device,
                             const real *pixel_value);
void predictor_on_device_free(struct predictor_on_device *p);
/* Takes `rows` rows through the network, from pass->first on; results as the pass requests. */
void predictor_on_device_run(struct predictor_on_device *p, const struct pass *pass, int64_t rows);
/* Copies what a grid of the plan has of the first `count` rows since; its memory is to be freed.
 * Without memory, at NULL, the device has a fault. */
struct grid predictor_on_device_fetch(const struct predictor_on_device *p, const struct grid *grid,
                                      int count);

#endif
