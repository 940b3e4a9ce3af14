#include "pipeline/audit/drift.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

Suite *suite_drift(void);

static struct err err;

enum { SIDE = 8, PIXELS = SIDE * SIDE, ROWS = 600, SPLIT = 350 };

static const struct nn_random noise = {.seed = 3};

/* Noise; pictures of the second set have a brighter corner. */
static uint8_t *make(int brighter)
{
    uint8_t *images = malloc((size_t)ROWS * PIXELS);

    for (int64_t i = 0; i < ROWS * PIXELS; i++) {
        const int corner = i % PIXELS < 2 && i / PIXELS >= SPLIT;

        images[i] = (uint8_t)((int)nn_random_below(&noise, (uint64_t)i, 100) +
                              (corner ? brighter : 0));
    }
    return images;
}

static void ignore(double share)
{
    ck_assert(share >= 0 && share <= 1);
}

static struct drift measure(int brighter, int threads)
{
    uint8_t *images = make(brighter);
    const struct pictures p = {
        .images = images, .pixel = DTYPE_U8, .c = 1, .h = SIDE, .w = SIDE, .n = ROWS};
    struct nn_pool *pool = nn_pool_new(threads);
    struct drift drift;

    ck_assert_int_eq(drift_measure(&drift, &p, SPLIT, 255, pool, ignore, &err), 0);
    nn_pool_free(pool);
    free(images);
    return drift;
}

START_TEST(pictures_of_one_kind_are_not_told_apart)
{
    struct drift drift = measure(0, 1);

    ck_assert_double_lt(fabs(drift.auc - 0.5), 4 * drift.error);
    ck_assert(!drift_is_seen(&drift));
    drift_free(&drift);
}
END_TEST

/* The area by its definition: the share of pairs in the right order. */
START_TEST(pictures_of_two_kinds_are_told_apart_and_the_area_is_that_of_all_pairs)
{
    struct drift drift = measure(120, 1);
    double sum = 0;

    for (int i = 0; i < SPLIT; i++)
        for (int j = SPLIT; j < ROWS; j++)
            sum += drift.first[i] > drift.first[j]    ? 1
                   : drift.first[i] == drift.first[j] ? 0.5
                                                      : 0;
    ck_assert_double_eq_tol(drift.auc, sum / SPLIT / (ROWS - SPLIT), 1e-9);
    ck_assert_double_gt(drift.auc, 0.8);
    ck_assert(drift_is_seen(&drift));
    drift_free(&drift);
}
END_TEST

START_TEST(it_does_not_depend_on_threads)
{
    struct drift one = measure(40, 1), three = measure(40, 3);

    for (int i = 0; i < ROWS; i++)
        ck_assert(one.first[i] == three.first[i]);
    drift_free(&one);
    drift_free(&three);
}
END_TEST

START_TEST(few_rows_are_refused)
{
    static const uint8_t images[64];
    const struct pictures p = {
        .images = images, .pixel = DTYPE_U8, .c = 1, .h = 1, .w = 1, .n = sizeof images};
    struct nn_pool *pool = nn_pool_new(1);
    struct drift drift;

    ck_assert_int_eq(drift_measure(&drift, &p, DRIFT_LEAST - 1, 255, pool, ignore, &err), -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_int_eq(drift_measure(&drift, &p, DRIFT_LEAST, 255, pool, ignore, &err), 0);
    drift_free(&drift);
    nn_pool_free(pool);
}
END_TEST

Suite *suite_drift(void)
{
    Suite *suite = suite_create("drift");
    TCase *tests = tcase_create("drift");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, pictures_of_one_kind_are_not_told_apart);
    tcase_add_test(tests, pictures_of_two_kinds_are_told_apart_and_the_area_is_that_of_all_pairs);
    tcase_add_test(tests, it_does_not_depend_on_threads);
    tcase_add_test(tests, few_rows_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
