/* Predicted rows looked up by id, for a sample submission, or other predictions, in another order.
 */
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
    size_t id_bytes, probabilities_bytes, label_bytes;
    int64_t rows;
    struct entry *entries; /* [rows] sorted by key */
    bool *found;           /* [rows] */
    char *record;          /* an id, its probabilities and label, as they lie in the spool */
    struct spool spool;
};

static size_t record_bytes(const struct by_id *b)
{
    return b->id_bytes + b->probabilities_bytes + b->label_bytes;
}

int by_id_open(struct by_id **by_id, const struct predictions *predictions, const char *path,
               struct err *err)
{
    const size_t classes = (size_t)predictions->class_count;
    struct by_id *b = calloc(1, sizeof *b);

    *by_id = b;
    if (!b)
        return err_memory(err, "the ids", sizeof *b);
    b->path = tensor_file_path(predictions->file);
    b->width = predictions->id_width;
    b->id_bytes = key_bytes(b->width);
    b->probabilities_bytes = classes * sizeof(float);
    b->label_bytes =
        predictions->has_labels ? classes * (predictions->soft_labels ? sizeof(float) : 1) : 0;
    b->entries = rows_alloc(predictions->n, sizeof *b->entries, "the ids", err);
    if (b->entries)
        b->found = rows_alloc(predictions->n, sizeof *b->found, "the ids", err);
    if (!b->found)
        return -1;
    memset(b->found, 0, (size_t)predictions->n * sizeof *b->found);
    b->record = malloc(record_bytes(b));
    if (!b->record)
        return err_memory(err, "a row", record_bytes(b));
    return spool_open(&b->spool, path, err);
}

int by_id_add(struct by_id *b, const struct predictions_chunk *chunk, struct err *err)
{
    const size_t bytes = record_bytes(b);
    char *records = malloc((size_t)chunk->count * bytes), text[KEY_TEXT];
    int result;

    if (!records)
        return err_memory(err, "rows", (size_t)chunk->count * bytes);
    for (int64_t i = 0; i < chunk->count; i++) {
        const size_t size = key_text(text, chunk->ids, b->width, i);
        char *record = records + (size_t)i * bytes;

        b->entries[b->rows] = (struct entry){idset_key(text, size), b->rows};
        b->rows++;
        memcpy(record, (const char *)chunk->ids + (size_t)i * b->id_bytes, b->id_bytes);
        record += b->id_bytes;
        memcpy(record, (const char *)chunk->probabilities + (size_t)i * b->probabilities_bytes,
               b->probabilities_bytes);
        if (b->label_bytes)
            memcpy(record + b->probabilities_bytes,
                   (const char *)chunk->labels + (size_t)i * b->label_bytes, b->label_bytes);
    }
    result = spool_append(&b->spool, records, (size_t)chunk->count * bytes, err);
    free(records);
    return result;
}

static int read_row(struct by_id *b, int64_t row, struct err *err)
{
    return spool_read_at(&b->spool, row * (int64_t)record_bytes(b), b->record, record_bytes(b),
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

int by_id_read(struct by_id **by_id, struct predictions *predictions,
               struct predictions_chunk *chunk, const char *path, struct err *err)
{
    int got;

    if (predictions_rewind(predictions, err) || by_id_open(by_id, predictions, path, err))
        return -1;
    while ((got = predictions_next(predictions, chunk, err)) > 0)
        if (by_id_add(*by_id, chunk, err))
            return -1;
    return got < 0 ? -1 : by_id_sort(*by_id, err);
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

/* Returns the row, from 0; -1: there is none. */
static int64_t find(const struct by_id *b, uint64_t key)
{
    const struct entry *at = b->entries;
    int64_t count = b->rows;

    while (count > 0) {
        const int64_t half = count / 2;

        if (at[half].key < key) {
            at += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return at < b->entries + b->rows && at->key == key ? at->row : -1;
}

bool by_id_has(const struct by_id *b, const char *id, size_t size)
{
    return find(b, key_of(b, id, size)) >= 0;
}

int by_id_find(struct by_id *b, const struct csv_reader *reader, const char *id, size_t size,
               float *probabilities, struct err *err)
{
    const int64_t row = find(b, key_of(b, id, size));
    char quoted[QUOTED_TEXT];

    if (row < 0)
        return 0;
    if (b->found[row])
        return csv_reader_fail(reader, 0, err,
                               "id %s is row %lld of %s, which an earlier row has spelt otherwise",
                               text_quote(quoted, id, size), (long long)row + 1, b->path);
    if (read_row(b, row, err))
        return -1;
    b->found[row] = true;
    memcpy(probabilities, b->record + b->id_bytes, b->probabilities_bytes);
    return 1;
}

int by_id_take(struct by_id *b, const struct predictions_chunk *like, int64_t i,
               struct predictions_chunk *to, struct err *err)
{
    char text[KEY_TEXT], *label = to->labels;
    const int64_t row = find(b, idset_key(text, key_text(text, like->ids, b->width, i)));

    if (row < 0)
        return 0;
    if (read_row(b, row, err))
        return -1;
    to->rows[i] = row + 1;
    memcpy((char *)to->ids + (size_t)i * b->id_bytes, b->record, b->id_bytes);
    memcpy((char *)to->probabilities + (size_t)i * b->probabilities_bytes, b->record + b->id_bytes,
           b->probabilities_bytes);
    if (b->label_bytes)
        memcpy(label + (size_t)i * b->label_bytes, b->record + b->id_bytes + b->probabilities_bytes,
               b->label_bytes);
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
