#ifndef PIPELINE_BY_ID_H
#define PIPELINE_BY_ID_H

#include "pipeline/csv/reader.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/predictions.h"

/* Predicted rows, found by their ids. Ids, probabilities and labels lie in a scratch file; in
 * memory are 17 bytes a row. */
struct by_id;

/* Makes room for predictions->n rows; the scratch file is in the folder of `path`, which is kept.
 */
MUST_CHECK int by_id_open(struct by_id **by_id, const struct predictions *predictions,
                          const char *path, struct err *err);
MUST_CHECK int by_id_add(struct by_id *by_id, const struct predictions_chunk *chunk,
                         struct err *err);
/* Sorts, after the last row. EX_DATAERR if two rows have one id. */
MUST_CHECK int by_id_sort(struct by_id *by_id, struct err *err);
/* Does all of that with the rows of a file, which are read from the first on through the chunk. */
MUST_CHECK int by_id_read(struct by_id **by_id, struct predictions *predictions,
                          struct predictions_chunk *chunk, const char *path, struct err *err);
/* Tells whether there is a row with this id, by which by_id_find() finds it. */
bool by_id_has(const struct by_id *by_id, const char *id, size_t size);
/* Fills probabilities[class_count] of the row with this id, which the reader's row has first: a
 * text, or another spelling of the same number. 1 found, 0 there is no such id, -1 error.
 * EX_DATAERR if its row was found before. */
MUST_CHECK int by_id_find(struct by_id *by_id, const struct csv_reader *reader, const char *id,
                          size_t size, float *probabilities, struct err *err);
/* Fills row `i` of `to`, which has room, with the row that has the id of row `i` of `like`, an id
 * of the same width: 1 found, 0 there is none, -1 error. */
MUST_CHECK int by_id_take(struct by_id *by_id, const struct predictions_chunk *like, int64_t i,
                          struct predictions_chunk *to, struct err *err);
/* Counts the rows that were never found; of the first one *row (from 1) and the id. -1: error. */
MUST_CHECK int64_t by_id_left(struct by_id *by_id, int64_t *row, char id[KEY_TEXT],
                              struct err *err);
void by_id_close(struct by_id *by_id); /* NULL is fine */

#endif
