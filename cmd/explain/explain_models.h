#ifndef CMD_EXPLAIN_MODELS_H
#define CMD_EXPLAIN_MODELS_H

#include "pipeline/base/strbuf.h"
#include "pipeline/tensor/tensor.h"

#include <jansson.h>

/* What explain says of models. */

/* The line that makes a model again, as its text, and lines of comment on it. */
struct explain_line {
    struct strbuf notes, text;
};

/* Writes the line. paths[count] with digests[count] are the files named: an input that is none of
 * them stands there as its role, and a comment says of which content it is. */
MUST_CHECK int explain_command(struct explain_line *line, const struct tensor_file *model,
                               char **paths, char (*digests)[DIGEST_TEXT], int count,
                               struct err *err);
void explain_line_free(struct explain_line *line);
/* Prints what differs between how two models were made, and adds it to `summary`, an object. */
MUST_CHECK int explain_difference(const struct tensor_file *a, const struct tensor_file *b,
                                  json_t *summary, struct err *err);

#endif
