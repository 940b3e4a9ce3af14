/* Draws of augmentation: amounts, bends, and the squares erased. */
#include "augmented.h"
#include "tests/support/expect.h"

#include <math.h>

Suite *suite_augment_draws(void);

enum { DRAWS = 20000, BINS = 10 };

/* Uniform from -most to most: ten bins of 2,000 each, standard deviation 42. */
static void check_uniform(const char *what, const double values[DRAWS], double most)
{
    int bins[BINS] = {0};

    for (int i = 0; i < DRAWS; i++) {
        EXPECT(fabs(values[i]) < most, "%s of %g", what, values[i]);
        bins[(int)((values[i] / most + 1) / 2 * BINS)]++;
    }
    for (int b = 0; b < BINS; b++)
        EXPECT(abs(bins[b] - DRAWS / BINS) < 5 * 42, "%s: %d in bin %d", what, bins[b], b);
}

START_TEST(amounts_are_uniform_and_differ_by_row_epoch_and_seed)
{
    enum { KINDS = 6 };
    static const char *const names[KINDS] = {"shift along", "shift down", "turn",
                                             "shear",       "width",      "height"};
    static const double most[KINDS] = {2, 2, 10, 0.1, 0.2, 0.2};
    static double drawn[KINDS][DRAWS];
    struct nn_augment amounts;
    struct nn_error error;
    int flips[2] = {0};

    MUST_PARSE(&amounts, "shift 2, rotate 10, shear 0.1, scale 0.2, flip h v");
    for (int i = 0; i < DRAWS; i++) {
        const struct nn_random random = {(uint64_t)(1 + i / 2 % 2), NN_RANDOM_AUGMENT,
                                         (uint32_t)(1 + i % 2)};
        struct change c;

        augment_draw(&amounts, shapes[0], &random, i / 4, &c);
        drawn[0][i] = c.shift[0];
        drawn[1][i] = c.shift[1];
        drawn[2][i] = c.degrees;
        drawn[3][i] = c.shear;
        drawn[4][i] = c.scale[0] - 1;
        drawn[5][i] = c.scale[1] - 1;
        flips[0] += c.flip[0];
        flips[1] += c.flip[1];
    }
    for (int k = 0; k < KINDS; k++) {
        check_uniform(names[k], drawn[k], most[k]);
        for (int i = 1; i < DRAWS; i++)
            EXPECT(drawn[k][i] != drawn[k][i - 1], "%s twice", names[k]);
    }
    ck_assert_int_lt(abs(flips[0] - DRAWS / 2), 5 * 71);
    ck_assert_int_lt(abs(flips[1] - DRAWS / 2), 5 * 71);
}
END_TEST

START_TEST(alternating_flips_take_turns_and_change_nothing_else)
{
    struct nn_augment drawn, alternating;
    struct nn_error error;
    int first[2] = {0};

    MUST_PARSE(&drawn, "shift 2, scale 0.2, flip h v");
    MUST_PARSE(&alternating, "shift 2, scale 0.2, flip h v alternate");
    for (int row = 0; row < 1000; row++) {
        struct change begin = {.shear = 0};

        for (uint32_t epoch = 1; epoch <= 4; epoch++) {
            const struct nn_random random = {3, NN_RANDOM_AUGMENT, epoch};
            struct change d, a;

            augment_draw(&drawn, shapes[0], &random, row, &d);
            augment_draw(&alternating, shapes[0], &random, row, &a);
            EXPECT(a.shift[0] == d.shift[0] && a.scale[1] == d.scale[1], "row %d", row);
            if (epoch == 1)
                begin = d;
            for (int way = 0; way < 2; way++)
                EXPECT(a.flip[way] == (begin.flip[way] != (epoch % 2 == 0)), "row %d, epoch %u",
                       row, epoch);
        }
        first[0] += begin.flip[0];
        first[1] += begin.flip[1];
    }
    ck_assert_int_lt(abs(first[0] - 500), 5 * 16);
    ck_assert_int_lt(abs(first[1] - 500), 5 * 16);
}
END_TEST

