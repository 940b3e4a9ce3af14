#include "pipeline/base/figures.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

Suite *suite_figures(void);

static char text[SHARE_TEXT];

START_TEST(shares_have_the_decimals_requested)
{
    ck_assert_str_eq(percent_text(0.9735, 2, text), "97.35");
    ck_assert_str_eq(percent_text(0.0549, 1, text), "5.5");
    ck_assert_str_eq(ratio_text(0.97354, 4, text), "0.9735");
    ck_assert_str_eq(percent_text(NAN, 2, text), "-");
}
END_TEST

START_TEST(all_and_none_are_said_of_all_and_none_alone)
{
    ck_assert_str_eq(percent_text(1, 2, text), "100.00");
    ck_assert_str_eq(percent_text(0, 2, text), "0.00");
    ck_assert_str_eq(ratio_cut(1, 4, text), "1.0000");
    ck_assert_str_eq(percent_text(0.99997, 2, text), "99.997");
    ck_assert_str_eq(percent_text(0.00003, 2, text), "0.003");
    ck_assert_str_eq(ratio_text(0.99997, 4, text), "0.99997");
    ck_assert_str_eq(percent_text(1 - 1e-12, 2, text), ">99.999999");
    ck_assert_str_eq(percent_text(1e-12, 2, text), "<0.000001");
    ck_assert_str_eq(percent_cut(0.99997, 2, text), ">99.99");
    ck_assert_str_eq(ratio_cut(1e-30, 4, text), "<0.0001");
    ck_assert_str_eq(percent_cut(0.9999, 2, text), "99.99");
}
END_TEST

START_TEST(no_count_of_a_million_rows_reads_as_all_or_none)
{
    enum { ROWS = 1000000 };
    int lies = 0;

    for (int wrong = 1; wrong < ROWS; wrong += wrong < 20000 || wrong > ROWS - 20000 ? 1 : 997) {
        const double share = (double)(ROWS - wrong) / ROWS;
        const double shown = strtod(percent_text(share, 2, text), NULL);

        lies += !(shown > 0 && shown < 100) || fabs(shown - 100 * share) > 0.0051;
    }
    ck_assert_int_eq(lies, 0);
}
END_TEST

START_TEST(a_loss_of_a_training_that_ran_away_fits_its_column)
{
    char loss[LOSS_TEXT];

    ck_assert_str_eq(loss_text(0.24309, loss), "0.2431");
    ck_assert_str_eq(loss_text(9999.99, loss), "9999.9900");
    ck_assert_str_eq(loss_text(1059423423498826.75, loss), "1.06e+15");
    ck_assert_str_eq(loss_text(NAN, loss), "-");
}
END_TEST

START_TEST(no_chance_is_none)
{
    char p[P_TEXT];

    ck_assert_str_eq(p_text(0.7266, 2, p), "= 0.73");
    ck_assert_str_eq(p_text(4.02e-21, 3, p), "= 4.02e-21");
    ck_assert_str_eq(p_text(0, 2, p), "< 1e-300");
}
END_TEST

Suite *suite_figures(void)
{
    Suite *suite = suite_create("figures");
    TCase *tests = tcase_create("text");

    tcase_add_test(tests, shares_have_the_decimals_requested);
    tcase_add_test(tests, all_and_none_are_said_of_all_and_none_alone);
    tcase_add_test(tests, no_count_of_a_million_rows_reads_as_all_or_none);
    tcase_add_test(tests, a_loss_of_a_training_that_ran_away_fits_its_column);
    tcase_add_test(tests, no_chance_is_none);
    suite_add_tcase(suite, tests);
    return suite;
}
