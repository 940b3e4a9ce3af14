/* Lists of shards: tensor files that are, one after the other, the one file that a header
 * describes. Shards differ in what only the whole knows: where row numbers begin, which classes
 * there are, how long ids are. A cursor gives the rows as the one file would have them. */
#include "meta.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "pipeline/base/strbuf.h"
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_LIMIT = HEADER_LIMIT + (64 << 20),
    CONVERTED_LIMIT = STREAM_BUFFER /* bytes of a row of labels, ids or groups */
};

/* ---- The list's text ---- */

/* Returns the shard's path as a program has to open it: relative ones begin at the list's folder.
 */
static char *path_beside(const char *list, const char *path, size_t size)
{
    const char *slash = strrchr(list, '/');
    struct strbuf text = {0};

    if (path[0] != '/' && slash)
        strbuf_add(&text, list, (size_t)(slash - list) + 1);
    strbuf_add(&text, path, size);
    return strbuf_take(&text);
}

/* Reads "ROWS LAST DIGEST PATH" of `size` bytes; 0 good, 1 it is no such line, -1 out of memory. */
static int parse_line(struct tensor_shard *shard, const char *list, const char *line, size_t size,
                      struct err *err)
{
    const char *end = line + size;
    char *at;

    errno = 0;
    shard->rows = strtoll(line, &at, 10);
    if (at == line || *at != ' ')
        return 1;
    shard->last = strtoll(at + 1, &at, 10);
    if (errno || shard->rows < 0 || shard->last < 0 || *at != ' ' || end - at < DIGEST_TEXT + 2 ||
        strspn(at + 1, "0123456789abcdef") != DIGEST_TEXT - 1 || at[DIGEST_TEXT] != ' ')
        return 1;
    memcpy(shard->digest, at + 1, DIGEST_TEXT - 1);
    at += DIGEST_TEXT + 1;
    shard->path = path_beside(list, at, (size_t)(end - at));
    return shard->path ? 0 : err_memory(err, "a list of shards", 0);
}

static int add_shard(struct tensor_file *file, const char *line, size_t size, int number,
                     struct err *err)
{
    struct tensor_shards *s = file->shards;
    struct tensor_shard *list = realloc(s->list, ((size_t)s->count + 1) * sizeof *list);
    int bad;

    if (!list)
        return err_memory(err, "a list of shards", 0);
    s->list = list;
    list[s->count] = (struct tensor_shard){.path = NULL};
    bad = parse_line(&list[s->count], file->path, line, size, err);
    if (bad < 0)
        return -1;
    if (bad)
        return err_set(err, EX_DATAERR,
                       "%s:%d: a line of a list of shards is ROWS LAST DIGEST FILE; csvnet ingest "
                       "SHARD... -o LIST.shards writes such lists",
                       file->path, number);
    s->count++;
    return 0;
}

static int parse_text(struct tensor_file *file, const char *text, struct err *err)
{
    const char *at = text + sizeof LIST_BEGIN - 1;
    size_t size;

    for (int number = 2; *at && *at != '{'; number++, at += size + (at[size] != 0)) {
        size = strcspn(at, "\n");
        if (*at != '#' && add_shard(file, at, size, number, err))
            return -1;
    }
    size = strcspn(at, "\n");
    if (!*at || at[size + (at[size] != 0)])
        return err_set(err, EX_DATAERR,
                       "%s: the last line of a list of shards is the header of all; this one is "
                       "cut short, or goes on after it",
                       file->path);
    return tensor_header_parse(&file->header, file->path, at, size, -1, err);
}

static int check_header(const struct tensor_file *file, struct err *err)
{
    int64_t rows = 0;

    if (file->shards->count == 0)
        return err_set(err, EX_DATAERR, "%s: a list of no shards", file->path);
    if (strcmp(tensor_file_kind(file), "dataset/1"))
        return err_set(err, EX_DATAERR, "%s: the header of a list of shards is of kind dataset/1",
                       file->path);

    for (int i = 0; i < file->shards->count; i++)
        if (__builtin_add_overflow(rows, file->shards->list[i].rows, &rows))
            return err_set(err, EX_DATAERR, "%s: the shards' rows overflow", file->path);
    for (int i = 0; i < file->header.count; i++)
        if (file->header.tensors[i].ndim < 1 || file->header.tensors[i].dims[0] != rows)
            return err_set(
                err, EX_DATAERR,
                "%s: the shards have %lld rows, tensor '%s' of the header another number",
                file->path, (long long)rows, file->header.tensors[i].name);
    return 0;
}

