#ifndef PIPELINE_PICTURE_H
#define PIPELINE_PICTURE_H

#include "pipeline/dataset/dataset.h"

/* Pictures to look at: 8 bits a channel. */
struct picture {
    int w, h, channels; /* 1: gray, 3: red, green, blue */
    uint8_t *pixels;    /* [h][w][channels], owned */
};

/* Values shown as black and as white; between them linearly, beyond them clamped. */
struct pixel_range {
    double black, white;
};

/* Returns a range for data whose pixels go from min to max: 0..255 for U8, but 0..max where no
 * pixel reaches 64 (digits of 4 bits); 0..1 for F32 within it, else min..max. */
struct pixel_range picture_range(enum dtype pixel, double min, double max);

/* Makes a black picture; picture_free() frees it. */
MUST_CHECK int picture_init(struct picture *picture, int w, int h, int channels, struct err *err);
/* Channels in which data of shape info->c x h x w is shown: 3 of 3, else the first alone. */
int picture_channels(const struct dataset_info *info);
/* Makes the picture of row `row` (from 0) of images [n][c][h][w], U8 or F32 as info->pixel says. */
MUST_CHECK int picture_of_row(struct picture *picture, const struct dataset_info *info,
                              const void *images, int64_t row, struct pixel_range range,
                              struct err *err);
void picture_free(struct picture *picture);

#endif
