#ifndef PIPELINE_CALIBRATE_H
#define PIPELINE_CALIBRATE_H

#include "int8.h"
#include "pipeline/predict/ensemble.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/relations.h"

/* A network in bytes, made by the ranges that its values have on rows of data, and compared with
 * that of floats on all of them. */
struct calibration {
    const char *path;                /* of the data */
    const struct ensemble *ensemble; /* of the one model, ready for that data */
    const struct plain *plain;
    int threads;
    struct int8 bytes;
    int64_t rows, alike;           /* compared; with the same likeliest class */
    struct metrics floats, scored; /* of floats and of bytes; zeroed: the data has no labels */
    struct relation relation;      /* of the rows to the model */
};

/* `progress` is told of each pass: what, rows in all and done. EX_DATAERR: int8_make() refuses. */
MUST_CHECK int calibrate(struct calibration *calibration, struct ensemble *ensemble,
                         void (*progress)(const char *what, int64_t rows, int64_t done),
                         struct err *err);
void calibration_free(struct calibration *calibration);

#endif