static int parse_list(struct tensor_file *file, const char *text, struct err *err)
{
    file->shards = calloc(1, sizeof *file->shards);
    if (!file->shards)
        return err_memory(err, "a list of shards", 0);
    if (parse_text(file, text, err) || check_header(file, err))
        return -1;
    file->shards->stored = calloc((size_t)file->header.count + 1, sizeof *file->shards->stored);
    return file->shards->stored ? 0 : err_memory(err, "a list of shards", 0);
}

/* ---- One shard ---- */

/* Tells whether the rows of the shard's tensor can become those of the whole's: they are alike but
 * for the number of classes, and the length of texts or that these are numbers there. */
static bool is_alike(const struct tensor *whole, const struct tensor *shard)
{
    const bool text = strcmp(whole->name, "ids") == 0 || strcmp(whole->name, "groups") == 0;
    const bool labels = strcmp(whole->name, "labels") == 0;

    if ((text || labels) && tensor_row_bytes(whole) > CONVERTED_LIMIT)
        return false;
    if (text && whole->dtype == DTYPE_U8 && whole->ndim == 2)
        return (shard->dtype == DTYPE_I64 && shard->ndim == 1) ||
               (shard->dtype == DTYPE_U8 && shard->ndim == 2 && shard->dims[1] <= whole->dims[1]);
    if (shard->dtype != whole->dtype || shard->ndim != whole->ndim)
        return false;
    if (labels)
        return whole->ndim == 2;
    for (int i = 1; i < whole->ndim; i++)
        if (shard->dims[i] != whole->dims[i])
            return false;
    return true;
}

static int check_tensor(struct tensor_file *file, int number, const struct tensor_file *shard,
                        int64_t rows, struct err *err)
{
    const struct tensor *whole = &file->header.tensors[number];
    const struct tensor *tensor = tensor_file_find(shard, whole->name);

    if (!tensor || !is_alike(whole, tensor) || tensor_rows(tensor) != rows)
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s' of %s is not what the list says; make the list anew",
                       file->path, whole->name, shard->path);
    return 0;
}

/* Opens a shard, and checks that it is what the list says. */
static int open_shard(struct tensor_file **opened, struct tensor_file *file, int number,
                      struct inputs *inputs, digest_function *again, struct err *err)
{
    const struct tensor_shard *shard = &file->shards->list[number];
    const char *recorded = NULL;
    struct err why;
    int result = 0, input = 0;

    if (tensor_container_open(opened, shard->path, inputs, "shard", again, &input, &why))
        return err_set(err, why.status, "%s: a shard of it: %s", file->path, why.text);
    if (inputs)
        inputs_set_digest(inputs, input, shard->digest);
    if ((*opened)->list)
        result = err_set(err, EX_DATAERR, "%s: %s is a list itself; name its shards in its place",
                         file->path, shard->path);
    else if (!(recorded = tensor_file_recorded(*opened, err)))
        result = -1;
    else if (strcmp(recorded, shard->digest))
        result = err_set(err, EX_DATAERR,
                         "%s: %s is another file by now: its content has digest %s, the list was "
                         "made of %s; make the list anew: csvnet ingest SHARD... -o LIST.shards",
                         file->path, shard->path, *recorded ? recorded : "none", shard->digest);
    else
        result = tensor_file_expect(*opened, tensor_file_kind(file), err);
    for (int i = 0; i < file->header.count && result == 0; i++)
        result = check_tensor(file, i, *opened, shard->rows, err);
    if (result) {
        tensor_file_close(*opened);
        *opened = NULL;
    }
    return result;
}

static int check_shards(struct tensor_file *file, struct inputs *inputs, digest_function *again,
                        struct err *err)
{
    struct inputs *shards = inputs ? inputs_parts(inputs, err) : NULL;

