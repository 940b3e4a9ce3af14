#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "pipeline/files/output.h"
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif

int tensor_file_fault(const struct tensor_file *file, int status)
{
    struct stat now;

    if (fstat(file->fd, &now) == 0 && now.st_size == file->status.st_size &&
        now.st_mtim.tv_sec == file->status.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == file->status.st_mtim.tv_nsec)
        return status;
    return EX_TEMPFAIL;
}

int tensor_file_stored(const struct tensor_file *file, void *data, size_t size, int64_t at,
                       struct err *err)
{
    char *to = data;

    while (size > 0) {
        ssize_t n = pread(file->fd, to, size, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, EX_IOERR, "%s: cannot be read: %s", file->path, strerror(errno));
        if (n == 0)
            return err_set(err, EX_TEMPFAIL, "%s: became shorter while it was being read",
                           file->path);
        to += n;
        size -= (size_t)n;
        at += n;
    }
    return 0;
}

/* What can be read only once is read from a copy of it. */
static int spool(struct tensor_file *file, struct err *err)
{
    const int copy = output_scratch_copy(file->fd, file->path, err);

    if (copy < 0)
        return -1;
    close(file->fd);
    file->fd = copy;
    return 0;
}

static int open_input(struct tensor_file *file, const char *path, struct inputs *inputs,
                      const char *role, int *number, struct err *err)
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
    *number = inputs ? inputs_add(inputs, role, path, file->fd, DIGEST_CONTENT, err) : 0;
    if (*number < 0)
        return -1;
    if ((standard || !S_ISREG(file->status.st_mode)) &&
        (spool(file, err) || fstat(file->fd, &file->status)))
        return -1;
    return 0;
}

static int refuse_pickle(const char *path, struct err *err)
{
    return err_set(err, EX_DATAERR,
                   "%s: a PyTorch pickle, which may run any code when it is opened; convert it in "
                   "Python to safetensors:\n"
                   "    import torch, safetensors.torch\n"
                   "    weights = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)\n"
                   "    weights = {name: value.contiguous() for name, value in weights.items()}\n"
                   "    safetensors.torch.save_file(weights, \"weights.safetensors\")",
                   path, path);
}

/* A .pth is a zip whose first member is NAME/data.pkl, or (before PyTorch 1.6) a bare pickle. */
static int refuse_others(const char *path, const unsigned char *head, size_t size, struct err *err)
{
    static const char member[] = "/data.pkl";

    if (size > HEADER_LENGTH_BYTES && head[0] == 0x80 && head[1] <= 5 &&
        head[HEADER_LENGTH_BYTES] != '{')
        return refuse_pickle(path, err);
    if (size >= 4 && memcmp(head, "PK\3\4", 4) == 0) {
        for (size_t i = 4; i + sizeof member - 1 <= size; i++)
            if (memcmp(head + i, member, sizeof member - 1) == 0)
                return refuse_pickle(path, err);
        return err_set(err, EX_DATAERR, "%s: a zip archive, not a tensor file; unpack it first",
                       path);
    }
    if (size >= 2 && head[0] == 0x1f && head[1] == 0x8b)
        return err_set(err, EX_DATAERR, "%s: compressed with gzip, tensor files are with zstd",
                       path);
    return 0;
}

