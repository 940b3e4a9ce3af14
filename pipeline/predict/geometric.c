/* The geometric mean of probabilities. */
#include "geometric.h"

#include "metrics.h"

#include <math.h>

double geometric_log(double probability)
{
    return log(fmax(probability, METRICS_FLOOR));
}

double geometric_normalize(double *row, int classes)
{
    double most = row[0], sum = 0;

    for (int k = 1; k < classes; k++)
        most = fmax(most, row[k]);
    for (int k = 0; k < classes; k++)
        sum += row[k] = exp(row[k] - most);
    for (int k = 0; k < classes; k++)
        row[k] /= sum;
    return most + log(fmax(sum, 1)); /* the largest adds 1 */
}