    if (inputs && !shards)
        return -1;
    for (int i = 0; i < file->shards->count; i++) {
        struct tensor_file *shard;

        if (open_shard(&shard, file, i, shards, again, err))
            return -1;
        for (int t = 0; t < file->header.count; t++) {
            const struct tensor *own = tensor_file_find(shard, file->header.tensors[t].name);
            const int64_t bytes =
                tensor_file_stored_bytes(shard, (int)(own - shard->header.tensors));
            int64_t *all = &file->shards->stored[t];

            *all = *all < 0 || bytes < 0 ? -1 : *all + bytes;
        }
        tensor_file_close(shard);
    }
    return 0;
}

int tensor_shards_read(struct tensor_file *file, struct inputs *inputs, digest_function *again,
                       struct err *err)
{
    const int64_t size = file->status.st_size;
    char *text;
    int result = -1;

    if (size > LIST_LIMIT)
        return err_set(err, EX_DATAERR, "%s: a list of shards of %lld bytes; at most %d are read",
                       file->path, (long long)size, LIST_LIMIT);
    text = malloc((size_t)size + 1);
    if (!text)
        return err_memory(err, "a list of shards", (unsigned long long)size);
    if (tensor_file_stored(file, text, (size_t)size, 0, err) == 0) {
        text[size] = 0;
        result = strlen(text) == (size_t)size
                     ? parse_list(file, text, err) || tensor_file_no_digests(file, err) ||
                           check_shards(file, inputs, again, err)
                     : err_set(err, EX_DATAERR, "%s: a list of shards has no NUL", file->path);
    }
    free(text);
    return result ? -1 : 0;
}

/* ---- Rows of all shards ---- */

struct shard_walk {
    struct tensor_file *file;
    const struct tensor *tensor;
    int next;                  /* shard to open */
    struct tensor_file *shard; /* at hand, or NULL */
    struct tensor_stream *stream;
    const struct tensor *own; /* the shard's tensor */
    int64_t left;             /* rows of the shard */
    int64_t before;           /* number of the last row before the shard */
    int *place;               /* of each of the shard's classes among all; NULL: the same */
    unsigned char *raw;       /* [raw_rows] as the shard has them */
    int64_t raw_rows;
};

int shard_walk_open(struct shard_walk **walk, struct tensor_file *file, const struct tensor *tensor,
                    struct err *err)
{
    *walk = calloc(1, sizeof **walk);
    if (!*walk)
        return err_memory(err, "reading a tensor", sizeof **walk);
    (*walk)->file = file;
    (*walk)->tensor = tensor;
    return 0;
}

static void close_shard(struct shard_walk *walk)
{
    tensor_stream_close(walk->stream);
    tensor_file_close(walk->shard);
    free(walk->place);
    free(walk->raw);
    walk->stream = NULL;
    walk->shard = NULL;
    walk->place = NULL;
    walk->raw = NULL;
}

void shard_walk_close(struct shard_walk *walk)
{
    if (!walk)
        return;
    close_shard(walk);
    free(walk);
}

/* Finds where the shard's classes are among all. */
static int place_classes(struct shard_walk *walk, struct err *err)
{
    char **own = NULL, **all = NULL;
    int count = 0, all_count = 0, result = -1;
    bool same;

    if (meta_get_list(walk->shard, "classes", &own, &count, err) ||
        meta_get_list(walk->file, "classes", &all, &all_count, err))
        goto out;
    if (count != walk->own->dims[1] || all_count != walk->tensor->dims[1]) {
        err_set(err, EX_DATAERR, "%s: not as many classes as columns of labels", walk->shard->path);
        goto out;
    }
    walk->place = calloc((size_t)count + 1, sizeof *walk->place);
    if (!walk->place) {
        err_memory(err, "the classes", 0);
        goto out;
    }
    same = count == all_count;
    for (int i = 0; i < count; i++) {
        int k = 0;

        while (k < all_count && strcmp(own[i], all[k]))
            k++;
        if (k == all_count) {
            err_set(err, EX_DATAERR, "%s: class '%.64s' of %s is not in the list", walk->file->path,
                    own[i], walk->shard->path);
            goto out;
        }
        walk->place[i] = k;
        same &= k == i;
    }
    if (same) {
        free(walk->place);
        walk->place = NULL;
    }
    result = 0;
out:
    texts_free(own, count);
    texts_free(all, all_count);
    return result;
}

