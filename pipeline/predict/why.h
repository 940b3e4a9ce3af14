#ifndef PIPELINE_WHY_H
#define PIPELINE_WHY_H

#include "ensemble.h"

/* Why models predict a class: what in the picture speaks for it. */

/* Fall of a probability that is drawn in the full colour, unless a larger one is there: smaller
 * ones are of no account. */
#define WHY_LEAST 0.01F

/* Maps of one picture. */
struct why {
    int class;         /* which the maps are of */
    float *occlusion;  /* [h][w] of the data's pictures */
    float *activation; /* [activation_h][activation_w], or NULL */
    int activation_h, activation_w;
};

/* Patches of occlusion maps: squares with this side, one at each multiple of `step` from first on,
 * down and along; what lies outside of the picture is cut off. */
struct patches {
    int side, step, first;
    int down, along; /* how many */
};
struct patches occlusion_patches(int h, int w);

/* Fills maps[rows->count], of classes[rows->count], or if that is NULL of the class that the
 * ensemble's mean gives each row.
 *
 * Occlusion (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014,
 * section 4.2): of a pixel the mean, over the patches that cover it, of the class's probability
 * less that of the picture in which the patch is covered; covered pixels have their channel's
 * median (of an even number the smaller middle one) over the picture's edge.
 *
 * Activation (Zhou et al., "Learning deep features for discriminative localization", 2016), the
 * mean by weight of models that all have a map of one size and see pictures as they are: of one
 * whose network takes the mean of h x w positions before its last layer (see
 * nn_network_pooled_layer()): sum over channels c of weight[class][c] x[c][y][x] / (h w), so that
 * the map's sum is the class's logit less its bias; or of one that takes it last of all, of a
 * channel for each class, x[class][y][x] / (h w), whose sum is the logit.
 *
 * The maps are freed by why_free(). progress(rows done) */
MUST_CHECK int why_maps(struct ensemble *ensemble, const struct dataset_chunk *rows,
                        const int *classes, struct why *maps, void (*progress)(int64_t rows),
                        struct err *err);
void why_free(struct why *maps, int64_t count);

#endif
