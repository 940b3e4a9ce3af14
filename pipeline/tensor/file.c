/* A tensor file that is open: its bytes as stored, and what its header says. */
#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif

int tensor_file_fault(const struct tensor_file *file, int status)
{
    struct stat now;

    if (file->fd < 0)
        return status;
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

int tensor_file_no_digests(struct tensor_file *file, struct err *err)
{
    free(file->digests);
    file->digests = calloc((size_t)file->header.count + 1, sizeof *file->digests);
    if (!file->digests)
        return err_memory(err, "the tensors' digests", 0);
    for (int i = 0; i < file->header.count; i++)
        if (tensor_bytes(&file->header.tensors[i]) == 0)
            digest_text(XXH3_128bits("", 0), file->digests[i]);
    return 0;
}

const char *tensor_file_recorded(const struct tensor_file *file, struct err *err)
{
    const char *recorded = tensor_file_meta(file, "content_digest");

    if (!recorded)
        return "";
    if (strlen(recorded) == DIGEST_TEXT - 1 &&
        strspn(recorded, "0123456789abcdef") == DIGEST_TEXT - 1)
        return recorded;
    err_set(err, EX_DATAERR, "%s: content_digest is not 32 hex digits", file->path);
    return NULL;
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

/* Returns where the frame that begins at the byte `content` is stored; -1: none begins there. */
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
    int64_t from, to;

    if (size == 0)
        return 0;
    if (file->shards)
        return file->shards->stored[number];
    from = stored_at(file, begin);
    to = stored_at(file, begin + size);
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
    value = json_read(text, strlen(text), &fault);
    if (!value && json_memory_check("metadata", err) == 0)
        err_set(err, EX_DATAERR, "%s: metadata '%s' is not valid JSON (position %d)", file->path,
                key, fault.position);
    return value;
}

/* Returns the way from a file of one kind to what is expected, "" if there is none to name. */
static const char *way_from(const char *is, const char *kind)
{
    static const struct {
        const char *is, *kind, *way;
    } ways[] = {
        {"dataset/1", "model/1", "; csvnet fit trains a model on it"},
        {"dataset/1", "predictions/1", "; csvnet predict makes predictions of it by a model"},
        {"model/1", "dataset/1", "; the data comes first, then models"},
        {"model/1", "predictions/1", "; csvnet predict makes predictions by it"},
        {"predictions/1", "model/1", "; csvnet predict PRED PRED joins predictions"},
        {"predictions/1", "dataset/1", "; predictions are made of a data set: give that"},
    };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].is, is) == 0 && strcmp(ways[i].kind, kind) == 0)
            return ways[i].way;
    return "";
}

int tensor_file_expect(const struct tensor_file *file, const char *kind, struct err *err)
{
    const char *is = tensor_file_kind(file);

    if (strcmp(is, kind) == 0)
        return 0;
    if (!*is)
        return err_set(err, EX_DATAERR,
                       "%s: plain safetensors without csvnet's metadata; expected is a %s file%s",
                       file->path, kind,
                       strcmp(kind, "model/1") == 0
                           ? "; csvnet fit DATA --arch SPEC --from it --epochs 0 makes one of it"
                           : "");
    return err_set(err, EX_DATAERR, "%s: a file of kind %.32s; expected is %s%s", file->path, is,
                   kind, way_from(is, kind));
}

static void free_shards(struct tensor_shards *shards)
{
    if (!shards)
        return;
    for (int i = 0; i < shards->count; i++)
        free(shards->list[i].path);
    free(shards->list);
    free(shards->stored);
    free(shards);
}

void tensor_file_close(struct tensor_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    tensor_frames_free(&file->frames);
    tensor_header_free(&file->header);
    free_shards(file->shards);
    free(file->digests);
    free(file->path);
    free(file);
}
