#include "pipeline/predict/metrics.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

Suite *suite_metrics(void);

/* Six rows, three classes; the third is never predicted.
 *     truth      0    0    1    1    2    1
 *     predicted  0    1    1    1    0    1
 *     p(truth)  1/2  1/4  1/2  1/2  1/4   1 */
static const float probabilities[6][3] = {{0.5f, 0.25f, 0.25f}, {0.25f, 0.5f, 0.25f},
                                          {0.25f, 0.5f, 0.25f}, {0.25f, 0.5f, 0.25f},
                                          {0.5f, 0.25f, 0.25f}, {0, 1, 0}};
static const uint8_t labels[6][3] = {{1, 0, 0}, {1, 0, 0}, {0, 1, 0},
                                     {0, 1, 0}, {0, 0, 1}, {0, 1, 0}};

static struct metrics six_rows(void)
{
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 3, &err), 0);
    metrics_add(&m, probabilities[0], labels[0], false, NULL, 4);
    metrics_add(&m, probabilities[4], labels[4], false, NULL, 2);
    return m;
}

START_TEST(accuracy_error_and_loss_are_those_worked_by_hand)
{
    struct metrics m = six_rows();

    ck_assert_int_eq(m.rows, 6);
    ck_assert_int_eq(m.correct, 4);
    ck_assert_double_eq_tol(metrics_accuracy(&m), 4.0 / 6, 1e-15);
    ck_assert_double_eq_tol(metrics_standard_error(&m), sqrt(2.0 / 9 / 6), 1e-15);
    /* three halves and two quarters: 3 ln 2 + 2 ln 4 = 7 ln 2 */
    ck_assert_double_eq_tol(metrics_loss(&m), 7 * log(2) / 6, 1e-15);
    metrics_free(&m);
}
END_TEST

START_TEST(rows_whose_classes_tie_are_counted)
{
    static const float p[3][3] = {{0.5f, 0.25f, 0.25f}, {0.25f, 0.375f, 0.375f}, {0.5f, 0.5f, 0}};
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 3, &err), 0);
    metrics_add(&m, p[0], labels[0], false, NULL, 3);
    ck_assert_int_eq(m.tied, 2);
    metrics_free(&m);
}
END_TEST

/* Two folds of one class each, all predicted as the first: F1 of the rows together is 2/3 and 0;
 * the mean of the folds' would be (1 + 0) / 2. */
START_TEST(folds_are_pooled_before_classes_are_scored)
{
    json_t *first = json_pack("[[i, i], [i, i]]", 2, 0, 0, 0),
           *second = json_pack("[[i, i], [i, i]]", 0, 0, 2, 0), *other = json_pack("[[i]]", 1),
           *negative = json_pack("[[i, i], [i, i]]", 0, -1, 0, 0),
           *endless = json_pack("[[i, I], [i, i]]", 0, (json_int_t)INT64_MAX, 0, 0);
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 2, &err), 0);
    ck_assert(metrics_add_confusion(&m, first));
    ck_assert(metrics_add_confusion(&m, second));
    ck_assert(!metrics_add_confusion(&m, other));
    ck_assert(!metrics_add_confusion(&m, negative));
    ck_assert(!metrics_add_confusion(&m, endless));
    ck_assert_int_eq(m.rows, 4);
    ck_assert_int_eq(m.correct, 2);
    ck_assert_double_eq_tol(metrics_score(&m).macro_f1, (4.0 / 6 + 0) / 2, 1e-15);
    metrics_free(&m);
    json_decref(first);
    json_decref(second);
    json_decref(other);
    json_decref(negative);
    json_decref(endless);
}
END_TEST

START_TEST(classes_are_scored_one_by_one)
{
    struct metrics m = six_rows();

    ck_assert_int_eq(metrics_support(&m, 0), 2);
    ck_assert_int_eq(metrics_support(&m, 1), 3);
    ck_assert_int_eq(metrics_predicted(&m, 0), 2);
    ck_assert_int_eq(metrics_predicted(&m, 1), 4);
    ck_assert_double_eq(metrics_precision(&m, 0), 0.5);
    ck_assert_double_eq(metrics_recall(&m, 0), 0.5);
    ck_assert_double_eq(metrics_f1(&m, 0), 0.5);
    ck_assert_double_eq(metrics_precision(&m, 1), 0.75);
    ck_assert_double_eq(metrics_recall(&m, 1), 1);
    ck_assert_double_eq(metrics_f1(&m, 1), 6.0 / 7);
    metrics_free(&m);
}
END_TEST

