#ifndef CMD_SHOW_ROWS_H
#define CMD_SHOW_ROWS_H

#include "pipeline/picture/picture.h"
#include "pipeline/predict/why.h"
#include "show.h"

/* Rows of a data set as they are shown: pictures with what they are, and were taken for. */
struct shown_rows {
    const struct dataset_info *info;
    const struct dataset_chunk *rows;
    const float *probabilities; /* [rows->count][classes.count]; NULL: not requested */
    struct class_list classes;
    const int *order; /* [rows->count] numbers of rows in the order in which they are shown */
    struct pixel_range range;
    const struct why *why; /* [rows->count]; NULL: not requested */
    int epochs; /* above 0: each row is there as it is seen in so many epochs, one after another */
};

/* Draws them on standard output. */
MUST_CHECK int rows_draw(const struct shown_rows *shown, const struct terminal *terminal,
                         struct err *err);
/* Prints the numbers of each picture as a grid, channel by channel. */
void rows_print_values(const struct shown_rows *shown);
/* Writes the contact sheet; `inputs`, what it is made from, are not to be overwritten. */
MUST_CHECK int rows_write_png(const struct shown_rows *shown, const char *path,
                              const struct inputs *inputs, struct err *err);
json_t *rows_json(const struct shown_rows *shown, bool values);

#endif
