/* What the fits of one make say of all: shares by weight, who says it, and what is left. */
#include "pipeline/chain/all_fits.h"

#include "tests/support/scratch.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

Suite *suite_all_fits(void);

static struct err err;

/* One of the fits with notes a, b, c, of which c has five times the work; `lanes` at once, of so
 * many threads each. */
static struct all_fits *fit_of(const char *note, const char *threads, const char *lanes)
{
    char text[2000], a[400], b[400];
    struct all_fits *fits;

    snprintf(a, sizeof a, "%s", scratch("a"));
    snprintf(b, sizeof b, "%s", scratch("b"));
    snprintf(text, sizeof text, "7-7 %s/%s %s %s %.3f 0 1 %s 2 %s 5 %s", scratch_folder, note,
             threads, lanes, (double)time(NULL) - 10, a, b, scratch("c"));
    MUST(all_fits_open(&fits, text, &err));
    return fits;
}

static struct all_fits *fit(const char *note, const char *lanes)
{
    return fit_of(note, "1", lanes);
}

START_TEST(the_first_that_runs_says_how_far_all_are)
{
    struct all_fits *a = fit("a", "2"), *b = fit("b", "2"), *c;
    struct fits_sum sum;

    all_fits_note(b, 0.25, 10);
    ck_assert(all_fits_sum(b, &sum)); /* a has not begun */
    all_fits_note(a, 0.5, 10);
    ck_assert(!all_fits_sum(b, &sum));
    ck_assert(all_fits_sum(a, &sum));
    ck_assert_int_eq(sum.done, 0);
    ck_assert_int_eq(sum.count, 3);
    ck_assert_double_eq_tol(sum.share, (0.5 + 0.5) / 8, 1e-9);
    ck_assert_double_eq_tol(sum.left, 7 * 20 / 2.0, 1e-9); /* 20 seconds for a unit, two at once */

    all_fits_close(a, true);
    ck_assert(all_fits_sum(b, &sum));
    ck_assert_int_eq(sum.done, 1);
    spill(scratch("a"), "", 0); /* make's note of it, in place of the share */
    ck_assert_int_eq(unlink(scratch("a.7-7.share")), 0);
    ck_assert(all_fits_sum(b, &sum));
    ck_assert_int_eq(sum.done, 1);
    ck_assert_double_eq_tol(sum.share, 1.5 / 8, 1e-9);

    c = fit("c", "2");
    all_fits_note(c, 0.5, 100);
    ck_assert(!all_fits_sum(c, &sum));
    ck_assert_double_eq_tol(sum.share, 4.0 / 8, 1e-9);
    ck_assert_double_eq_tol(sum.left, 100, 1e-9); /* the longest alone takes as long */
    all_fits_close(b, false);
    ck_assert_int_ne(access(scratch("b.7-7.share"), F_OK), 0);
    ck_assert(all_fits_sum(c, &sum)); /* it failed: nothing of it is done */
    ck_assert_double_eq_tol(sum.share, 3.5 / 8, 1e-9);
    all_fits_close(c, true);
}
END_TEST

START_TEST(what_was_killed_counts_for_nothing_and_does_not_speak)
{
    struct all_fits *b = fit("b", "all");
    struct fits_sum sum;

    spill(scratch("a.7-7.share"), "0.5 10\n", 7); /* nobody holds it */
    ck_assert(all_fits_sum(b, &sum));
    ck_assert_double_eq(sum.share, 0);
    ck_assert(isnan(sum.left));
    all_fits_close(b, false);
    FAILS(EX_USAGE, all_fits_open(&b, "7-7 a 1 2 0", &err));
    all_fits_close(b, false);
}
END_TEST

START_TEST(the_last_ones_take_what_others_leave)
{
    struct all_fits *a = fit("a", "2"), *b = fit("b", "2"), *c = fit("c", "2");

    all_fits_note(a, 0.5, 10);
    all_fits_note(b, 0.5, 10);
    ck_assert_int_eq(all_fits_threads(a, 2, 5), 2); /* c waits */
    all_fits_close(a, true);
    ck_assert_int_eq(all_fits_threads(b, 2, 5), 2);
    all_fits_note(c, 0, 0);
    ck_assert_int_eq(all_fits_threads(b, 2, 5), 3);
    ck_assert_int_eq(all_fits_threads(c, 2, 5), 2);
    ck_assert_int_eq(all_fits_threads(c, 2, 2), 2); /* more side by side than there are */
    all_fits_close(b, true);
    ck_assert_int_eq(all_fits_threads(c, 2, 5), 5);
    all_fits_close(c, true);
}
END_TEST

START_TEST(a_fit_that_make_did_not_list_stays_as_it_is)
{
    struct all_fits *other = fit("other", "2");
    struct fits_sum sum;

    spill(scratch("a"), "", 0);
    spill(scratch("b"), "", 0);
    spill(scratch("c"), "", 0);
    all_fits_note(other, 0.5, 10);
    ck_assert(!all_fits_sum(other, &sum));
    ck_assert_int_eq(sum.running, 0);
    ck_assert_int_eq(all_fits_threads(other, 2, 5), 2);
    all_fits_close(other, true);
}
END_TEST

START_TEST(what_the_user_says_of_threads_stays)
{
    struct all_fits *c = fit_of("c", "0", "2");

    spill(scratch("a"), "", 0);
    spill(scratch("b"), "", 0);
    all_fits_note(c, 0.5, 10);
    ck_assert(!all_fits_lend(c));
    ck_assert_int_eq(all_fits_threads(c, 2, 5), 2);
    all_fits_close(c, true);
}
END_TEST

Suite *suite_all_fits(void)
{
    Suite *suite = suite_create("all_fits");
    TCase *tests = tcase_create("sums");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, the_first_that_runs_says_how_far_all_are);
    tcase_add_test(tests, what_was_killed_counts_for_nothing_and_does_not_speak);
    tcase_add_test(tests, the_last_ones_take_what_others_leave);
    tcase_add_test(tests, a_fit_that_make_did_not_list_stays_as_it_is);
    tcase_add_test(tests, what_the_user_says_of_threads_stays);
    suite_add_tcase(suite, tests);
    return suite;
}
