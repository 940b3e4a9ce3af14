/* The record of a tuning: what was trained is found again, by the figure that ranks. */
#include "pipeline/tune/tried.h"

#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <string.h>

Suite *suite_tried(void);

static struct err err;

static void add(const char *name, int epoch, double accuracy, double figure, enum keep by)
{
    const struct tried tried = {.epoch = epoch,
                                .accuracy = accuracy,
                                .loss = 0.5,
                                .figure = figure,
                                .seconds = 2,
                                .trained = epoch};
    json_t *record = tried_read(scratch("tried"));

    ck_assert_int_eq(tried_add(record, scratch("tried"), name, "--lr 1", &tried, by, &err), 0);
    json_decref(record);
}

START_TEST(found_by_name_epoch_and_figure)
{
    struct tried tried;
    json_t *record;

    add("a.f1", 1, 0.8, 0.7, KEEP_MACRO_F1);
    add("a.f1", 3, 0.9, 0.6, KEEP_AUC);
    add("b.f1", 1, 0.4, NAN, KEEP_ACCURACY);
    record = tried_read(scratch("tried"));
    ck_assert(tried_find(record, "a.f1", 1, KEEP_MACRO_F1, &tried));
    ck_assert_double_eq(tried.figure, 0.7);
    ck_assert_double_eq(tried.accuracy, 0.8);
    ck_assert_double_eq(tried.seconds, 2);
    ck_assert(tried_find(record, "a.f1", 1, KEEP_BEST, &tried));
    ck_assert_double_eq(tried.figure, 0.5);
    ck_assert(tried_find(record, "b.f1", 1, KEEP_ACCURACY, &tried));
    ck_assert_double_eq(tried.figure, 0.4);
    ck_assert(tried_find(record, "a.f1", 3, KEEP_AUC, &tried));
    ck_assert(!tried_find(record, "a.f1", 3, KEEP_MACRO_F1, &tried));
    ck_assert(!tried_find(record, "a.f1", 2, KEEP_ACCURACY, &tried));
    ck_assert(!tried_find(record, "a.f2", 1, KEEP_ACCURACY, &tried));
    json_decref(record);
}
END_TEST

START_TEST(a_torn_line_costs_no_other)
{
    struct tried tried;
    json_t *record;

    spill(scratch("tried"), "{\"training\":\"b", 14);
    add("a.f1", 1, 0.8, 0.8, KEEP_ACCURACY);
    record = tried_read(scratch("tried"));
    ck_assert_uint_eq(json_array_size(record), 1);
    ck_assert(tried_find(record, "a.f1", 1, KEEP_ACCURACY, &tried));
    json_decref(record);
}
END_TEST

Suite *suite_tried(void)
{
    Suite *suite = suite_create("tried");
    TCase *tcase = tcase_create("tried");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, found_by_name_epoch_and_figure);
    tcase_add_test(tcase, a_torn_line_costs_no_other);
    suite_add_tcase(suite, tcase);
    return suite;
}
