/* The frames of a tensor, decompressed one after the other. */
#include "private.h"

#include <stdlib.h>
#include <zstd_errors.h>

/* Goes to the start of the frame that holds the byte `content`. */
static int begin_frame(struct tensor_stream *stream, int64_t content, struct err *err)
{
    const struct tensor_frames *frames = &stream->file->frames;

    stream->zstd = ZSTD_createDCtx();
    if (!stream->zstd ||
        ZSTD_isError(ZSTD_DCtx_setParameter(stream->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_LIMIT)))
        return err_memory(err, "decompressing a tensor", 0);
    stream->frame = tensor_frames_at(frames, content);
    stream->stored = frames->list[stream->frame].stored;
    stream->at = frames->list[stream->frame].content;
    return 0;
}

static int skip_to(struct tensor_stream *stream, int64_t content, struct err *err)
{
    unsigned char skipped[4096];

    while (stream->at < content) {
        int64_t left = content - stream->at;
        size_t size = left < (int64_t)sizeof skipped ? (size_t)left : sizeof skipped;

        if (tensor_stream_read(stream, skipped, size, err))
            return -1;
    }
    return 0;
}

int tensor_stream_open(struct tensor_stream **stream, const struct tensor_file *file,
                       int64_t content, struct err *err)
{
    struct tensor_stream *new = calloc(1, sizeof *new);

    *stream = NULL;
    if (!new)
        return err_memory(err, "reading a tensor", sizeof *new);
    new->file = file;
    new->at = content;
    if (file->compressed && content < file->content &&
        (begin_frame(new, content, err) || skip_to(new, content, err))) {
        tensor_stream_close(new);
        return -1;
    }
    *stream = new;
    return 0;
}

/* Returns where the content of the frame at hand ends. */
static int64_t frame_end(const struct tensor_stream *stream)
{
    const struct tensor_frames *frames = &stream->file->frames;

    return stream->frame + 1 < frames->count ? frames->list[stream->frame + 1].content
                                             : frames->content;
}

static int fetch(struct tensor_stream *stream, struct err *err)
{
    int64_t left = stream->file->status.st_size - stream->stored;
    size_t size = left < STREAM_BUFFER ? (size_t)left : STREAM_BUFFER;

    if (size == 0)
        return err_set(err, tensor_file_fault(stream->file, EX_DATAERR),
                       "%s: ends in the middle of a zstd frame", stream->file->path);
    if (tensor_file_stored(stream->file, stream->buffer, size, stream->stored, err))
        return -1;
    stream->stored += (int64_t)size;
    stream->in = (ZSTD_inBuffer){stream->buffer, size, 0};
    return 0;
}

/* Does one step of decompression, of `*got` bytes, into data[size]. */
static int step(struct tensor_stream *stream, void *data, size_t size, size_t *got, struct err *err)
{
    ZSTD_outBuffer out = {data, size, 0};
    size_t hint;

    if (stream->in.pos == stream->in.size && fetch(stream, err))
        return -1;
    hint = ZSTD_decompressStream(stream->zstd, &out, &stream->in);
    if (ZSTD_getErrorCode(hint) == ZSTD_error_memory_allocation)
        return err_memory(err, "decompression", 0);
    if (ZSTD_isError(hint))
        return err_set(err, tensor_file_fault(stream->file, EX_DATAERR),
                       "%s: cannot be decompressed from byte %lld of its content on: %s",
                       stream->file->path, (long long)stream->at, ZSTD_getErrorName(hint));
    stream->inside = hint != 0;
    stream->at += (int64_t)out.pos;
    *got = out.pos;
    if (stream->inside)
        return 0;
    /* libzstd does not compare when the last block is empty */
    if (stream->at != frame_end(stream))
        return err_set(err, tensor_file_fault(stream->file, EX_DATAERR),
                       "%s: zstd frame %lld does not hold as much as it states", stream->file->path,
                       (long long)stream->frame + 1);
    stream->frame++;
    return 0;
}

int tensor_stream_read(struct tensor_stream *stream, void *data, size_t size, struct err *err)
{
    if (!stream->file->compressed) {
        if (tensor_file_stored(stream->file, data, size, stream->at, err))
            return -1;
        stream->at += (int64_t)size;
        return 0;
    }
    while (size > 0) {
        size_t got;

        if (step(stream, data, size, &got, err))
            return -1;
        data = (char *)data + got;
        size -= got;
    }
    return 0;
}

int tensor_stream_end(struct tensor_stream *stream, struct err *err)
{
    unsigned char nothing;
    size_t got;

    while (stream->inside && stream->at == frame_end(stream))
        if (step(stream, &nothing, 0, &got, err))
            return -1;
    return 0;
}

void tensor_stream_close(struct tensor_stream *stream)
{
    if (!stream)
        return;
    ZSTD_freeDCtx(stream->zstd);
    free(stream);
}