/* A ramp across tells how far each pixel was moved: no farther than requested, with a standard
 * deviation of 0.28 of it, smoothly. */
START_TEST(bends_are_smooth_and_as_large_as_told)
{
    const struct nn_shape s = {1, 32, 32};
    static float ramp[32 * 32];
    const struct nn_data data = {.n = 1, .f32 = ramp};
    struct nn_augmenter *augmenter = augmenter_of("elastic 4", s, 1);
    double squares = 0, steepest = 0;
    int count = 0;

    for (int i = 0; i < 32 * 32; i++)
        ramp[i] = (float)(i % 32);
    for (int epoch = 1; epoch <= 200; epoch++) {
        const float *picture = augment_row(augmenter, s, 0, 1, epoch, &data, 0);

        for (int i = 0; i < 32 * 32; i++)
            if (i % 32 >= 6 && i % 32 < 26 && i / 32 >= 5 && i / 32 < 27) {
                const double move = (double)picture[i] - i % 32;

                EXPECT(fabs(move) < 4, "moved by %g", move);
                squares += move * move;
                count++;
                steepest = fmax(steepest, fabs((double)(picture[i + 1] - picture[i]) - 1));
            }
    }
    ck_assert_double_eq_tol(sqrt(squares / count), 4 * 0.2768, 0.05);
    ck_assert_double_lt(steepest, 4 * 2 * 0.75 / 8); /* the spline's slope times the largest step */
    nn_augmenter_free(augmenter);
}
END_TEST

START_TEST(squares_are_erased_everywhere_alike)
{
    const struct nn_shape s = {1, 12, 20};
    static uint8_t white[240];
    const struct nn_data data = {.n = 1, .u8 = white};
    struct nn_augmenter *augmenter = augmenter_of("erase 5", s, 1);
    static int erased[240];
    int whole = 0;

    memset(white, 255, sizeof white);
    for (int epoch = 1; epoch <= 24000; epoch++) {
        const uint8_t *picture = augment_row(augmenter, s, 0, 1, epoch, &data, 0);
        int here = 0;

        for (int i = 0; i < 240; i++) {
            EXPECT(picture[i] == 255 || picture[i] == ground[0], "erased to %d", picture[i]);
            erased[i] += picture[i] != 255;
            here += picture[i] != 255;
        }
        EXPECT(here >= 9 && here <= 25, "%d pixels erased", here);
        whole += here == 25;
    }
    /* The middle is anywhere alike: 8 of 12 rows and 16 of 20 columns leave the square whole; a
     * pixel goes for 25 middles of 240, in a corner for 9. */
    ck_assert_int_lt(abs(whole - 24000 * 8 * 16 / 240), 400);
    ck_assert_int_lt(abs(erased[6 * 20 + 10] - 2500), 240);
    ck_assert_int_lt(abs(erased[0] - 900), 150);
    ck_assert_int_lt(abs(erased[239] - 900), 150);
    nn_augmenter_free(augmenter);
}
END_TEST

/* A picture of one pixel tells by how much the others move: whole pixels, each alike often, and
 * nothing of the picture changes besides. */