START_TEST(means_over_the_classes_are_those_worked_by_hand)
{
    struct metrics m = six_rows();
    struct score score = metrics_score(&m);

    ck_assert_double_eq_tol(score.macro_f1, (0.5 + 6.0 / 7 + 0) / 3, 1e-15);
    ck_assert_double_eq_tol(score.balanced_accuracy, (0.5 + 1 + 0) / 3, 1e-15);
    ck_assert_double_nan(score.auc); /* not measured */
    metrics_free(&m);
    /* class 2 is neither there nor predicted, class 1 only predicted */
    ck_assert_int_eq(metrics_init(&m, 3, &(struct err){0}), 0);
    metrics_add(&m, probabilities[0], labels[0], false, NULL, 2);
    score = metrics_score(&m);
    ck_assert_double_eq_tol(score.macro_f1, (2.0 / 3 + 0) / 2, 1e-15);
    ck_assert_double_eq_tol(score.balanced_accuracy, 0.5, 1e-15);
    metrics_free(&m);
}
END_TEST

/* Pairs of a row of the class and another: 1 where the first has the higher score, 1/2 where they
 * are equal. */
static double pairs(const float *p, const uint8_t *truth, int rows, int classes, int class)
{
    double won = 0;
    int count = 0;

    for (int i = 0; i < rows; i++)
        for (int j = 0; j < rows && truth[i] == class; j++)
            if (truth[j] != class) {
                const float a = p[i * classes + class], b = p[j * classes + class];

                won += a > b ? 1 : a == b ? 0.5 : 0;
                count++;
            }
    return count ? won / count : NAN;
}

/* Random rows of _i classes with many ties; the last class has no row where there are more than
 * two. */
START_TEST(the_auc_counts_all_pairs)
{
    enum { ROWS = 200, MOST = 6 };
    const int classes = _i;
    float p[ROWS * MOST];
    uint8_t truth[ROWS], onehot[ROWS * MOST] = {0};
    double sum = 0;
    int known = 0;
    struct metrics m;
    struct err err;

    srand(7);
    for (int i = 0; i < ROWS; i++) {
        truth[i] = (uint8_t)(rand() % (classes > 2 ? classes - 1 : 2));
        onehot[i * classes + truth[i]] = 1;
        for (int k = 0; k < classes; k++)
            p[i * classes + k] = (float)(rand() % 11) / 10;
        p[i * classes + truth[i]] += 0.125f * (float)(rand() % 3);
        if (classes == 2)
            p[i * 2] = 1 - p[i * 2 + 1];
    }
    for (int k = 0; k < classes; k++) {
        const double one = pairs(p, truth, ROWS, classes, k);

        known += !isnan(one);
        sum += isnan(one) ? 0 : one;
    }
    ck_assert_int_eq(known, classes > 2 ? classes - 1 : 2);
    ck_assert_int_eq(metrics_init(&m, classes, &err), 0);
    ck_assert_int_eq(metrics_measure_auc(&m, ROWS, 1, &err), 0);
    metrics_add(&m, p, onehot, false, NULL, 77);
    metrics_add(&m, p + 77 * classes, onehot + 77 * classes, false, NULL, ROWS - 77);
    ck_assert_double_eq_tol(metrics_score(&m).auc, sum / known, 1e-12);
    ck_assert_double_gt(sum / known, 0.55);
    metrics_add(&m, p, onehot, false, NULL, 1); /* beyond the room */
    ck_assert_double_nan(metrics_score(&m).auc);
    metrics_free(&m);
}
END_TEST

START_TEST(what_does_not_fit_has_no_auc)
{
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 3, &err), 0);
    ck_assert_int_eq(metrics_measure_auc(&m, AUC_MOST / 3 / 2 + 1, 2, &err), 0);
    metrics_add(&m, probabilities[0], labels[0], false, NULL, 6);
    ck_assert_double_nan(metrics_score(&m).auc);
    ck_assert_int_eq(metrics_measure_auc(&m, AUC_MOST / 3, 1, &err), 0);
    metrics_add(&m, probabilities[0], labels[0], false, NULL, 6);
    ck_assert(!isnan(metrics_score(&m).auc));
    metrics_free(&m);
}
END_TEST

