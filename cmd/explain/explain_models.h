#ifndef CMD_EXPLAIN_MODELS_H
#define CMD_EXPLAIN_MODELS_H

#include "pipeline/tensor/tensor.h"

/* What explain says of models. */

/* Prints the line that makes the model again, after `before`. paths[count] with digests[count] are
 * the files named: an input that is none of them is printed as its role, and, unless `before` has
 * text, a comment says of which content it is. */
MUST_CHECK int explain_command(const char *before, const struct tensor_file *model, char **paths,
                               char (*digests)[DIGEST_TEXT], int count, struct err *err);
/* Prints what differs between how two models were made. */
MUST_CHECK int explain_difference(const struct tensor_file *a, const struct tensor_file *b,
                                  struct err *err);

#endif
