#ifndef PIPELINE_MEMBER_H
#define PIPELINE_MEMBER_H

#include "pipeline/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file out of a zip archive, through minizip, which is zlib's own reader: it goes through an
 * archive's directory entry by entry, where libzip holds all of it in memory, however long; and
 * unlike minizip-ng it is packaged wherever zlib is. */
struct member;

/* Tells whether `path` means a member of an archive, ARCHIVE.zip:MEMBER; *length is that of
 * ARCHIVE.zip. A file that is called so is that file. */
bool member_is_named(const char *path, size_t *length);

/* Calls `visit` with the name of each file in the archive, as its bytes are stored, folders left out
 * and so what Macintoshes add to every file. EX_DATAERR: it is damaged. */
typedef void visit_member(void *data, const char *name, size_t size);
MUST_CHECK int archive_visit(const char *archive, visit_member *visit, void *data, struct err *err);

/* Opens the file of this name in `archive`, of several the one that stands last, as unpacking all
 * would leave it. `name` is for messages and kept. EX_NOINPUT: there is none; EX_DATAERR: it is
 * encrypted, packed otherwise than deflated, or damaged. */
MUST_CHECK int member_open(struct member **opened, const char *archive, const char *member,
                           const char *name, struct err *err);
/* Reads up to `size` bytes; returns their number, 0 at the end, -1 on error: also where size or CRC
 * are not those that the archive states. */
MUST_CHECK int64_t member_read(struct member *member, void *buffer, size_t size, struct err *err);
void member_close(struct member *member);

#endif