/* Tells whether rows of the shard are copied as they are. */
static bool is_plain(const struct shard_walk *walk)
{
    return !walk->place && walk->own->dtype == walk->tensor->dtype &&
           tensor_row_bytes(walk->own) == tensor_row_bytes(walk->tensor);
}

static int next_shard(struct shard_walk *walk, struct err *err)
{
    enum { RAW_BYTES = 1 << 16 };
    struct tensor_shards *shards = walk->file->shards;

    close_shard(walk);
    walk->before = walk->next ? shards->list[walk->next - 1].last : 0;
    if (open_shard(&walk->shard, walk->file, walk->next, NULL, NULL, err))
        return -1;
    walk->own = tensor_file_find(walk->shard, walk->tensor->name);
    if (tensor_stream_open(&walk->stream, walk->shard,
                           walk->shard->header.begins[walk->own - walk->shard->header.tensors],
                           err))
        return -1;
    walk->left = shards->list[walk->next++].rows;
    if (strcmp(walk->tensor->name, "labels") == 0 && place_classes(walk, err))
        return -1;
    if (is_plain(walk))
        return 0;
    walk->raw_rows = RAW_BYTES / ((int64_t)tensor_row_bytes(walk->own) + 1) + 1;
    walk->raw = malloc((size_t)walk->raw_rows * tensor_row_bytes(walk->own) + 1);
    return walk->raw ? 0 : err_memory(err, "reading a tensor", 0);
}

/* Converts the shard's rows raw[count] to those of the whole. */
static void convert(const struct shard_walk *walk, unsigned char *rows, int64_t count)
{
    const size_t from = tensor_row_bytes(walk->own), to = tensor_row_bytes(walk->tensor);
    const size_t size = dtype_size(walk->own->dtype);

    memset(rows, 0, (size_t)count * to);
    for (int64_t i = 0; i < count; i++) {
        const unsigned char *raw = walk->raw + (size_t)i * from;
        unsigned char *row = rows + (size_t)i * to;
        int64_t number;
        char text[24];

        if (walk->place) {
            for (int64_t k = 0; k < walk->own->dims[1]; k++)
                memcpy(row + (size_t)walk->place[k] * size, raw + (size_t)k * size, size);
        } else if (walk->own->dtype == DTYPE_I64) {
            memcpy(&number, raw, sizeof number);
            snprintf(text, sizeof text, "%lld", (long long)number);
            memcpy(row, text, strnlen(text, to));
        } else {
            memcpy(row, raw, from);
        }
    }
}

/* Has row numbers go on behind those of the shards before. */
static void move_numbers(const struct shard_walk *walk, void *rows, int64_t count)
{
    int64_t *numbers = rows;

    if (strcmp(walk->tensor->name, "rows") || walk->tensor->dtype != DTYPE_I64)
        return;
    for (int64_t i = 0; i < count; i++)
        if (__builtin_add_overflow(numbers[i], walk->before, &numbers[i]))
            numbers[i] = INT64_MAX;
}

int shard_walk_read(struct shard_walk *walk, void *rows, int64_t count, struct err *err)
{
    const size_t bytes = tensor_row_bytes(walk->tensor);
    unsigned char *to = rows;

    while (count > 0) {
        int64_t some;

        if (walk->left == 0) {
            if (next_shard(walk, err))
                return -1;
            continue;
        }
        some = walk->left < count ? walk->left : count;
        if (walk->raw && some > walk->raw_rows)
            some = walk->raw_rows;
        if (tensor_stream_read(walk->stream, walk->raw ? walk->raw : to,
                               (size_t)some * tensor_row_bytes(walk->own), err))
            return -1;
        if (walk->raw)
            convert(walk, to, some);
        move_numbers(walk, to, some);
        walk->left -= some;
        if (walk->left == 0 && tensor_stream_end(walk->stream, err))
            return -1;
        count -= some;
        to += (size_t)some * bytes;
    }
    return 0;
}

