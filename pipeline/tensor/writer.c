/* Writes tensor files: each tensor into a spool, joined after the header at the end. */
#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "pipeline/files/output.h"
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Content bytes per frame: enough to compress well, little enough to hold several in memory for
 * each thread. */
enum { FRAME_BYTES = 1 << 20 };

/* One tensor. Its compressed frames gather in an unnamed file, because the tensors grow side by
 * side and the header, which comes first, is known last. */
struct part {
    struct tensor tensor;
    bool counted;
    int64_t rows; /* appended */
    size_t row_bytes;
    struct frame_buffer buffer; /* rows of the frame at hand */
    size_t used, room;          /* of its bytes; how many make a frame */
    int scratch;
    XXH3_state_t *digest;
};

struct tensor_writer {
    struct output *out;
    struct part *parts;
    int count;
    struct workers *workers;
    struct tensor_packer *packer; /* made for the first frame */
    char digest[DIGEST_TEXT];
    double flush_seconds;
};

int tensor_writer_open(struct tensor_writer **writer, const char *path, struct err *err)
{
    struct tensor_writer *new = calloc(1, sizeof *new);

    *writer = NULL;
    if (!new)
        return err_memory(err, "writing a tensor file", sizeof *new);
    if (output_open_bytes(&new->out, path, err)) {
        free(new);
        return -1;
    }
    *writer = new;
    return 0;
}

void tensor_writer_share(struct tensor_writer *writer, struct workers *workers)
{
    writer->workers = workers;
}

/* Shapes come from the program and from headers that were checked, except for the rows. */
static int set_shape(struct tensor_writer *writer, struct part *part, const struct tensor *tensor,
                     struct err *err)
{
    const char *name = part->tensor.name;

    part->tensor = *tensor;
    part->tensor.name = name;
    if (part->counted)
        part->tensor.dims[0] = 0;
    if (tensor_bytes(&part->tensor) < 0)
        return err_set(err, EX_DATAERR, "%s: the sizes of tensor '%s' overflow",
                       output_path(writer->out), name);
    part->row_bytes = tensor_row_bytes(tensor);
    return 0;
}

int tensor_writer_add(struct tensor_writer *writer, const struct tensor *tensor, bool counted,
                      struct err *err)
{
    struct part *parts = realloc(writer->parts, ((size_t)writer->count + 1) * sizeof *parts);
    struct part *part;

    if (!parts)
        return err_memory(err, "writing a tensor", sizeof *parts);
    writer->parts = parts;
    part = &parts[writer->count];
    *part = (struct part){.counted = counted, .scratch = -1};
    writer->count++;
    part->tensor.name = strdup(tensor->name);
    part->digest = XXH3_createState();
    if (!part->tensor.name || !part->digest)
        return err_memory(err, "writing a tensor", 0);
    XXH3_128bits_reset(part->digest);
    if (set_shape(writer, part, tensor, err))
        return -1;
    return writer->count - 1;
}

int tensor_writer_reshape(struct tensor_writer *writer, int number, const struct tensor *tensor,
                          struct err *err)
{
    struct part *part = &writer->parts[number];

    if (part->rows > 0)
        return err_set(err, EX_SOFTWARE, "%s: tensor '%s' has rows and cannot change its shape",
                       output_path(writer->out), part->tensor.name);
    return set_shape(writer, part, tensor, err);
}

static int end_frame(struct tensor_writer *writer, struct part *part, struct err *err)
{
    const char *path = output_path(writer->out);

    if (part->used == 0)
        return 0;
    if (part->scratch < 0)
        part->scratch = output_scratch(path, err);
    if (part->scratch < 0 ||
        (!writer->packer && tensor_packer_open(&writer->packer, path, writer->workers, err)) ||
        tensor_packer_add(writer->packer, &part->buffer, part->used, part->scratch, err))
        return -1;
    part->used = 0;
    return 0;
}

/* Makes the buffer of a frame, which holds as many whole rows as fit in FRAME_BYTES, at least one.
 * A tensor of known size that is smaller needs less memory. */
static int make_buffer(struct part *part, struct err *err)
{
    size_t frame = FRAME_BYTES / part->row_bytes * part->row_bytes;

    part->room = frame ? frame : part->row_bytes;
    if (!part->counted && (size_t)tensor_bytes(&part->tensor) < part->room)
        part->room = (size_t)tensor_bytes(&part->tensor);
    return frame_buffer_fit(&part->buffer, part->room, err);
}

