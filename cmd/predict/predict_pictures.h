#ifndef CMD_PREDICT_PICTURES_H
#define CMD_PREDICT_PICTURES_H

#include "pipeline/predict/ensemble.h"

/* Request to predict a person's own pictures. */
struct own_request {
    char **pictures, **models; /* files and folders; models */
    int picture_count, model_count;
    const char *output, *csv; /* NULL: none */
    bool plain;               /* not prepared like the training pictures */
    bool show;                /* what the network sees, also where it would not be shown */
    double *weights;          /* [model_count], NULL: equal; filled from the file */
    const char *weights_file; /* of compare --weigh, NULL: none */
    int views;                /* test-time augmentation; 0: none */
    double tta_below;
    enum ensemble_precision precision;
    struct nn_device *device; /* NULL: this processor */
};

/* Predicts them, prints what was predicted on standard output and says how they were prepared.
 * Returns the exit status: mistakes have been printed. */
int predict_pictures(const struct own_request *request);

#endif
