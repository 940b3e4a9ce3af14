/* Learning curves as they are read from the events of a training. */
#include "pipeline/fit/curve.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

Suite *suite_curve(void);

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);

    ck_assert_ptr_nonnull(value);
    return value;
}

static json_t *epochs, *steps, *evals;
static struct training_record record;

static void setup(void)
{
    epochs = parse("[{\"epoch\": 1, \"loss\": 0.9, \"scores\": {\"val\": {\"loss\": 0.8}}},"
                   " {\"epoch\": 2, \"loss\": 0.5, \"scores\": {\"val\": {\"loss\": 0.6}}},"
                   " {\"epoch\": 3, \"loss\": 0.4, \"scores\": {\"val\": {\"loss\": 0.6}}}]");
    steps = parse(
        "[{\"epoch\": 2, \"step\": 2, \"loss\": 0.7}, {\"epoch\": 2, \"step\": 4, \"loss\": 0.6}]");
    evals = parse("[{\"epoch\": 1, \"step\": 0, \"scores\": {\"val\": {\"loss\": 2}}},"
                  " {\"epoch\": 3, \"step\": 3, \"scores\": {\"val\": {\"loss\": \"none\"}}}]");
    record = (struct training_record){epochs, steps, evals, 4};
}

static void teardown(void)
{
    json_decref(epochs);
    json_decref(steps);
    json_decref(evals);
}

/* y below 0: not a number. */
static void expect(const struct curve *curve, int count, const double (*points)[2])
{
    ck_assert_int_eq(curve->count, count);
    for (int i = 0; i < count; i++) {
        ck_assert_double_eq(curve->x[i], points[i][0]);
        if (points[i][1] < 0)
            ck_assert_double_nan(curve->y[i]);
        else
            ck_assert_double_eq(curve->y[i], points[i][1]);
    }
}

START_TEST(epochs_and_batches_are_read_alone)
{
    struct curve curve;

    ck_assert_int_eq(curve_read(&curve, &record, CURVE_EPOCHS, NULL, "loss"), 0);
    expect(&curve, 3, (const double[][2]){{1, 0.9}, {2, 0.5}, {3, 0.4}});
    curve_free(&curve);
    ck_assert_int_eq(curve_read(&curve, &record, CURVE_BATCHES, NULL, "loss"), 0);
    expect(&curve, 2, (const double[][2]){{6, 0.7}, {8, 0.6}});
    curve_free(&curve);
    ck_assert_int_eq(curve_read(&curve, &record, CURVE_BATCHES, "val", "loss"), 0);
    expect(&curve, 2, (const double[][2]){{0, 2}, {11, -1}});
    curve_free(&curve);
}
END_TEST

START_TEST(steps_stand_for_the_mean_of_their_epoch)
{
    struct curve curve;

    ck_assert_int_eq(curve_read(&curve, &record, CURVE_ALL, NULL, "loss"), 0);
    expect(&curve, 5, (const double[][2]){{1, 0.9}, {1.5, 0.7}, {2, -1}, {2, 0.6}, {3, 0.4}});
    curve_free(&curve);
    ck_assert_int_eq(curve_read(&curve, &record, CURVE_ALL, "val", "loss"), 0);
    expect(&curve, 5, (const double[][2]){{0, 2}, {1, 0.8}, {2, 0.6}, {2.75, -1}, {3, 0.6}});
    curve_free(&curve);
}
END_TEST

START_TEST(what_is_not_there_has_no_points)
{
    const struct training_record none = {NULL, NULL, NULL, 0};
    struct curve curve;

    ck_assert_int_eq(curve_read(&curve, &record, CURVE_ALL, "test", "loss"), 0);
    ck_assert_int_eq(curve.count, 5);
    ck_assert(!curve_has_points(&curve));
    curve_free(&curve);
    ck_assert_int_eq(curve_read(&curve, &none, CURVE_ALL, NULL, "loss"), 0);
    ck_assert_int_eq(curve.count, 0);
    ck_assert(!curve_has_points(&curve));
    curve_free(&curve);
    ck_assert_int_eq(curve_read(&curve, &record, CURVE_EPOCHS, NULL, "loss"), 0);
    ck_assert(curve_has_points(&curve));
    curve_free(&curve);
}
END_TEST

