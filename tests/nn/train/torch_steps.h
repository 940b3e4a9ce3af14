#ifndef TESTS_TORCH_STEPS_H
#define TESTS_TORCH_STEPS_H

#include "nn/nn.h"

/* Short runs of training whose figures PyTorch computed in float64: ../fixtures/torch_steps.py made
 * them, and its initial weights and data are made here again. Built for float and for double. */

enum { TORCH_SAMPLES = 24, TORCH_PREDICTED = 4 };

struct torch_tensor {
    const char *name;
    int64_t size;
    double sum, squares;          /* of all values and of their squares */
    double values[TORCH_SAMPLES]; /* evenly spaced, the first and the last among them */
};

struct torch_case {
    const char *name, *description;
    struct nn_shape shape;
    int classes, rows, batch, steps; /* batches in the data's order, the last of an epoch short */
    struct nn_training training;
    bool soft;     /* labels of two classes, three to one */
    bool weighted; /* the loss by class weights */
    int seed;
    const double *losses;               /* [steps] */
    int64_t correct;                    /* over all steps; not with soft labels */
    const struct torch_tensor *tensors; /* of the averaged weights where there are any */
    int tensor_count;
    double loss;                 /* summed over all rows, evaluated after the last step */
    const double *probabilities; /* [TORCH_PREDICTED][classes] of the first rows */
};

/* Tolerances: losses and probabilities relative to their size, tensors relative to the root of
 * their mean square. */
struct torch_tolerance {
    double loss, sgd, adam;
};

int torch_case_count(void);
const struct torch_case *torch_case_get(int number);
/* Trains as PyTorch did and fails the test that runs if a figure differs. */
void torch_case_check(const struct torch_case *run, const struct torch_tolerance *tolerance);

#endif
