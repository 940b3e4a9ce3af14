#include "pipeline/predict/comparison.h"

#include <check.h>
#include <math.h>

Suite *suite_comparison(void);

/* Sums of binomial coefficients over powers of two, by Python's integers: min(1, 2 * sum(comb(n, i)
 * for i in range(min(b, c) + 1)) / 2**n). */
START_TEST(p_is_that_of_exact_arithmetic)
{
    static const struct {
        int64_t b, c;
        double p;
    } known[] = {
        {0, 0, 1},
        {0, 1, 1},
        {0, 5, 0.0625},
        {5, 0, 0.0625},
        {1, 9, 0.021484375},
        {6, 16, 0.052478790283203125},
        {4, 5, 1},
        {86, 150, 3.715936139571442e-05},
        {53, 37, 0.11334435404342065},
        {500, 560, 0.06990955946026933},
        {3000, 3000, 1},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_double_eq_tol(mcnemar_p(known[i].b, known[i].c), known[i].p, 1e-10 * known[i].p);
    ck_assert_double_lt(mcnemar_p(0, 100000), 1e-300);
}
END_TEST

/* By a formula from the rows: each adds 1, 0 or -1; the standard error of their mean is their
 * standard deviation over the root of their number. */
START_TEST(the_error_is_that_of_a_mean_of_differences)
{
    const struct comparison c = {.rows = 1000, .both = 900, .neither = 40, .only = {45, 15}};
    const double mean = 0.03;
    const double squares =
        45 * (1 - mean) * (1 - mean) + 15 * (1 + mean) * (1 + mean) + 940 * mean * mean;

    ck_assert_double_eq_tol(comparison_difference(&c), mean, 1e-15);
    ck_assert_double_eq_tol(comparison_error(&c), sqrt(squares / 1000) / sqrt(1000), 1e-12);
}
END_TEST

START_TEST(no_row_apart_is_no_certainty)
{
    const struct comparison same = {.rows = 98, .both = 98};
    const struct comparison few = {.rows = 98, .both = 88, .only = {7, 3}};
    struct interval ends = comparison_interval(&same);

    /* one row each of 100: 1.96 sqrt(0.02 / 100) */
    ck_assert_double_eq_tol(ends.high, 1.959963984540054 * sqrt(0.0002), 1e-12);
    ck_assert_double_eq_tol(ends.low, -ends.high, 1e-15);
    ck_assert(comparison_is_extreme(&same));
    ck_assert(!comparison_is_extreme(&few));
    /* 8 and 4 of 100: 0.04 +- 1.96 sqrt((0.12 - 0.0016) / 100) */
    ends = comparison_interval(&few);
    ck_assert_double_eq_tol(ends.low, 0.04 - 1.959963984540054 * sqrt(0.001184), 1e-12);
    ck_assert_double_eq_tol(ends.high, 0.04 + 1.959963984540054 * sqrt(0.001184), 1e-12);
}
END_TEST

START_TEST(rows_trained_on_are_an_advantage_of_one)
{
    const struct relation fair = {.rows = 100}, part = {.rows = 100, .trained = 60};
    const struct relation all = {.rows = 100, .trained = 100};
    const struct relation repeated = {.rows = 100, .trained = 5, .held_back = true};
    const struct {
        struct relation a, b;
        int side;
    } known[] = {{fair, fair, -1}, {all, all, -1},          {all, fair, 0},  {fair, all, 1},
                 {all, part, 0},   {part, all, 1},          {part, fair, 0}, {fair, repeated, 1},
                 {part, part, -1}, {repeated, repeated, -1}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_int_eq(
            comparison_trained_side(&(struct comparison){.relation = {known[i].a, known[i].b}}),
            known[i].side);
}
END_TEST

Suite *suite_comparison(void)
{
    Suite *suite = suite_create("comparison");
    TCase *tests = tcase_create("statistics");

    tcase_add_test(tests, p_is_that_of_exact_arithmetic);
    tcase_add_test(tests, the_error_is_that_of_a_mean_of_differences);
    tcase_add_test(tests, no_row_apart_is_no_certainty);
    tcase_add_test(tests, rows_trained_on_are_an_advantage_of_one);
    suite_add_tcase(suite, tests);
    return suite;
}
