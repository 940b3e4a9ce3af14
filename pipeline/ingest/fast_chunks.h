#ifndef PIPELINE_PIECES_H
#define PIPELINE_PIECES_H

#include "fast_line.h"
#include "pipeline/base/workers.h"
#include "pipeline/files/source.h"

/* The rest of a CSV, cut at line ends into pieces, each of which goes through the fast lane in some
 * worker: cut in the hope that every line feed ends a row. It does as long as the lane has taken
 * all lines so far; the piece in which it did not tells how far it came. Beyond one thread, one
 * more reads and decompresses ahead. */
struct pieces;

struct piece {
    const char *text;
    size_t size, taken;     /* bytes; of which the lane took so many, whole lines */
    struct lane_rows *rows; /* that it made of them */
};

struct pieces_options {
    size_t bytes; /* of a piece, at least a line for the lane to take any; 0: to fit the columns */
    const char *begin; /* bytes that were read from the source before, and are copied */
    size_t begin_size;
};

/* Keeps pointers to all but the options. Only the pieces read from `source` until pieces_close().
 */
MUST_CHECK int pieces_open(struct pieces **pieces, struct source *source, const struct lane *lane,
                           struct workers *workers, const struct pieces_options *options,
                           struct err *err);
/* Returns the most rows of a piece. */
int64_t pieces_room(const struct pieces *pieces);
/* Gets the next piece: 1 got it, valid until the next call; 0 end; -1 error. A piece that holds no
 * whole line, or after which reading failed, is one of which the lane took nothing. */
MUST_CHECK int pieces_next(struct pieces *pieces, struct piece *piece, struct err *err);
/* Gives the plain text from byte `from` of the last piece on, for csv_reader_go_on(): switches the
 * lane off. */
void pieces_leave_lane(struct pieces *pieces, size_t from);
int64_t pieces_read(void *pieces, void *buffer, size_t size, struct err *err);

/* Closes; NULL is fine. Does not wait for the source. */
void pieces_close(struct pieces *pieces);

#endif
