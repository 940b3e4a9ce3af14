#ifndef CMD_PREDICT_MODELS_H
#define CMD_PREDICT_MODELS_H

#include "pipeline/predict/tta.h"

/* The models that data and pictures are predicted by: what the predictions record of them, and what
 * is said of them. What returns JSON returns NULL where memory is short. */

/* Returns the options that the predictions' bytes depend on. weights: [count], NULL: equal; tta
 * NULL: nothing is shifted. */
json_t *models_options(const struct ensemble *models, const double *weights, const struct tta *tta);
/* Returns the list of their digests. */
json_t *models_digests(const struct ensemble *models);
/* Gives the models these weights [count], read into them first from the file of compare --weigh,
 * unless that is NULL; weights NULL: none. */
MUST_CHECK int models_weigh(struct ensemble *models, const char *file, double *weights,
                            struct err *err);
/* Returns a model's path, digest and weight, for summaries. */
json_t *model_summary(const struct ensemble *models, int m);
/* Says which models were trained without mirrored pictures where the views (0: none) have such, and
 * returns it; NULL: there are none. */
json_t *say_mirror_hint(const struct ensemble *models, int views);
/* Says which are of checkpoints, and how many of trials. */
void say_models(const struct ensemble *models);

#endif