START_TEST(values_that_no_axis_holds_are_left_out)
{
    json_t *wild = parse("[{\"epoch\": 1e31, \"loss\": 1}, {\"epoch\": 2, \"loss\": 1e31}]");
    const struct training_record of = {.epochs = wild};
    struct curve curve;

    ck_assert_int_eq(curve_read(&curve, &of, CURVE_EPOCHS, NULL, "loss"), 0);
    ck_assert_int_eq(curve.count, 2);
    ck_assert(!curve_has_points(&curve));
    curve_free(&curve);
    json_decref(wild);
}
END_TEST

START_TEST(a_thinned_curve_keeps_its_end_and_the_marked_point)
{
    double xy[200];
    struct curve curve = {xy, xy + 100, 100};

    for (int i = 0; i < 100; i++)
        xy[i] = xy[100 + i] = i;
    ck_assert_int_eq(curve_thin(&curve, 10, 42), 4);
    ck_assert_int_eq(curve.count, 11);
    ck_assert_double_eq(curve.x[0], 9);
    ck_assert_double_eq(curve.x[4], 42);
    ck_assert_double_eq(curve.y[4], 42);
    ck_assert_double_eq(curve.x[10], 99);
    ck_assert_int_eq(curve_thin(&curve, 20, -1), -1);
    ck_assert_int_eq(curve.count, 11);
}
END_TEST

START_TEST(the_best_epoch_is_the_first_of_the_lowest_validation_loss)
{
    json_t *none =
        parse("[{\"epoch\": 1}, {\"epoch\": 2, \"scores\": {\"val\": {\"loss\": null}}}]");

    ck_assert_int_eq(curve_best_epoch(epochs, NULL), 1);
    ck_assert_int_eq(curve_best_epoch(none, NULL), -1);
    ck_assert_int_eq(curve_best_epoch(NULL, NULL), -1);
    json_decref(none);
}
END_TEST

START_TEST(the_best_epoch_is_the_one_that_keep_goes_by)
{
    json_t *scored = parse("[{\"scores\": {\"val\": {\"loss\": 0.1, \"auc\": null}}},"
                           " {\"scores\": {\"val\": {\"loss\": 0.3, \"auc\": 0.5}}},"
                           " {\"scores\": {\"val\": {\"loss\": 0.4, \"auc\": 0.75}}},"
                           " {\"scores\": {\"val\": {\"loss\": 0.2, \"auc\": 0.75}}}]");
    json_t *by_auc = parse("{\"keep\": \"best-auc\"}"), *odd = parse("{\"keep\": \"worst\"}");
    json_t *by_f1 = parse("{\"keep\": \"best-macro-f1\"}");

    ck_assert_int_eq(curve_best_epoch(scored, by_auc), 2);
    ck_assert_int_eq(curve_best_epoch(scored, odd), 0);
    ck_assert_int_eq(curve_best_epoch(scored, by_f1), -1);
    json_decref(scored);
    json_decref(by_auc);
    json_decref(by_f1);
    json_decref(odd);
}
END_TEST

Suite *suite_curve(void)
{
    Suite *suite = suite_create("curve");
    TCase *tests = tcase_create("curves");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, epochs_and_batches_are_read_alone);
    tcase_add_test(tests, steps_stand_for_the_mean_of_their_epoch);
    tcase_add_test(tests, what_is_not_there_has_no_points);
    tcase_add_test(tests, values_that_no_axis_holds_are_left_out);
    tcase_add_test(tests, a_thinned_curve_keeps_its_end_and_the_marked_point);
    tcase_add_test(tests, the_best_epoch_is_the_first_of_the_lowest_validation_loss);
    tcase_add_test(tests, the_best_epoch_is_the_one_that_keep_goes_by);
    suite_add_tcase(suite, tests);
    return suite;
}
