#ifndef PIPELINE_READ_AHEAD_H
#define PIPELINE_READ_AHEAD_H

#include "dataset.h"
#include "nn/nn.h"

/* Chunks of a data set in their order; while one is worked on, a thread of the pool reads the next.
 */
struct read_ahead {
    struct dataset *dataset; /* not owned, and not to be read by others */
    struct nn_pool *pool;    /* not owned, and not to be given other work beside */
    struct dataset_chunk chunks[2];
    int next;       /* which of them is being read */
    bool reading;   /* nn_pool_join() is due */
    int got;        /* what dataset_next() said of it */
    struct err err; /* if that was -1 */
};

/* Begins with the first chunk. Chunks are of `room` rows; with one thread, a chunk is read when it
 * is asked for. */
MUST_CHECK int read_ahead_open(struct read_ahead *ahead, struct dataset *dataset, int64_t room,
                               struct nn_pool *pool, struct err *err);
/* The next chunk, which stays until the next call: 1 got it, 0 end, -1 error, as if nothing had
 * been read ahead. */
MUST_CHECK int read_ahead_next(struct read_ahead *ahead, const struct dataset_chunk **chunk,
                               struct err *err);
/* Before the data set and the pool go. A zeroed one is fine. */
void read_ahead_close(struct read_ahead *ahead);

#endif
