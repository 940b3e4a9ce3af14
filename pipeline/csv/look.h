#ifndef PIPELINE_LOOK_H
#define PIPELINE_LOOK_H

#include "cell.h"
#include "reader.h"

/* The rows that a file begins with, before any is read: those in its first 256 KiB, up to the first
 * that is no row. */
struct csv_look {
    struct csv_row *rows; /* [count] */
    int count;
    bool all; /* the file has no more */
    char *text;
    struct csv_field *fields;
};

/* Looks ahead, before the reader's first row, which is rows[0]. */
MUST_CHECK int csv_look_open(struct csv_look *look, struct csv_reader *reader, struct err *err);
void csv_look_close(struct csv_look *look);

static inline struct cell csv_cell(const struct csv_row *row, int column)
{
    const struct csv_field *field = &row->fields[column];

    return (struct cell){csv_text(row, column), field->size, field->quoted};
}

#endif
