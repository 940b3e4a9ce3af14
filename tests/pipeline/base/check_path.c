#include "pipeline/base/path.h"

#include "tests/support/scratch.h"

Suite *suite_path(void);

START_TEST(a_name_is_what_follows_the_last_slash)
{
    static const char *const cases[][2] = {{"a", "a"},     {"/a", "a"}, {"x/a.csv", "a.csv"},
                                           {"x//a", "a"},  {"x/", ""},  {"", ""},
                                           {"../x/.", "."}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(path_name(cases[i][0]), cases[i][1]);
}
END_TEST

START_TEST(files_and_links_to_them_are_regular)
{
    spill(scratch("file"), "", 0);
    ck_assert_int_eq(symlink("file", scratch("link")), 0);
    ck_assert_int_eq(symlink("none", scratch("loose")), 0);
    ck_assert_int_eq(mkfifo(scratch("fifo"), 0600), 0);
    ck_assert(path_is_regular(scratch("file")) && path_is_regular(scratch("link")));
    ck_assert(!path_is_regular(scratch("loose")) && !path_is_regular(scratch("fifo")));
    ck_assert(!path_is_regular(scratch_folder) && !path_is_regular("/dev/null"));
    ck_assert(!path_is_regular(""));
}
END_TEST

Suite *suite_path(void)
{
    Suite *suite = suite_create("path");
    TCase *tests = tcase_create("path");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, a_name_is_what_follows_the_last_slash);
    tcase_add_test(tests, files_and_links_to_them_are_regular);
    suite_add_tcase(suite, tests);
    return suite;
}
