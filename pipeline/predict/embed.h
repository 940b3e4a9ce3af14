#ifndef PIPELINE_EMBED_H
#define PIPELINE_EMBED_H

#include "pipeline/base/err.h"

#include <stdint.h>

/* Maps of n points of `size` numbers each in two dimensions. All is done in double, in one order,
 * so that the same points give the same map. */

/* Fills map[n][2] with the points' first two principal components: the centred points' directions
 * of the largest variance, found by orthogonal iteration from two fixed ones; of each the
 * coordinate of the largest absolute value is positive. */
MUST_CHECK int embed_pca(const float *points, int n, int64_t size, double *map, struct err *err);
/* Fills map[n][2] by t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9,
 * 2008), exact, with perplexity 30 or a third of the points if that is less, 500 steps, of which
 * the first 100 exaggerate by 12; it begins with `map`, as embed_pca() fills it. */
MUST_CHECK int embed_tsne(const float *points, int n, int64_t size, double *map, struct err *err);
/* Returns the share of the `nearest` nearest neighbours on a map [n][2] that are of the point's
 * class, the mean over the points; of equally near ones the earlier counts. */
double embed_agreement(const double *map, int n, const int *class, int nearest);

#endif
