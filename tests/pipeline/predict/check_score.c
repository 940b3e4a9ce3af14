#include "pipeline/predict/score.h"

#include <check.h>
#include <math.h>

Suite *suite_score(void);

START_TEST(wilsons_interval_is_that_of_scipy)
{
    /* scipy.stats.binomtest(right, rows).proportion_ci(method="wilson"), SciPy 1.10.1 */
    static const struct {
        int right, rows;
        double low, high;
    } known[] = {{50, 50, 0.9286524008666412, 1.0},
                 {0, 50, 0.0, 0.07134759913335872},
                 {49, 50, 0.8950455641036218, 0.9964607407283538},
                 {1, 10, 0.017876213095072896, 0.4041500267952385},
                 {9120, 10000, 0.9062881269633114, 0.9173954583792512},
                 {999997, 1000000, 0.9999911788502257, 0.9999989797287591}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct interval ends =
            wilson_interval((double)known[i].right / known[i].rows, known[i].rows, Z_95);

        ck_assert_double_eq_tol(ends.low, known[i].low, 1e-14);
        ck_assert_double_eq_tol(ends.high, known[i].high, 1e-14);
    }
    ck_assert_double_nan(wilson_interval(0.5, 0, Z_95).low);
}
END_TEST

START_TEST(few_wrong_or_few_right_have_the_interval)
{
    char text[ACCURACY_TEXT];

    ck_assert_str_eq(accuracy_text(1, 50, "+-", text), "100.00 % (92.87 to 100.00 %)");
    ck_assert_str_eq(accuracy_text(0, 50, "+-", text), "0.00 % (0.00 to 7.13 %)");
    ck_assert_str_eq(accuracy_text(0.91, 100, "+-", text), "91.00 % (83.77 to 95.19 %)");
    ck_assert_str_eq(accuracy_text(0.90, 100, "+-", text), "90.00 % +- 3.00 %");
    ck_assert_str_eq(accuracy_text(0.999997, 1e6, "+-", text), "99.9997 % (99.999 to 99.9999 %)");
    ck_assert_str_eq(accuracy_text(0.9, NAN, "+-", text), "90.00 %");
    ck_assert_str_eq(accuracy_text(NAN, 10, "+-", text), "-");
}
END_TEST

START_TEST(a_score_says_what_it_does_not_know)
{
    const struct score sure = {.rows = 50, .correct = 50, .loss = 0.25, .at_least = true};
    char text[SCORE_TEXT];
    json_t *json = score_json(&sure);
    struct score read;

    ck_assert_str_eq(score_text(&sure, text), "accuracy 100.00 % (92.87 to 100.00 %), loss at "
                                              "least 0.2500, 0 of 50 wrong");
    ck_assert_double_eq_tol(json_real_value(json_array_get(json_object_get(json, "ci95"), 0)),
                            0.9286524008666412, 1e-15);
    ck_assert_int_eq(score_read(&read, json), 0);
    ck_assert(read.at_least && read.correct == 50);
    json_decref(json);
}
END_TEST

Suite *suite_score(void)
{
    Suite *suite = suite_create("score");
    TCase *tests = tcase_create("score");

    tcase_add_test(tests, wilsons_interval_is_that_of_scipy);
    tcase_add_test(tests, few_wrong_or_few_right_have_the_interval);
    tcase_add_test(tests, a_score_says_what_it_does_not_know);
    suite_add_tcase(suite, tests);
    return suite;
}
