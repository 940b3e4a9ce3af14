#ifndef PIPELINE_FILES_STORE_H
#define PIPELINE_FILES_STORE_H

#include "pipeline/base/digest.h"
#include "pipeline/base/err.h"

/* A folder of finished files, each named by a digest of what it was made of. Who takes one checks
 * that it is what it should be: files in it may be damaged, foreign, or half copied. */

/* Returns FOLDER/KEY and `ending`, for free(); NULL: out of memory. */
char *store_path(const char *folder, const char key[DIGEST_TEXT], const char *ending);
/* Keeps the file `path` under a key, in place of another that has it: by a link where that is
 * possible, since outputs are never written in place, otherwise as a copy. EX_CANTCREAT, EX_IOERR.
 */
MUST_CHECK int store_keep(const char *path, const char *folder, const char key[DIGEST_TEXT],
                          const char *ending, struct err *err);
/* Copies a file, whole or not at all. EX_NOINPUT, EX_CANTCREAT, EX_IOERR. */
MUST_CHECK int store_copy(const char *from, const char *to, struct err *err);

#endif
