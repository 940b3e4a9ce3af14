#ifndef PIPELINE_C_SOURCE_H
#define PIPELINE_C_SOURCE_H

#include "int8.h"
#include "pipeline/base/strbuf.h"

/* Appends a model as one file of C99 that needs no library and allocates nothing. Its names begin
 * with `prefix`, letters and digits: int PREFIX_predict(pixels, probabilities), which returns the
 * likeliest class, and PREFIX_classes[]. `source` names the model for a comment. `bytes`: weights
 * and values are bytes, all but the probabilities whole numbers; NULL: floats. */
MUST_CHECK int c_source(struct strbuf *text, const struct model *model, const struct plain *plain,
                        const struct int8 *bytes, const char *prefix, const char *source,
                        struct err *err);
/* Return the bytes that its constants, and its memory besides them, take. */
int64_t c_source_constants(const struct plain *plain, const struct int8 *bytes);
int64_t c_source_memory(const struct model *model, const struct plain *plain,
                        const struct int8 *bytes);

#endif
