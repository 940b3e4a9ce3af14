/* The rows that a file begins with, all at hand at one time. */
#include "look.h"

#include <stdlib.h>
#include <string.h>

struct rooms {
    size_t text, text_used, fields, fields_used, rows;
};

/* Returns `old` with room for `size` more elements of `one` bytes after the `used`, *room in all;
 * NULL: out of memory, and `old` stands. */
static void *grow(void *old, size_t *room, size_t used, size_t size, size_t one, struct err *err)
{
    size_t wanted = 2 * used + size;
    void *new;

    if (used + size <= *room)
        return old;
    new = realloc(old, wanted * one);
    if (!new)
        err_memory(err, "the first rows", wanted * one);
    else
        *room = wanted;
    return new;
}

/* Keeps a row's text and fields as offsets, until nothing moves any more. */
static int keep(struct csv_look *look, struct rooms *r, const struct csv_row *row, struct err *err)
{
    const struct csv_field *last = &row->fields[row->count - 1];
    size_t size = (size_t)last->at + last->size + 1;
    char *text = grow(look->text, &r->text, r->text_used, size, 1, err);
    struct csv_field *fields;
    struct csv_row *rows;

    if (!text)
        return -1;
    look->text = text;
    fields =
        grow(look->fields, &r->fields, r->fields_used, (size_t)row->count, sizeof *fields, err);
    if (!fields)
        return -1;
    look->fields = fields;
    rows = grow(look->rows, &r->rows, (size_t)look->count, 1, sizeof *rows, err);
    if (!rows)
        return -1;
    look->rows = rows;
    memcpy(look->text + r->text_used, row->text, size);
    memcpy(look->fields + r->fields_used, row->fields, (size_t)row->count * sizeof *row->fields);
    look->rows[look->count++].count = row->count;
    r->text_used += size;
    r->fields_used += (size_t)row->count;
    return 0;
}

static void settle(struct csv_look *look)
{
    const char *text = look->text;
    const struct csv_field *fields = look->fields;

    for (int i = 0; i < look->count; i++) {
        struct csv_row *row = &look->rows[i];

        row->text = text;
        row->fields = fields;
        text += fields[row->count - 1].at + fields[row->count - 1].size + 1;
        fields += row->count;
    }
}

int csv_look_open(struct csv_look *look, struct csv_reader *reader, struct err *err)
{
    struct csv_reader *bytes = NULL;
    struct rooms rooms = {0};
    struct csv_row row;
    struct err damage;
    int failed = 0, got;

    *look = (struct csv_look){0};
    if (csv_reader_open_begin(&bytes, reader, &look->all, err))
        return -1;
    while (!failed && (got = csv_reader_next(bytes, &row, &damage)) != 0) {
        if (got < 0 && damage.status == EX_DATAERR)
            break; /* the reader reports it when it comes there */
        failed = got < 0 ? -1 : keep(look, &rooms, &row, err);
        if (got < 0)
            *err = damage;
    }
    csv_reader_close(bytes);
    settle(look);
    if (failed)
        csv_look_close(look);
    return failed;
}

void csv_look_close(struct csv_look *look)
{
    free(look->rows);
    free(look->text);
    free(look->fields);
    *look = (struct csv_look){0};
}
