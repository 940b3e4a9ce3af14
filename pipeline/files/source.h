#ifndef PIPELINE_SOURCE_H
#define PIPELINE_SOURCE_H

#include "inputs.h"

#include <stddef.h>
#include <stdint.h>

/* The bytes of a file, of standard input ("-") or of a zip archive's member (FILE.zip:MEMBER, or
 * the only .csv in FILE), decompressed if the first bytes say gzip or zstd. Several gzip members or
 * zstd frames after one another are one stream. */
struct source;

/* Opens a source. EX_NOINPUT; EX_DATAERR for archives and compressions that are not read here. The
 * input is noted in `inputs` under `role`, its digest when the end has been read; NULL: nowhere. */
MUST_CHECK int source_open(struct source **source, const char *path, struct inputs *inputs,
                           const char *role, struct err *err);
/* Reads up to `size` bytes into `buffer`; returns their number, 0 at the end, -1 on error. A stream
 * that is damaged or ends too early is an error (EX_DATAERR), never an end. */
MUST_CHECK int64_t source_read(struct source *source, void *buffer, size_t size, struct err *err);
void source_close(struct source *source);

/* Returns its name in messages: the path, or "standard input". */
const char *source_name(const struct source *source);
/* Returns the bytes as stored, read so far; and after the end their digest. */
int64_t source_bytes(const struct source *source);
/* Returns the share of the file that is, 0 to 1; below 0 where that is not known: a pipe, a zip's
 * member. May be called at any time, also while another thread reads. */
double source_share(const struct source *source);
const char *source_digest(const struct source *source);

#endif
