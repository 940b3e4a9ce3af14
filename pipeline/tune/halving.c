/* Which candidates of a tuning are trained for how long, and their order. */
#include "halving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ETA = 3 };

/* ---- Rungs ---- */

/* Returns epochs / 3^halvings, rounded. */
static int divided(int epochs, int halvings)
{
    double left = epochs;

    while (halvings-- > 0)
        left /= ETA;
    return (int)(left + 0.5);
}

struct halving halving_new(int epochs, int folds)
{
    struct halving halving = {1, folds < FOLDS_TRIED_MOST ? folds : FOLDS_TRIED_MOST};

    while (halving.rungs < RUNGS_MOST && divided(epochs, halving.rungs) > 0)
        halving.rungs++;
    return halving;
}

int halving_epochs(const struct halving *halving, int rung, int epochs)
{
    const int judged = divided(epochs, halving->rungs - 1 - rung);

    return judged > 1 ? judged : 1;
}

int halving_folds(const struct halving *halving, int rung)
{
    return rung + 1 == halving->rungs ? halving->folds
                                      : 1 + rung * (halving->folds - 1) / (halving->rungs - 1);
}

int halving_before(const struct halving *halving, int rung, int fold, int epochs)
{
    while (--rung >= 0)
        if (fold <= halving_folds(halving, rung))
            return halving_epochs(halving, rung, epochs);
    return 0;
}

int halving_survivors(int count)
{
    const int third = (count + ETA - 1) / ETA;

    return third < count ? third + 1 : count;
}

/* ---- Candidates ---- */

void candidate_pass(struct candidate *c, int rung, int folds)
{
    double score = 0, accuracy = 0, loss = 0, squares = 0;

    for (int f = 0; f < folds; f++) {
        score += c->scores[f] / folds;
        accuracy += c->accuracies[f] / folds;
        loss += c->losses[f] / folds;
    }
    for (int f = 0; f < folds; f++)
        squares += (c->scores[f] - score) * (c->scores[f] - score);
    c->rung = rung;
    c->score = c->judged[rung] = score;
    c->accuracy = accuracy;
    c->loss = loss;
    c->spread = folds > 1 ? sqrt(squares / (folds - 1)) : NAN;
}

static int by_rank(const void *a, const void *b)
{
    const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;

    if (x->failed != y->failed)
        return x->failed ? 1 : -1;
    if (x->rung != y->rung)
        return x->rung > y->rung ? -1 : 1;
    if (x->rung >= 0 && x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->rung >= 0 && x->loss != y->loss)
        return x->loss < y->loss ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

int candidates_go_on(struct candidate **ranked, int through)
{
    const int survivors = halving_survivors(through);

    for (int i = survivors; i < through; i++)
        if (ranked[i]->number == 0) {
            struct candidate *as_it_is = ranked[i];

            memmove(&ranked[survivors], &ranked[survivors - 1],
                    (size_t)(i - survivors + 1) * sizeof(struct candidate *));
            ranked[survivors - 1] = as_it_is;
        }
    return survivors;
}

double candidate_ahead(const struct candidate *a, const struct candidate *b, int folds,
                       double *error)
{
    double mean = 0, squares = 0;

    for (int f = 0; f < folds; f++)
        mean += (a->scores[f] - b->scores[f]) / folds;
    for (int f = 0; f < folds; f++) {
        const double off = a->scores[f] - b->scores[f] - mean;

        squares += off * off;
    }
    *error = folds > 1 ? sqrt(squares / (folds - 1) / folds) : NAN;
    return mean;
}

void candidates_rank(struct candidate **candidates, int count)
{
    if (count > 1)
        qsort(candidates, (size_t)count, sizeof(struct candidate *), by_rank);
}
