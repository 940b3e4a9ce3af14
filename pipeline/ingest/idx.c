/* IDX files, MNIST's own format. */
#include "idx.h"

static int read_exactly(struct idx *idx, unsigned char *bytes, size_t size, struct err *err)
{
    while (size) {
        int64_t got = source_read(idx->source, bytes, size, err);

        if (got < 0)
            return -1;
        if (got == 0)
            return err_set(err, EX_DATAERR, "%s: the IDX file ends too early, in item %lld",
                           source_name(idx->source), (long long)idx->done + 1);
        bytes += got;
        size -= (size_t)got;
    }
    return 0;
}

static int read_header(struct idx *idx, int ndim, struct err *err)
{
    enum { BYTES = 8, WORD = 4 };
    const char *name = source_name(idx->source);
    unsigned char word[WORD];

    if (read_exactly(idx, word, WORD, err))
        return -1;
    if (word[0] || word[1] || word[2] != BYTES)
        return err_set(err, EX_DATAERR, "%s: this is not an IDX file of bytes", name);
    if (word[3] != ndim)
        return err_set(err, EX_DATAERR, "%s: %d dimension%s where %s have %d", name, word[3],
                       plural(word[3]), ndim == 1 ? "labels" : "pictures", ndim);
    idx->ndim = ndim;
    for (int i = 0; i < ndim; i++) {
        if (read_exactly(idx, word, WORD, err))
            return -1;
        idx->dims[i] = (int64_t)word[0] << 24 | word[1] << 16 | word[2] << 8 | word[3];
        if (idx->dims[i] == 0)
            return err_set(err, EX_DATAERR, "%s: the IDX file is empty", name);
        if (i > 0 && idx->dims[i] > 4096)
            return err_set(err, EX_DATAERR, "%s: pictures of %lld pixels a side, at most 4096",
                           name, (long long)idx->dims[i]);
    }
    return 0;
}

int idx_open(struct idx *idx, const char *path, int ndim, struct inputs *inputs, const char *role,
             struct err *err)
{
    *idx = (struct idx){0};
    if (source_open(&idx->source, path, inputs, role, err))
        return -1;
    if (read_header(idx, ndim, err) == 0)
        return 0;
    idx_close(idx);
    return -1;
}

int idx_next(struct idx *idx, unsigned char *bytes, struct err *err)
{
    size_t size = 1;

    for (int i = 1; i < idx->ndim; i++)
        size *= (size_t)idx->dims[i];
    if (read_exactly(idx, bytes, size, err))
        return -1;
    idx->done++;
    return 0;
}

int idx_end(struct idx *idx, struct err *err)
{
    unsigned char byte;
    int64_t got = source_read(idx->source, &byte, 1, err);

    if (got > 0)
        return err_set(err, EX_DATAERR, "%s: bytes follow after the last of %lld items",
                       source_name(idx->source), (long long)idx->dims[0]);
    return (int)got;
}

void idx_close(struct idx *idx)
{
    source_close(idx->source);
    *idx = (struct idx){0};
}
