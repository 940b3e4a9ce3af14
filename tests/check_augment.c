/* Pictures that are changed at random: the map, the sampling of every table beside its plain form,
 * what is drawn, and what a training sees of it. */
#include "../nn/augment.h"
#include "expect.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_augment(void);

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

static void draw_pictures(void)
{
    const struct nn_random random = {9, 0, 0};

    for (size_t i = 0; i < ROWS * MOST; i++) {
        pictures.u8[i] = (uint8_t)nn_random_below(&random, i, 256);
        pictures.f32[i] = pictures.u8[i];
    }
}

static struct nn_data data_of(bool u8)
{
    return (struct nn_data){
        .n = ROWS, .u8 = u8 ? pictures.u8 : NULL, .f32 = u8 ? NULL : pictures.f32};
}

static struct nn_augmenter *augmenter_of(const char *description, struct nn_shape shape, int slots)
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

static int area_of(struct nn_shape s)
{
    return s.c * s.h * s.w;
}

/* Number i of a picture that is bytes or floats. */
static float value_at(const void *picture, bool u8, int i)
{
    return u8 ? ((const uint8_t *)picture)[i] : ((const float *)picture)[i];
}

/* Of augmenters for pictures as large as data's. */
static const void *augment_row(const struct nn_augmenter *augmenter, struct nn_shape shape,
                               int slot, uint64_t seed, int epoch, const struct nn_data *data,
                               int64_t row)
{
    const ptrdiff_t at = (ptrdiff_t)row * area_of(shape);

    return nn_augment_picture(augmenter, slot, seed, epoch, row,
                              data->u8 ? (const void *)(data->u8 + at) : data->f32 + at,
                              data->u8 != NULL);
}

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

/* ---- What is drawn ---- */

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

/* A ramp across tells how far each pixel was moved: no farther than asked for, with a standard
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

/* ---- Training ---- */

struct bench {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    uint8_t onehot[ROWS * CLASSES];
};

static void bench_open(struct bench *b, struct nn_shape shape, int threads)
{
    struct nn_error error;

    *b = (struct bench){.pool = nn_pool_new(threads)};
    ck_assert_int_eq(nn_network_new(&b->net, "conv 4 3x3, batchnorm, relu, flatten, linear", shape,
                                    CLASSES, &error),
                     0);
    b->weights = nn_weights_new(b->net);
    nn_weights_init(b->weights, 1);
    for (int row = 0; row < ROWS; row++)
        b->onehot[row * CLASSES + row % CLASSES] = 1;
}

/* Trains some epochs and returns the first tensor's numbers, and the losses' sum behind them. */
static float *train(const struct nn_data *pixels, struct nn_shape shape, const char *description,
                    int epochs, int plain, int batch, int threads, int from_epoch)
{
    static const struct nn_input input = {255, 0.25f, 0.5f};
    struct nn_training training = {.optimizer = NN_SGD,
                                   .lr = 0.05,
                                   .batch = batch,
                                   .epochs = epochs,
                                   .plain_epochs = plain,
                                   .seed = 4};
    struct nn_data data = *pixels;
    struct nn_error error;
    struct bench b;
    float *numbers = calloc(4 * 3 * 9 + 1, sizeof *numbers);

    bench_open(&b, shape, threads);
    data.onehot = b.onehot;
    if (*description)
        MUST_PARSE(&training.augment, description);
    struct nn_trainer *trainer = nn_trainer_new(b.net, b.weights, b.pool, &data, &input, &training);
    for (int epoch = from_epoch; epoch <= epochs; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1)
            ;
    }
    nn_weights_export(b.weights, 0, numbers);
    numbers[4 * 3 * 9] = (float)nn_trainer_progress(trainer)->loss;
    nn_trainer_free(trainer);
    nn_weights_free(b.weights);
    nn_network_free(b.net);
    nn_pool_free(b.pool);
    return numbers;
}
enum { NUMBERS = 4 * 3 * 9 + 1 };

static const char *const all = "shift 2, rotate 10, scale 0.1, shear 0.1, elastic 2, erase 3";

/* The same bytes as a training on pictures that were changed before, of either type and by either
 * number of threads. */
START_TEST(a_training_sees_the_changed_pictures)
{
    const struct nn_shape s = {3, 10, 12};
    static uint8_t u8[ROWS * 3 * 10 * 12];
    static float f32[ROWS * 3 * 10 * 12];
    const int size = area_of(s);

    for (int is_u8 = 0; is_u8 < 2; is_u8++) {
        const struct nn_data data = data_of(is_u8);
        const struct nn_data changed = {
            .n = ROWS, .u8 = is_u8 ? u8 : NULL, .f32 = is_u8 ? NULL : f32};
        struct nn_augment augment;
        struct nn_error error;
        struct nn_augmenter *augmenter;
        float *as_seen, *one, *two, *without;

        MUST_PARSE(&augment, all);
        augmenter = nn_augmenter_new(&augment, s, 1);
        for (int row = 0; row < ROWS; row++) {
            const void *picture = augment_row(augmenter, s, 0, 4, 1, &data, row);

            if (is_u8)
                memcpy(u8 + row * size, picture, (size_t)size);
            else
                memcpy(f32 + row * size, picture, (size_t)size * sizeof *f32);
        }
        as_seen = train(&changed, s, "", 1, 0, 16, 1, 1);
        one = train(&data, s, all, 1, 0, 16, 1, 1);
        two = train(&data, s, all, 1, 0, 16, 2, 1);
        without = train(&data, s, "", 1, 0, 16, 2, 1);
        ck_assert_mem_eq(as_seen, one, NUMBERS * sizeof(float));
        ck_assert_mem_eq(two, one, NUMBERS * sizeof(float));
        ck_assert(memcmp(without, one, NUMBERS * sizeof(float)) != 0);
        free(as_seen);
        free(one);
        free(two);
        free(without);
        nn_augmenter_free(augmenter);
    }
}
END_TEST

