#ifndef PIPELINE_READ_AHEAD_H
#define PIPELINE_READ_AHEAD_H

#include "dataset.h"
#include "pipeline/base/workers.h"

/* Chunks of a data set in their order; while one is worked on, a thread reads the next. */
struct read_ahead {
    struct dataset *dataset; /* not owned, and not to be read by others */
    struct workers *workers;
    struct job job;
    struct dataset_chunk chunks[2];
    int next;       /* index of the chunk that is being read */
    bool reading;   /* a job is submitted */
    int got;        /* result of dataset_next() for that chunk */
    struct err err; /* set if `got` is -1 */
};

/* Begins with the first chunk. Chunks are of `room` rows; with one thread, a chunk is read when it
 * is requested. */
MUST_CHECK int read_ahead_open(struct read_ahead *ahead, struct dataset *dataset, int64_t room,
                               int threads, struct err *err);
/* Gives the next chunk, which stays until the next call: 1 got it, 0 end, -1 error, as if nothing
 * had been read ahead. */
MUST_CHECK int read_ahead_next(struct read_ahead *ahead, const struct dataset_chunk **chunk,
                               struct err *err);
/* Ends; call before the data set is closed. A zeroed one is fine. */
void read_ahead_close(struct read_ahead *ahead);

#endif
