#ifndef PIPELINE_FIT_COURSE_H
#define PIPELINE_FIT_COURSE_H

#include "nn/nn.h"

#include <stdbool.h>
#include <stddef.h>

/* How many steps a training takes where that is not epochs times batches, and how that was changed
 * on the way: "1310", or "1310,1290@400", which after 400 steps became 1290. */

enum { COURSE_TEXT = NN_BENDS_MOST * 42 };

/* Reads it into *nn; -1: it is none. */
int course_parse(struct nn_training *nn, const char *text);
void course_text(const struct nn_training *nn, char text[COURSE_TEXT]);
/* Plans `steps` in all from now on, when `done` are done. Returns whether there was room for it. */
bool course_bend(struct nn_training *nn, int64_t done, int64_t steps);
/* Returns the number of the last epoch, of `steps` each; INT_MAX is that or more. */
int course_epochs(const struct nn_training *nn, int64_t steps);

#endif
