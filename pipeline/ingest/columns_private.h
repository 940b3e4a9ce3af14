#ifndef PIPELINE_COLUMNS_PRIVATE_H
#define PIPELINE_COLUMNS_PRIVATE_H

#include "columns.h"

/* What the steps of columns_decide() share. */

enum role { PIXEL, LABEL, ID, GROUP, DROPPED };

struct decision {
    struct columns *columns;
    const struct csv_reader *reader;
    const struct columns_options *options;
    const char *like_path;
    const struct dataset_info *like; /* or NULL */
    enum role *roles;                /* [count] */
    int *pixel_columns;              /* [pixels] */
    char **pixel_names;              /* [pixels], not owned; NULL without a header */
    int *order;                      /* [pixels] place in the picture */
    struct err *err;
};

/* ---- columns.c ---- */

/* Finds out whether there is a header, and its names. */
MUST_CHECK int columns_take_names(struct decision *d, const struct csv_row *first);
MUST_CHECK int columns_drop(struct decision *d);
/* Gives a role to the column that `value` names or else one called as in the data set to match or
 * by one of `words` (NULL at the end); *column is -1 if there is none. */
MUST_CHECK int columns_choose(struct decision *d, const char *option, const char *value,
                              const char *const *words, const char *as_in_like, enum role role,
                              int *column);
MUST_CHECK int columns_choose_label(struct decision *d);
MUST_CHECK int columns_choose_group(struct decision *d);

/* ---- columns_order.c ---- */

/* Fills order[], by the names or as in the data set to match. */
MUST_CHECK int columns_order(struct decision *d);
MUST_CHECK int columns_shape(struct decision *d);
/* Places in file order become places in the picture: fills columns->position[]. With names in both
 * files, the data set to match has said it all already, transposed or not. */
void columns_place(struct decision *d);
/* The side of a square of n pixels, 0: there is none. */
int columns_square(int n);

#endif
