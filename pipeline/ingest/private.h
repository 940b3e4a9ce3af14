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

/* ---- ingest_rows.c ---- */

/* The waiting first row, or up to a chunk of rows by libcsv: 1 there may be more, 0 it was the end,
 * -1 error. Rows that are refused go to in->faults. */
MUST_CHECK int ingest_csv_rows(struct ingest *in, struct err *err);

/* ---- ingest_lane.c ---- */

/* The rows behind those that in->reader has read go through the fast lane. */
MUST_CHECK int ingest_lane_begin(struct ingest *in, struct err *err);
/* Whether it still takes rows; if not, in->reader goes on behind its last one. */
bool ingest_lane_takes(const struct ingest *in);
/* Converts a piece of rows: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int ingest_lane_next(struct ingest *in, struct err *err);
void ingest_lane_close(struct ingest *in);

/* ---- ingest_idx.c ---- */

/* Up to a chunk of rows: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int ingest_idx_rows(struct ingest *in, struct err *err);
void ingest_idx_close(struct ingest *in);

#endif
