#ifndef PIPELINE_DATA_RANGE_H
#define PIPELINE_DATA_RANGE_H

#include "pipeline/base/err.h"
#include "pipeline/tensor/tensor.h"

/* The values that the pixels of a data set take: what scale they are on, and how bright the ground
 * is. Data sets and models record it, so that pictures on another scale are noticed. */

/* All channels together. Unknown, as in files of csvnet 0.1, or without any ink: all zero. */
struct data_range {
    double min, max, mean;
    double ground; /* mean of the four corners of each picture */
};

/* Pictures of one shape and type, and sums over those so far, which begin at 0. */
struct data_sums {
    int c, h, w;
    enum dtype pixel; /* DTYPE_U8 or DTYPE_F32 */
    int64_t rows;
    double min, max, sum, corners;
};

/* Adds images[count][c][h][w]. The same in pieces of any size. */
void data_sums_add(struct data_sums *sums, const void *images, int64_t count);
struct data_range data_sums_range(const struct data_sums *sums);

bool data_range_known(const struct data_range *range);
/* Returns what pixels are divided by to become 0 to 1, or -1 to 1: the power of two that is next to
 * the largest absolute value, from above or equal, but 255 in place of 256 up to there. 16 for 0 to
 * 16, 255 for bytes, 1 for what lies between 0.5 and 1; 1 if
 * it is unknown. */
double data_range_divisor(const struct data_range *range);

enum { DATA_RANGE_TEXT = 200 };
/* Tells whether the pictures of `here` are on another scale than those of `usual`, or have the
 * ground the other way round: then `text` says which, as the end of "the pictures are not like ...
 * but". Far from any doubt only: a scale ten times another, a ground at the other end. */
bool data_range_differs(const struct data_range *here, const struct data_range *usual,
                        char text[DATA_RANGE_TEXT]);

/* Adds metadata `pixels`, unless it is unknown. */
MUST_CHECK int data_range_add(json_t *meta, const char *path, const struct data_range *range,
                              struct err *err);
/* Reads it; unknown if the file has none. */
MUST_CHECK int data_range_read(struct data_range *range, const struct tensor_file *file,
                               struct err *err);

#endif