int shard_walk_skim(struct shard_walk *walk, XXH3_state_t *digest, struct err *err)
{
    unsigned char part[STREAM_BUFFER];

    while (walk->left > 0 || walk->next < walk->file->shards->count) {
        if (walk->left == 0 && next_shard(walk, err))
            return -1;
        for (size_t left = (size_t)walk->left * tensor_row_bytes(walk->own); left > 0;) {
            const size_t size = left < sizeof part ? left : sizeof part;

            if (tensor_stream_read(walk->stream, part, size, err))
                return -1;
            XXH3_128bits_update(digest, part, size);
            left -= size;
        }
        walk->left = 0;
        if (tensor_stream_end(walk->stream, err))
            return -1;
    }
    return 0;
}

/* ---- Making a list ---- */

/* Returns how a list names the shard: in its own folder by its name alone. */
static char *path_from(const char *list, const char *path)
{
    const char *slash = strrchr(list, '/'), *own = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - list) + 1 : 0;
    const size_t its = own ? (size_t)(own - path) + 1 : 0;

    if (folder == its && strncmp(list, path, its) == 0)
        return strdup(path + its);
    return path[0] == '/' || folder == 0 ? strdup(path) : realpath(path, NULL);
}

static char *list_text(const char *path, const struct tensor_shard *shards, int count, json_t *meta,
                       const struct tensor *tensors, int tensor_count, struct err *err)
{
    struct strbuf text = {0};
    unsigned char *header = NULL;
    size_t size;

    strbuf_puts(&text, LIST_BEGIN);
    strbuf_puts(&text, "# rows, number of the last one, content digest, file; then the header of "
                       "all\n");
    for (int i = 0; i < count; i++) {
        char *name = path_from(path, shards[i].path);

        if (!name && errno == ENOMEM)
            err_memory(err, "a list of shards", 0);
        else if (!name)
            err_set(err, EX_NOINPUT, "%s: where it lies cannot be told: %s", shards[i].path,
                    strerror(errno));
        else
            strbuf_printf(&text, "%lld %lld %s %s\n", (long long)shards[i].rows,
                          (long long)shards[i].last, shards[i].digest, name);
        free(name);
        if (!name)
            goto failed;
    }
    if (tensor_header_print(&header, &size, path, meta, tensors, tensor_count, err))
        goto failed;
    strbuf_add(&text, header + HEADER_LENGTH_BYTES, size - HEADER_LENGTH_BYTES);
    strbuf_puts(&text, "\n");
    free(header);
    if (!text.failed)
        return strbuf_take(&text);
    err_memory(err, "a list of shards", 0);
failed:
    strbuf_free(&text);
    return NULL;
}

int tensor_shards_open(struct tensor_file **file, const char *path,
                       const struct tensor_shard *shards, int count, json_t *meta,
                       const struct tensor *tensors, int tensor_count, struct err *err)
{
    struct tensor_file *new = calloc(1, sizeof *new);
    char *text = NULL;
    int result = -1;

    *file = NULL;
    if (!new)
        return err_memory(err, "a list of shards", sizeof *new);
    new->fd = -1;
    text = list_text(path, shards, count, meta, tensors, tensor_count, err);
    if (!text)
        goto out;
    new->path = strdup(path);
    if (!new->path) {
        err_memory(err, "a file's name", 0);
        goto out;
    }
    result = parse_list(new, text, err) || tensor_file_no_digests(new, err) ||
             check_shards(new, NULL, NULL, err);
out:
    free(text);
    if (result)
        tensor_file_close(new);
    else
        *file = new;
    return result ? -1 : 0;
}

char *tensor_shards_text(struct tensor_file *file, const json_t *meta, const json_t *options,
                         const struct inputs *inputs, struct err *err)
{
    json_t *all = json_copy((json_t *)meta);
    char *text = NULL;

    if (tensor_content_digest(file->digest, meta, file->header.tensors, file->digests,
                              file->header.count, err) == 0) {
        if (!all || json_object_set_new(all, "content_digest", json_string(file->digest)) ||
            tensor_records_add(all, options, inputs))
            err_memory(err, "a header's records", 0);
        else
            text = list_text(file->path, file->shards->list, file->shards->count, all,
                             file->header.tensors, file->header.count, err);
    }
    json_decref(all);
    return text;
}
