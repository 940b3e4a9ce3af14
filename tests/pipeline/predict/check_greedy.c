/* Greedy selection of models: what it chooses among equals, and rows that it leaves out. */
#include "pipeline/predict/greedy.h"

#include <check.h>
#include <math.h>

Suite *suite_greedy(void);

enum { ROWS = 10 };

static unsigned char fold_of[ROWS] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};

static void select_of(float **p, int models, int without, double *weights)
{
    const struct greedy greedy = {.models = models, .rows = ROWS, .p = p, .fold = fold_of};
    struct err err;

    ck_assert_int_eq(greedy_select(&greedy, without, weights, &err), 0);
}

START_TEST(of_equal_models_the_first_counts_alone)
{
    float one[ROWS], other[ROWS], *p[] = {one, other};
    double weights[2];

    for (int i = 0; i < ROWS; i++)
        one[i] = other[i] = 0.1f * (float)(i + 1);
    select_of(p, 2, -1, weights);
    ck_assert_double_eq(weights[0], 1);
    ck_assert_double_eq(weights[1], 0);
}
END_TEST

START_TEST(models_that_complete_each_other_share)
{
    float one[ROWS], other[ROWS], bad[ROWS], *p[] = {bad, one, other};
    double weights[3];

    for (int i = 0; i < ROWS; i++) {
        one[i] = i % 2 ? 0.9f : 0.2f;
        other[i] = i % 2 ? 0.2f : 0.9f;
        bad[i] = 0.05f;
    }
    select_of(p, 3, -1, weights);
    ck_assert_double_eq(weights[0], 0);
    ck_assert_double_eq_tol(weights[1], 0.5, 1e-12);
    ck_assert_double_eq_tol(weights[2], 0.5, 1e-12);
}
END_TEST

START_TEST(a_fold_left_out_does_not_count)
{
    float one[ROWS], other[ROWS], *p[] = {one, other};
    double weights[2];

    for (int i = 0; i < ROWS; i++) {
        one[i] = fold_of[i] == 3 ? 0 : 0.8f;
        other[i] = fold_of[i] == 3 ? 1 : 0.5f;
    }
    select_of(p, 2, 3, weights);
    ck_assert_double_eq(weights[0], 1);
    select_of(p, 2, -1, weights);
    ck_assert_double_gt(weights[1], 0);
}
END_TEST

START_TEST(no_probability_is_a_finite_loss)
{
    float none[ROWS] = {0}, *p[] = {none};
    const struct greedy greedy = {.models = 1, .rows = ROWS, .p = p, .fold = fold_of};
    double weights[1];

    select_of(p, 1, -1, weights);
    ck_assert_double_eq(weights[0], 1);
    ck_assert_double_eq_tol(greedy_loss(&greedy, weights, 4), 126 * log(2), 1e-9);
}
END_TEST

START_TEST(rows_of_a_class_take_turns_through_the_folds)
{
    int64_t seen[2] = {0};

    for (int i = 0; i < 3 * GREEDY_FOLDS; i++) {
        ck_assert_int_eq(greedy_fold(seen, 1), i % GREEDY_FOLDS);
        if (i % 2)
            ck_assert_int_eq(greedy_fold(seen, 0), i / 2 % GREEDY_FOLDS);
    }
}
END_TEST

Suite *suite_greedy(void)
{
    Suite *suite = suite_create("greedy");
    TCase *tests = tcase_create("selection");

    tcase_add_test(tests, of_equal_models_the_first_counts_alone);
    tcase_add_test(tests, models_that_complete_each_other_share);
    tcase_add_test(tests, a_fold_left_out_does_not_count);
    tcase_add_test(tests, no_probability_is_a_finite_loss);
    tcase_add_test(tests, rows_of_a_class_take_turns_through_the_folds);
    suite_add_tcase(suite, tests);
    return suite;
}
