/* A column of ids or groups: text set aside, repeats found, numbers or padded text written. */
#include "key_column.h"

#include "pipeline/base/text.h"
#include "pipeline/files/repeats.h"
#include "pipeline/files/spool.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

/* Values in the spool: the bytes of each after their number, which takes two. */
struct key_column {
    struct spool spool;
    struct repeats *repeats; /* NULL: they may repeat */
    int64_t rows, bytes;     /* of the spool, those in the block included */
    int64_t left;            /* bytes to read back */
    size_t used, at;         /* of the block */
    int longest;
    bool numbers; /* all so far */
    bool reading; /* the block holds what is read back */
    char block[BLOCK];
};

bool key_cell(struct cell found, struct cell *key)
{
    double value;

    *key = cell_trim(found);
    if (key->size == 0 || key->size > KEY_MOST || !text_is_clean(key->text, key->size))
        return false;
    if (key->size == found.size)
        return !strchr(" \t", *key->text) && !strchr(" \t", key->text[key->size - 1]);
    return cell_number(*key, &value);
}

int key_column_open(struct key_column **keys, const char *path, bool unique, struct err *err)
{
    struct key_column *k = calloc(1, sizeof *k);

    *keys = k;
    if (!k)
        return err_memory(err, "the ids", sizeof *k);
    k->numbers = true;
    return spool_open(&k->spool, path, err) ||
                   (unique && repeats_open(&k->repeats, path, REPEATS_ROOM, err))
               ? -1
               : 0;
}

static int flush(struct key_column *k, struct err *err)
{
    const size_t used = k->used;

    k->used = 0;
    return spool_append(&k->spool, k->block, used, err);
}

int key_column_add(struct key_column *k, struct cell key, int64_t line, struct err *err)
{
    const uint16_t size = (uint16_t)key.size;
    int64_t number;

    if (k->used + sizeof size + size > BLOCK && flush(k, err))
        return -1;
    memcpy(k->block + k->used, &size, sizeof size);
    memcpy(k->block + k->used + sizeof size, key.text, size);
    k->used += sizeof size + size;
    k->bytes += (int64_t)sizeof size + size;
    k->rows++;
    if (size > k->longest)
        k->longest = size;
    k->numbers = k->numbers && cell_id(key, &number);
    return k->repeats ? repeats_add(k->repeats, key.text, size, k->rows, line, err) : 0;
}

/* ---- Reading back ---- */

static int begin_reading(struct key_column *k, struct err *err)
{
    if (!k->reading && flush(k, err))
        return -1;
    k->reading = true;
    k->left = k->bytes;
    k->used = k->at = 0;
    return spool_rewind(&k->spool, err);
}

/* Has the next `size` bytes in the block. */
static int have(struct key_column *k, size_t size, struct err *err)
{
    const size_t held = k->used - k->at;
    size_t more;

    if (held >= size)
        return 0;
    memmove(k->block, k->block + k->at, held);
    more = k->left < (int64_t)(BLOCK - held) ? (size_t)k->left : BLOCK - held;
    k->at = 0;
    k->used = held + more;
    k->left -= (int64_t)more;
    return spool_read(&k->spool, k->block + held, more, err);
}

/* Reads the next value, valid until the next call. */
static int next(struct key_column *k, struct cell *key, struct err *err)
{
    uint16_t size;

    if (have(k, sizeof size, err))
        return -1;
    memcpy(&size, k->block + k->at, sizeof size);
    k->at += sizeof size;
    if (have(k, size, err))
        return -1;
    *key = (struct cell){k->block + k->at, size, true};
    k->at += size;
    return 0;
}

/* ---- Repeats ---- */

struct found {
    int64_t count;
    struct key_repeat *list;
};

/* Keeps the first ones in the rows' order. */
static void keep(void *data, const struct repeat *first, const struct repeat *again)
{
    struct found *found = data;
    int64_t at = found->count < KEY_REPEATS ? found->count : KEY_REPEATS;
    const int64_t last = at < KEY_REPEATS ? at : KEY_REPEATS - 1;

    found->count++;
    while (at > 0 && found->list[at - 1].row > again->row)
        at--;
    if (at == KEY_REPEATS)
        return;
    memmove(found->list + at + 1, found->list + at, (size_t)(last - at) * sizeof *found->list);
    found->list[at] =
        (struct key_repeat){.row = again->row, .line = again->note, .first_line = first->note};
}

int64_t key_column_repeats(struct key_column *k, struct key_repeat list[KEY_REPEATS],
                           struct err *err)
{
    struct found found = {.list = list};
    struct cell key;
    int64_t row = 0;

    if (repeats_find(k->repeats, keep, &found, err))
        return -1;
    if (found.count && begin_reading(k, err))
        return -1;
    for (int i = 0; i < KEY_REPEATS && i < found.count; i++) {
        for (; row < list[i].row; row++)
            if (next(k, &key, err))
                return -1;
        memcpy(list[i].text, key.text, key.size);
        list[i].text[key.size] = 0;
    }
    return found.count;
}

/* ---- Writing ---- */

int key_column_width(const struct key_column *k)
{
    return k->numbers ? 0 : k->longest;
}

static void put(const struct key_column *k, struct cell key, char *row)
{
    char digits[24] = "";
    int64_t number;

    if (!k->numbers) {
        memcpy(row, key.text, key.size);
        return;
    }
    memcpy(digits, key.text, key.size);
    number = strtoll(digits, NULL, 10);
    memcpy(row, &number, sizeof number);
}

int key_column_write(struct key_column *k, struct tensor_writer *writer, int number,
                     struct err *err)
{
    const size_t bytes = key_bytes(key_column_width(k));
    const int64_t room = (int64_t)(BLOCK / bytes);
    char *rows = malloc((size_t)room * bytes);
    int result = rows ? begin_reading(k, err) : err_memory(err, "the ids", BLOCK);
    struct cell key;

    for (int64_t done = 0, some; result == 0 && done < k->rows; done += some) {
        some = k->rows - done < room ? k->rows - done : room;
        memset(rows, 0, (size_t)some * bytes);
        for (int64_t i = 0; i < some && result == 0; i++) {
            result = next(k, &key, err);
            if (result == 0)
                put(k, key, rows + (size_t)i * bytes);
        }
        if (result == 0)
            result = tensor_writer_append(writer, number, rows, some, err);
    }
    free(rows);
    return result;
}

void key_column_close(struct key_column *k)
{
    if (!k)
        return;
    spool_close(&k->spool);
    repeats_close(k->repeats);
    free(k);
}
