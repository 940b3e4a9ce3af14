#ifndef PIPELINE_TUNE_HALVING_H
#define PIPELINE_TUNE_HALVING_H

#include <stdbool.h>

/* Successive halving (Jamieson, Talwalkar 2016; Li et al. 2018): all candidates are trained for few
 * epochs on one fold, a third of them for three times as many on more folds, and so on up to all
 * epochs on all folds. */

enum { RUNGS_MOST = 4, FOLDS_TRIED_MOST = 32 };

struct halving {
    int rungs; /* from 1 */
    int folds; /* of the last rung */
};

struct candidate {
    int number;                   /* of its draw; 0: what the options are without */
    int epochs;                   /* of all its training */
    int rung;                     /* that it is through with; -1: none */
    int done;                     /* folds of the rung that it is in */
    double score, accuracy, loss; /* means over the folds of that rung */
    double spread;                /* standard deviation of the score; NAN: one fold */
    double judged[RUNGS_MOST];    /* scores after each rung; NAN: none */
    double seconds, trained;      /* spent on it, for so many epochs in all */
    /* Of the rung it is in, by fold; a score, by which candidates are ranked, is better the higher
     * it is. */
    double scores[FOLDS_TRIED_MOST], accuracies[FOLDS_TRIED_MOST], losses[FOLDS_TRIED_MOST];
    bool failed;
};

/* Lays rungs out for trainings of so many epochs. */
struct halving halving_new(int epochs, int folds);
/* Return the epochs after which a rung judges a training of so many, and on how many folds. */
int halving_epochs(const struct halving *halving, int rung, int epochs);
int halving_folds(const struct halving *halving, int rung);
/* Returns the epochs that a training of so many had on that fold in earlier rungs. */
int halving_before(const struct halving *halving, int rung, int fold, int epochs);
/* Returns how many of those that are through with a rung go on: a third and one more, the model as
 * it is. */
int halving_survivors(int count);
/* Takes the means over the folds of the rung that the candidate has come through. */
void candidate_pass(struct candidate *candidate, int rung, int folds);
/* Sorts the best first: those of a later rung, by score, then by loss and number; what failed
 * last. */
void candidates_rank(struct candidate **candidates, int count);
/* Moves the model as it is among those that go on, of those ranked that are through with a rung:
 * few epochs say little, and the best is compared with it. Returns how many go on. */
int candidates_go_on(struct candidate **ranked, int through);
/* Returns by how much the score of a is higher than that of b, over the same folds of one rung, and
 * the standard error of that; NAN: one fold. */
double candidate_ahead(const struct candidate *a, const struct candidate *b, int folds,
                       double *error);

#endif
