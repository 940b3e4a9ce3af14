#ifndef PIPELINE_LANE_H
#define PIPELINE_LANE_H

#include "classes.h"
#include "columns.h"
#include "key_column.h"

/* The fast lane: lines of a CSV straight into pictures, without libcsv. It takes a line only if it
 * is sure of it, and then gives what libcsv and the grammar of cells (cell.h) would give. Not its
 * own are lines with a quote, a NUL or a carriage return that no line feed follows, blank lines,
 * and whatever is to be refused. */
struct lane {
    enum dtype pixel; /* DTYPE_U8 or DTYPE_F32 */
    int pixels;
    bool labelled;
    size_t shortest;             /* bytes of the shortest line that can be taken, without its end */
    const int *place;            /* [pixels] in the picture, by file order; NULL: the same order */
    const struct classes *known; /* the only labels that are taken, or NULL: any */
    struct lane_span *spans;     /* neighbouring columns of one kind, in file order */
    int span_count;
    int *places; /* holds place[] */
};

/* Rows that lines become: row i's picture, label and id are the i-th. The buffers are the caller's,
 * each needed if the columns have such. */
struct lane_rows {
    int64_t count, room;
    void *images;           /* [room][pixels] */
    void *in_file_order;    /* [pixels], if lane->place */
    int32_t *labels;        /* [room] numbers in lane->known, or else in `classes` */
    struct cell *ids;       /* [room] in the text */
    struct cell *groups;    /* likewise */
    struct classes classes; /* as first seen; their line is the row's number here, from 0 */
};

/* Bytes after the text that the lane may read, whatever they are. */
enum { LANE_PADDING = 16 };

/* Prepares for rows of `columns` with pixels of type `pixel`; `known` as above, kept. */
MUST_CHECK int lane_init(struct lane *lane, const struct columns *columns, enum dtype pixel,
                         const struct classes *known, struct err *err);
void lane_free(struct lane *lane);

/* Takes the first line of text[size], which begins a row, into rows->...[count++]. The text's end
 * counts as the end of a line. Returns the bytes taken, its line end included; 0: the line is not
 * the lane's, nothing has changed. size is not 0; the byte after it is NUL. Any number of threads
 * may use one lane, each with rows of its own. */
size_t lane_row(const struct lane *lane, const char *text, size_t size, struct lane_rows *rows);

#endif
