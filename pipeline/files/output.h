#ifndef PIPELINE_OUTPUT_H
#define PIPELINE_OUTPUT_H

#include "inputs.h"

#include <stddef.h>

/* A file being written. Until output_commit() the target keeps what it had; after it the target is
 * the new file, whole: every byte written, flushed to disk, renamed into place, and the folder
 * flushed. Path "-" is standard output. */
struct output;

/* Makes a temporary file without a name in the target's folder (where the system has none, one with
 * a name that output_close() removes), after removing those that writers which died have left
 * there. Call it before the inputs are opened: the committed file carries the time of this call, so
 * an input edited later looks newer to make. A link is replaced itself, not what it leads to. A
 * target that exists and is not a regular file is written to directly (/dev/null, a pipe).
 * EX_CANTCREAT: the folder is missing or not writable. */
MUST_CHECK int output_open(struct output **out, const char *path, struct err *err);

/* Keeps standard output for an output "-" alone: what the process prints on it from now on goes
 * to the descriptor `other`; -1: nowhere. EX_OSERR. */
MUST_CHECK int output_take_standard(int other, struct err *err);

/* Fails as output_open() would, for an output that is opened later on. */
MUST_CHECK int output_try(const char *path, struct err *err);

/* Does what output_open() does for bytes that are no text. EX_USAGE: they would go to a terminal,
 * whose state such bytes spoil. */
MUST_CHECK int output_open_bytes(struct output **out, const char *path, struct err *err);

/* Appends `size` bytes; buffered. EX_IOERR: full disk, short write. */
MUST_CHECK int output_write(struct output *out, const void *data, size_t size, struct err *err);
MUST_CHECK int output_printf(struct output *out, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Do the three steps of a commit, for several outputs that belong together: each step for all of
 * them before the next, so that what is likely to fail does so before the first target is touched.
 * prepare: what was written is flushed to disk, under a name next to the target (where there is
 * nothing to replace, this is all). place: the file replaces its target, whose mode it has;
 * where that fails the finished file stays, and the message says where. settle: without this flush
 * of the folder a power cut may bring the old file back. EX_IOERR. */
MUST_CHECK int output_prepare(struct output *out, struct err *err);
MUST_CHECK int output_place(struct output *out, struct err *err);
MUST_CHECK int output_settle(struct output *out, struct err *err);

/* Does all three for one output. `inputs`, of which it was made, may be NULL: EX_TEMPFAIL if one of
 * them changed before the output was on disk, and the target keeps what it had. */
MUST_CHECK int output_commit(struct output *out, const struct inputs *inputs, struct err *err);

/* Renews in place of a commit: the target keeps its content and gets the time of output_open(),
 * which is that of a new file. */
MUST_CHECK int output_renew(struct output *out, struct err *err);

/* Says whether files written to both paths would be one, also by another spelling, symbolic or hard
 * links, and where it is not there yet; so two of them are "-". What is no regular file, as
 * /dev/null, takes any number of outputs. */
bool output_same_target(const char *a, const char *b);

const char *output_path(const struct output *out);

/* Writes a file of that text, all of the above. */
MUST_CHECK int output_whole(const char *path, const char *text, struct err *err);

/* Frees; without a commit before, the target stays as it was and no temporary file remains.
 * NULL is fine. */
void output_close(struct output *out);

/* Opens an unnamed temporary file in the folder of `path`, for spooling; returns its descriptor or
 * -1. */
MUST_CHECK int output_scratch(const char *path, struct err *err);
/* Appends to such a file; `path` as above, for the message. EX_IOERR. */
MUST_CHECK int output_scratch_write(int scratch, const char *path, const void *data, size_t size,
                                    struct err *err);
/* Looks at the first LOOK_BYTES bytes of a stream, or all it has; -1: they are refused. */
typedef int look_at_bytes(const char *name, const unsigned char *bytes, size_t size,
                          struct err *err);
enum { LOOK_BYTES = 128 };
/* Copies all that can be read from the descriptor `from`, called `name`, to an unnamed temporary
 * file in the folder for these, so that a stream can be read again; nothing of a stream that `look`,
 * unless it is NULL, refuses, which may have no end. Returns its descriptor or -1. */
MUST_CHECK int output_scratch_copy(int from, const char *name, look_at_bytes *look,
                                   struct err *err);

#endif