static int append_bytes(struct tensor_writer *writer, struct part *part, const unsigned char *data,
                        size_t size, struct err *err)
{
    XXH3_128bits_update(part->digest, data, size);
    while (size > 0) {
        size_t n;

        if (part->used == 0 && make_buffer(part, err))
            return -1;
        n = part->room - part->used;
        n = size < n ? size : n;
        memcpy(part->buffer.bytes + part->used, data, n);
        part->used += n;
        data += n;
        size -= n;
        if (part->used == part->room && end_frame(writer, part, err))
            return -1;
    }
    return 0;
}

int tensor_writer_append(struct tensor_writer *writer, int number, const void *rows, int64_t count,
                         struct err *err)
{
    struct part *part = &writer->parts[number];
    size_t size;

    if (!part->counted && count > tensor_rows(&part->tensor) - part->rows)
        return err_set(err, EX_SOFTWARE, "%s: tensor '%s' gets more rows than its shape has",
                       output_path(writer->out), part->tensor.name);
    if (__builtin_mul_overflow((size_t)count, part->row_bytes, &size))
        return err_set(err, EX_SOFTWARE, "%s: tensor '%s' gets too many rows at once",
                       output_path(writer->out), part->tensor.name);
    part->rows += count;
    return size == 0 ? 0 : append_bytes(writer, part, rows, size, err);
}

static int end_part(struct tensor_writer *writer, struct part *part, struct err *err)
{
    if (part->counted)
        part->tensor.dims[0] = part->rows;
    else if (part->rows != tensor_rows(&part->tensor))
        return err_set(err, EX_SOFTWARE, "%s: tensor '%s' got %lld rows of %lld",
                       output_path(writer->out), part->tensor.name, (long long)part->rows,
                       (long long)tensor_rows(&part->tensor));
    if (tensor_bytes(&part->tensor) < 0)
        return err_set(err, EX_DATAERR, "%s: the sizes of tensor '%s' overflow",
                       output_path(writer->out), part->tensor.name);
    return end_frame(writer, part, err);
}

/* Makes the header with all metadata; sets the content digest. */
static int make_header(struct tensor_writer *writer, const json_t *meta, const json_t *options,
                       const struct inputs *inputs, unsigned char **bytes, size_t *size,
                       struct err *err)
{
    size_t count = (size_t)writer->count + 1; /* never 0 */
    struct tensor *tensors = calloc(count, sizeof *tensors);
    char(*digests)[DIGEST_TEXT] = calloc(count, sizeof *digests);
    json_t *all = json_copy((json_t *)meta);
    int result = -1;

    for (int i = 0; tensors && digests && i < writer->count; i++) {
        tensors[i] = writer->parts[i].tensor;
        digest_text(XXH3_128bits_digest(writer->parts[i].digest), digests[i]);
    }
    if (!tensors || !digests || !all)
        err_memory(err, "a header", 0);
    else if (tensor_content_digest(writer->digest, meta, tensors, digests, writer->count, err) ==
                 0 &&
             ((json_object_set_new(all, "content_digest", json_string(writer->digest)) == 0 &&
               tensor_records_add(all, options, inputs) == 0) ||
              err_memory(err, "a header's records", 0) == 0))
        result = tensor_header_print(bytes, size, output_path(writer->out), all, tensors,
                                     writer->count, err);
    if (result == 0)
        result = json_memory_check("a header", err);
    json_decref(all);
    free(tensors);
    free(digests);
    return result;
}

