#ifndef CMD_PREDICT_REPORT_H
#define CMD_PREDICT_REPORT_H

#include "pipeline/predict/metrics.h"
#include "pipeline/predict/relations.h"
#include "pipeline/predict/tta.h"

/* Report of predict at its end. */
struct predict_report {
    const char *output, *digest;
    int64_t rows;
    const struct ensemble *ensemble;
    const struct tta *tta;        /* NULL: nothing was shifted */
    const struct metrics *scores; /* of each model, then of their mean; NULL: no labels */
    const struct relations *relations;
    double seconds;
};

/* Prints lines and tables on standard error, and the summary of --json; returns the exit status. */
int predict_report(const struct predict_report *report);

#endif