START_TEST(crops_are_whole_pixels_alike_often)
{
    enum { SIDE = 9, MOST_MOVE = 2, WAYS = 2 * MOST_MOVE + 1 };
    const struct nn_shape s = {1, SIDE, SIDE};
    static uint8_t dot[SIDE * SIDE];
    const struct nn_data data = {.n = 1, .u8 = dot};
    struct nn_augmenter *augmenter = augmenter_of("crop 2", s, 1);
    int moves[WAYS * WAYS] = {0};

    memset(dot, (int)ground[0], sizeof dot);
    dot[4 * SIDE + 4] = 255;
    for (int epoch = 1; epoch <= DRAWS; epoch++) {
        const uint8_t *picture = augment_row(augmenter, s, 0, 1, epoch, &data, 0);
        int found = 0;

        for (int i = 0; i < SIDE * SIDE; i++)
            if (picture[i] != ground[0]) {
                EXPECT(picture[i] == 255, "a pixel of %d", picture[i]);
                moves[(i / SIDE - 4 + MOST_MOVE) * WAYS + i % SIDE - 4 + MOST_MOVE]++;
                found++;
            }
        EXPECT(found == 1, "%d pixels", found);
    }
    for (int i = 0; i < WAYS * WAYS; i++) /* 800 each, standard deviation 28 */
        EXPECT(abs(moves[i] - DRAWS / (WAYS * WAYS)) < 5 * 28, "move %d: %d times", i, moves[i]);
    nn_augmenter_free(augmenter);
}
END_TEST

/* Dilation and erosion mixed by a drawn share, next to the plain formula. */
START_TEST(thickness_is_a_share_of_dilation_or_erosion)
{
    const struct nn_shape s = {2, 17, 33};
    struct nn_augmenter *augmenter = augmenter_of("thickness 0.8", s, 1);
    struct nn_augment amounts;
    struct nn_error error;
    static double drawn[DRAWS];

    MUST_PARSE(&amounts, "thickness 0.8");
    for (int i = 0; i < DRAWS; i++) {
        const struct nn_random random = {1, NN_RANDOM_AUGMENT, 1};
        struct change c;

        augment_draw(&amounts, s, &random, i, &c);
        drawn[i] = c.thickness;
    }
    check_uniform("thickness", drawn, 0.8);
    for (int u8 = 0; u8 < 2; u8++)
        for (int epoch = 1; epoch <= 20; epoch++) {
            const struct nn_random random = {3, NN_RANDOM_AUGMENT, (uint32_t)epoch};
            const struct nn_data data = data_of(u8);
            const void *picture = augment_row(augmenter, s, 0, 3, epoch, &data, 1);
            struct change c;

            augment_draw(&amounts, s, &random, 1, &c);
            for (int i = 0; i < area_of(s); i++) {
                const int y = i / s.w % s.h, x = i % s.w;
                const double g = (double)ground[i / (s.w * s.h)];
                const float *old = pictures.f32 + area_of(s);
                const double at[5] = {old[i], y > 0 ? old[i - s.w] : g, x > 0 ? old[i - 1] : g,
                                      x + 1 < s.w ? old[i + 1] : g, y + 1 < s.h ? old[i + s.w] : g};
                double best = at[0], value;

                for (int k = 1; k < 5; k++)
                    if (c.thickness > 0 ? fabs(at[k] - g) > fabs(best - g)
                                        : fabs(at[k] - g) < fabs(best - g))
                        best = at[k];
                value = at[0] + fabs(c.thickness) * (best - at[0]);
                EXPECT(value_at(picture, u8, i) == (u8 ? (float)floor(value + 0.5) : (float)value),
                       "pixel %d: %g, not %g", i, (double)value_at(picture, u8, i), value);
            }
        }
    nn_augmenter_free(augmenter);
}
END_TEST

