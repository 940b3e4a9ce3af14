#ifndef PIPELINE_CALIBRATION_H
#define PIPELINE_CALIBRATION_H

#include <stdint.h>

/* Calibration: are rows predicted with a probability of 0.9 right nine times in ten? Rows by the
 * probability of the class predicted, in bins of equal width. */

enum { CALIBRATION_BINS = 10 };

struct calibration {
    int64_t rows[CALIBRATION_BINS], right[CALIBRATION_BINS];
    double confidence[CALIBRATION_BINS]; /* sums of the rows' probabilities */
};

/* Adds a row. `confidence` in 0..1: of the class that was predicted, rightly or not. */
void calibration_add(struct calibration *calibration, double confidence, int right);
/* Return mean confidence and accuracy of one bin; NAN where it has no row. */
double calibration_confidence(const struct calibration *calibration, int bin);
double calibration_accuracy(const struct calibration *calibration, int bin);
/* Returns the expected calibration error: the mean over all rows of their bin's |accuracy -
 * confidence| (Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017,
 * equation 3). NAN without rows. */
double calibration_error(const struct calibration *calibration);

#endif
