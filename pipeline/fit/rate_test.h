#ifndef PIPELINE_RATE_TEST_H
#define PIPELINE_RATE_TEST_H

#include "training.h"

/* The range test (Smith 2017, "Cyclical learning rates for training neural networks"): the learning
 * rate rises with each step while the loss is watched, which falls, stays, and runs away. */

enum { RATE_TEST_STEPS = 100 };
#define RATE_TEST_LOWEST  1e-6
#define RATE_TEST_HIGHEST 10.0
/* settings.nn.lr that is to be found so: fit's "find" */
#define RATE_TO_FIND (-1.0)

struct rate_test {
    double rate[RATE_TEST_STEPS], loss[RATE_TEST_STEPS]; /* loss: smoothed */
    int count; /* steps until the loss was four times its least */
    double found;
};

/* Takes the steps and finds a rate, with two digits, on the longest way down: in its middle, as
 * fastai's "valley", and for one-cycle, whose highest rate it is, at three quarters, which was the
 * better one for each preset tried on digits. `settings` is for the training as it will be, its data and network; the
 * bytes of the test are the same for any number of threads and processes. EX_DATAERR where the loss
 * falls at no rate. */
MUST_CHECK int rate_test(struct rate_test *test, const struct training_settings *settings,
                         const struct training_files *files, int threads, struct err *err);
/* Returns a new object of it; NULL: out of memory. Reads such a one; count 0: it is none. */
json_t *rate_test_json(const struct rate_test *test);
struct rate_test rate_test_read(const json_t *json);
/* Chooses from rate[count] and loss[count], at `share` of the way; NAN: it falls by less than 5 %. */
double rate_choose(const double *rate, const double *loss, int count, double share);

#endif
