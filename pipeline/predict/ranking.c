/* The rows with the largest keys: surest mistakes, least sure predictions. */
#include "ranking.h"

#include "metrics.h"

#include <math.h>
#include <string.h>

void ranking_add(struct ranking *ranking, struct ranked row)
{
    const int most = ranking->most ? ranking->most : RANKING_FEW;
    int at = ranking->count;

    while (at > 0 && ranking->list[at - 1].key < row.key)
        at--;
    if (at == most)
        return;
    if (ranking->count < most)
        ranking->count++;
    memmove(ranking->list + at + 1, ranking->list + at,
            (size_t)(ranking->count - 1 - at) * sizeof *ranking->list);
    ranking->list[at] = row;
}

struct ranked ranked_row(int64_t row, const float *probabilities, int classes, int truth)
{
    const int predicted = metrics_largest(probabilities, classes);

    return (struct ranked){.row = row,
                           .predicted = predicted,
                           .truth = truth,
                           .confidence = (double)probabilities[predicted],
                           .of_truth = truth < 0 ? NAN : (double)probabilities[truth]};
}

void ranking_add_mistake(struct ranking *ranking, struct ranked row)
{
    row.key = row.confidence;
    if (row.truth >= 0 && row.truth != row.predicted)
        ranking_add(ranking, row);
}

void ranking_add_unsure(struct ranking *ranking, struct ranked row)
{
    row.key = -row.confidence;
    ranking_add(ranking, row);
}
