#ifndef PIPELINE_SPOOL_H
#define PIPELINE_SPOOL_H

#include "pipeline/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes set aside in a scratch file until something that is known last is known. */
struct spool {
    int fd;
    const char *path; /* for messages */
};

/* Opens a spool in the folder of `path`, which is kept. */
MUST_CHECK int spool_open(struct spool *spool, const char *path, struct err *err);
MUST_CHECK int spool_append(struct spool *spool, const void *bytes, size_t size, struct err *err);
/* Goes back to the first byte, for spool_read(). */
MUST_CHECK int spool_rewind(struct spool *spool, struct err *err);
/* Reads exactly `size` bytes. */
MUST_CHECK int spool_read(struct spool *spool, void *bytes, size_t size, struct err *err);
/* Reads `size` bytes that begin at byte `from`; the place of spool_read() stays. */
MUST_CHECK int spool_read_at(struct spool *spool, int64_t from, void *bytes, size_t size,
                             struct err *err);
void spool_close(struct spool *spool);

#endif