START_TEST(what_is_undefined_is_nan_and_nothing_else_is)
{
    struct metrics m = six_rows(), none;
    struct err err;

    ck_assert_double_nan(metrics_precision(&m, 2)); /* never predicted */
    ck_assert_double_eq(metrics_recall(&m, 2), 0);
    ck_assert_double_eq(metrics_f1(&m, 2), 0);
    ck_assert_int_eq(metrics_init(&none, 2, &err), 0);
    ck_assert_double_nan(metrics_accuracy(&none));
    ck_assert_double_nan(metrics_standard_error(&none));
    ck_assert_double_nan(metrics_loss(&none));
    ck_assert_double_nan(metrics_recall(&none, 1));
    ck_assert_double_nan(metrics_f1(&none, 1));
    metrics_free(&none);
    metrics_free(&m);
}
END_TEST

START_TEST(soft_labels_count_by_their_largest_share_and_lose_by_all)
{
    const float p[2][2] = {{0.5f, 0.5f}, {0.25f, 0.75f}};
    const float shares[2][2] = {{0.25f, 0.75f}, {0, 1}};
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 2, &err), 0);
    metrics_add(&m, p[0], shares, true, NULL, 2);
    ck_assert_int_eq(m.correct, 1); /* equal probabilities: the first class, not the second */
    ck_assert_double_eq_tol(metrics_loss(&m), (log(2) + log(4.0 / 3)) / 2, 1e-15);
    metrics_free(&m);
}
END_TEST

START_TEST(a_probability_of_zero_costs_what_the_floor_says)
{
    const float p[2] = {1, 0};
    const uint8_t second[2] = {0, 1};
    struct metrics m;
    struct err err;

    ck_assert_int_eq(metrics_init(&m, 2, &err), 0);
    metrics_add(&m, p, second, false, NULL, 1);
    ck_assert_double_eq_tol(metrics_loss(&m), 126 * log(2), 1e-12);
    metrics_free(&m);
}
END_TEST

START_TEST(the_largest_confusions_come_first_and_no_more_than_asked)
{
    int64_t matrix[9] = {9, 2, 5, 0, 9, 2, 7, 1, 9};
    struct metrics m = {.classes = 3, .confusion = matrix};
    struct confusion list[10];

    ck_assert_int_eq(metrics_confusions(&m, list, 10), 5);
    ck_assert(list[0].truth == 2 && list[0].predicted == 0 && list[0].rows == 7);
    ck_assert(list[1].truth == 0 && list[1].predicted == 2 && list[1].rows == 5);
    ck_assert(list[2].truth == 0 && list[2].predicted == 1 && list[2].rows == 2);
    ck_assert(list[3].truth == 1 && list[3].predicted == 2 && list[3].rows == 2);
    ck_assert(list[4].truth == 2 && list[4].predicted == 1 && list[4].rows == 1);
    list[3].rows = 77;
    ck_assert_int_eq(metrics_confusions(&m, list, 3), 3);
    ck_assert(list[2].truth == 0 && list[2].predicted == 1);
    ck_assert_int_eq(list[3].rows, 77);
}
END_TEST

Suite *suite_metrics(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tests = tcase_create("by hand");

    tcase_add_test(tests, accuracy_error_and_loss_are_those_worked_by_hand);
    tcase_add_test(tests, classes_are_scored_one_by_one);
    tcase_add_test(tests, rows_whose_classes_tie_are_counted);
    tcase_add_test(tests, folds_are_pooled_before_classes_are_scored);
    tcase_add_test(tests, means_over_the_classes_are_those_worked_by_hand);
    tcase_add_loop_test(tests, the_auc_counts_all_pairs, 2, 7);
    tcase_add_test(tests, what_does_not_fit_has_no_auc);
    tcase_add_test(tests, what_is_undefined_is_nan_and_nothing_else_is);
    tcase_add_test(tests, soft_labels_count_by_their_largest_share_and_lose_by_all);
    tcase_add_test(tests, a_probability_of_zero_costs_what_the_floor_says);
    tcase_add_test(tests, the_largest_confusions_come_first_and_no_more_than_asked);
    suite_add_tcase(suite, tests);
    return suite;
}
