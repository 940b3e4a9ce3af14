/* The container of a tensor file: its bytes, the frames that they are in, and the header. */
#include "pipeline/base/magic.h"
#include "pipeline/files/output.h"
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool tensor_is_list(const void *bytes, size_t size)
{
    return size >= sizeof LIST_BEGIN - 1 && memcmp(bytes, LIST_BEGIN, sizeof LIST_BEGIN - 1) == 0;
}

static bool is_compressed(const void *bytes, size_t size)
{
    uint32_t magic = 0;

    if (size >= sizeof magic)
        memcpy(&magic, bytes, sizeof magic);
    return magic == ZSTD_MAGICNUMBER ||
           (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

/* Tells text: eight letters would be the length of a header beyond all limits. */
static bool is_text(const void *bytes, size_t size)
{
    const unsigned char *c = bytes;

    for (size_t i = 0; i < size; i++)
        if (c[i] < ' ' && c[i] != '\t' && c[i] != '\r' && c[i] != '\n')
            return false;
    return true;
}

static int check_header_length(const char *name, uint64_t length, struct err *err)
{
    if (is_text(&length, sizeof length))
        return err_set(err, EX_DATAERR,
                       "%s: this is text, not a tensor file (csvnet ingest makes one of a CSV)",
                       name);
    if (length > HEADER_LIMIT)
        return err_set(err, EX_DATAERR,
                       "%s: not a tensor file, or its header is oversized: it claims %llu bytes, "
                       "at most %d are read",
                       name, (unsigned long long)length, HEADER_LIMIT);
    return 0;
}

int tensor_look(const char *name, const unsigned char *bytes, size_t size, struct err *err)
{
    uint64_t length;

    if (magic_refuse(name, bytes, size, EXPECT_TENSORS, err))
        return -1;
    if (size < HEADER_LENGTH_BYTES || is_compressed(bytes, size) || tensor_is_list(bytes, size))
        return 0;
    memcpy(&length, bytes, sizeof length);
    if (check_header_length(name, length, err))
        return -1;
    if (size > HEADER_LENGTH_BYTES && bytes[HEADER_LENGTH_BYTES] != '{')
        return err_set(err, EX_DATAERR, "%s: the header does not start with '{'", name);
    return 0;
}

/* Copies a file that can be read only once, to read from the copy. */
static int spool(struct tensor_file *file, struct err *err)
{
    const int copy = output_scratch_copy(file->fd, file->path, tensor_look, err);

    if (copy < 0)
        return -1;
    close(file->fd);
    file->fd = copy;
    return 0;
}

static int open_input(struct tensor_file *file, const char *path, struct inputs *inputs,
                      const char *role, digest_function *again, int *number, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;

    file->path = strdup(standard ? "standard input" : path);
    if (!file->path)
        return err_memory(err, "a file's name", 0);
    file->fd =
        standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &file->status))
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", file->path, strerror(errno));
    if (S_ISDIR(file->status.st_mode))
        return err_set(err, EX_NOINPUT, "%s: is a folder", file->path);
    *number = inputs ? inputs_add(inputs, role, path, file->fd, again, err) : 0;
    if (*number < 0)
        return -1;
    if ((standard || !S_ISREG(file->status.st_mode)) &&
        (spool(file, err) || fstat(file->fd, &file->status)))
        return -1;
    return 0;
}

static int find_content(struct tensor_file *file, struct err *err)
{
    unsigned char head[MAGIC_BYTES];
    int64_t stored = file->status.st_size;
    size_t size = stored < (int64_t)sizeof head ? (size_t)stored : sizeof head;

    if (tensor_file_stored(file, head, size, 0, err) ||
        magic_refuse(file->path, head, size, EXPECT_TENSORS, err))
        return -1;
    file->compressed = is_compressed(head, size);
    file->list = tensor_is_list(head, size);
    file->content = stored;
    if (!file->compressed)
        return 0;
    if (tensor_frames_find(&file->frames, file->path, file->fd, stored, err))
        return -1;
    file->content = file->frames.content;
    return 0;
}

static int read_header(struct tensor_file *file, struct err *err)
{
    struct tensor_stream *stream = NULL;
    uint64_t length;
    char *text = NULL;
    int result = -1;

    if (file->content < HEADER_LENGTH_BYTES)
        return err_set(err, EX_DATAERR,
                       "%s: too short for a tensor file: %lld bytes of content, a header's length "
                       "takes %d",
                       file->path, (long long)file->content, HEADER_LENGTH_BYTES);
    if (tensor_stream_open(&stream, file, 0, err) ||
        tensor_stream_read(stream, &length, sizeof length, err) ||
        check_header_length(file->path, length, err))
        goto out;
    if (length > (uint64_t)file->content - HEADER_LENGTH_BYTES) {
        err_set(err, EX_DATAERR,
                "%s: the header is cut short: it claims %llu bytes and %lld follow", file->path,
                (unsigned long long)length, (long long)file->content - HEADER_LENGTH_BYTES);
        goto out;
    }
    text = malloc(length + 1);
    if (!text) {
        err_memory(err, "a header", length);
        goto out;
    }
    if (tensor_stream_read(stream, text, length, err) || tensor_stream_end(stream, err))
        goto out;
    result = tensor_header_parse(&file->header, file->path, text, length,
                                 file->content - HEADER_LENGTH_BYTES - (int64_t)length, err);
    if (result == 0 && *tensor_file_kind(file) && length % HEADER_ALIGNMENT)
        result = err_set(err, EX_DATAERR,
                         "%s: the header is %llu bytes long, which is no multiple of %d",
                         file->path, (unsigned long long)length, HEADER_ALIGNMENT);
out:
    free(text);
    tensor_stream_close(stream);
    return result;
}

int tensor_container_open(struct tensor_file **file, const char *path, struct inputs *inputs,
                          const char *role, digest_function *again, int *number, struct err *err)
{
    struct tensor_file *new = calloc(1, sizeof *new);

    *file = NULL;
    if (!new)
        return err_memory(err, "a tensor file", sizeof *new);
    new->fd = -1;
    if (open_input(new, path, inputs, role, again, number, err) || find_content(new, err) ||
        (!new->list &&read_header(new, err)) || tensor_file_no_digests(new, err)) {
        tensor_file_close(new);
        return -1;
    }
    *file = new;
    return 0;
}