static int copy_part(struct tensor_writer *writer, const struct part *part, struct err *err)
{
    unsigned char buffer[1 << 16];
    int64_t at = 0;
    ssize_t n;

    if (part->scratch < 0)
        return 0;
    while ((n = pread(part->scratch, buffer, sizeof buffer, at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, EX_IOERR, "%s: tensor '%s' cannot be read back: %s",
                           output_path(writer->out), part->tensor.name, strerror(errno));
        if (output_write(writer->out, buffer, (size_t)n, err))
            return -1;
        at += n;
    }
    return 0;
}

/* Writes the file's first frame. */
static int write_header(struct tensor_writer *writer, const json_t *meta, const json_t *options,
                        const struct inputs *inputs, struct err *err)
{
    struct part header = {.scratch = -1};
    int result = -1;

    if (make_header(writer, meta, options, inputs, &header.buffer.bytes, &header.used, err) == 0 &&
        end_frame(writer, &header, err) == 0 && tensor_packer_end(writer->packer, err) == 0)
        result = copy_part(writer, &header, err);
    if (header.scratch >= 0)
        close(header.scratch);
    free(header.buffer.bytes);
    return result;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Times output_prepare(). */
static int prepare_output(struct tensor_writer *writer, struct err *err)
{
    const double begin = seconds();
    const int result = output_prepare(writer->out, err);

    writer->flush_seconds = seconds() - begin;
    return result;
}

int tensor_writer_prepare(struct tensor_writer *writer, const json_t *meta, const json_t *options,
                          const struct inputs *inputs, struct err *err)
{
    for (int i = 0; i < writer->count; i++)
        if (end_part(writer, &writer->parts[i], err))
            return -1;
    if (write_header(writer, meta, options, inputs, err))
        return -1;
    for (int i = 0; i < writer->count; i++)
        if (copy_part(writer, &writer->parts[i], err))
            return -1;
    return prepare_output(writer, err);
}

int tensor_writers_place(struct tensor_writer *const *writers, int count,
                         const struct inputs *inputs, struct err *err)
{
    if (inputs && inputs_unchanged(inputs, err))
        return -1;
    for (int i = 0; i < count; i++)
        if (output_place(writers[i]->out, err))
            return -1;
    for (int i = 0; i < count; i++)
        if (output_settle(writers[i]->out, err))
            return -1;
    return 0;
}

int tensor_writer_commit(struct tensor_writer *writer, const json_t *meta, const json_t *options,
                         const struct inputs *inputs, struct err *err)
{
    if (tensor_writer_prepare(writer, meta, options, inputs, err))
        return -1;
    return tensor_writers_place(&writer, 1, inputs, err);
}

double tensor_writer_flush_seconds(const struct tensor_writer *writer)
{
    return writer->flush_seconds;
}

/* Opens `path` if it is what a run with these options and inputs would write; false: it is not. */
static bool open_current(struct tensor_writer *writer, struct tensor_file **file, const char *path,
                         const json_t *options, struct inputs *inputs)
{
    struct err damage;

    if (tensor_file_open(file, path, NULL, "", &damage))
        return false;
    if (tensor_records_match(*file, options, inputs) && tensor_file_verify(*file, &damage) == 0) {
        memcpy(writer->digest, tensor_file_digest(*file), DIGEST_TEXT);
        return true;
    }
    tensor_file_close(*file);
    return false;
}

int tensor_writer_commit_list(struct tensor_writer *writer, struct tensor_file *shards,
                              const json_t *meta, const json_t *options,
                              const struct inputs *inputs, struct err *err)
{
    char *text = tensor_shards_text(shards, meta, options, inputs, err);
    int result = text ? output_write(writer->out, text, strlen(text), err) ||
                            output_commit(writer->out, inputs, err)
                      : -1;

    free(text);
    memcpy(writer->digest, tensor_file_digest(shards), DIGEST_TEXT);
    return result ? -1 : 0;
}

int tensor_writer_current(struct tensor_writer *writer, const json_t *options,
                          struct inputs *inputs, struct err *err)
{
    struct tensor_file *file = NULL;

    if (!open_current(writer, &file, output_path(writer->out), options, inputs))
        return 0;
    tensor_file_close(file);
    return inputs_unchanged(inputs, err) ? -1 : 1;
}

int tensor_writer_take(struct tensor_writer *writer, const char *path, const json_t *options,
                       struct inputs *inputs, struct err *err)
{
    struct tensor_file *file = NULL;
    int taken = 1;

    if (!open_current(writer, &file, path, options, inputs))
        return 0;
    if (tensor_file_copy(file, writer->out, err) || output_commit(writer->out, inputs, err))
        taken = -1;
    tensor_file_close(file);
    return taken;
}

int tensor_writer_renew(struct tensor_writer *writer, struct err *err)
{
    return output_renew(writer->out, err);
}

const char *tensor_writer_path(const struct tensor_writer *writer)
{
    return output_path(writer->out);
}

int64_t tensor_writer_rows(const struct tensor_writer *writer, int number)
{
    return writer->parts[number].rows;
}

const char *tensor_writer_digest(const struct tensor_writer *writer)
{
    return writer->digest;
}

void tensor_writer_close(struct tensor_writer *writer)
{
    if (!writer)
        return;
    for (int i = 0; i < writer->count; i++) {
        struct part *part = &writer->parts[i];

        if (part->scratch >= 0)
            close(part->scratch);
        XXH3_freeState(part->digest);
        free(part->buffer.bytes);
        free((char *)part->tensor.name);
    }
    free(writer->parts);
    tensor_packer_close(writer->packer);
    output_close(writer->out);
    free(writer);
}
