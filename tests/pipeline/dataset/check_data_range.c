#include "pipeline/dataset/data_range.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_data_range(void);

START_TEST(range_mean_and_ground_are_those_of_all_pictures)
{
    static const uint8_t u8[2][6] = {{9, 200, 1, 3, 77, 5}, {0, 4, 0, 2, 8, 250}};
    static const float f32[1][8] = {{-1, 2, 3, 4, 0.5f, 0.25f, 0.125f, 10}};
    struct data_sums sums = {.c = 1, .h = 2, .w = 3, .pixel = DTYPE_U8};
    struct data_range r;

    data_sums_add(&sums, u8[0], 1);
    data_sums_add(&sums, u8[1], 1);
    r = data_sums_range(&sums);
    ck_assert_double_eq(r.min, 0);
    ck_assert_double_eq(r.max, 250);
    ck_assert_double_eq(r.mean, 559 / 12.0);
    ck_assert_double_eq(r.ground, (9 + 1 + 3 + 5 + 0 + 0 + 2 + 250) / 8.0);
    sums = (struct data_sums){.c = 2, .h = 2, .w = 2, .pixel = DTYPE_F32};
    data_sums_add(&sums, f32, 1);
    r = data_sums_range(&sums);
    ck_assert_double_eq(r.min, -1);
    ck_assert_double_eq(r.max, 10);
    ck_assert_double_eq(r.mean, 18.875 / 8);
    ck_assert_double_eq(r.ground, 18.875 / 8);
}
END_TEST

START_TEST(large_pictures_of_bytes_are_measured_whole)
{
    enum { SIDE = 97 };
    static uint8_t picture[SIDE * SIDE];
    struct data_sums sums = {.c = 1, .h = SIDE, .w = SIDE, .pixel = DTYPE_U8};
    struct data_range r;

    memset(picture, 255, sizeof picture);
    for (int lowest = 0; lowest < SIDE * SIDE; lowest += 89) {
        picture[lowest] = 3;
        sums.rows = 0;
        sums.sum = sums.corners = 0;
        data_sums_add(&sums, picture, 1);
        r = data_sums_range(&sums);
        ck_assert_double_eq(r.min, 3);
        ck_assert_double_eq(r.max, 255);
        ck_assert_double_eq(r.mean, 255 - 252.0 / (SIDE * SIDE));
        picture[lowest] = 255;
    }
}
END_TEST

START_TEST(the_divisor_makes_pixels_0_to_1)
{
    static const struct {
        double min, max, divisor;
    } all[] = {
        {0, 255, 255},   {0, 254, 255},     {0, 129, 255},       {0, 128, 128}, {0, 16, 16},
        {0, 15, 16},     {0, 1, 1},         {0, 0.97, 1},        {-1, 1, 1},    {-1, 0.2, 1},
        {0, 255.5, 256}, {0, 65535, 65536}, {-1024, 3071, 4096}, {0, 0.5, 0.5}, {0, 0.01, 0.015625},
        {0, 0, 1},       {7, 7, 8}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_assert_double_eq(data_range_divisor(&(struct data_range){all[i].min, all[i].max, 0, 0}),
                            all[i].divisor);
}
END_TEST

static const char *difference(struct data_range here, struct data_range usual)
{
    static char text[DATA_RANGE_TEXT];

    return data_range_differs(&here, &usual, text) ? text : "";
}

START_TEST(other_scales_and_grounds_are_told)
{
    const struct data_range digits = {0, 255, 33, 0}, scaled = {0, 1, 0.13, 0};

    ck_assert_str_eq(difference(digits, digits), "");
    ck_assert_str_eq(difference((struct data_range){0, 150, 20, 1}, digits), "");
    ck_assert(strstr(difference(digits, scaled), "another scale"));
    ck_assert(strstr(difference(scaled, digits), "another scale"));
    ck_assert(strstr(difference((struct data_range){0, 16, 5, 0}, digits), "another scale"));
    ck_assert(strstr(difference((struct data_range){0, 255, 222, 254}, digits),
                     "their ground is bright, not dark"));
    ck_assert(strstr(difference(digits, (struct data_range){0, 255, 222, 254}),
                     "their ground is dark, not bright"));
    ck_assert(
        strstr(difference((struct data_range){-1, 1, 0.7, 1}, (struct data_range){-1, 1, -0.7, -1}),
               "bright"));
    /* Photographs have corners of any brightness. */
    ck_assert_str_eq(
        difference((struct data_range){0, 255, 120, 30}, (struct data_range){0, 255, 120, 130}),
        "");
    /* Unknown, or nothing to see. */
    ck_assert_str_eq(difference((struct data_range){0}, digits), "");
    ck_assert_str_eq(difference(digits, (struct data_range){0}), "");
    ck_assert_str_eq(difference((struct data_range){7, 7, 7, 7}, (struct data_range){7, 7, 7, 7}),
                     "");
}
END_TEST

Suite *suite_data_range(void)
{
    Suite *suite = suite_create("data_range");
    TCase *tcase = tcase_create("data_range");

    tcase_add_test(tcase, range_mean_and_ground_are_those_of_all_pictures);
    tcase_add_test(tcase, large_pictures_of_bytes_are_measured_whole);
    tcase_add_test(tcase, the_divisor_makes_pixels_0_to_1);
    tcase_add_test(tcase, other_scales_and_grounds_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
