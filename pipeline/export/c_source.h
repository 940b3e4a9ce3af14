#ifndef PIPELINE_C_SOURCE_H
#define PIPELINE_C_SOURCE_H

#include "pipeline/base/strbuf.h"
#include "plain.h"

/* Appends a model as one file of C99 that needs no library and allocates nothing. Its names begin
 * with `prefix`, letters and digits: int PREFIX_predict(pixels, probabilities), which returns the
 * likeliest class, and PREFIX_classes[]. `source` names the model for a comment. */
MUST_CHECK int c_source(struct strbuf *text, const struct model *model, const struct plain *plain,
                        const char *prefix, const char *source, struct err *err);
/* Returns the bytes of memory that it takes besides its constants. */
int64_t c_source_memory(const struct model *model, const struct plain *plain);

#endif
