/* The word that was meant. */
#include "pipeline/base/nearest.h"

#include <check.h>
#include <string.h>

Suite *suite_nearest(void);

static const char *const words[] = {"ingest", "split",  "fit",   "predict", "submit",
                                    "show",   "epochs", "batch", "balance", NULL};

START_TEST(a_word_is_found_by_letters_left_out_put_in_changed_or_exchanged)
{
    static const char *const pairs[][2] = {
        {"ift", "fit"},        {"fi", "fit"},          {"fits", "fit"},     {"sow", "show"},
        {"sbumitt", "submit"}, {"perdict", "predict"}, {"epoch", "epochs"}, {"inngets", "ingest"},
        {"predi", "predict"},  {"subm", "submit"},     {"show", "show"}};

    ck_assert_ptr_nonnull(nearest_word(pairs[_i][0], words));
    ck_assert_str_eq(nearest_word(pairs[_i][0], words), pairs[_i][1]);
}
END_TEST

START_TEST(what_is_like_none_or_begins_two_finds_nothing)
{
    static const char *const none[] = {
        "", "f", "xx", "nonsense", "ba", "x0123456789x0123456789x0123456789x0123456789"};

    ck_assert_ptr_null(nearest_word(none[_i], words));
}
END_TEST

Suite *suite_nearest(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tests = tcase_create("nearest");

    tcase_add_loop_test(tests, a_word_is_found_by_letters_left_out_put_in_changed_or_exchanged, 0,
                        11);
    tcase_add_loop_test(tests, what_is_like_none_or_begins_two_finds_nothing, 0, 6);
    suite_add_tcase(suite, tests);
    return suite;
}
