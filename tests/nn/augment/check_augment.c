/* Pictures that are changed at random: the map, and the sampling of every table next to its plain
 * form. */
#include "augmented.h"
#include "tests/support/expect.h"

#include <math.h>

Suite *suite_augment(void);

/* ---- Exact cases ---- */

/* Changes the first picture of each type by each table, and looks at every pixel. */
static void each_way(struct nn_shape s, const struct change *change,
                     float (*expected)(struct nn_shape, int c, int y, int x))
{
    struct nn_augmenter *augmenter = augmenter_of("", s, 1);

    for (int u8 = 0; u8 < 2; u8++)
        for (const char *const *name = nn_kernels_available(); *name; name++) {
            const struct nn_data data = data_of(u8);
            const void *picture;

            ck_assert_int_eq(nn_kernels_choose(*name), 0);
            picture = augment_apply(augmenter, 0, change, &any, 0,
                                    u8 ? (const void *)data.u8 : data.f32, u8);
            for (int i = 0; i < area_of(s); i++) {
                const int c = i / (s.h * s.w), y = i / s.w % s.h, x = i % s.w;

                EXPECT(value_at(picture, u8, i) == expected(s, c, y, x),
                       "%s: %dx%dx%d: pixel %d,%d,%d is %g, not %g", *name, s.c, s.h, s.w, c, y, x,
                       (double)value_at(picture, u8, i), (double)expected(s, c, y, x));
            }
        }
    nn_augmenter_free(augmenter);
}

/* The first picture's pixel, or the background around it. */
static float old_pixel(struct nn_shape s, int c, int y, int x)
{
    if (x < 0 || x >= s.w || y < 0 || y >= s.h)
        return ground[c];
    return pictures.f32[(c * s.h + y) * s.w + x];
}

START_TEST(amounts_of_zero_leave_every_picture_as_it_is)
{
    for (int i = 0; i < SHAPES; i++)
        each_way(shapes[i], &none, old_pixel);
}
END_TEST

static int moved_x, moved_y;
static float moved(struct nn_shape s, int c, int y, int x)
{
    return old_pixel(s, c, y - moved_y, x - moved_x);
}

START_TEST(shifts_by_whole_pixels_are_exact)
{
    static const int moves[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {3, -2}, {50, 0}, {0, -99}};

    for (int m = 0; m < 7; m++) {
        struct change change = none;

        moved_x = moves[m][0];
        moved_y = moves[m][1];
        change.shift[0] = moved_x;
        change.shift[1] = moved_y;
        for (int i = 0; i < SHAPES; i++)
            each_way(shapes[i], &change, moved);
    }
}
END_TEST

static float flipped_h(struct nn_shape s, int c, int y, int x)
{
    return old_pixel(s, c, y, s.w - 1 - x);
}

static float flipped_v(struct nn_shape s, int c, int y, int x)
{
    return old_pixel(s, c, s.h - 1 - y, x);
}

START_TEST(flips_are_exact)
{
    struct change h = none, v = none;

    h.flip[0] = v.flip[1] = true;
    for (int i = 0; i < SHAPES; i++) {
        each_way(shapes[i], &h, flipped_h);
        each_way(shapes[i], &v, flipped_v);
    }
}
END_TEST

static float turned_back(struct nn_shape s, int c, int y, int x)
{
    return old_pixel(s, c, s.h - 1 - y, s.w - 1 - x);
}

/* Right angles: with y downwards, a quarter brings what was to the right to the bottom. */
static float turned(struct nn_shape s, int c, int y, int x)
{
    return old_pixel(s, c, s.w - 1 - x, y);
}

START_TEST(quarter_turns_of_squares_lose_nothing)
{
    static const struct nn_shape squares[] = {{1, 28, 28}, {3, 32, 32}, {1, 9, 9}};
    struct change quarter = none, half = none;
    struct nn_augmenter *augmenter;

    half.degrees = 180;
    quarter.degrees = 90;
    for (int i = 0; i < 3; i++) {
        const struct nn_shape s = squares[i];
        const struct nn_data bytes = data_of(true);
        const uint8_t *picture;

        /* Sines are not exact, so samples are a hair off: bytes are to the nearest. */
        augmenter = augmenter_of("", s, 1);
        for (int turns = 1; turns <= 2; turns++) {
            picture =
                augment_apply(augmenter, 0, turns == 1 ? &quarter : &half, &any, 0, bytes.u8, true);
            for (int p = 0; p < area_of(s); p++) {
                const int c = p / (s.h * s.w), y = p / s.w % s.h, x = p % s.w;
                const float from = turns == 1 ? turned(s, c, y, x) : turned_back(s, c, y, x);

                EXPECT(picture[p] == from, "%d turns, %dx%d: pixel %d,%d is %d, not %g", turns, s.h,
                       s.w, y, x, picture[p], (double)from);
            }
        }
        nn_augmenter_free(augmenter);
    }
}
END_TEST

