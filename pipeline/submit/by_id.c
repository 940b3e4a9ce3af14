/* Predicted rows looked up by id, for a sample submission in any order. */
#include "by_id.h"

#include "pipeline/base/idset.h"
#include "pipeline/base/memory.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/cell.h"
#include "pipeline/files/spool.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t key;
    int64_t row; /* from 0 */
};

struct by_id {
    const char *path; /* of the predictions, for messages */
    int width;        /* keys.h */
    size_t id_bytes, record_bytes;
    int64_t rows;
    struct entry *entries; /* [rows] sorted by key */
    bool *found;           /* [rows] */
    char *record;          /* an id and its probabilities, as they lie in the spool */
    struct spool spool;
};

int by_id_open(struct by_id **by_id, const struct predictions *predictions, const char *path,
               struct err *err)
{
    const size_t probabilities = (size_t)predictions->class_count * sizeof(float);
    struct by_id *b = calloc(1, sizeof *b);

    *by_id = b;
    if (!b)
        return err_memory(err, "the ids", sizeof *b);
    b->path = tensor_file_path(predictions->file);
    b->width = predictions->id_width;
    b->id_bytes = key_bytes(b->width);
    b->record_bytes = b->id_bytes + probabilities;
    b->entries = rows_alloc(predictions->n, sizeof *b->entries, "the ids", err);
    if (b->entries)
        b->found = rows_alloc(predictions->n, sizeof *b->found, "the ids", err);
    if (!b->found)
        return -1;
    memset(b->found, 0, (size_t)predictions->n * sizeof *b->found);
    b->record = malloc(b->record_bytes);
    if (!b->record)
        return err_memory(err, "a row", b->record_bytes);
    return spool_open(&b->spool, path, err);
}

int by_id_add(struct by_id *b, const struct predictions_chunk *chunk, struct err *err)
{
    const size_t probabilities = b->record_bytes - b->id_bytes;
    char *records = malloc((size_t)chunk->count * b->record_bytes), text[KEY_TEXT];
    int result;

    if (!records)
        return err_memory(err, "rows", (size_t)chunk->count * b->record_bytes);
    for (int64_t i = 0; i < chunk->count; i++) {
        const size_t size = key_text(text, chunk->ids, b->width, i);
        char *record = records + (size_t)i * b->record_bytes;

        b->entries[b->rows] = (struct entry){idset_key(text, size), b->rows};
        b->rows++;
        memcpy(record, (const char *)chunk->ids + (size_t)i * b->id_bytes, b->id_bytes);
        memcpy(record + b->id_bytes, (const char *)chunk->probabilities + (size_t)i * probabilities,
               probabilities);
    }
    result = spool_append(&b->spool, records, (size_t)chunk->count * b->record_bytes, err);
    free(records);
    return result;
}

static int read_row(struct by_id *b, int64_t row, struct err *err)
{
    return spool_read_at(&b->spool, row * (int64_t)b->record_bytes, b->record, b->record_bytes,
                         err);
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

int by_id_sort(struct by_id *b, struct err *err)
{
    char text[KEY_TEXT], quoted[QUOTED_TEXT];

    qsort(b->entries, (size_t)b->rows, sizeof *b->entries, by_key);
    for (int64_t i = 1; i < b->rows; i++) {
        size_t size;

        if (b->entries[i].key != b->entries[i - 1].key)
            continue;
        if (read_row(b, b->entries[i].row, err))
            return -1;
        size = key_text(text, b->record, b->width, 0);
        return err_set(err, EX_DATAERR, "%s: duplicate id %s, in rows %lld and %lld", b->path,
                       text_quote(quoted, text, size), (long long)b->entries[i - 1].row + 1,
                       (long long)b->entries[i].row + 1);
    }
    return 0;
}

/* Returns the key of an id that may be spelt otherwise than the number it is. */
static uint64_t key_of(const struct by_id *b, const char *id, size_t size)
{
    const double exact = 9007199254740992.0; /* as whole numbers, below it */
    char *end, plain[24];
    long long number;
    double value;

    if (b->width)
        return idset_key(id, size);
    errno = 0;
    number = strtoll(id, &end, 10);
    if ((end != id + size || errno) && cell_number((struct cell){id, size, true}, &value) &&
        value == floor(value) && fabs(value) < exact)
        number = (long long)value; /* 5.0 */
    else if (end != id + size || errno)
        return idset_key(id, size);
    return idset_key(plain, (size_t)snprintf(plain, sizeof plain, "%lld", number));
}

int by_id_find(struct by_id *b, const struct csv_reader *reader, const char *id, size_t size,
               float *probabilities, struct err *err)
{
    const struct entry wanted = {key_of(b, id, size), 0};
    const struct entry *at = b->entries;
    int64_t count = b->rows;
    char quoted[QUOTED_TEXT];

    while (count > 0) {
        const int64_t half = count / 2;

        if (at[half].key < wanted.key) {
            at += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    if (at == b->entries + b->rows || at->key != wanted.key)
        return 0;
    if (b->found[at->row])
        return csv_reader_fail(reader, 0, err,
                               "id %s is row %lld of %s, which an earlier row has spelt otherwise",
                               text_quote(quoted, id, size), (long long)at->row + 1, b->path);
    if (read_row(b, at->row, err))
        return -1;
    b->found[at->row] = true;
    memcpy(probabilities, b->record + b->id_bytes, b->record_bytes - b->id_bytes);
    return 1;
}

int64_t by_id_left(struct by_id *b, int64_t *row, char id[KEY_TEXT], struct err *err)
{
    int64_t left = 0;

    for (int64_t i = b->rows - 1; i >= 0; i--)
        if (!b->found[i]) {
            left++;
            *row = i + 1;
        }
    if (left == 0)
        return 0;
    if (read_row(b, *row - 1, err))
        return -1;
    key_text(id, b->record, b->width, 0);
    return left;
}

void by_id_close(struct by_id *b)
{
    if (!b)
        return;
    spool_close(&b->spool);
    free(b->entries);
    free(b->found);
    free(b->record);
    free(b);
}
