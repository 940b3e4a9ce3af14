/* Which learning rate is chosen of a range test. */
#include "pipeline/fit/rate_test.h"

#include <check.h>
#include <math.h>

Suite *suite_rate_test(void);

enum { COUNT = 40 };
static double rate[COUNT], loss[COUNT];

/* The loss stays up to step `from`, falls by one each step up to `to`, and rises. */
static void make_loss(int from, int to)
{
    for (int i = 0; i < COUNT; i++) {
        rate[i] = i;
        loss[i] = i <= from ? 100 : i <= to ? 100 - (i - from) : 100 + i;
    }
}

START_TEST(it_lies_on_the_way_down)
{
    make_loss(8, 28); /* 21 steps: the last of those that stay is the first */
    ck_assert_double_eq(rate_choose(rate, loss, COUNT, 0.5), 18);
    ck_assert_double_eq(rate_choose(rate, loss, COUNT, 0.75), 23);
    ck_assert_double_eq(rate_choose(rate, loss, COUNT, 1), 28);
}
END_TEST

START_TEST(a_step_up_on_the_way_is_passed_over)
{
    make_loss(8, 28);
    loss[15] = 120;
    ck_assert_double_eq(rate_choose(rate, loss, COUNT, 1), 28);
    ck_assert_double_eq_tol(rate_choose(rate, loss, COUNT, 0.5), 18, 1);
}
END_TEST

START_TEST(what_does_not_fall_gives_none)
{
    make_loss(COUNT, COUNT);
    ck_assert(isnan(rate_choose(rate, loss, COUNT, 0.5)));
    make_loss(8, 11); /* by three of a hundred */
    ck_assert(isnan(rate_choose(rate, loss, COUNT, 0.5)));
    ck_assert(isnan(rate_choose(rate, loss, 0, 0.5)));
}
END_TEST

START_TEST(a_record_is_read_as_it_was_written)
{
    struct rate_test test = {.rate = {1e-6, 1e-5}, .loss = {2.5, 1.5}, .count = 2, .found = 1e-5};
    json_t *json = rate_test_json(&test);
    struct rate_test again = rate_test_read(json);

    ck_assert_int_eq(again.count, 2);
    ck_assert(again.rate[1] == 1e-5 && again.loss[0] == 2.5 && again.found == 1e-5);
    json_array_set_new(json_object_get(json, "lr"), 1, json_real(-1));
    ck_assert_int_eq(rate_test_read(json).count, 1);
    json_decref(json);
    ck_assert_int_eq(rate_test_read(NULL).count, 0);
}
END_TEST

Suite *suite_rate_test(void)
{
    Suite *suite = suite_create("rate_test");
    TCase *tests = tcase_create("rates");

    tcase_add_test(tests, it_lies_on_the_way_down);
    tcase_add_test(tests, a_step_up_on_the_way_is_passed_over);
    tcase_add_test(tests, what_does_not_fall_gives_none);
    tcase_add_test(tests, a_record_is_read_as_it_was_written);
    suite_add_tcase(suite, tests);
    return suite;
}
