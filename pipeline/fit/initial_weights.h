#ifndef PIPELINE_FIT_INITIAL_WEIGHTS_H
#define PIPELINE_FIT_INITIAL_WEIGHTS_H

#include "training.h"

/* Opens the model or weights of --from, if there are, and reads which pictures these have seen. */
MUST_CHECK int training_open_from(struct training *training, struct err *err);
/* Makes the network for the data loaded and gives it its first weights. */
MUST_CHECK int training_make_network(struct training *training, struct err *err);

#endif
