#include "pipeline/audit/alike.h"

#include "nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_alike(void);

static struct err err;

enum { SIDE = 9, PIXELS = SIDE * SIDE, ROWS = 700 };

static const struct nn_random noise = {.seed = 7};

/* Pictures of few kinds with more or less noise, so that some pairs are just near and some not. */
static void make(float *images)
{
    for (int64_t i = 0; i < ROWS; i++) {
        const uint64_t kind = nn_random_below(&noise, (uint64_t)i, 12);
        const double strength = 0.3 * nn_random_unit(&noise, (uint64_t)(ROWS + i));

        for (int k = 0; k < PIXELS; k++)
            images[i * PIXELS + k] =
                (float)(nn_random_normal(&noise, 100000 + kind * PIXELS + (uint64_t)k) +
                        strength * nn_random_normal(&noise, 200000 + (uint64_t)(i * PIXELS + k)));
        if (i % 50 == 49)
            memcpy(images + i * PIXELS, images + (i - 17) * PIXELS, PIXELS * sizeof *images);
        if (i % 100 == 7) /* empty */
            memset(images + i * PIXELS, 0, PIXELS * sizeof *images);
    }
}

/* The distance of two pictures less their mean, at length 1; 3: one is empty. */
static double distance(const float *a, const float *b)
{
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, sum = 0;

    for (int k = 0; k < PIXELS; k++) {
        mean_a += (double)a[k] / PIXELS;
        mean_b += (double)b[k] / PIXELS;
    }
    for (int k = 0; k < PIXELS; k++) {
        aa += ((double)a[k] - mean_a) * ((double)a[k] - mean_a);
        bb += ((double)b[k] - mean_b) * ((double)b[k] - mean_b);
    }
    if (aa == 0 || bb == 0)
        return 3;
    for (int k = 0; k < PIXELS; k++) {
        const double d = ((double)a[k] - mean_a) / sqrt(aa) - ((double)b[k] - mean_b) / sqrt(bb);

        sum += d * d;
    }
    return sqrt(sum);
}

/* All pairs, the plain way. */
static void check(const struct alike *a, const float *images)
{
    int same = 0, near = 0;

    for (int64_t i = 0; i < ROWS; i++) {
        int64_t first = i, nearest = -1;
        double least = ALIKE_MOST;

        for (int64_t j = i - 1; j >= 0; j--)
            if (memcmp(images + i * PIXELS, images + j * PIXELS, PIXELS * sizeof *images) == 0)
                first = j;
        ck_assert_int_eq(a->first[i], first);
        same += first != i;
        for (int64_t j = 0; j < i && first == i; j++) {
            const double d = distance(images + i * PIXELS, images + j * PIXELS);

            if (a->first[j] == j && d < least) {
                least = d;
                nearest = j;
            }
        }
        ck_assert_int_eq(a->near[i], nearest);
        if (nearest >= 0)
            ck_assert_double_eq_tol((double)a->distance[i], least, 1e-4);
        near += nearest >= 0;
    }
    ck_assert_int_gt(same, 15);
    ck_assert_int_gt(near, 50);
    ck_assert_int_lt(near, ROWS / 2);
    ck_assert(!a->gave_up);
}

START_TEST(the_nearest_earlier_picture_is_that_of_all_pairs)
{
    float *images = malloc(sizeof *images * ROWS * PIXELS);
    const struct pictures p = {
        .images = images, .pixel = DTYPE_F32, .c = 1, .h = SIDE, .w = SIDE, .n = ROWS};
    struct alike a;

    make(images);
    for (int threads = 1; threads <= 7; threads += 3) {
        ck_assert_int_eq(alike_find(&a, &p, threads, &err), 0);
        check(&a, images);
        alike_free(&a);
    }
    free(images);
}
END_TEST

START_TEST(equal_pictures_follow_each_other)
{
    static const uint8_t images[] = {1, 2, 3, 4, 1, 2, 9, 9, 1, 2, 3, 4, 7, 7, 7, 7};
    const struct pictures p = {
        .images = images, .pixel = DTYPE_U8, .c = 2, .h = 1, .w = 1, .n = sizeof images / 2};
    struct alike a;

    ck_assert_int_eq(alike_find(&a, &p, 1, &err), 0);
    ck_assert_int_eq(a.first[2], 0);
    ck_assert_int_eq(a.first[4], 0);
    ck_assert_int_eq(a.first[5], 1);
    ck_assert_int_eq(a.next[0], 2);
    ck_assert_int_eq(a.next[2], 4);
    ck_assert_int_eq(a.next[4], -1);
    ck_assert_int_eq(a.first[7], 6);
    alike_free(&a);
}
END_TEST

/* Brighter by a constant and with half the contrast: correlation 1. */
START_TEST(brightness_and_contrast_do_not_count)
{
    uint8_t images[3][16];
    const struct pictures p = {
        .images = images, .pixel = DTYPE_U8, .c = 1, .h = 4, .w = 4, .n = 3};
    struct alike a;

    for (int k = 0; k < 16; k++) {
        images[0][k] = (uint8_t)(2 * (k * k % 50));
        images[1][k] = (uint8_t)(100 + k * k % 50);
        images[2][k] = (uint8_t)(255 - k * k % 50);
    }
    ck_assert_int_eq(alike_find(&a, &p, 1, &err), 0);
    ck_assert_int_eq(a.near[1], 0);
    ck_assert_float_lt(a.distance[1], 1e-3f);
    ck_assert_int_eq(a.near[2], -1);
    alike_free(&a);
}
END_TEST

Suite *suite_alike(void)
{
    Suite *suite = suite_create("alike");
    TCase *tests = tcase_create("alike");

    tcase_add_test(tests, the_nearest_earlier_picture_is_that_of_all_pairs);
    tcase_add_test(tests, equal_pictures_follow_each_other);
    tcase_add_test(tests, brightness_and_contrast_do_not_count);
    suite_add_tcase(suite, tests);
    return suite;
}