START_TEST(the_last_epochs_are_plain)
{
    const struct nn_shape s = {3, 10, 12};
    const struct nn_data data = data_of(true);
    /* the last of three epochs alone, from the same weights */
    float *plain = train(&data, s, "", 3, 0, 16, 1, 3);
    float *ended = train(&data, s, all, 3, 1, 16, 1, 3),
          *not = train(&data, s, all, 3, 0, 16, 1, 3);

    ck_assert_mem_eq(plain, ended, NUMBERS * sizeof(float));
    ck_assert(memcmp(plain, not, NUMBERS * sizeof(float)) != 0);
    free(plain);
    free(ended);
    free(not );
}
END_TEST

/* ---- Words ---- */

START_TEST(descriptions_are_read_and_written)
{
    static const char *const pairs[][2] = {
        {"shift 2", "shift 2"},
        {" flip v h ,rotate  10.5", NULL},
        {"rotate 10.5,shift 1, flip h", "shift 1, rotate 10.5, flip h"},
        {"erase 4, elastic 3, shear 0.1, scale 0.25, flip h v",
         "scale 0.25, shear 0.1, elastic 3, erase 4, flip h v"},
        {"flip v", "flip v"},
        {"shift 0", ""},
    };

    for (int i = 0; i < 6; i++) {
        struct nn_augment augment;
        struct nn_error error = {.text = ""};
        char text[NN_AUGMENT_TEXT];
        const int got = nn_augment_parse(&augment, pairs[i][0], &error);

        ck_assert_int_eq(got, pairs[i][1] ? 0 : -1);
        if (!pairs[i][1])
            continue;
        nn_augment_text(&augment, text);
        ck_assert_str_eq(text, pairs[i][1]);
        ck_assert_int_eq(nn_augment_any(&augment), *text != 0);
    }
}
END_TEST

START_TEST(mistakes_are_told)
{
    static const char *const pairs[][2] = {
        {"", "part 1, '': a part is missing between two commas or at an end"},
        {"shift 2,", "part 2, '': a part is missing between two commas or at an end"},
        {"shift", "part 1, 'shift': a number is needed: shift PIXELS"},
        {"shift 2 3", "part 1, 'shift 2 3': '3' is not understood; it is: shift PIXELS"},
        {"shift -1", "part 1, 'shift -1': a number is needed: shift PIXELS"},
        {"rotate 200", "part 1, 'rotate 200': 200 is not within 0 to 180"},
        {"scale 1", "part 1, 'scale 1': 1 is not within 0 to 0.9"},
        {"erase 2.5", "part 1, 'erase 2.5': a number is needed: erase PIXELS, a whole number"},
        {"shift 1, shift 2", "part 2, 'shift 2': 'shift' is there twice"},
        {"erase 1, erase 2", "part 2, 'erase 2': 'erase' is there twice"},
        {"flip",
         "part 1, 'flip': it is: flip h (left to right), flip v (upside down), or flip h v"},
        {"flip h, flip v", "part 2, 'flip v': 'flip' is there twice"},
        {"zoom 2",
         "part 1, 'zoom 2': no such change; there are: shift PIXELS, rotate DEGREES, scale "
         "SHARE, shear SHARE, elastic PIXELS, erase PIXELS, flip h|v|h v"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct nn_augment augment;
        struct nn_error error = {.text = ""};

        ck_assert_int_eq(nn_augment_parse(&augment, pairs[i][0], &error), -1);
        ck_assert_str_eq(error.text, pairs[i][1]);
    }
}
END_TEST

Suite *suite_augment(void)
{
    Suite *suite = suite_create("augment");
    TCase *map = tcase_create("map"), *drawn = tcase_create("drawn");
    TCase *training = tcase_create("training"), *words = tcase_create("words");

    draw_pictures();
    tcase_add_test(map, amounts_of_zero_leave_every_picture_as_it_is);
    tcase_add_test(map, shifts_by_whole_pixels_are_exact);
    tcase_add_test(map, flips_are_exact);
    tcase_add_test(map, quarter_turns_of_squares_lose_nothing);
    tcase_add_test(map, a_change_and_its_inverse_return_the_picture);
    tcase_add_loop_test(map, every_table_samples_as_the_plain_form_does, 0, SHAPES);
    tcase_add_loop_test(map, tables_agree, 0, SHAPES);
    tcase_add_test(map, channels_move_alike);
    suite_add_tcase(suite, map);
    tcase_add_test(drawn, amounts_are_uniform_and_differ_by_row_epoch_and_seed);
    tcase_add_test(drawn, bends_are_smooth_and_as_large_as_told);
    tcase_add_test(drawn, squares_are_erased_everywhere_alike);
    suite_add_tcase(suite, drawn);
    tcase_add_test(training, a_training_sees_the_changed_pictures);
    tcase_add_test(training, the_last_epochs_are_plain);
    suite_add_tcase(suite, training);
    tcase_add_test(words, descriptions_are_read_and_written);
    tcase_add_test(words, mistakes_are_told);
    suite_add_tcase(suite, words);
    return suite;
}
