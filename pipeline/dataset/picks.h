#ifndef PIPELINE_PICKS_H
#define PIPELINE_PICKS_H

#include "dataset.h"
#include "predictions.h"

/* Rows of a file that somebody wants to look at, taken out of its stream of rows. A row is named by
 * its number in the source, as in messages and in the tensor `rows`: of a part of train.csv not
 * every number is there. */

enum { PICKS_MOST = 10000 }; /* rows at a time */

struct pick_range {
    int64_t first, last;
    int64_t found; /* rows of it seen so far */
};
struct picks {
    int64_t random; /* above 0: so many at random, drawn by picks_begin() */
    uint64_t seed;
    bool by_place;             /* ranges count the rows of the file, from 1, not the source's */
    struct pick_range *ranges; /* [count] ascending, apart */
    int count;
    struct pick_range
        *given; /* [given_count] as they were parsed; NULL: in no order of their own */
    int given_count;
    int at; /* the range that the stream has reached */
    int64_t place, taken;
};

/* Parses "1-10", "3,17,20-25", "random:10" or "random:10:SEED". EX_USAGE. */
MUST_CHECK int picks_parse(struct picks *picks, const char *text, struct err *err);
/* Picks the first `count` rows of the file, or all if it has fewer. */
MUST_CHECK int picks_first(struct picks *picks, int64_t count, struct err *err);
/* Picks rows by their numbers in the source, in any order, each once. */
MUST_CHECK int picks_numbers(struct picks *picks, const int64_t *numbers, int count,
                             struct err *err);
void picks_free(struct picks *picks);

/* Begins a pass over a file of n rows: draws what is random, by Philox. EX_DATAERR if the file has
 * not so many. */
MUST_CHECK int picks_begin(struct picks *picks, const char *path, int64_t n, struct err *err);
/* Tells, for every row of the file in turn, whether it is wanted. `number`: what `rows` says of it.
 */
bool picks_next(struct picks *picks, int64_t number);
/* Ends the pass. EX_DATAERR if of one of the ranges not a single row was there. */
MUST_CHECK int picks_end(const struct picks *picks, const char *path, int64_t last_row,
                         struct err *err);
/* Returns, after the pass, the number of rows requested by their numbers; 0 if by place or at
 * random. Those that are there are picks->taken. */
int64_t picks_requested(const struct picks *picks);
/* Orders the picked rows, numbers[count] as the file has them, as they were requested: order[i] is
 * the place among them of what comes at place i. */
MUST_CHECK int picks_order(const struct picks *picks, const int64_t *numbers, int count, int *order,
                           struct err *err);
/* Returns the most rows that a pass can take. */
int64_t picks_room(const struct picks *picks, int64_t n);

/* Makes room in *picked for the rows wanted, after picks_begin(); dataset_chunk_free() frees it.
 * EX_USAGE if these are more than PICKS_MOST, or more than 64 MiB. */
MUST_CHECK int picks_dataset_room(const struct picks *picks, const struct dataset *dataset,
                                  struct dataset_chunk *picked, struct err *err);
/* Appends to *picked the wanted ones of the chunk's rows. */
void picks_from_dataset(struct picks *picks, const struct dataset *dataset,
                        const struct dataset_chunk *chunk, struct dataset_chunk *picked);

/* Does the same for predictions. */
MUST_CHECK int picks_predictions_room(const struct picks *picks,
                                      const struct predictions *predictions,
                                      struct predictions_chunk *picked, struct err *err);
void picks_from_predictions(struct picks *picks, const struct predictions *predictions,
                            const struct predictions_chunk *chunk,
                            struct predictions_chunk *picked);
/* Does a pass of its own: begin, room, all chunks, end. On failure *picked, zeroed before, is so
 * again. */
MUST_CHECK int picks_read_predictions(struct picks *picks, struct predictions *predictions,
                                      struct predictions_chunk *picked, struct err *err);

#endif
