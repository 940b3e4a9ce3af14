/* Counts and ranks of a report, and the histories that it reads. */
#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"
#include "pipeline/predict/calibration.h"
#include "pipeline/predict/ranking.h"

#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_report(void);

START_TEST(calibration_is_that_worked_by_hand)
{
    struct calibration c = {.rows = {0}};

    ck_assert(isnan(calibration_error(&c)));
    calibration_add(&c, 0.95, 1);
    calibration_add(&c, 0.97, 0);
    calibration_add(&c, 1, 1); /* in the last bin, not after it */
    calibration_add(&c, 0.5, 0);
    ck_assert_int_eq(c.rows[9], 3);
    ck_assert_int_eq(c.rows[5], 1);
    ck_assert_double_eq_tol(calibration_accuracy(&c, 9), 2.0 / 3, 1e-12);
    ck_assert_double_eq_tol(calibration_confidence(&c, 9), 2.92 / 3, 1e-12);
    ck_assert(isnan(calibration_accuracy(&c, 0)) && isnan(calibration_confidence(&c, 0)));
    /* 3/4 of |2/3 - 2.92/3| and 1/4 of |0 - 0.5| */
    ck_assert_double_eq_tol(calibration_error(&c), (0.92 + 0.5) / 4, 1e-12);
}
END_TEST

START_TEST(a_perfect_calibration_has_no_error)
{
    struct calibration c = {.rows = {0}};

    for (int i = 0; i < 100; i++)
        calibration_add(&c, 0.75, i % 4 != 0);
    ck_assert_double_eq_tol(calibration_error(&c), 0, 1e-12);
}
END_TEST

/* Against a stable sort of all. */
START_TEST(the_largest_keys_are_kept_and_equals_stay_in_order)
{
    struct ranking ranking = {.count = 0};

    for (int i = 0; i < 1000; i++)
        ranking_add(&ranking, (struct ranked){.row = i, .key = i * 37 % 50});
    ck_assert_int_eq(ranking.count, RANKING_FEW);
    for (int i = 0; i < RANKING_FEW; i++)
        ck_assert(ranking.list[i].key >= 49 &&
                  (i == 0 || ranking.list[i - 1].row < ranking.list[i].row));
    ck_assert_int_eq(ranking.list[0].row, 27); /* 27 * 37 = 999 = 19 * 50 + 49 */
    ranking_add(&ranking, (struct ranked){.row = 5000, .key = 100});
    ck_assert_int_eq(ranking.count, RANKING_FEW);
    ck_assert_int_eq(ranking.list[0].row, 5000);
}
END_TEST

/* ---- Histories ---- */

static struct history history;
static struct inputs inputs;
static struct err err;

static int read_text(const char *text)
{
    spill(scratch("h"), text, strlen(text));
    return history_read(&history, scratch("h"), &inputs, &err);
}

static void forget(void)
{
    history_free(&history);
    inputs_free(&inputs);
    inputs = (struct inputs){0};
}

START_TEST(a_history_is_read_by_its_events)
{
    MUST(read_text("{\"event\":\"start\",\"settings\":{\"batch\":32},\"rows\":100}\n"
                   "{\"event\":\"step\",\"epoch\":1,\"step\":2,\"loss\":1.5}\n"
                   "{\"event\":\"later\",\"what\":1}\n"
                   "{\"event\":\"eval\",\"epoch\":1,\"step\":3,\"scores\":{}}\n"
                   "{\"event\":\"epoch\",\"epoch\":1,\"loss\":0.5}\n"
                   "{\"event\":\"end\",\"model\":\"abc\",\"seconds\":2}\n"));
    ck_assert_int_eq(json_array_size(history.steps), 1);
    ck_assert_int_eq(json_array_size(history.evals), 1);
    ck_assert_int_eq(json_array_size(history.epochs), 1);
    ck_assert_str_eq(history_model(&history), "abc");
    ck_assert_int_eq(history_record(&history).epoch_steps, 4);
    ck_assert_double_eq(json_number(json_array_get(history.epochs, 0), "loss"), 0.5);
    ck_assert(isnan(json_number(json_array_get(history.epochs, 0), "none")));
    forget();
}
END_TEST

START_TEST(the_batches_of_an_epoch_are_those_recorded)
{
    MUST(read_text("{\"event\":\"start\",\"settings\":{\"batch\":32},\"rows\":97,\"epoch_steps\":3}\n"));
    ck_assert_int_eq(history_record(&history).epoch_steps, 3);
    forget();
}
END_TEST

START_TEST(a_run_that_is_not_over_has_no_model)
{
    MUST(read_text("{\"event\":\"start\"}\n"));
    ck_assert_str_eq(history_model(&history), "");
    ck_assert_int_eq(history_record(&history).epoch_steps, 0);
    forget();
}
END_TEST

START_TEST(what_is_no_history_is_refused_by_its_line)
{
    FAILS(EX_DATAERR, read_text("{\"event\":\"start\"}\n{\"event\":\"epoch\"\n"));
    SAYS("/h:2: ");
    FAILS(EX_DATAERR, read_text("{\"event\":\"epoch\"}\n"));
    SAYS("/h:1: ");
    FAILS(EX_DATAERR, read_text("{\"event\":\"start\"}\n[]\n"));
    FAILS(EX_DATAERR, read_text("{\"event\":\"start\"}\n{\"event\":1}\n"));
    FAILS(EX_DATAERR, read_text("label,pixel0\n"));
    FAILS(EX_DATAERR, read_text(""));
    FAILS(EX_NOINPUT, history_read(&history, scratch("none"), &inputs, &err));
    forget();
}
END_TEST

Suite *suite_report(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, calibration_is_that_worked_by_hand);
    tcase_add_test(tests, a_perfect_calibration_has_no_error);
    tcase_add_test(tests, the_largest_keys_are_kept_and_equals_stay_in_order);
    tcase_add_test(tests, a_history_is_read_by_its_events);
    tcase_add_test(tests, the_batches_of_an_epoch_are_those_recorded);
    tcase_add_test(tests, a_run_that_is_not_over_has_no_model);
    tcase_add_test(tests, what_is_no_history_is_refused_by_its_line);
    suite_add_tcase(suite, tests);
    return suite;
}
