#ifndef PIPELINE_SHARDS_H
#define PIPELINE_SHARDS_H

#include "class_names.h"
#include "pipeline/dataset/dataset.h"
#include "pipeline/dataset/same_pictures.h"

/* The making of a list of shards: data sets that are, one after the other, one. What they have to
 * share is compared, what only all of them know is put together: the classes, how long ids are, the
 * pixels' range, and the digest, which is that of one file with all rows. */
struct shards {
    struct dataset_info info; /* of all */
    int64_t rows, done;       /* in all; gone through by shards_next() */
    int64_t *class_rows;      /* [info.class_count]; complete at the end */
    struct same_count repeated; /* pictures of earlier rows; known at the end */
    struct tensor_shard *list;
    int count;

    struct tensor_file *file; /* all of them */
    struct tensor_cursor *images, *labels; /* labels NULL: there are none */
    struct data_sums sums;
    struct same_pictures *same;
    struct dataset_chunk block; /* [room] images, and labels */
    int32_t *classes;           /* [room] of these rows */
    struct names names;
};

/* Opens the data sets paths[count] as shards of the list `path`; names: a CSV of the classes'
 * display names, or NULL. EX_DATAERR, with the two files' names and what differs, unless they are
 * of one shape, with the same columns. */
MUST_CHECK int shards_open(struct shards *shards, const char *path, char *const *paths, int count,
                           const char *names, struct inputs *inputs, struct err *err);
/* Reads some more rows for what is known last: 1 there may be more, 0 it was the end, -1. */
MUST_CHECK int shards_next(struct shards *shards, struct err *err);
/* Writes the list. EX_DATAERR: an id is there twice. `writer` stays the caller's. */
MUST_CHECK int shards_finish(struct shards *shards, struct tensor_writer *writer,
                             const json_t *options, const struct inputs *inputs, struct err *err);
void shards_close(struct shards *shards);

#endif
