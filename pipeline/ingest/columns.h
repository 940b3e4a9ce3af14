#ifndef PIPELINE_COLUMNS_H
#define PIPELINE_COLUMNS_H

#include "pipeline/csv/first_row.h"
#include "pipeline/csv/look.h"
#include "pipeline/dataset/dataset.h"
#include "pixel_numbering.h"

/* Roles of a CSV's columns: decided once, from its first rows. */

enum channel_order { CHANNELS_AUTO, CHANNELS_FIRST, CHANNELS_LAST };

/* Requests of the user. A column is given by its name or else its number from 1, @N: only its
 * number. Where several can be: also a range 3-6 of either, and commas between. */
struct columns_options {
    enum header_choice header;
    /* "none": there is none; NULL: told by the names. Several columns as label: each row has a 1 in
     * that of its class, and else 0. */
    const char *label, *id;
    const char *group; /* NULL: that of the data set to match, if it is there */
    const char *const *drop;
    int drop_count;
    const char *const *only; /* COLUMN=VALUE: other rows are left out */
    int only_count;
    int c, h, w;                   /* 0: a square of one channel, or as the names say */
    enum channel_order channels;   /* CHANNELS_LAST: a pixel's channels lie together */
    bool transpose;                /* pixels lie column by column */
    const struct part_names *part; /* the header of the first of several CSVs, or NULL */
};

/* The first row of the CSV whose part another one is. */
struct part_names {
    const char *path;
    char **names; /* [count]; NULL: it has no header */
    int count;
};

/* Rows with this value are taken, or with another that is given for the same column. */
struct only {
    int column;
    const char *value;
};

struct columns {
    int count;
    bool header;          /* there are names, or a first row that is left out */
    bool lent;            /* the header is that of the first part, and the first row is data */
    bool named;           /* the header has names; else it is a picture to be left out */
    char **names;         /* [count]; NULL without a header */
    int label, id, group; /* column from 0; -1: none */
    int *onehot;          /* [onehot_count] the label's columns, if one-hot; label is the first */
    int onehot_count;
    int rival;  /* -1, or what may be the label in place of `label` unless it is always the same */
    int pixels; /* c*h*w */
    int c, h, w;
    bool transposed, interleaved;
    bool reordered; /* by the names */
    int *position;  /* [count] place of this column's pixel in the picture; -1: not a pixel */
    int cell;       /* the column whose cells hold all pixels of a picture; -1: none */
    int *places;    /* [pixels] of such a cell's values */
    struct only *only;
    int only_count;
    struct numbering numbering;
};

/* Reads CxHxW, HxWxC or HxW, each from 1 to 4096, into the options, by options->channels. Of three
 * numbers, 1, 3 or 4 are the channels if it is clear. -1: the text is anything else; -2: it is not
 * clear. */
MUST_CHECK int columns_parse_shape(const char *text, struct columns_options *options);

/* Decides by the first row, which is the first of those looked at, the options, and, unless NULL,
 * the data set `like` of the file like_path that this one has to match. EX_DATAERR: what is not
 * clear is refused, with the option to say it. */
MUST_CHECK int columns_decide(struct columns *columns, const struct csv_reader *reader,
                              const struct csv_look *look, const struct csv_row *first,
                              const struct columns_options *options, const char *like_path,
                              const struct dataset_info *like, struct err *err);
void columns_free(struct columns *columns);

/* Names that columns of labels have, and, NULL at the end, those of ids and of pictures' files. */
bool columns_is_label_name(struct cell name);
bool columns_is_id_name(struct cell name);
extern const char *const columns_id_words[];

#endif
