#include "pipeline/fit/run_groups.h"

#include "pipeline/predict/score.h"

#include <check.h>
#include <math.h>

Suite *suite_run_groups(void);

static struct err err;

static json_t *run(const char *name, const char *model, const char *digest, int rows, int right)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:i, s:f, s:s}", "name", name, "fit", name, "options",
                     "", "val_digest", digest, "val_rows", rows, "val_accuracy",
                     (double)right / rows, "digest", model);
}

START_TEST(a_best_is_of_the_same_rows_alone)
{
    json_t *runs = json_pack("[o, o, o, o, o]", run("a", "1", "x", 300, 264),
                             run("b", "2", "x", 300, 266), run("a", "3", "y", 1200, 1100),
                             run("c", "4", NULL, 300, 299), run("d", "5", NULL, 300, 298));
    struct run_group *groups;
    int count;

    ck_assert_int_eq(run_groups_find(&groups, &count, runs, &err), 0);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(groups[0].best, 1);
    ck_assert_int_eq(groups[0].count, 2);
    ck_assert_int_eq(groups[1].best, -1); /* alone on its rows */
    ck_assert_int_eq(groups[2].best, -1); /* nobody knows on which */
    ck_assert_int_eq(groups[2].count, 2);
    run_groups_free(groups, count);
    json_decref(runs);
}
END_TEST

START_TEST(a_model_that_was_renamed_is_no_second_draw)
{
    json_t *runs = json_pack("[o, o, o]", run("c", "1", "x", 300, 266),
                             run("b", "2", "x", 300, 260), run("best", "1", "x", 300, 266));
    struct run_group *groups;
    int count;

    ck_assert_int_eq(run_groups_find(&groups, &count, runs, &err), 0);
    ck_assert_int_eq(groups[0].best, 2);
    ck_assert_int_eq(groups[0].models, 2);
    ck_assert_double_eq_tol(groups[0].lead, 3.0 / 300, 1e-12);
    run_groups_free(groups, count);
    json_decref(runs);
}
END_TEST

START_TEST(a_best_without_an_error_may_be_luck_all_the_same)
{
    json_t *runs = json_pack("[o, o, o]", run("a", "1", "x", 50, 50), run("b", "2", "x", 50, 50),
                             run("c", "3", "x", 50, 50));
    struct run_group *groups;
    int count;

    ck_assert_int_eq(run_groups_find(&groups, &count, runs, &err), 0);
    ck_assert_double_gt(groups[0].luck, 0.005);
    ck_assert_double_eq(groups[0].lead, 0);
    run_groups_free(groups, count);
    json_decref(runs);
}
END_TEST

START_TEST(the_largest_of_some_draws_is_that_of_the_tables)
{
    /* 1 / sqrt(pi), 3 / (2 sqrt(pi)); Teichroew, "Tables of expected values of order statistics"
     * (1956) */
    ck_assert_double_eq_tol(largest_of(1), 0, 1e-9);
    ck_assert_double_eq_tol(largest_of(2), 0.5641895835, 1e-9);
    ck_assert_double_eq_tol(largest_of(3), 0.8462843753, 1e-9);
    ck_assert_double_eq_tol(largest_of(4), 1.0293753730, 1e-9);
    ck_assert_double_eq_tol(largest_of(10), 1.5387527308, 1e-9);
    ck_assert_double_eq_tol(largest_of(20), 1.8674750598, 1e-9);
}
END_TEST

START_TEST(two_proportions_are_told_apart_as_by_scipy)
{
    /* sqrt of scipy.stats.chi2_contingency(correction=False)'s statistic, its p; SciPy 1.10.1 */
    ck_assert_double_eq_tol(proportions_p(264.0 / 300, 266.0 / 300, 300), 0.7992310908286975,
                            1e-12);
    ck_assert_double_eq_tol(proportions_p(0.90, 0.95, 1000), 2.1882399336140237e-05, 1e-12);
    ck_assert_double_eq(proportions_p(1, 1, 50), 1);
    /* few right or wrong: scipy.stats.fisher_exact */
    ck_assert_double_eq_tol(proportions_p(1, 0.98, 50), 1, 1e-9);
    ck_assert_double_eq_tol(proportions_p(1, 0.8, 50), 0.0011868393451716574, 1e-12);
    ck_assert_double_eq_tol(proportions_p(0.002, 0.009, 1000), 0.06470495791578931, 1e-11);
    ck_assert_double_eq_tol(proportions_p(0.995, 0.999, 1000), 0.2180461712891528, 1e-11);
    ck_assert_double_eq_tol(proportions_p(0, 0.1, 60), 0.027411633549740966, 1e-12);
}
END_TEST

Suite *suite_run_groups(void)
{
    Suite *suite = suite_create("run_groups");
    TCase *tests = tcase_create("groups");

    tcase_add_test(tests, a_best_is_of_the_same_rows_alone);
    tcase_add_test(tests, a_model_that_was_renamed_is_no_second_draw);
    tcase_add_test(tests, a_best_without_an_error_may_be_luck_all_the_same);
    tcase_add_test(tests, the_largest_of_some_draws_is_that_of_the_tables);
    tcase_add_test(tests, two_proportions_are_told_apart_as_by_scipy);
    suite_add_tcase(suite, tests);
    return suite;
}
