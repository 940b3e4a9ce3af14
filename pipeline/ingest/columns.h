#ifndef PIPELINE_COLUMNS_H
#define PIPELINE_COLUMNS_H

#include "pipeline/csv/first_row.h"
#include "pipeline/dataset/dataset.h"
#include "pixel_numbering.h"

/* Which column of a CSV is what: decided once, from its first row. */

/* What the user asked for. A column is given by its name or else its number from 1. */
struct columns_options {
    enum header_choice header;
    const char *label, *id; /* "none": there is none; NULL: told by the names */
    const char *group;      /* NULL: that of the data set to match, if it is there */
    const char *const *drop;
    int drop_count;
    int c, h, w;    /* 0: a square of one channel, or as the names say */
    bool transpose; /* pixels lie column by column */
};

struct columns {
    int count;
    bool header;
    char **names;         /* [count]; NULL without a header */
    int label, id, group; /* column from 0; -1: none */
    int pixels;           /* c*h*w */
    int c, h, w;
    bool transposed;
    int *position; /* [count] place of this column's pixel in the picture; -1: not a pixel */
    struct numbering numbering;
};

/* Reads CxHxW or HxW, each from 1 to 4096, into the options; -1 if the text is anything else. */
MUST_CHECK int columns_parse_shape(const char *text, struct columns_options *options);

/* Decides by the first row, the options, and, unless NULL, the data set `like` of the file
 * like_path that this one has to match. EX_DATAERR: what is not clear is refused, with the option
 * to say it. */
MUST_CHECK int columns_decide(struct columns *columns, const struct csv_reader *reader,
                              const struct csv_row *first, const struct columns_options *options,
                              const char *like_path, const struct dataset_info *like,
                              struct err *err);
void columns_free(struct columns *columns);

#endif
