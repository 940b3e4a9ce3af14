#ifndef PIPELINE_INGEST_H
#define PIPELINE_INGEST_H

#include "class_names.h"
#include "classes.h"
#include "columns.h"
#include "corrections.h"
#include "faults.h"
#include "hints.h"
#include "idx.h"
#include "key_column.h"
#include "paste.h"
#include "pictures.h"
#include "pipeline/dataset/same_pictures.h"
#include "pipeline/files/spool.h"

/* Conversion of a CSV, a pair of IDX files or a folder of pictures to a dataset/1 file. Memory does
 * not grow with the rows, but for the names of pictures. */

struct ingest_options {
    struct columns_options columns;
    struct pictures_options pictures;
    enum dtype pixel;    /* DTYPE_U8 or DTYPE_F32 */
    const char *like;    /* dataset/1 file that this one has to match, or NULL */
    const char *names;   /* CSV of the classes' display names, or NULL */
    const char *part_of; /* the first of several CSVs, of which this is one, or NULL: a header that
                            it lacks is that one's, and one class is enough */
    const char *labels;  /* CSV of the labels, if they are apart; its columns come first */
    const char *relabel, *without; /* CSVs of rows to label otherwise, to leave out; or NULL */
    char separator;                /* of fields; 0: found */
    int threads;                   /* 0: one */
    /* Options for tests: libcsv reads every row; bytes of the pieces that the fast lane works on,
     * 0: to fit the columns. The rows are the same. */
    bool plain;
    size_t piece;
};

struct ingest_idx {
    struct idx images, labels;
    unsigned char *image; /* one, as stored */
};

/* Decisions and findings; the caller may look at it at any time and changes nothing. */
struct ingest {
    struct columns columns;
    struct dataset_info info; /* classes and source: after ingest_finish() */
    struct classes classes;   /* in the order they were first seen, with rows of each */
    int64_t rows;
    int64_t number;   /* of the last row that was come to: those left out keep theirs */
    int64_t total;    /* rows that there are, 0: not known before the end */
    const char *name; /* of the input, for messages */
    const char *like_path, *names_path;
    struct dataset_info like;
    struct names names;
    struct corrections relabel, without; /* zeroed: none */
    int64_t relabelled, left_out;
    struct part_names part; /* path NULL: this is no part */

    int (*next)(struct ingest *ingest, struct err *err); /* ingest_next() by the kind of input */
    struct ingest_idx *idx;                              /* IDX files, or */
    struct ingest_pictures
        *pictures;        /* a folder, perhaps with a CSV, or else the next four: a CSV */
    struct faults faults; /* if there are any, nothing will be written */
    struct source *source;
    struct paste *paste; /* NULL, or what joins the source and the labels' */
    struct csv_reader *reader;
    struct csv_row row;
    bool row_waits;          /* the first row is data and was not taken yet */
    int *onehot_classes;     /* of columns.onehot[] */
    struct classes unwanted; /* some values of rows that --only leaves out */
    struct {
        bool seen, varies;
        double value;
    } rival;                  /* the pixel at columns.rival */
    struct ingest_lane *lane; /* NULL: not begun, or libcsv reads every row */
    struct workers *workers;
    int threads;
    bool plain;
    size_t piece;
    struct dataset_writer writer;
    struct dataset_chunk chunk; /* without labels and ids: they are set aside */
    int32_t *labels;            /* [chunk.room] numbers of classes */
    struct spool spool;
    struct key_column *ids, *groups; /* NULL: none */
    struct hints *hints;
    struct same_pictures *same; /* the data set to match is set 0, the one written the last */
    struct same_count repeated; /* pictures of earlier rows; known after the last row */
    struct same_count known;    /* pictures of the data set to match */
};

/* Opens `path` ("-": standard input) and decides by its first row which column is what. `inputs`
 * has to last until ingest_close(). */
MUST_CHECK int ingest_open(struct ingest *ingest, const char *path,
                           const struct ingest_options *options, struct inputs *inputs,
                           struct err *err);
/* Opens pictures and labels (or NULL) in IDX files. */
MUST_CHECK int ingest_open_idx(struct ingest *ingest, const char *images, const char *labels,
                               const struct ingest_options *options, struct inputs *inputs,
                               struct err *err);
/* Opens the folder options->pictures.folder, whose pictures the CSV `table` names; NULL: all of
 * them, and the folders in it are their classes. */
MUST_CHECK int ingest_open_pictures(struct ingest *ingest, const char *table,
                                    const struct ingest_options *options, struct inputs *inputs,
                                    struct err *err);
/* Prepares to write; takes `writer` over, also when it fails. */
MUST_CHECK int ingest_begin(struct ingest *ingest, struct tensor_writer *writer, struct err *err);
/* Converts some more rows: 1 there may be more, 0 it was the end, -1 error. A row that is refused
 * is no error yet: ingest->faults tells of it, and the next ones are still checked. */
MUST_CHECK int ingest_next(struct ingest *ingest, struct err *err);
/* Sorts the classes, writes the labels, commits. EX_DATAERR if a row was refused. */
MUST_CHECK int ingest_finish(struct ingest *ingest, const json_t *options,
                             const struct inputs *inputs, struct err *err);
/* Adds to ingest->faults what was wrong when one of these ended with EX_DATAERR. */
MUST_CHECK int ingest_add_error(struct ingest *ingest, const struct err *why, struct err *err);
void ingest_close(struct ingest *ingest);

#endif