static int find_content(struct tensor_file *file, struct err *err)
{
    unsigned char head[128];
    int64_t stored = file->status.st_size;
    size_t size = stored < (int64_t)sizeof head ? (size_t)stored : sizeof head;
    uint32_t magic = 0;

    if (tensor_file_stored(file, head, size, 0, err) || refuse_others(file->path, head, size, err))
        return -1;
    if (size >= sizeof magic)
        memcpy(&magic, head, sizeof magic);
    file->compressed = magic == ZSTD_MAGICNUMBER ||
                       (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
    file->content = stored;
    if (!file->compressed)
        return 0;
    if (tensor_frames_find(&file->frames, file->path, file->fd, stored, err))
        return -1;
    file->content = file->frames.content;
    return 0;
}

/* Eight letters would be the length of a header beyond all limits. */
static bool is_text(const void *bytes, size_t size)
{
    const unsigned char *c = bytes;

    for (size_t i = 0; i < size; i++)
        if (c[i] < ' ' && c[i] != '\t' && c[i] != '\r' && c[i] != '\n')
            return false;
    return true;
}

static int check_header_length(const struct tensor_file *file, uint64_t length, struct err *err)
{
    uint64_t most = (uint64_t)file->content - HEADER_LENGTH_BYTES;

    if (is_text(&length, sizeof length))
        return err_set(err, EX_DATAERR,
                       "%s: this is text, not a tensor file (csvnet ingest makes one of a CSV)",
                       file->path);
    if (length > HEADER_LIMIT)
        return err_set(err, EX_DATAERR,
                       "%s: not a tensor file, or its header is oversized: it claims %llu bytes, "
                       "at most %d are read",
                       file->path, (unsigned long long)length, HEADER_LIMIT);
    if (length > most)
        return err_set(err, EX_DATAERR,
                       "%s: the header is cut short: it claims %llu bytes and %llu follow",
                       file->path, (unsigned long long)length, (unsigned long long)most);
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
        check_header_length(file, length, err))
        goto out;
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

/* The recorded content digest, or where none is, what all tensors make. */
static int find_digest(struct tensor_file *file, struct err *err)
{
    const char *recorded = tensor_file_meta(file, "content_digest");

    file->digests = calloc((size_t)file->header.count + 1, sizeof *file->digests);
    if (!file->digests)
        return err_memory(err, "the tensors' digests", 0);
    for (int i = 0; i < file->header.count; i++)
        if (tensor_bytes(&file->header.tensors[i]) == 0)
            digest_text(XXH3_128bits("", 0), file->digests[i]);
    if (!recorded)
        return tensor_file_verify(file, err);
    if (strlen(recorded) != DIGEST_TEXT - 1 ||
        strspn(recorded, "0123456789abcdef") != DIGEST_TEXT - 1)
        return err_set(err, EX_DATAERR, "%s: content_digest is not 32 hex digits", file->path);
    memcpy(file->digest, recorded, DIGEST_TEXT);
    return tensor_file_check_digest(file, err);
}

int tensor_file_open(struct tensor_file **file, const char *path, struct inputs *inputs,
                     const char *role, struct err *err)
{
    struct tensor_file *new = calloc(1, sizeof *new);
    int number = 0;

    *file = NULL;
    if (!new)
        return err_memory(err, "a tensor file", sizeof *new);
    new->fd = -1;
    if (open_input(new, path, inputs, role, &number, err) || find_content(new, err) ||
        read_header(new, err) || find_digest(new, err)) {
        tensor_file_close(new);
        return -1;
    }
    if (inputs)
        inputs_set_digest(inputs, number, new->digest);
    *file = new;
    return 0;
}

void tensor_file_close(struct tensor_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    tensor_frames_free(&file->frames);
    tensor_header_free(&file->header);
    free(file->digests);
    free(file->path);
    free(file);
}

int tensor_file_check_digest(struct tensor_file *file, struct err *err)
{
    char digest[DIGEST_TEXT];

    for (int i = 0; i < file->header.count; i++)
        if (!*file->digests[i])
            return 0;
    if (tensor_content_digest(digest, file->header.meta, file->header.tensors, file->digests,
                              file->header.count, err))
        return -1;
    if (!*file->digest)
        memcpy(file->digest, digest, DIGEST_TEXT);
    if (strcmp(file->digest, digest) == 0)
        return 0;
    return err_set(err, tensor_file_fault(file, EX_DATAERR),
                   "%s: its content has digest %s, but it records %s: it was altered", file->path,
                   digest, file->digest);
}

static int read_through(struct tensor_file *file, const struct tensor *tensor, struct err *err)
{
    enum { ROOM = 1 << 20 };
    size_t row = tensor_row_bytes(tensor);
    int64_t count = tensor_rows(tensor), room = row < ROOM ? (int64_t)(ROOM / row) : 1;
    int64_t most = room < count ? room : count;
    struct tensor_cursor *cursor = NULL;
    void *rows = malloc((size_t)most * row);
    int64_t n = -1;

    if (!rows)
        err_memory(err, "the rows of a tensor", row);
    else if (tensor_cursor_open(&cursor, file, tensor->name, err) == 0)
        while ((n = tensor_cursor_read(cursor, rows, most, err)) > 0)
            ;
    tensor_cursor_close(cursor);
    free(rows);
    return n < 0 ? -1 : 0;
}

int tensor_file_verify(struct tensor_file *file, struct err *err)
{
    for (int i = 0; i < file->header.count; i++)
        if (!*file->digests[i] && read_through(file, &file->header.tensors[i], err))
            return -1;
    return tensor_file_check_digest(file, err);
}

const char *tensor_file_path(const struct tensor_file *file)
{
    return file->path;
}

const char *tensor_file_kind(const struct tensor_file *file)
{
    const char *kind = tensor_file_meta(file, "kind");

    return kind ? kind : "";
}

const char *tensor_file_digest(const struct tensor_file *file)
{
    return file->digest;
}

int tensor_file_count(const struct tensor_file *file)
{
    return file->header.count;
}

const struct tensor *tensor_file_at(const struct tensor_file *file, int number)
{
    return &file->header.tensors[number];
}

const struct tensor *tensor_file_find(const struct tensor_file *file, const char *name)
{
    for (int i = 0; i < file->header.count; i++)
        if (strcmp(file->header.tensors[i].name, name) == 0)
            return &file->header.tensors[i];
    return NULL;
}

/* Where the frame that begins at the byte `content` is stored; -1: none begins there. */
static int64_t stored_at(const struct tensor_file *file, int64_t content)
{
    const struct tensor_frame *frame;

    if (content == file->content)
        return file->status.st_size;
    if (!file->compressed)
        return content;
    frame = &file->frames.list[tensor_frames_at(&file->frames, content)];
    return frame->content == content ? frame->stored : -1;
}

int64_t tensor_file_stored_bytes(const struct tensor_file *file, int number)
{
    const struct tensor *tensor = &file->header.tensors[number];
    const int64_t size = tensor_bytes(tensor), begin = file->header.begins[number];
    const int64_t from = stored_at(file, begin), to = stored_at(file, begin + size);

    if (size == 0)
        return 0;
    return from < 0 || to < 0 ? -1 : to - from;
}

const char *tensor_file_meta(const struct tensor_file *file, const char *key)
{
    return json_string_value(json_object_get(file->header.meta, key));
}

json_t *tensor_file_meta_json(const struct tensor_file *file, const char *key, struct err *err)
{
    const char *text = tensor_file_meta(file, key);
    json_error_t fault;
    json_t *value;

    if (!text) {
        err_set(err, EX_DATAERR, "%s: metadata '%s' is missing", file->path, key);
        return NULL;
    }
    value = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    if (!value && json_memory_check("metadata", err) == 0)
        err_set(err, EX_DATAERR, "%s: metadata '%s' is not valid JSON (position %d)", file->path,
                key, fault.position);
    return value;
}

int tensor_file_expect(const struct tensor_file *file, const char *kind, struct err *err)
{
    const char *is = tensor_file_kind(file);

    if (strcmp(is, kind) == 0)
        return 0;
    if (!*is)
        return err_set(err, EX_DATAERR,
                       "%s: plain safetensors without csvnet's metadata; expected is a %s file",
                       file->path, kind);
    return err_set(err, EX_DATAERR, "%s: a file of kind %.32s; expected is %s", file->path, is,
                   kind);
}
