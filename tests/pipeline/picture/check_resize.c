#include "pipeline/picture/resize.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_resize(void);

enum { MOST = 12, MOST_VALUES = MOST * MOST * 3 };

static struct err err;
static struct resize resize; /* one for all, as a thread has */

static void fill(uint8_t *pixels, int h, int w, int channels)
{
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < channels; c++)
                *pixels++ = (uint8_t)(y * 37 + x * 91 + y * x * 13 + c * 59);
}

static void run(const uint8_t *pixels, int h, int w, int channels, uint8_t *planes, int new_h,
                int new_w)
{
    MUST(resize_begin(&resize, w, h, channels, new_w, new_h, planes, &err));
    for (int y = 0; y < h; y++)
        resize_row(&resize, pixels + (size_t)y * (size_t)(w * channels));
}

/* ---- The plain reference ---- */

/* Share of pixel j of the source in pixel i of the result, along one axis. */
static double weight(int from, int to, int i, int j)
{
    const double scale = (double)from / to;
    const double left = fmax(i * scale, j), right = fmin((i + 1) * scale, j + 1);
    const double at = fmin(fmax((i + 0.5) * scale - 0.5, 0), from - 1);

    if (to < from)
        return fmax(right - left, 0) / scale;
    return fmax(1 - fabs(at - j), 0);
}

static double plainly(const uint8_t *pixels, int h, int w, int channels, int c, int new_h,
                      int new_w, int y, int x)
{
    double sum = 0;

    for (int j = 0; j < h; j++)
        for (int i = 0; i < w; i++)
            sum += weight(h, new_h, y, j) * weight(w, new_w, x, i) *
                   pixels[(j * w + i) * channels + c];
    return sum;
}

static void compare(int h, int w, int channels, int new_h, int new_w)
{
    uint8_t pixels[MOST_VALUES], planes[MOST_VALUES];

    fill(pixels, h, w, channels);
    memset(planes, 99, sizeof planes);
    run(pixels, h, w, channels, planes, new_h, new_w);
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < new_h; y++)
            for (int x = 0; x < new_w; x++) {
                const double exact = plainly(pixels, h, w, channels, c, new_h, new_w, y, x);
                const int ours = planes[(c * new_h + y) * new_w + x];

                EXPECT(fabs(exact - ours) <= 0.5 + 1e-9,
                       "%dx%dx%d to %dx%d: %d at (%d, %d), not %g", channels, h, w, new_h, new_w,
                       ours, y, x, exact);
            }
}

START_TEST(every_size_is_as_the_plain_reference_has_it)
{
    for (int h = 1; h <= MOST; h += 2)
        for (int w = 1; w <= MOST; w += 3)
            for (int new_h = 1; new_h <= MOST; new_h++)
                for (int new_w = 1; new_w <= MOST; new_w++)
                    compare(h, w, 1 + (new_h + new_w) % 2 * 2, new_h, new_w);
}
END_TEST

START_TEST(growing_is_bilinear_as_pillow_computes_it)
{
    /* Image.fromarray(3x4 floats, "F").resize((7, 5), Image.BILINEAR), Pillow 9.4 */
    static const double pillow[5][7] = {{0.0, 32.5, 84.5, 136.5, 170.214, 75.929, 17.0},
                                        {14.8, 49.157, 104.129, 159.1, 195.786, 104.471, 47.4},
                                        {37.0, 74.143, 133.571, 193.0, 234.143, 147.286, 93.0},
                                        {59.2, 99.129, 163.014, 150.1, 129.871, 135.243, 138.6},
                                        {74.0, 115.786, 182.643, 121.5, 60.357, 127.214, 169.0}};
    uint8_t pixels[12], planes[35];

    fill(pixels, 3, 4, 1);
    run(pixels, 3, 4, 1, planes, 5, 7);
    for (int i = 0; i < 35; i++)
        ck_assert_msg(fabs(planes[i] - pillow[i / 7][i % 7]) <= 0.5 + 1e-3, "%d: %d", i, planes[i]);
}
END_TEST

START_TEST(shrinking_takes_means_as_pillow_computes_them)
{
    /* Image.fromarray(4x6).resize((2, 2), Image.BOX) */
    static const uint8_t pillow[] = {116, 110, 131, 160};
    uint8_t pixels[24], planes[4];

    fill(pixels, 4, 6, 1);
    run(pixels, 4, 6, 1, planes, 2, 2);
    ck_assert_mem_eq(planes, pillow, 4);
}
END_TEST

START_TEST(halves_are_rounded_up_and_white_stays_white)
{
    const uint8_t pair[] = {1, 2}, white[] = {255, 255, 255};
    uint8_t planes[4];

    run(pair, 1, 2, 1, planes, 1, 1);
    ck_assert_uint_eq(planes[0], 2);
    run(white, 1, 3, 1, planes, 2, 2);
    ck_assert(planes[0] == 255 && planes[1] == 255 && planes[2] == 255 && planes[3] == 255);
}
END_TEST

START_TEST(the_longest_sides_do_not_overflow)
{
    uint8_t *row = malloc(65500), pixel = 0;

    ck_assert_ptr_nonnull(row);
    memset(row, 255, 65500);
    MUST(resize_begin(&resize, 65500, 3, 1, 1, 1, &pixel, &err));
    for (int y = 0; y < 3; y++)
        resize_row(&resize, row);
    ck_assert_uint_eq(pixel, 255);
    MUST(resize_begin(&resize, 300, 65500, 1, 1, 1, &pixel, &err));
    pixel = 0;
    for (int y = 0; y < 65500; y++)
        resize_row(&resize, row);
    ck_assert_uint_eq(pixel, 255);
    free(row);
}
END_TEST

START_TEST(sixteen_bits_do_not_overflow_either)
{
    uint16_t *row = malloc(65500 * sizeof *row), pixels[4], pixel = 0;

    ck_assert_ptr_nonnull(row);
    memset(row, 255, 65500 * sizeof *row);
    resize.wide = true;
    MUST(resize_begin(&resize, 65500, 1, 1, 1, 1, &pixel, &err));
    resize_row(&resize, row);
    ck_assert_uint_eq(pixel, 65535);
    row[1] = 0;
    MUST(resize_begin(&resize, 2, 1, 1, 4, 1, pixels, &err));
    resize_row(&resize, row);
    ck_assert_mem_eq(pixels, ((uint16_t[]){65535, 49151, 16384, 0}), 8);
    free(row);
}
END_TEST

static void close_resize(void)
{
    resize_free(&resize);
}

Suite *suite_resize(void)
{
    Suite *suite = suite_create("resize");
    TCase *tcase = tcase_create("resize");

    tcase_add_checked_fixture(tcase, NULL, close_resize);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_size_is_as_the_plain_reference_has_it);
    tcase_add_test(tcase, growing_is_bilinear_as_pillow_computes_it);
    tcase_add_test(tcase, shrinking_takes_means_as_pillow_computes_them);
    tcase_add_test(tcase, halves_are_rounded_up_and_white_stays_white);
    tcase_add_test(tcase, the_longest_sides_do_not_overflow);
    tcase_add_test(tcase, sixteen_bits_do_not_overflow_either);
    suite_add_tcase(suite, tcase);
    return suite;
}
