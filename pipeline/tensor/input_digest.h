#ifndef PIPELINE_INPUT_DIGEST_H
#define PIPELINE_INPUT_DIGEST_H

#include "pipeline/base/digest.h"
#include "pipeline/base/err.h"

/* Takes the digest that a run which reads `path` would record: the content digest of a tensor file,
 * read to its end, and of any other file that of its bytes. EX_NOINPUT. */
MUST_CHECK int input_digest(const char *path, char digest[DIGEST_TEXT], struct err *err);

#endif
