#ifndef CMD_PREDICT_JOIN_H
#define CMD_PREDICT_JOIN_H

#include "pipeline/base/err.h"

#include <stdbool.h>

/* Request to join predictions. */
struct join_request {
    char **paths;
    int count;
    const char *output;
    double *weights;          /* [count], NULL: equal; filled from the file */
    const char *weights_file; /* of compare --weigh, NULL: none */
    bool geometric;
    double min_accuracy; /* see predict_report() */
};

/* Tells whether a file is one of predictions: 1, 0; 0 too where it can be read only once or is no
 * file. -1: it cannot be read, or is no tensor file. */
MUST_CHECK int is_predictions(const char *path, struct err *err);
/* Writes their mean and says what it scores. Returns the exit status: mistakes have been printed.
 */
int predict_join(const struct join_request *request);

#endif
