/* Shares of WITHIN: by weights, of the fits that have not ended since make began. */
#include "pipeline/chain/chain.h"

#include "tests/support/scratch.h"

#include <stdio.h>
#include <utime.h>

Suite *suite_time_left(void);

static struct err err;

/* The time for the fit with note a: of WITHIN 50 seconds are left and 5 kept, make began 10 seconds
 * ago; lanes; weights of the fits a, b, c. */
static double left(const char *lanes, double a, double b, double c)
{
    char text[2000], note[400];
    double seconds = 0;

    snprintf(note, sizeof note, "%s", scratch("a"));
    snprintf(text, sizeof text, "100 %s %.3f 5 %g %s %g ", lanes, (double)time(NULL) - 10, a, note,
             b);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s %g ", scratch("b"), c);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", scratch("c"));
    MUST(time_left(text, note, 50, &seconds, &err));
    return seconds + 0.1; /* what make takes */
}

START_TEST(time_is_shared_by_weights_among_those_that_have_not_ended)
{
    const time_t now = time(NULL);

    ck_assert_double_eq_tol(left("1", 1, 1, 1), 15, 1e-9);
    ck_assert_double_eq_tol(left("1", 1, 2, 6), 5, 1e-9);
    ck_assert_double_eq_tol(left("2", 1, 1, 1), 30, 1e-9);
    ck_assert_double_eq_tol(left("2", 6, 1, 1), 45, 1e-9); /* longer than half of all */
    ck_assert_double_eq_tol(left("3", 1, 6, 6), 45, 1e-9); /* nobody waits */
    ck_assert_double_eq_tol(left("all", 1, 1, 1), 45, 1e-9);
    ck_assert_double_eq_tol(left("1", 1, 1000, 6), 3.75, 1e-9); /* a quarter of a third */
    spill(scratch("b"), "", 0);
    ck_assert_double_eq_tol(left("1", 1, 1, 1), 22.5, 1e-9);
    ck_assert_int_eq(utime(scratch("b"), &(struct utimbuf){now - 100, now - 100}), 0);
    ck_assert_double_eq_tol(left("1", 1, 1, 1), 15, 1e-9); /* of an earlier make */
}
END_TEST

START_TEST(when_it_is_over_there_is_a_moment_left)
{
    double seconds;

    MUST(time_left("100 1 60 5 1 nix", "nix", 99, &seconds, &err));
    ck_assert_double_eq(seconds, 0.1);
    MUST(time_left("100 1 60 5", "nix", 50, &seconds, &err)); /* nothing was due */
    ck_assert_double_eq_tol(seconds, 44.9, 1e-9);
    FAILS(EX_USAGE, time_left("100 1 60", "nix", 50, &seconds, &err));
}
END_TEST

Suite *suite_time_left(void)
{
    Suite *suite = suite_create("time_left");
    TCase *tests = tcase_create("shares");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, time_is_shared_by_weights_among_those_that_have_not_ended);
    tcase_add_test(tests, when_it_is_over_there_is_a_moment_left);
    suite_add_tcase(suite, tests);
    return suite;
}
