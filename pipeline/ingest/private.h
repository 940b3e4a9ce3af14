#ifndef PIPELINE_INGEST_PRIVATE_H
#define PIPELINE_INGEST_PRIVATE_H

#include "ingest.h"

/* Shared by reading a CSV and reading IDX files. */

/* Opens the options' other files: the data set to match, the classes' names. */
MUST_CHECK int ingest_open_others(struct ingest *in, const struct ingest_options *options,
                                  struct inputs *inputs, struct err *err);
/* Fills info from the columns. */
MUST_CHECK int ingest_describe(struct ingest *in, const char *path, enum dtype pixel,
                               struct err *err);
/* Takes note of the next rows as they will be written, for hints. labels[count] or NULL. */
MUST_CHECK int ingest_look_at(struct ingest *in, const int32_t *labels, const void *images,
                              int64_t count, struct err *err);
/* Names the label's column, or columns, as --label takes them. NULL: out of memory. */
char *ingest_label_name(const struct ingest *in);
/* Writes the rows of in->chunk, and their labels to the spool; nothing once a row was refused. */
MUST_CHECK int ingest_write_chunk(struct ingest *in, struct err *err);

/* ---- correct.c ---- */

/* Opens the options' lists of rows. */
MUST_CHECK int ingest_open_corrections(struct ingest *in, const struct ingest_options *options,
                                       struct inputs *inputs, struct err *err);
/* Fails, before the first row, if a list is of ids or labels and the data has none. */
MUST_CHECK int ingest_check_lists(const struct ingest *in, struct err *err);
/* Fails with EX_DATAERR if a list has another id for the row that is next, or that of rows to leave
 * out another label; text NULL: the row has none. */
MUST_CHECK int ingest_check_listed(const struct ingest *in, struct cell id, struct cell label,
                                   struct err *err);
/* Does so for the row of a CSV, in->row. */
MUST_CHECK int ingest_check_listed_row(const struct ingest *in, struct err *err);
/* Goes on to the next row, in->number. Tells whether it is left out. */
bool ingest_leaves_out(struct ingest *in);
/* Changes the row's label, a number of its class, that was counted, if it is to be another.
 * EX_DATAERR: it is not the one that the list says it has, or would become one of no class. */
MUST_CHECK int ingest_relabel(struct ingest *in, int32_t *label, struct err *err);
/* Fails, after the last row, with EX_DATAERR if a list names rows that there are not, or a label
 * that no row has. */
MUST_CHECK int ingest_end_corrections(struct ingest *in, struct err *err);
void ingest_close_corrections(struct ingest *in);

/* ---- csv_rows.c ---- */

/* Converts the next rows of a CSV: the waiting first row or up to a chunk of rows by libcsv, or a
 * piece of rows by the fast lane. 1 there may be more, 0 it was the end, -1 error. Rows that are
 * refused go to in->faults. */
MUST_CHECK int ingest_csv_next(struct ingest *in, struct err *err);

enum taking { TAKEN, REFUSED, FAILED = -1 }; /* FAILED: out of memory */

/* Adds the fault of the current row that `what` describes; what->text is the sentence without its
 * place. REFUSED, or FAILED. */
enum taking ingest_refuse(struct ingest *in, const struct fault *what, struct err *err);
/* The same for its number of fields, of which *why tells. */
enum taking ingest_refuse_width(struct ingest *in, const struct err *why, struct err *err);
/* Tells whether the current row has, in each column that --only names, one of the values given for
 * it. */
bool ingest_is_wanted(const struct ingest *in);
/* Keeps some values of the first column that --only names, to report them if no row is wanted. */
enum { ONLY_VALUES = 8 };
enum taking ingest_note_unwanted(struct ingest *in, struct err *err);
/* Takes the current row's label: the number of its class, which has a row more. */
enum taking ingest_take_label(struct ingest *in, int32_t *number, struct err *err);
/* Sets the current row's value in an id or group column aside. */
enum taking ingest_take_key(struct ingest *in, int column, struct key_column *keys,
                            struct err *err);

/* ---- onehot.c ---- */

/* Makes the columns of one-hot labels, if there are, classes. */
MUST_CHECK int ingest_open_onehot(struct ingest *in, struct err *err);

/* ---- fast_rows.c ---- */

/* Lets the rows after those that in->reader has read go through the fast lane. */
MUST_CHECK int ingest_lane_begin(struct ingest *in, struct err *err);
/* Says whether it still takes rows; if not, in->reader goes on after its last one. */
bool ingest_lane_takes(const struct ingest *in);
/* Converts a piece of rows: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int ingest_lane_next(struct ingest *in, struct err *err);
void ingest_lane_close(struct ingest *in);

/* ---- idx_rows.c ---- */

/* Opens as ingest_open_idx() does; after an error ingest_close() frees what was opened. */
MUST_CHECK int ingest_idx_open(struct ingest *in, const char *images, const char *labels,
                               const struct ingest_options *options, struct inputs *inputs,
                               struct err *err);
/* Converts up to a chunk of rows: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int ingest_idx_next(struct ingest *in, struct err *err);
void ingest_idx_close(struct ingest *in);

/* ---- picture_table.c ---- */

/* Reads the CSV at in->source, a picture's name in each row and perhaps its label, into
 * in->pictures->rows; rows that are refused go to in->faults. */
MUST_CHECK int ingest_picture_table(struct ingest *in, const struct ingest_options *options,
                                    struct err *err);

/* ---- picture_rows.c ---- */

/* Opens as ingest_open_pictures() does; after an error ingest_close() frees what was opened. */
MUST_CHECK int ingest_pictures_open(struct ingest *in, const char *table,
                                    const struct ingest_options *options, struct inputs *inputs,
                                    struct err *err);
/* Converts some more pictures: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int ingest_pictures_next(struct ingest *in, struct err *err);
void ingest_pictures_close(struct ingest *in);

#endif
