#ifndef PIPELINE_VALIDATION_H
#define PIPELINE_VALIDATION_H

#include "training.h"

/* Returns {"digest", "rows"} of the rows that validate a training, null without any; NULL: out of
 * memory. Equal digests are the same rows in the same order, of --val or of a fold. */
json_t *validation_json(const struct training *training);

#endif