/* Rectangles of one value in each channel: as often, as large, as long and anywhere as told. */
START_TEST(rectangles_are_as_often_and_as_large_as_told)
{
    enum { SIDE = 40 };
    const struct nn_shape s = {1, SIDE, SIDE};
    struct nn_augment amounts;
    struct nn_error error;
    static double areas[DRAWS], aspects[DRAWS];
    int count = 0, left = 0, tall = 0;
    double sum = 0;

    MUST_PARSE(&amounts, "erase area 0.3 chance 0.25");
    for (int i = 0; i < DRAWS; i++) {
        const struct nn_random random = {1, NN_RANDOM_AUGMENT, 1};
        struct change c;

        augment_draw(&amounts, s, &random, i, &c);
        if (c.sides[0] == 0)
            continue;
        EXPECT(c.corner[0] >= 0 && c.corner[0] + c.sides[0] <= SIDE && c.corner[1] >= 0 &&
                   c.corner[1] + c.sides[1] <= SIDE && c.sides[1] > 0,
               "a rectangle from %d, %d of %d by %d", c.corner[0], c.corner[1], c.sides[0],
               c.sides[1]);
        areas[count] = (double)c.sides[0] * c.sides[1] / (SIDE * SIDE);
        aspects[count] = log((double)c.sides[1] / c.sides[0]) / log(1 / 0.3);
        sum += areas[count];
        left += 2 * c.corner[0] + c.sides[0] < SIDE;
        tall += c.sides[1] > c.sides[0];
        EXPECT(areas[count] > 0.012 && areas[count] < 0.34 && fabs(aspects[count]) < 1.2,
               "%d by %d", c.sides[0], c.sides[1]);
        count++;
    }
    ck_assert_int_lt(abs(count - DRAWS / 4), 5 * 61);
    ck_assert_double_eq_tol(sum / count, (0.02 + 0.3) / 2, 0.006);
    ck_assert_int_lt(abs(left - count / 2), 300); /* not where it is just in the middle */
    ck_assert_int_lt(abs(tall - count / 2), 300);
}
END_TEST

START_TEST(rectangles_are_filled_and_nothing_else_is)
{
    const struct nn_shape s = {3, 32, 32};
    struct nn_augmenter *augmenter = augmenter_of("erase area 0.4 chance 1", s, 1);
    struct nn_augment amounts;
    struct nn_error error;
    double sum = 0;

    MUST_PARSE(&amounts, "erase area 0.4 chance 1");
    for (int u8 = 0; u8 < 2; u8++)
        for (int epoch = 1; epoch <= 400; epoch++) {
            const struct nn_random random = {3, NN_RANDOM_AUGMENT, (uint32_t)epoch};
            const struct nn_data data = data_of(u8);
            const void *picture = augment_row(augmenter, s, 0, 3, epoch, &data, 2);
            struct change c;

            augment_draw(&amounts, s, &random, 2, &c);
            for (int i = 0; i < area_of(s); i++) {
                const int y = i / s.w % s.h - c.corner[1], x = i % s.w - c.corner[0];
                const bool inside = x >= 0 && x < c.sides[0] && y >= 0 && y < c.sides[1];
                const int first = i / (s.h * s.w) * s.h * s.w + c.corner[1] * s.w + c.corner[0];
                const float now = value_at(picture, u8, i);

                EXPECT(now == (inside ? value_at(picture, u8, first)
                                      : pictures.f32[2 * area_of(s) + i]),
                       "pixel %d: %g", i, (double)now);
                sum += i == first ? now : 0;
            }
        }
    ck_assert_double_eq_tol(sum / (2 * 400 * 3), 127.5, 8); /* uniform over the picture's range */
    nn_augmenter_free(augmenter);
}
END_TEST

Suite *suite_augment_draws(void)
{
    Suite *suite = suite_create("augment_draws");
    TCase *tests = tcase_create("drawn");

    draw_pictures();
    tcase_add_test(tests, amounts_are_uniform_and_differ_by_row_epoch_and_seed);
    tcase_add_test(tests, alternating_flips_take_turns_and_change_nothing_else);
    tcase_add_test(tests, bends_are_smooth_and_as_large_as_told);
    tcase_add_test(tests, squares_are_erased_everywhere_alike);
    tcase_add_test(tests, crops_are_whole_pixels_alike_often);
    tcase_add_test(tests, thickness_is_a_share_of_dilation_or_erosion);
    tcase_add_test(tests, rectangles_are_as_often_and_as_large_as_told);
    tcase_add_test(tests, rectangles_are_filled_and_nothing_else_is);
    suite_add_tcase(suite, tests);
    return suite;
}
