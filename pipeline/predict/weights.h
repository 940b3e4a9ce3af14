#ifndef PIPELINE_WEIGHTS_H
#define PIPELINE_WEIGHTS_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* Weights for a mean that compare --weigh found: a JSON object whose "models" are objects with
 * "name", "weight" and "models", the digests of the models that they are the weight of. */
struct weights {
    const char *path; /* not owned */
    json_t *json;
};

/* Tells whether the text names such a file: it ends with .json. */
bool weights_is_file(const char *text);
/* Returns what models and their predictions are called there: the file's name up to its first dot.
 * A new string, NULL: out of memory. */
char *weights_name(const char *path);
MUST_CHECK int weights_read(struct weights *weights, const char *path, struct err *err);
/* Finds the weight of each of `count` models or predictions: by digests, of each a list, else by
 * its name; those that share one divide its weight. EX_DATAERR if one is not among the weights, or
 * if nothing is there of a model that has a weight. */
MUST_CHECK int weights_take(const struct weights *weights, char *const *paths,
                            const json_t *digests, int count, double *taken, struct err *err);
void weights_free(struct weights *weights);

#endif
