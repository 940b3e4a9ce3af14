#ifndef PIPELINE_PNG_H
#define PIPELINE_PNG_H

#include "picture.h"

/* Encodes the picture as a PNG file in memory, the same bytes for the same pixels and library. The
 * caller frees *bytes. EX_DATAERR if a PNG cannot be as wide or high. */
MUST_CHECK int png_encode(unsigned char **bytes, size_t *size, const struct picture *picture,
                          struct err *err);

#endif
