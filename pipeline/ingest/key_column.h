#ifndef PIPELINE_KEY_COLUMN_H
#define PIPELINE_KEY_COLUMN_H

#include "pipeline/csv/cell.h"
#include "pipeline/dataset/dataset.h"
#include "pipeline/dataset/keys.h"

/* The values of a column of ids or groups, set aside in a scratch file until the last row tells
 * whether all are whole numbers and how long the longest is. */
struct key_column;

/* Returns the cell as an id, without the spaces around a number. false: empty, longer than
 * KEY_MOST, no plain UTF-8 text, or text with spaces around it. */
bool key_cell(struct cell found, struct cell *key);

/* Opens a column; the scratch files are in the folder of `path`, which is kept. unique: repeats are
 * looked for. */
MUST_CHECK int key_column_open(struct key_column **keys, const char *path, bool unique,
                               struct err *err);
/* Adds the value of the next row, from key_cell(). `line` is kept for messages. */
MUST_CHECK int key_column_add(struct key_column *keys, struct cell key, int64_t line,
                              struct err *err);

/* A value that an earlier row has. */
struct key_repeat {
    int64_t row, line, first_line;
    char text[KEY_TEXT];
};
enum { KEY_REPEATS = 10 };
/* Fills, after the last row of a unique column, list[] with the first repeats in the rows' order;
 * returns how many rows there are of them in all, or -1. */
MUST_CHECK int64_t key_column_repeats(struct key_column *keys, struct key_repeat list[KEY_REPEATS],
                                      struct err *err);
/* Returns 0 if all are whole numbers, else the bytes of the longest. */
int key_column_width(const struct key_column *keys);
/* Appends all rows to tensor `number`, which has that width. */
MUST_CHECK int key_column_write(struct key_column *keys, struct tensor_writer *writer, int number,
                                struct err *err);
void key_column_close(struct key_column *keys); /* NULL is fine */

#endif
