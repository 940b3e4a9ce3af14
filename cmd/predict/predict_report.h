#ifndef CMD_PREDICT_REPORT_H
#define CMD_PREDICT_REPORT_H

#include "pipeline/predict/ensemble.h"
#include "pipeline/predict/metrics.h"

/* What predict tells at its end. */
struct predict_report {
    const char *output, *digest;
    int64_t rows;
    const struct ensemble *ensemble;
    const struct metrics *scores; /* of each model, then of their mean; NULL: no labels */
    double seconds;
};

/* Lines and tables on standard error, and the summary of --json; returns the exit status. */
int predict_report(const struct predict_report *report);

#endif
