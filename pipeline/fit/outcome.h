#ifndef PIPELINE_FIT_OUTCOME_H
#define PIPELINE_FIT_OUTCOME_H

#include "training.h"

/* Whether a training went well: what its losses and predictions give away. */
struct outcome {
    const json_t *epochs; /* as fit records them */
    int kept;             /* epoch, from 1; 0: none */
    bool keeps_best;
    double guess;     /* training loss of guessing by the class shares of the rows */
    double val_guess; /* the same of the validation data; NAN: there is none */
    double lr;
    bool slow;             /* lr is far below what is usual */
    int64_t updates;       /* steps in all */
    const char *cut_off;   /* schedule that falls to 0 and that --patience ended early, or NULL */
    bool by_clock;         /* --within ended it before its epochs did */
    bool rectified, meant; /* the last layer is a rectifier, as a preset or recipe has it */
    const char *unseen;    /* "class 'a' is", never predicted on validation data; NULL: none is */
    bool rare; /* such a class has less than half its share of the rows, and no weight */
};

/* Returns the loss of the best guess that is the same for all rows, the entropy of the mean label:
 * counts[classes] of rows, weights and smoothing as in the training. weights NULL: all alike. */
double outcome_guess(const double *counts, const double *weights, double smoothing, int classes);
/* Writes what went wrong, in one sentence with what helps: the first that applies of the loss ran
 * away, nothing was learnt, the last layer is a rectifier, the learning rate did not fall, a class
 * is never predicted, a better epoch was passed. Returns false, and "", if all is well. */
bool outcome_text(const struct outcome *outcome, char text[TROUBLE_TEXT]);
/* Judges a training whose weights to keep are in its model: fills its `trouble`. */
MUST_CHECK int training_judge(struct training *training, struct err *err);

#endif
