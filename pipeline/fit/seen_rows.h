#ifndef PIPELINE_FIT_SEEN_ROWS_H
#define PIPELINE_FIT_SEEN_ROWS_H

#include "training.h"

/* Notes in model.seen which pictures are trained on and which will choose the epoch, besides what
 * training_make_network() has noted there of the model to begin with; says of each data to score
 * how its rows relate to them. EX_DATAERR if the validation data is the training data. */
MUST_CHECK int training_note_seen(struct training *training, const struct training_files *files,
                                  struct err *err);

#endif
