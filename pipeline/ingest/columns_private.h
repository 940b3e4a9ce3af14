#ifndef PIPELINE_COLUMNS_PRIVATE_H
#define PIPELINE_COLUMNS_PRIVATE_H

#include "columns.h"

#include <math.h>

/* Shared by the steps of columns_decide(). */

enum role { PIXEL, LABEL, ID, GROUP, DROPPED, DROPPED_AMONG_OTHERS };

struct decision {
    struct columns *columns;
    const struct csv_reader *reader;
    const struct csv_look *look;
    const struct columns_options *options;
    const char *like_path;
    const struct dataset_info *like; /* or NULL */
    bool names_first;                /* a name is meant where it is another column's number, too */
    bool own_header;                 /* of a part: another row than that of the first part */
    enum role *roles;                /* [count] */
    int *sequence;                   /* [count] columns as they stand in the first part; or NULL */
    int *pixel_columns;              /* [pixels] */
    char **pixel_names;              /* [pixels], not owned; NULL without names */
    int *order;                      /* [pixels] place in the picture */
    struct err *err;
};

/* Returns the first row of data among those looked at. */
static inline int first_data_row(const struct decision *d)
{
    return d->columns->header && !d->columns->lent;
}

/* Returns the side of a square of n pixels, 0: there is none. */
static inline int columns_square(int n)
{
    int side = (int)lround(sqrt((double)n));

    return n > 0 && (long long)side * side == n ? side : 0;
}

/* ---- columns.c ---- */

MUST_CHECK int columns_drop(struct decision *d);
/* Gives a role to the column that `value` names or else one called as in the data set to match or
 * by one of `words` (NULL at the end); *column is -1 if there is none. */
MUST_CHECK int columns_choose(struct decision *d, const char *option, const char *value,
                              const char *const *words, const char *as_in_like, enum role role,
                              int *column);
MUST_CHECK int columns_choose_label(struct decision *d);
MUST_CHECK int columns_choose_group(struct decision *d);

/* ---- columns_header.c ---- */

/* Finds out whether there is a header, and its names. */
MUST_CHECK int columns_take_names(struct decision *d, const struct csv_row *first);
/* Tells whether --drop names columns of the first part, where this part has a header of its own. */
bool columns_part_drops(const struct decision *d, const char *text);
/* Compares the columns that are not dropped with the first part's, and fills sequence[]. */
MUST_CHECK int columns_part_match(struct decision *d);

/* ---- columns_named.c ---- */

/* Marks the columns that an option's value names in in[count], returns how many, or -1. */
MUST_CHECK int columns_set(const struct decision *d, const char *option, const char *text,
                           bool *in);
/* Writes a column as options take it. Returns `text`. */
static inline const char *columns_text(const struct decision *d, int column, char text[COLUMN_TEXT])
{
    return header_column(d->columns->names, d->columns->count, column, text);
}
/* Returns the one column it names, or -1. */
MUST_CHECK int columns_find(const struct decision *d, const char *option, const char *text);
/* Fills columns->only. */
MUST_CHECK int columns_only(struct decision *d);

/* ---- columns_ask.c ---- */

enum { SET_TEXT = 200 };

/* Tells whether in[count] are one-hot columns, by all rows looked at. */
bool columns_are_onehot(const struct decision *d, const bool *in);
/* Writes in[] as an option takes it: "1-2,4". Returns `text`. */
const char *columns_set_text(const struct decision *d, const bool *in, char text[SET_TEXT]);
/* Refuses `count` columns in[] that are nothing so far, as the formatted text says, and names all
 * options that would take them; returns -1. */
int columns_ask(const struct decision *d, const bool *in, int count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- columns_look.c ---- */

/* Makes the column whose cells hold whole pictures, if there is one, columns->cell. */
MUST_CHECK int columns_cell(struct decision *d);
/* Makes, without names, the first or the last column the label, if one of them has to be and only
 * one can. */
MUST_CHECK int columns_nameless_label(struct decision *d);
/* Counts, without names, the last columns that are one-hot if those before make a square; or 0. */
int columns_onehot_at_end(const struct decision *d);

/* ---- columns_order.c ---- */

/* Fills order[], by the names or as in the data set to match. */
MUST_CHECK int columns_order(struct decision *d);
MUST_CHECK int columns_shape(struct decision *d);
/* Places in file order become places in the picture: fills columns->position[] or ->places[]. With
 * names in both files, the data set to match has said it all already, transposed or not. */
MUST_CHECK int columns_place(struct decision *d);

#endif
