/* One pass over predictions gathers what its parts would gather one by one. */
#include "pipeline/predict/prediction_stats.h"

#include <check.h>

Suite *suite_prediction_stats(void);

enum { ROWS = 4, CLASSES = 2 };

static const int64_t rows[ROWS] = {3, 5, 8, 13};
static const float probabilities[ROWS][CLASSES] = {
    {0.75f, 0.25f}, {0.125f, 0.875f}, {0.5f, 0.5f}, {1, 0}};

static struct prediction_stats gather(const uint8_t (*labels)[CLASSES])
{
    struct prediction_stats stats;
    struct err err;

    ck_assert_int_eq(prediction_stats_init(&stats, ROWS, CLASSES, labels != NULL, false, &err), 0);
    prediction_stats_add(&stats, rows, probabilities[0], labels, 3);
    prediction_stats_add(&stats, rows + 3, probabilities[3], labels ? labels + 3 : NULL, 1);
    return stats;
}

START_TEST(labelled_rows_are_counted_ranked_and_scored)
{
    static const uint8_t labels[ROWS][CLASSES] = {{1, 0}, {1, 0}, {0, 1}, {1, 0}};
    struct prediction_stats stats = gather(labels);

    ck_assert_int_eq(stats.predicted[0], 3);
    ck_assert_int_eq(stats.predicted[1], 1);
    ck_assert_double_eq(stats.confidence, 0.75 + 0.875 + 0.5 + 1);
    ck_assert_int_eq(stats.scores.rows, ROWS);
    ck_assert_int_eq(stats.scores.correct, 2);
    ck_assert_int_eq(stats.mistakes.count, 2);
    ck_assert_int_eq(stats.mistakes.list[0].row, 5);
    ck_assert_int_eq(stats.mistakes.list[1].row, 8);
    ck_assert_int_eq(stats.unsure.count, ROWS);
    ck_assert_int_eq(stats.unsure.list[0].row, 8);
    ck_assert_int_eq(stats.unsure.list[3].row, 13);
    /* the bins of 0.5, 0.7, 0.8 and 1: |0 - 0.5| + |1 - 0.75| + |0 - 0.875| + |1 - 1| over 4 */
    ck_assert_double_eq(calibration_error(&stats.calibration), 1.625 / 4);
    prediction_stats_free(&stats);
}
END_TEST

START_TEST(without_labels_nothing_is_scored)
{
    struct prediction_stats stats = gather(NULL);

    ck_assert_int_eq(stats.predicted[0], 3);
    ck_assert_int_eq(stats.unsure.count, ROWS);
    ck_assert_int_eq(stats.mistakes.count, 0);
    ck_assert_int_eq(stats.scores.rows, 0);
    ck_assert_double_nan(calibration_error(&stats.calibration));
    prediction_stats_free(&stats);
}
END_TEST

Suite *suite_prediction_stats(void)
{
    Suite *suite = suite_create("prediction_stats");
    TCase *tests = tcase_create("pass");

    tcase_add_test(tests, labelled_rows_are_counted_ranked_and_scored);
    tcase_add_test(tests, without_labels_nothing_is_scored);
    suite_add_tcase(suite, tests);
    return suite;
}
