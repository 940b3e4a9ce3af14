#ifndef PIPELINE_SPOOL_H
#define PIPELINE_SPOOL_H

#include "pipeline/base/err.h"

#include <stdint.h>

/* Numbers set aside in a scratch file until something that is known last is known. */
struct spool {
    int fd;
    const char *path; /* for messages */
};

/* In the folder of `path`. */
MUST_CHECK int spool_open(struct spool *spool, const char *path, struct err *err);
MUST_CHECK int spool_append(struct spool *spool, const int32_t *numbers, int64_t count,
                            struct err *err);
/* Goes back to the first number, for spool_read(). */
MUST_CHECK int spool_rewind(struct spool *spool, struct err *err);
/* Exactly `count` numbers. */
MUST_CHECK int spool_read(struct spool *spool, int32_t *numbers, int64_t count, struct err *err);
void spool_close(struct spool *spool);

#endif
