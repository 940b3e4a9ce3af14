#ifndef NN_TRAIN_TRAINER_H
#define NN_TRAIN_TRAINER_H

#include "batchnorm_estimate.h"
#include "nn/augment/augment.h"
#include "nn/plan/plan.h"

/* The trainer, and its half for devices. */

/* Scalars of a step of the optimizer. */
struct rates {
    struct sgd sgd;
    struct adam adam;
};

/* Steps whose losses a device may owe. */
enum { WAITING = 32 };

struct nn_trainer {
    const struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    struct nn_training training;
    struct nn_input input;
    struct plan plan;
    struct pass pass;
    struct nn_augmenter *augmenter; /* NULL: none */
    real pixel_value[256];
    int64_t *order; /* [n] rows in this epoch's order */
    int64_t n;
    int most;                   /* rows of a batch, the last one too */
    real *first, *second;       /* [parameters]: SGD's v, or Adam's m and v */
    struct nn_weights *average; /* NULL: none */
    real average_rate;
    struct nn_weights *measured; /* copy of the weights with their statistics estimated as long as
                                    the steps are few; NULL: there is an average, or none are */
    struct estimate estimate;    /* of the statistics of either, if there are any */
    uint64_t estimated_of;       /* version of the average or of the weights that it was made of */
    int64_t updates;             /* steps in all epochs: Adam's t */
    uint64_t derived_of; /* version of the weights that the plan's derived numbers are made from */
    size_t *begin; /* [updates] where each block begins among all parameters, known from its first
                      update on; with a team */
    bool begins;   /* are known */
    int64_t own_rows;      /* pictures that this process worked on, in all steps */
    struct rates rates[2]; /* this step's: of all layers, of the tuned ones */
    struct nn_progress progress;
    /* On a device, all but the last two arrays above are there: versions of the weights that their
     * twins are, and that they were when they were last fetched. */
    struct device_data on_device; /* memory NULL: this processor */
    double *losses; /* [WAITING][slot] of steps that are not waited for; here one slot */
    uint8_t *hits;
    int slot; /* rows */
    struct waiting {
        int rows;      /* of its batch */
        double weight; /* of these */
        int64_t step, rows_done;
        double lr;
    } waiting[WAITING];
    int waitings;
    uint64_t version_on_device, version_here;
};

/* ---- On a device: nothing is done where there is none ---- */

/* Begins its memory, before the plan's arrays get their places there. Returns -1 without memory. */
int trainer_open_on_device(struct nn_trainer *t);
/* Gives the arrays that kernels read and write twins, and uploads those that stay as they are; with
 * a device. Returns -1 with its fault. */
int trainer_move_on_device(struct nn_trainer *t);
/* Uploads what was changed here since the last step. */
void trainer_take_on_device(struct nn_trainer *t);
/* Downloads the weights that the last steps left there. */
void trainer_fetch_here(struct nn_trainer *t);
/* Copies weights of this network there and back; with a device. */
void trainer_upload_weights(struct nn_trainer *t, const struct nn_weights *weights);
void trainer_fetch_weights(const struct nn_trainer *t, const struct nn_weights *weights);
/* Updates all parameters there. */
void trainer_update_on_device(struct nn_trainer *t);
/* Tells whether the device has no fault. */
bool trainer_is_well(const struct nn_trainer *t);
/* Downloads the losses and hits of the steps that were not waited for. Tells whether the device has
 * no fault. */
bool trainer_fetch_losses(struct nn_trainer *t);

#endif
