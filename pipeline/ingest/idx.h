#ifndef PIPELINE_IDX_H
#define PIPELINE_IDX_H

#include "pipeline/files/source.h"

/* IDX files, in which MNIST and its relatives are published: two zeros, the type (8: bytes), the
 * number of dimensions, the sizes as 32-bit big-endian numbers, then the bytes. */
struct idx {
    struct source *source;
    int ndim;
    int64_t dims[3];
    int64_t done; /* of dims[0] */
};

/* Opens a file. EX_DATAERR unless it holds bytes in `ndim` dimensions (1 or 3), none of them empty.
 */
MUST_CHECK int idx_open(struct idx *idx, const char *path, int ndim, struct inputs *inputs,
                        const char *role, struct err *err);
/* Reads what the next index of dims[0] selects; and checks, after the last one, that the file ends.
 */
MUST_CHECK int idx_next(struct idx *idx, unsigned char *bytes, struct err *err);
MUST_CHECK int idx_end(struct idx *idx, struct err *err);
void idx_close(struct idx *idx);

#endif
