/* Calibration: accuracy of rows by their confidence. */
#include "calibration.h"

#include <math.h>

void calibration_add(struct calibration *c, double confidence, int right)
{
    const int place = (int)(confidence * CALIBRATION_BINS);
    const int bin = place < CALIBRATION_BINS ? place : CALIBRATION_BINS - 1;

    c->rows[bin]++;
    c->right[bin] += right != 0;
    c->confidence[bin] += confidence;
}

double calibration_confidence(const struct calibration *c, int bin)
{
    return c->rows[bin] ? c->confidence[bin] / (double)c->rows[bin] : NAN;
}

double calibration_accuracy(const struct calibration *c, int bin)
{
    return c->rows[bin] ? (double)c->right[bin] / (double)c->rows[bin] : NAN;
}

double calibration_error(const struct calibration *c)
{
    double sum = 0;
    int64_t rows = 0;

    for (int bin = 0; bin < CALIBRATION_BINS; bin++) {
        sum += fabs((double)c->right[bin] - c->confidence[bin]);
        rows += c->rows[bin];
    }
    return rows ? sum / (double)rows : NAN;
}
