/* Greedy selection of an ensemble's models, with replacement. */
#include "greedy.h"

#include "metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Returns the sum of losses with model m added to a bag of `size` models, whose probabilities sum
 * up to sum[rows]. */
static double loss_with(const struct greedy *g, const double *sum, int size, int m, int without)
{
    double loss = 0;

    for (int64_t i = 0; i < g->rows; i++)
        if (g->fold[i] != without)
            loss -= log(fmax((sum[i] + (double)g->p[m][i]) / (size + 1), METRICS_FLOOR));
    return loss;
}

/* Returns the model to add, and the loss with it. */
static int find_next(const struct greedy *g, const double *sum, const int *bag, int size,
                     int without, double *loss)
{
    int best = -1;

    *loss = INFINITY;
    for (int m = 0; m < g->models; m++) {
        const double with = loss_with(g, sum, size, m, without);

        if (best < 0 || with < *loss || (with == *loss && bag[m] && !bag[best])) {
            best = m;
            *loss = with;
        }
    }
    return best;
}

int greedy_select(const struct greedy *g, int without, double *weights, struct err *err)
{
    double *sum = calloc((size_t)g->rows + 1, sizeof *sum), least = INFINITY;
    int *bag = calloc((size_t)g->models, sizeof *bag);

    if (!sum || !bag) {
        free(sum);
        free(bag);
        return err_memory(err, "the selection", 0);
    }
    for (int size = 0; size < GREEDY_STEPS; size++) {
        double loss;
        const int m = find_next(g, sum, bag, size, without, &loss);

        bag[m]++;
        for (int64_t i = 0; i < g->rows; i++)
            sum[i] += (double)g->p[m][i];
        if (loss >= least)
            continue;
        least = loss;
        for (int k = 0; k < g->models; k++)
            weights[k] = (double)bag[k] / (size + 1);
    }
    free(sum);
    free(bag);
    return 0;
}

double greedy_loss(const struct greedy *g, const double *weights, int64_t row)
{
    double mean = 0;

    for (int m = 0; m < g->models; m++)
        mean += weights[m] * (double)g->p[m][row];
    return -log(fmax(mean, METRICS_FLOOR));
}

unsigned char greedy_fold(int64_t *seen, int class)
{
    return (unsigned char)(seen[class]++ % GREEDY_FOLDS);
}
