#ifndef PIPELINE_FIT_DATA_H
#define PIPELINE_FIT_DATA_H

#include "training.h"

/* Loads the data sets, chooses the rows to train on and to score, and works out what the settings
 * leave to the data: mean and standard deviation, class weights, the background of augmentation. */
MUST_CHECK int training_load_data(struct training *training, const struct training_files *files,
                                  struct err *err);

#endif
