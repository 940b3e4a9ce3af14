/* Reads one tensor front to back. */
#include "pipeline/base/digest.h"
#include "private.h"

#include <stdlib.h>

struct tensor_cursor {
    struct tensor_file *file;
    const struct tensor *tensor;
    struct tensor_stream *stream; /* or of a list: */
    struct shard_walk *walk;
    XXH3_state_t *digest;
    int64_t at; /* rows */
};

int tensor_cursor_open(struct tensor_cursor **cursor, struct tensor_file *file, const char *name,
                       struct err *err)
{
    const struct tensor *tensor = tensor_file_find(file, name);
    struct tensor_cursor *new;

    *cursor = NULL;
    if (!tensor)
        return err_set(err, EX_DATAERR, "%s: has no tensor '%s'", file->path, name);
    new = calloc(1, sizeof *new);
    if (!new)
        return err_memory(err, "reading a tensor", sizeof *new);
    new->file = file;
    new->tensor = tensor;
    new->digest = XXH3_createState();
    if (!new->digest)
        err_memory(err, "reading a tensor", 0);
    if (!new->digest ||
        (file->shards
             ? shard_walk_open(&new->walk, file, tensor, err)
             : tensor_stream_open(&new->stream, file,
                                  file->header.begins[tensor - file->header.tensors], err))) {
        tensor_cursor_close(new);
        return -1;
    }
    XXH3_128bits_reset(new->digest);
    *cursor = new;
    return 0;
}

/* Checks, after the last row, the frame's checksum and, once the other tensors were read as well,
 * the content digest. */
static int finish(struct tensor_cursor *cursor, struct err *err)
{
    struct tensor_file *file = cursor->file;

    if (cursor->stream && tensor_stream_end(cursor->stream, err))
        return -1;
    digest_text(XXH3_128bits_digest(cursor->digest),
                file->digests[cursor->tensor - file->header.tensors]);
    return tensor_file_check_digest(file, err);
}

int64_t tensor_cursor_read(struct tensor_cursor *cursor, void *rows, int64_t most, struct err *err)
{
    int64_t left = tensor_rows(cursor->tensor) - cursor->at;
    int64_t count = left < most ? left : most;
    size_t size = (size_t)count * tensor_row_bytes(cursor->tensor);

    if (count == 0)
        return 0;
    if (cursor->walk ? shard_walk_read(cursor->walk, rows, count, err)
                     : tensor_stream_read(cursor->stream, rows, size, err))
        return -1;
    XXH3_128bits_update(cursor->digest, rows, size);
    cursor->at += count;
    if (count == left && finish(cursor, err))
        return -1;
    return count;
}

/* Reads the rest of a list's tensor, whose rows its shards may have otherwise. */
static int skim_rows(struct tensor_cursor *cursor, struct err *err)
{
    const size_t row = tensor_row_bytes(cursor->tensor);
    const int64_t room = STREAM_BUFFER / (int64_t)(row ? row : 1) + 1;
    void *rows = malloc((size_t)room * row + 1);
    int64_t got = rows ? 1 : err_memory(err, "reading a tensor", 0);

    while (got > 0)
        got = tensor_cursor_read(cursor, rows, room, err);
    free(rows);
    return (int)got;
}

int tensor_cursor_skim(struct tensor_cursor *cursor, struct err *err)
{
    unsigned char part[STREAM_BUFFER];
    const int64_t rows = tensor_rows(cursor->tensor) - cursor->at;
    size_t left = (size_t)rows * tensor_row_bytes(cursor->tensor);

    if (rows == 0)
        return 0;
    if (cursor->walk && tensor_row_bytes(cursor->tensor) <= STREAM_BUFFER)
        return skim_rows(cursor, err);
    if (cursor->walk) {
        if (shard_walk_skim(cursor->walk, cursor->digest, err))
            return -1;
        left = 0;
    }
    while (left > 0) {
        const size_t size = left < sizeof part ? left : sizeof part;

        if (tensor_stream_read(cursor->stream, part, size, err))
            return -1;
        XXH3_128bits_update(cursor->digest, part, size);
        left -= size;
    }
    cursor->at += rows;
    return finish(cursor, err);
}

void tensor_cursor_close(struct tensor_cursor *cursor)
{
    if (!cursor)
        return;
    tensor_stream_close(cursor->stream);
    shard_walk_close(cursor->walk);
    XXH3_freeState(cursor->digest);
    free(cursor);
}

int tensor_file_read(struct tensor_file *file, const char *name, void *data, struct err *err)
{
    struct tensor_cursor *cursor;
    int64_t rows;

    if (tensor_cursor_open(&cursor, file, name, err))
        return -1;
    rows = tensor_cursor_read(cursor, data, tensor_rows(cursor->tensor), err);
    tensor_cursor_close(cursor);
    return rows < 0 ? -1 : 0;
}
