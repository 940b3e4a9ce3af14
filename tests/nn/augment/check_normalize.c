/* Normalization of pictures: descriptions, and cases worked out by hand. tests/commands/fit has an
 * independent reference. */
#include "augmented.h"
#include "tests/support/expect.h"

#include <math.h>

Suite *suite_normalize(void);

START_TEST(descriptions_are_read_and_written)
{
    static const char *const pairs[][2] = {
        {"width 16", "width 16"},
        {" height  20,deskew , width 16", "deskew, width 16, height 20"},
        {"deskew, size 20", "deskew, size 20"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct nn_normalize normalize;
        struct nn_error error = {.text = ""};
        char text[NN_NORMALIZE_TEXT];

        ck_assert_int_eq(nn_normalize_parse(&normalize, pairs[i][0], &error), 0);
        nn_normalize_text(&normalize, text);
        ck_assert_str_eq(text, pairs[i][1]);
        ck_assert(nn_normalize_any(&normalize));
    }
}
END_TEST

START_TEST(mistakes_are_told)
{
    static const char *const pairs[][2] = {
        {"", "part 1, '': a part is missing between two commas or at an end"},
        {"width", "part 1, 'width': a whole number is needed: width PIXELS"},
        {"width 0", "part 1, 'width 0': 0 is not within 1 to 4096"},
        {"width 16 20", "part 1, 'width 16 20': '20' is not understood; it is: a number of pixels"},
        {"width 16, width 8", "part 2, 'width 8': duplicate 'width'"},
        {"deskew, deskew", "part 2, 'deskew': duplicate 'deskew'"},
        {"centre",
         "part 1, 'centre': no such part; there are: deskew, width PIXELS, height PIXELS, size "
         "PIXELS"},
        {"size 20, width 16",
         "size keeps the proportions, width and height set them: give size or these"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct nn_normalize normalize;
        struct nn_error error = {.text = ""};

        ck_assert_int_eq(nn_normalize_parse(&normalize, pairs[i][0], &error), -1);
        ck_assert_str_eq(error.text, pairs[i][1]);
    }
}
END_TEST

/* ---- Pictures ---- */

enum { SIDE = 9 };
static const struct nn_shape square = {1, SIDE, SIDE};

/* Normalizes bytes; the same numbers as floats have to come to the same before rounding. */
static void normalized(const char *description, const float *background, struct nn_shape shape,
                       const uint8_t *from, uint8_t *to)
{
    static float from_f32[MOST], to_f32[MOST];
    struct nn_normalize how;
    struct nn_error error;

    ck_assert_int_eq(nn_normalize_parse(&how, description, &error), 0);
    how.background = background;
    for (int i = 0; i < area_of(shape); i++)
        from_f32[i] = from[i];
    nn_normalize_picture(&how, shape, from, true, to);
    nn_normalize_picture(&how, shape, from_f32, false, to_f32);
    for (int i = 0; i < area_of(shape); i++)
        EXPECT(to[i] == (uint8_t)((double)to_f32[i] + 0.5), "%s: %d, not %g", description, to[i],
               (double)to_f32[i]);
}

START_TEST(what_is_as_told_already_stays)
{
    uint8_t picture[SIDE * SIDE] = {0}, out[SIDE * SIDE], empty[SIDE * SIDE];

    for (int y = 2; y <= 6; y++) /* a cross of 5 by 5 pixels in the middle */
        picture[y * SIDE + 4] = picture[4 * SIDE + y] = 100;
    for (int i = 0; i < 4; i++) {
        static const char *const how[] = {"width 5", "height 5", "size 5", "deskew, width 5"};

        normalized(how[i], NULL, square, picture, out);
        ck_assert_mem_eq(out, picture, sizeof out);
    }
    memset(empty, 33, sizeof empty); /* nothing but ground */
    normalized("deskew, width 3", ground + 2, square, empty, out);
    ck_assert_mem_eq(out, empty, sizeof out);
}
END_TEST

/* A block of 2 by 3 at the top left, on a ground of 7, is doubled and centred. Pixels fainter than
 * a quarter are no part of the thing. */
START_TEST(boxes_get_their_size_in_the_middle)
{
    uint8_t picture[SIDE * SIDE], out[SIDE * SIDE];

    memset(picture, ground[0], sizeof picture);
    picture[8 * SIDE + 8] = (uint8_t)(ground[0] + 49);
    for (int y = 0; y < 3; y++)
        picture[y * SIDE] = picture[y * SIDE + 1] = (uint8_t)(ground[0] + 200);
    normalized("width 4", ground, square, picture, out);
    for (int x = 0; x < SIDE; x++) { /* scaled by 2, from 2 to 6.5 within a pixel's slope */
        const double old = (x - 4) / 2.0 + 0.5, left = fmin(fmax(old + 1, 0), 1);
        const double right = fmin(fmax(2 - old, 0), 1);

        ck_assert_int_eq(out[SIDE + x], (int)(7 + 200 * fmin(left, right) + 0.5));
    }
    normalized("size 6", ground, square, picture, out);
    for (int y = 2; y <= 6; y++)
        for (int x = 3; x <= 5; x++)
            ck_assert_int_eq(out[y * SIDE + x], 207);
    ck_assert_int_eq(out[4 * SIDE + 7], 7);
    ck_assert_int_eq(out[0], 7);
}
END_TEST

/* A diagonal becomes a column through its centre; in colour each channel of it. */
START_TEST(slants_are_removed)
{
    const struct nn_shape colour = {3, SIDE, SIDE};
    uint8_t picture[3 * SIDE * SIDE], out[3 * SIDE * SIDE];

    for (int c = 0; c < 3; c++)
        memset(picture + c * SIDE * SIDE, (int)ground[c], SIDE * SIDE);
    for (int y = 1; y < 8; y++)
        for (int c = 0; c < 3; c++)
            picture[(c * SIDE + y) * SIDE + 8 - y] = (uint8_t)(50 + c);
    normalized("deskew", ground, colour, picture, out);
    for (int c = 0; c < 3; c++)
        for (int y = 1; y < 8; y++)
            for (int x = 0; x < SIDE; x++)
                ck_assert_int_eq(out[(c * SIDE + y) * SIDE + x], x == 4 ? 50 + c : (int)ground[c]);
}
END_TEST

/* Shrinking takes the mean of all that a pixel covers: a checkerboard becomes grey. */
START_TEST(shrinking_leaves_out_no_pixel)
{
    const struct nn_shape wide = {1, 40, 40};
    static uint8_t picture[1600], out[1600];

    for (int i = 0; i < 1600; i++)
        picture[i] = (i % 40 + i / 40) % 2 ? 200 : 100;
    normalized("size 10", NULL, wide, picture, out);
    for (int y = 16; y < 24; y++)
        for (int x = 16; x < 24; x++)
            ck_assert_int_eq(out[y * 40 + x], 150);
}
END_TEST

Suite *suite_normalize(void)
{
    Suite *suite = suite_create("normalize");
    TCase *tests = tcase_create("pictures");

    tcase_add_test(tests, descriptions_are_read_and_written);
    tcase_add_test(tests, mistakes_are_told);
    tcase_add_test(tests, what_is_as_told_already_stays);
    tcase_add_test(tests, boxes_get_their_size_in_the_middle);
    tcase_add_test(tests, slants_are_removed);
    tcase_add_test(tests, shrinking_leaves_out_no_pixel);
    suite_add_tcase(suite, tests);
    return suite;
}