/* A smooth picture turned, scaled and sheared, and then by the inverses in turn. */
START_TEST(a_change_and_its_inverse_return_the_picture)
{
    enum { SIDE = 40 };
    static const double pairs[][2] = {{23, 0}, {-140, 0}, {0, 0.3}};
    const struct nn_shape s = {1, SIDE, SIDE};
    static float picture[SIDE * SIDE], there[SIDE * SIDE];
    struct nn_augmenter *augmenter = augmenter_of("", s, 2);

    for (int i = 0; i < SIDE * SIDE; i++) {
        const double x = i % SIDE - 22, y = i / SIDE - 17;

        picture[i] = ground[0] + (float)(200 * exp(-(x * x + 2 * y * y) / 50));
    }
    for (int p = 0; p < 3; p++) {
        struct change change = none, inverse = none;
        const float *back;
        double far = 0;

        change.degrees = pairs[p][0];
        change.shear = pairs[p][1];
        inverse.degrees = -pairs[p][0];
        inverse.shear = -pairs[p][1];
        memcpy(there, augment_apply(augmenter, 0, &change, &any, 0, picture, false), sizeof there);
        back = augment_apply(augmenter, 1, &inverse, &any, 0, there, false);
        for (int i = 0; i < SIDE * SIDE; i++)
            far = fmax(far, fabs((double)(back[i] - picture[i])));
        /* Bilinear samples of a bump cut its top: its second derivative is 16, at most an eighth of
         * that each time and direction. */
        ck_assert_double_le(far, 8);
        far = 0;
        for (int i = 0; i < SIDE * SIDE; i++)
            far = fmax(far, fabs((double)(there[i] - picture[i])));
        ck_assert_double_ge(far, 20);
    }
    nn_augmenter_free(augmenter);
}
END_TEST

/* ---- The plain form ---- */

/* The uniform cubic B-spline around 0. */
static double spline(double x)
{
    const double a = fabs(x);

    if (a < 1)
        return (4 - 6 * a * a + 3 * a * a * a) / 6;
    return a < 2 ? (2 - a) * (2 - a) * (2 - a) / 6 : 0;
}

/* Knot (i, j) of `count` along: drawn as halves of words. */
static double knot(const struct nn_random *random, int64_t row, int number, double most)
{
    uint32_t bits[4], word;

    nn_random_bits(random, ((uint64_t)row << 24) + 3 + (uint64_t)number / 8, bits);
    word = bits[number % 8 / 2];
    return most * ((int16_t)(number % 2 ? word & 0xffff : word >> 16) / 32768.0);
}

static double bent(const struct nn_random *random, int64_t row, struct nn_shape s, int axis, int y,
                   int x, double most)
{
    const int down = (s.h + 7) / 8 + 3, along = (s.w + 7) / 8 + 3;
    double sum = 0;

    for (int i = 0; i < down; i++)
        for (int j = 0; j < along; j++)
            sum += spline(y / 8.0 - (i - 1)) * spline(x / 8.0 - (j - 1)) *
                   knot(random, row, (axis * down + i) * along + j, most);
    return sum;
}

static double sampled(struct nn_shape s, const float *plane, int c, double y, double x)
{
    double sum = 0;

    for (int dy = 0; dy < 2; dy++)
        for (int dx = 0; dx < 2; dx++) {
            const int at_y = (int)floor(y) + dy, at_x = (int)floor(x) + dx;
            const bool inside = at_y >= 0 && at_y < s.h && at_x >= 0 && at_x < s.w;

            sum += (1 - fabs(y - at_y)) * (1 - fabs(x - at_x)) *
                   (double)(inside ? plane[at_y * s.w + at_x] : ground[c]);
        }
    return sum;
}

/* What pixel (y, x) becomes: forward, p = turn shear scale flip (q - m) + m + shift; so q is found
 * by undoing one after the other. */
static double plain(struct nn_shape s, const struct change *a, int64_t row, int c, int y, int x,
                    double elastic)
{
    const double angle = a->degrees * acos(-1) / 180, m_x = (s.w - 1) / 2.0, m_y = (s.h - 1) / 2.0;
    double u = x - m_x - a->shift[0], v = y - m_y - a->shift[1];
    const double turned_u = cos(angle) * u + sin(angle) * v;
    const double turned_v = -sin(angle) * u + cos(angle) * v;

    u = (turned_u - a->shear * turned_v) / a->scale[0] * (a->flip[0] ? -1 : 1) + m_x;
    v = turned_v / a->scale[1] * (a->flip[1] ? -1 : 1) + m_y;
    u += bent(&any, row, s, 0, y, x, elastic);
    v += bent(&any, row, s, 1, y, x, elastic);
    if (y >= a->middle[1] - a->erase / 2 && y < a->middle[1] - a->erase / 2 + a->erase &&
        x >= a->middle[0] - a->erase / 2 && x < a->middle[0] - a->erase / 2 + a->erase)
        return (double)ground[c];
    return sampled(s, pictures.f32 + row * area_of(s) + c * s.h * s.w, c, v, u);
}

