/* Pictures to look at: pixels of any range as 8 bits a channel. */
#include "picture.h"

#include <stdlib.h>

struct pixel_range picture_range(enum dtype pixel, double min, double max)
{
    enum { DARK = 64 };

    if (pixel == DTYPE_U8)
        return (struct pixel_range){0, max > 0 && max < DARK ? max : 255};
    if (min >= 0 && max <= 1)
        return (struct pixel_range){0, 1};
    return (struct pixel_range){min, max};
}

int picture_init(struct picture *picture, int w, int h, int channels, struct err *err)
{
    *picture = (struct picture){w, h, channels, calloc((size_t)w * h, (size_t)channels)};
    if (!picture->pixels)
        return err_memory(err, "a picture", (unsigned long long)w * h * channels);
    return 0;
}

int picture_channels(const struct dataset_info *info)
{
    return info->c == 3 ? 3 : 1;
}

static uint8_t shade(double value, struct pixel_range range)
{
    const double share = (value - range.black) / (range.white - range.black);

    if (!(share > 0)) /* also where all pixels are alike */
        return 0;
    return share < 1 ? (uint8_t)(share * 255 + 0.5) : 255;
}

int picture_of_row(struct picture *picture, const struct dataset_info *info, const void *images,
                   int64_t row, struct pixel_range range, struct err *err)
{
    const size_t plane = (size_t)info->h * info->w, first = (size_t)row * info->c * plane;
    const size_t channels = (size_t)picture_channels(info);
    const uint8_t *u8 = (const uint8_t *)images + first;
    const float *f32 = (const float *)images + first;

    if (picture_init(picture, info->w, info->h, (int)channels, err))
        return -1;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < plane; i++) {
            const size_t from = c * plane + i;
            const double value = info->pixel == DTYPE_U8 ? u8[from] : (double)f32[from];

            picture->pixels[i * channels + c] = shade(value, range);
        }
    return 0;
}

void picture_free(struct picture *picture)
{
    free(picture->pixels);
    *picture = (struct picture){0};
}
