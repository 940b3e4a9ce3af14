#ifndef PIPELINE_INGEST_PRIVATE_H
#define PIPELINE_INGEST_PRIVATE_H

#include "ingest.h"

/* What reading a CSV and reading IDX files share. */

/* The options' other files: the data set to match, the classes' names. */
MUST_CHECK int ingest_open_others(struct ingest *in, const struct ingest_options *options,
                                  struct inputs *inputs, struct err *err);
/* Fills info from the columns. */
MUST_CHECK int ingest_describe(struct ingest *in, const char *path, enum dtype pixel,
                               struct err *err);
/* Writes the rows of in->chunk, and their labels to the spool; nothing once a row was refused. */
MUST_CHECK int ingest_write_chunk(struct ingest *in, struct err *err);

/* ---- csv_rows.c ---- */

/* Converts the next rows of a CSV: the waiting first row or up to a chunk of rows by libcsv, or a
 * piece of rows by the fast lane. 1 there may be more, 0 it was the end, -1 error. Rows that are
 * refused go to in->faults. */
MUST_CHECK int ingest_csv_next(struct ingest *in, struct err *err);

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

#endif