/* All parts at once, on random pixels: where a sample moves by a millionth, it changes by no more
 * than a thousandth. */
START_TEST(every_table_samples_as_the_plain_form_does)
{
    const struct nn_shape s = shapes[_i];
    struct nn_augment amounts = {.background = ground};
    struct nn_error error;
    struct nn_augmenter *augmenter = augmenter_of(
        "shift 3, rotate 40, scale 0.3, shear 0.4, elastic 3, erase 4, flip h v", s, 1);

    ck_assert_int_eq(nn_augment_parse(&amounts,
                                      "shift 3, rotate 40, scale 0.3, shear 0.4, "
                                      "elastic 3, erase 4, flip h v",
                                      &error),
                     0);
    for (int u8 = 0; u8 < 2; u8++)
        for (const char *const *name = nn_kernels_available(); *name; name++)
            for (int64_t row = 0; row < 4; row++) {
                const struct nn_data data = data_of(u8);
                struct change change;
                const void *picture;

                ck_assert_int_eq(nn_kernels_choose(*name), 0);
                augment_draw(&amounts, s, &any, row, &change);
                picture = augment_row(augmenter, s, 0, any.seed, (int)any.epoch, &data, row);
                for (int i = 0; i < area_of(s); i++) {
                    const int c = i / (s.h * s.w), y = i / s.w % s.h, x = i % s.w;
                    const double wanted = plain(s, &change, row, c, y, x, 3);
                    const double got = (double)value_at(picture, u8, i);

                    EXPECT(fabs(got - wanted) <= (u8 ? 0.502 : 0.01),
                           "%s, %s: row %d, pixel %d,%d,%d is %g, not %g", *name,
                           u8 ? "bytes" : "floats", (int)row, c, y, x, got, wanted);
                }
            }
    nn_augmenter_free(augmenter);
}
END_TEST

/* Bit for bit where multiply-adds are fused. */
START_TEST(tables_agree)
{
    struct nn_augmenter *one = augmenter_of("rotate 20, scale 0.2, elastic 4", shapes[_i], 2);
    const size_t size = (size_t)area_of(shapes[_i]) * sizeof(float);

    if (nn_kernels_choose("avx2") || nn_kernels_choose("avx512")) {
        nn_augmenter_free(one); /* this processor has but one such table */
        return;
    }
    for (int u8 = 0; u8 < 2; u8++)
        for (int64_t row = 0; row < ROWS; row++) {
            const struct nn_data data = data_of(u8);
            const void *wide, *narrow;

            ck_assert_int_eq(nn_kernels_choose("avx512"), 0);
            wide = augment_row(one, shapes[_i], 0, 1, 1, &data, row);
            ck_assert_int_eq(nn_kernels_choose("avx2"), 0);
            narrow = augment_row(one, shapes[_i], 1, 1, 1, &data, row);
            ck_assert_mem_eq(wide, narrow, u8 ? size / sizeof(float) : size);
        }
    nn_augmenter_free(one);
}
END_TEST

START_TEST(channels_move_alike)
{
    const struct nn_shape s = {3, 28, 28};
    struct nn_augment augment;
    struct nn_error error;
    static uint8_t same[3 * 28 * 28];
    const struct nn_data data = {.n = 1, .u8 = same};
    struct nn_augmenter *augmenter;
    const uint8_t *picture;

    for (int c = 0; c < 3; c++)
        memcpy(same + (size_t)c * 784, pictures.u8, 784);
    MUST_PARSE(&augment, "shift 2, rotate 30, scale 0.2, shear 0.2, elastic 4, erase 5, flip h v");
    augmenter = nn_augmenter_new(&augment, s, 1);
    for (int epoch = 1; epoch < 10; epoch++) {
        picture = augment_row(augmenter, s, 0, 3, epoch, &data, 0);
        ck_assert_mem_eq(picture, picture + 784, 784);
        ck_assert_mem_eq(picture, picture + 2 * 784, 784);
        ck_assert(memcmp(picture, same, 784) != 0);
    }
    nn_augmenter_free(augmenter);
}
END_TEST

Suite *suite_augment(void)
{
    Suite *suite = suite_create("augment");
    TCase *tests = tcase_create("map");

    draw_pictures();
    tcase_add_test(tests, amounts_of_zero_leave_every_picture_as_it_is);
    tcase_add_test(tests, shifts_by_whole_pixels_are_exact);
    tcase_add_test(tests, flips_are_exact);
    tcase_add_test(tests, quarter_turns_of_squares_lose_nothing);
    tcase_add_test(tests, a_change_and_its_inverse_return_the_picture);
    tcase_add_loop_test(tests, every_table_samples_as_the_plain_form_does, 0, SHAPES);
    tcase_add_loop_test(tests, tables_agree, 0, SHAPES);
    tcase_add_test(tests, channels_move_alike);
    suite_add_tcase(suite, tests);
    return suite;
}
