#ifndef PIPELINE_DATA_STATS_H
#define PIPELINE_DATA_STATS_H

#include "dataset.h"

/* Figures of a data set, gathered chunk by chunk. */

struct channel_stats {
    double min, max, sum, square; /* sum and square of value - origin */
    double origin;                /* near the mean, so that their difference keeps its digits */
};

struct data_stats {
    int64_t rows, pixels; /* pixels of one channel, in all rows so far */
    int channels, classes;
    struct channel_stats *channel; /* [channels] */
    int64_t *class_rows;           /* [classes] rows whose largest share is the class's; NULL: no
                                      labels */
};

MUST_CHECK int data_stats_init(struct data_stats *stats, const struct dataset_info *info,
                               struct err *err);
void data_stats_add(struct data_stats *stats, const struct dataset_info *info,
                    const struct dataset_chunk *chunk);
void data_stats_free(struct data_stats *stats);

/* Return mean and deviation of one channel, or of all if it is -1; standard deviation with divisor
 * n. 0 for no rows. */
double data_stats_mean(const struct data_stats *stats, int channel);
double data_stats_std(const struct data_stats *stats, int channel);
double data_stats_min(const struct data_stats *stats, int channel);
double data_stats_max(const struct data_stats *stats, int channel);

#endif
