#ifndef PIPELINE_UNZIP_H
#define PIPELINE_UNZIP_H

#include "pipeline/base/err.h"
#include "pipeline/base/strbuf.h"

#include <stdbool.h>
#include <sys/types.h>

/* One file out of a zip archive, through the program unzip. */
struct unzip {
    pid_t child; /* 0: none */
    int fd;      /* its bytes */
};

/* Tells whether `path` means a member of an archive, ARCHIVE.zip:MEMBER; *length is that of
 * ARCHIVE.zip. A file that is called so is that file. */
bool unzip_names_member(const char *path, size_t *length);

MUST_CHECK int unzip_start(struct unzip *unzip, const char *archive, const char *member,
                           struct err *err);
/* Adds the names of the archive's members, each with a newline. */
MUST_CHECK int unzip_list(const char *archive, struct strbuf *names, struct err *err);
/* Ends the reading, at the end of the bytes: EX_DATAERR if unzip found the archive damaged or
 * without this member. */
MUST_CHECK int unzip_finish(struct unzip *unzip, const char *name, struct err *err);
/* Ends it wherever it is. */
void unzip_stop(struct unzip *unzip);

#endif
