#ifndef PIPELINE_MAGIC_H
#define PIPELINE_MAGIC_H

#include "err.h"

#include <stddef.h>

/* Formats of files that are given by mistake, recognized by their first bytes. */

enum { MAGIC_BYTES = 128 }; /* as many are enough to tell every format; fewer tell fewer */

enum magic_expected {
    EXPECT_UNPACKED, /* any bytes but those of archives and of compressions not read here */
    EXPECT_CSV,
    EXPECT_TENSORS, /* a tensor file */
    EXPECT_PICTURE
};

/* Fails with EX_DATAERR if the file `name`, which begins with these bytes, is of a format known
 * here that cannot be read in place of what is expected: the sentence says what it is and what to
 * do. */
MUST_CHECK int magic_refuse(const char *name, const void *bytes, size_t size,
                            enum magic_expected expected, struct err *err);

/* Returns what a file is that was given as a picture, "a GIF picture", "a zip archive"; NULL: it is
 * of no format that is known here. PNG and JPEG have their names too. */
const char *magic_of_picture(const void *bytes, size_t size);

#endif
