/* Compresses a tensor into zstd frames that hold whole rows. */
#include "pipeline/files/output.h"
#include "private.h"

#include <stdlib.h>
#include <zstd_errors.h>

/* Level of compression: on pictures 1 packs as tightly as level 3 in half the time. */
enum { LEVEL = 1 };

/* A frame on its way: its content is being compressed, or waits for those before it to be written.
 */
struct frame {
    struct job job;
    bool begun;
    struct frame_buffer content, packed;
    size_t size, packed_size; /* packed_size: perhaps zstd's error */
    ZSTD_CCtx *zstd;
    int fd;
};

struct tensor_packer {
    const char *path; /* for messages */
    struct workers *workers;
    int64_t given; /* frames */
    int count;
    struct frame ring[];
};

int frame_buffer_fit(struct frame_buffer *buffer, size_t size, struct err *err)
{
    if (size <= buffer->room)
        return 0;
    free(buffer->bytes);
    buffer->room = 0;
    buffer->bytes = malloc(size);
    if (!buffer->bytes)
        return err_memory(err, "the rows of a tensor", size);
    buffer->room = size;
    return 0;
}

/* ---- One frame ---- */

static void compress(void *data)
{
    struct frame *frame = data;

    frame->packed_size = ZSTD_compress2(frame->zstd, frame->packed.bytes, frame->packed.room,
                                        frame->content.bytes, frame->size);
}

/* Waits for the frame, if it was begun, and writes it. */
static int end(struct tensor_packer *packer, struct frame *frame, struct err *err)
{
    if (!frame->begun)
        return 0;
    if (packer->workers)
        workers_wait(packer->workers, &frame->job);
    frame->begun = false;
    if (ZSTD_getErrorCode(frame->packed_size) == ZSTD_error_memory_allocation)
        return err_memory(err, "compressing tensors", 0);
    if (ZSTD_isError(frame->packed_size))
        return err_set(err, EX_SOFTWARE, "%s: compressing failed: %s", packer->path,
                       ZSTD_getErrorName(frame->packed_size));
    return output_scratch_write(frame->fd, packer->path, frame->packed.bytes, frame->packed_size,
                                err);
}

int tensor_packer_add(struct tensor_packer *packer, struct frame_buffer *content, size_t size,
                      int fd, struct err *err)
{
    struct frame *frame = &packer->ring[packer->given++ % packer->count];
    struct frame_buffer other;

    if (end(packer, frame, err) || frame_buffer_fit(&frame->packed, ZSTD_compressBound(size), err))
        return -1;
    other = frame->content;
    frame->content = *content;
    *content = other;
    frame->size = size;
    frame->fd = fd;
    frame->begun = true;
    frame->job = (struct job){.run = compress, .data = frame};
    if (packer->workers)
        workers_submit(packer->workers, &frame->job);
    else
        compress(frame);
    return 0;
}

int tensor_packer_end(struct tensor_packer *packer, struct err *err)
{
    for (int i = 0; i < packer->count; i++, packer->given++)
        if (end(packer, &packer->ring[packer->given % packer->count], err))
            return -1;
    return 0;
}

/* ---- Opening and closing ---- */

int tensor_packer_open(struct tensor_packer **packer, const char *path, struct workers *workers,
                       struct err *err)
{
    int count = workers ? workers_threads(workers) + 1 : 1;
    struct tensor_packer *new = calloc(1, sizeof *new + (size_t)count * sizeof *new->ring);

    if (!new)
        return err_memory(err, "compressing tensors", 0);
    new->path = path;
    new->workers = workers;
    new->count = count;
    for (int i = 0; i < count; i++) {
        ZSTD_CCtx *zstd = ZSTD_createCCtx();

        new->ring[i].zstd = zstd;
        if (!zstd || ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL)) ||
            ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1))) {
            tensor_packer_close(new);
            return err_memory(err, "compressing tensors", 0);
        }
    }
    *packer = new;
    return 0;
}

void tensor_packer_close(struct tensor_packer *packer)
{
    if (!packer)
        return;
    for (int i = 0; i < packer->count; i++) {
        struct frame *frame = &packer->ring[i];

        if (frame->begun && packer->workers)
            workers_wait(packer->workers, &frame->job);
        free(frame->content.bytes);
        free(frame->packed.bytes);
        ZSTD_freeCCtx(frame->zstd);
    }
    free(packer);
}
