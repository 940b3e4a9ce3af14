#ifndef CMD_PREDICT_REPORT_H
#define CMD_PREDICT_REPORT_H

#include "pipeline/predict/as_trained.h"
#include "pipeline/predict/model_groups.h"
#include "pipeline/predict/relations.h"
#include "pipeline/predict/tta.h"

/* Report of predict at its end. */
struct predict_report {
    const char *output, *digest;
    int64_t rows;
    const struct ensemble *ensemble;
    const struct tta *tta;               /* NULL: nothing was shifted */
    const struct metrics *scores;        /* of each model, then of their mean; NULL: no labels */
    const struct metrics *plain;         /* of the mean before --tta; NULL: without it or labels */
    const struct as_trained *as_trained; /* NULL: not compared */
    const struct relations *relations;
    const struct model_groups *groups; /* of the models; without labels or another group empty */
    double seconds;
    double comparing;    /* besides them, of what as_trained compares with */
    double min_accuracy; /* 0: any will do */
};

/* Prints lines and tables on standard error, and the summary of --json; returns the exit status. */
int predict_report(const struct predict_report *report);

/* Returns 0, or EX_BELOW with a message if the accuracy is below `min_accuracy`; EX_DATAERR if
 * there are no labels (NULL) to know it by. */
enum { EX_BELOW = 1 };
int score_status(const struct metrics *score, double min_accuracy);

#endif
