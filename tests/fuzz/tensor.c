#include "fuzz.h"
#include "pipeline/dataset/dataset.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/fit/checkpoint.h"
#include "pipeline/model/model.h"
#include "pipeline/tensor/private.h"

#include <string.h>
#include <unistd.h>

static struct memory_file plain, framed, shard;
static struct err err;

/* ---- As data sets, predictions, models ---- */

static void read_dataset(const char *path)
{
    struct dataset dataset;
    struct dataset_chunk chunk = {0};
    int got = 0;

    if (dataset_open(&dataset, path, NULL, "", &err))
        return;
    if (dataset_chunk_init(&chunk, &dataset, 3, &err) == 0)
        while ((got = dataset_next(&dataset, &chunk, &err)) > 0)
            ;
    dataset_chunk_free(&chunk);
    dataset_close(&dataset);
}

static void read_predictions(const char *path)
{
    struct predictions predictions;
    struct predictions_chunk chunk = {0};

    if (predictions_open(&predictions, path, NULL, "", &err))
        return;
    if (predictions_chunk_init(&chunk, &predictions, 3, &err) == 0)
        while (predictions_next(&predictions, &chunk, &err) > 0)
            ;
    predictions_chunk_free(&chunk);
    predictions_close(&predictions);
}

static void read_model(const char *path)
{
    struct model model = {0};

    if (model_load(&model, path, NULL, &err) == 0)
        model_free(&model);
}

static void read_checkpoint(const char *path)
{
    struct checkpoint_info info;
    struct tensor_file *file;

    if (tensor_file_open(&file, path, NULL, "", &err))
        return;
    if (checkpoint_describe(&info, file, &err) == 0)
        checkpoint_info_free(&info);
    tensor_file_close(file);
}

static void read_kind(const char *kind, const char *path)
{
    if (strcmp(kind, "dataset/1") == 0)
        read_dataset(path);
    else if (strcmp(kind, "predictions/1") == 0)
        read_predictions(path);
    else if (strcmp(kind, "model/1") == 0)
        read_model(path);
    else if (strcmp(kind, "checkpoint/1") == 0)
        read_checkpoint(path);
}

/* ---- As tensors ---- */

/* `content` NULL: not known, else what the tensors are cut out of. */
static int read_tensors(struct tensor_file *file, const unsigned char *content)
{
    int result = 0;

    for (int i = 0; i < tensor_file_count(file) && result == 0; i++) {
        const struct tensor *tensor = tensor_file_at(file, i);
        int64_t size = tensor_bytes(tensor);
        unsigned char *bytes = malloc((size_t)size + 1);

        HOLDS(bytes, "%lld bytes for tensor %d", (long long)size, i);
        result = tensor_file_read(file, tensor->name, bytes, &err);
        if (result == 0 && content)
            HOLDS(memcmp(bytes, content + file->header.begins[i], (size_t)size) == 0,
                  "tensor %d is not what the content has", i);
        free(bytes);
    }
    return result;
}

/* Whether the file is read to its end without a fault; then `digest` is its content's. */
static bool read_file(const char *path, const unsigned char *content, char digest[DIGEST_TEXT])
{
    struct tensor_file *file;
    char kind[32];
    int result;

    err.status = 0;
    if (tensor_file_open(&file, path, NULL, "", &err)) {
        HOLDS(err.status == EX_DATAERR, "status %d: %s", err.status, err.text);
        return false;
    }
    result = read_tensors(file, content);
    if (result == 0)
        result = tensor_file_verify(file, &err);
    HOLDS(result == 0 || err.status == EX_DATAERR, "status %d: %s", err.status, err.text);
    memcpy(digest, tensor_file_digest(file), DIGEST_TEXT);
    snprintf(kind, sizeof kind, "%s", tensor_file_kind(file));
    tensor_file_close(file);
    if (result == 0)
        read_kind(kind, path);
    return result == 0;
}

/* ---- Content in frames ---- */

static size_t compress(unsigned char *to, size_t room, const uint8_t *content, size_t size,
                       size_t frame)
{
    static ZSTD_CCtx *zstd;
    size_t used = 0;

    if (!zstd) {
        zstd = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_windowLog, 10);
    }
    for (size_t at = 0; at < size; at += frame) {
        size_t some = size - at < frame ? size - at : frame;
        size_t made = ZSTD_compress2(zstd, to + used, room - used, content + at, some);

        HOLDS(!ZSTD_isError(made), "%s", ZSTD_getErrorName(made));
        used += made;
    }
    return used;
}

static void read_content(const uint8_t *content, size_t size, size_t frame)
{
    enum { MOST = 1 << 15 };
    static unsigned char stored[1 << 20];
    char digests[2][DIGEST_TEXT];
    uint64_t length;
    bool read, read_framed;

    if (size < sizeof length || size > MOST)
        return;
    memcpy(&length, content, sizeof length);
    if (length > MOST)
        return; /* the same bytes may begin a compressed file */
    memory_file_fill(&plain, content, size);
    memory_file_fill(&framed, stored, compress(stored, sizeof stored, content, size, frame));
    read = read_file(plain.path, content, digests[0]);
    read_framed = read_file(framed.path, content, digests[1]);
    HOLDS(read == read_framed, "plain %d, in frames %d: %s", read, read_framed, err.text);
    HOLDS(!read || strcmp(digests[0], digests[1]) == 0, "digests %s and %s", digests[0],
          digests[1]);
}

/* ---- Stored files ---- */

/* A list's shards lie beside it, which is in /proc/self/fd: by the number of a descriptor. */
static void open_shard(void)
{
    enum { NUMBER = 500 };

    memory_file_open(&shard);
    HOLDS(dup2(shard.fd, NUMBER) == NUMBER, "a descriptor for the shard");
}

/* Tells whether a line, ROWS LAST DIGEST FILE, names another file, which might be a terminal. */
static bool names_another(const char *list)
{
    for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line != 0) {
        const size_t size = strcspn(line, "\n");
        const char *at = line;

        for (int i = 0; at && i < 3; i++) {
            at = memchr(at, ' ', size - (size_t)(at - line));
            if (at)
                at++;
        }
        if (*line != '{' && *line != '#' && at && strncmp(at, "500\n", 4))
            return true;
    }
    return false;
}

static void read_stored(const uint8_t *data, size_t size)
{
    const char *begin = LIST_BEGIN;
    char digest[DIGEST_TEXT];
    const uint8_t *end = NULL;

    if (size >= strlen(begin) && memcmp(data, begin, strlen(begin)) == 0) {
        end = memchr(data, 0, size);
        if (!end || names_another((const char *)data))
            return;
        memory_file_fill(&shard, end + 1, size - (size_t)(end + 1 - data));
        size = (size_t)(end - data);
    }
    memory_file_fill(&plain, data, size);
    read_file(plain.path, NULL, digest);
}

void fuzz_tensor(const uint8_t *data, size_t size)
{
    if (!plain.fd) {
        memory_file_open(&plain);
        memory_file_open(&framed);
        open_shard();
    }
    if (size == 0)
        return;
    if (data[0] & 1)
        read_content(data + 1, size - 1, 16 + data[0]);
    else
        read_stored(data + 1, size - 1);
}
