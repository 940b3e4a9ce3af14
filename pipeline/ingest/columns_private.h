#ifndef PIPELINE_COLUMNS_PRIVATE_H
#define PIPELINE_COLUMNS_PRIVATE_H

#include "columns.h"

/* What the steps of columns_decide() share. */

enum role { PIXEL, LABEL, ID, DROPPED };

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
