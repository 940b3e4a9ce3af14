/* Lines of a table of models: seeds and folds as one. */
#include "pipeline/predict/model_line.h"

#include <check.h>
#include <math.h>

Suite *suite_model_line(void);

START_TEST(folds_score_each_its_own_rows)
{
    const struct score first = {50, 40, 0.5, 0.8, 0.7, 0.9, false},
                       second = {30, 30, 0.1, 0.4, 0.3, NAN, false};
    struct model_sum sum = {0};
    struct model_line line;

    model_sum_add(&sum, &first, 4, 1.5);
    model_sum_add(&sum, &second, 5, 2.5);
    line = model_sum_line(&sum, 80);
    ck_assert_int_eq(line.rows, 80);
    ck_assert_int_eq(line.wrong, 10);
    ck_assert_double_eq_tol(line.accuracy, 70.0 / 80, 1e-15);
    ck_assert_double_eq_tol(line.loss, 28.0 / 80, 1e-15);
    ck_assert_double_eq_tol(line.macro_f1, 52.0 / 80, 1e-15);
    ck_assert_double_eq_tol(line.balanced_accuracy, 44.0 / 80, 1e-15);
    ck_assert_double_nan(line.auc);
    ck_assert_double_eq(line.epochs, 4.5);
    ck_assert_double_eq(line.seconds, 4);
}
END_TEST

START_TEST(rows_that_seeds_score_again_count_once)
{
    const struct score seeds[] = {{.rows = 100, .correct = 90, .loss = 0.4},
                                  {.rows = 100, .correct = 93, .loss = 0.2},
                                  {.rows = 100, .correct = 90, .loss = 0.3}};
    struct model_sum sum = {0};
    struct model_line line;

    for (int s = 0; s < 3; s++)
        model_sum_add(&sum, &seeds[s], 1, 1);
    line = model_sum_line(&sum, 100);
    ck_assert_int_eq(line.rows, 100);
    ck_assert_int_eq(line.wrong, 9);
    ck_assert_double_eq_tol(line.accuracy, 0.91, 1e-15);
    ck_assert_double_eq_tol(line.loss, 0.3, 1e-15);
}
END_TEST

START_TEST(what_is_not_known_stays_so)
{
    const struct score score = {.rows = 10, .correct = 9, .loss = NAN};
    struct model_sum sum = {0};
    struct model_line line = model_sum_line(&sum, 10);

    ck_assert_double_nan(line.accuracy);
    ck_assert_double_nan(line.epochs);
    ck_assert_double_nan(line.seconds);
    ck_assert_int_eq(line.rows, -1);
    ck_assert_int_eq(line.wrong, -1);
    model_sum_add(&sum, NULL, 3, NAN);
    line = model_sum_line(&sum, 10);
    ck_assert_double_nan(line.accuracy);
    ck_assert_double_eq(line.epochs, 3);
    ck_assert_double_nan(line.seconds);
    model_sum_add(&sum, &score, 3, NAN);
    line = model_sum_line(&sum, 10);
    ck_assert_int_eq(line.wrong, 1);
    ck_assert_double_nan(line.loss);
}
END_TEST

Suite *suite_model_line(void)
{
    Suite *suite = suite_create("model_line");
    TCase *tests = tcase_create("lines");

    tcase_add_test(tests, folds_score_each_its_own_rows);
    tcase_add_test(tests, rows_that_seeds_score_again_count_once);
    tcase_add_test(tests, what_is_not_known_stays_so);
    suite_add_tcase(suite, tests);
    return suite;
}
