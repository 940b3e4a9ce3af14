#ifndef TESTS_AUGMENTED_H
#define TESTS_AUGMENTED_H

/* Pictures that the suites of augmentation change, and how they have them changed. */
#include "nn/augment/augment.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MUST_PARSE(augment, description)                                                           \
    ck_assert_int_eq(nn_augment_parse(augment, description, &error), 0)

enum { MOST = 3 * 40 * 40, ROWS = 40, CLASSES = 3 };

static const struct nn_shape shapes[] = {{1, 28, 28}, {3, 32, 32}, {1, 1, 1},  {1, 2, 3},
                                         {2, 17, 33}, {1, 33, 16}, {3, 9, 40}, {1, 40, 15}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const struct change none = {.scale = {1, 1}};
static const struct nn_random any = {5, NN_RANDOM_AUGMENT, 2};
static const float ground[] = {7, 200, 33};

/* Random pictures, as bytes and as the same numbers. */
static struct pictures {
    uint8_t u8[ROWS * MOST];
    float f32[ROWS * MOST];
} pictures;

static inline void draw_pictures(void)
{
    const struct nn_random random = {9, 0, 0};

    for (size_t i = 0; i < ROWS * MOST; i++) {
        pictures.u8[i] = (uint8_t)nn_random_below(&random, i, 256);
        pictures.f32[i] = pictures.u8[i];
    }
}

static inline struct nn_data data_of(bool u8)
{
    return (struct nn_data){
        .n = ROWS, .u8 = u8 ? pictures.u8 : NULL, .f32 = u8 ? NULL : pictures.f32};
}

static inline struct nn_augmenter *augmenter_of(const char *description, struct nn_shape shape,
                                                int slots)
{
    struct nn_augment augment = {0};
    struct nn_error error = {.text = ""};
    struct nn_augmenter *augmenter;

    if (*description)
        ck_assert_msg(nn_augment_parse(&augment, description, &error) == 0, "%s", error.text);
    augment.background = ground;
    augmenter = nn_augmenter_new(&augment, shape, slots);
    ck_assert_ptr_nonnull(augmenter);
    return augmenter;
}

static inline int area_of(struct nn_shape s)
{
    return s.c * s.h * s.w;
}

/* Number i of a picture that is bytes or floats. */
static inline float value_at(const void *picture, bool u8, int i)
{
    return u8 ? ((const uint8_t *)picture)[i] : ((const float *)picture)[i];
}

/* Of augmenters for pictures as large as data's. */
static inline const void *augment_row(const struct nn_augmenter *augmenter, struct nn_shape shape,
                                      int slot, uint64_t seed, int epoch,
                                      const struct nn_data *data, int64_t row)
{
    const ptrdiff_t at = (ptrdiff_t)row * area_of(shape);

    return nn_augment_picture(augmenter, slot, seed, epoch, row,
                              data->u8 ? (const void *)(data->u8 + at) : data->f32 + at,
                              data->u8 != NULL);
}

#endif
