#include "pipeline/base/short_name.h"

#include <check.h>

Suite *suite_short_name(void);

/* Name `k` of the names in so many columns. */
static const char *shown(char *const *names, int count, int k, int columns)
{
    static struct strbuf text;

    strbuf_clear(&text);
    short_name(&text, names[k], common_part_of(names, count), columns, "~");
    return strbuf_text(&text);
}

START_TEST(what_all_have_in_common_goes_first)
{
    char *const names[] = {"photo of a cat at night", "photo of a dog at night",
                           "photo of an otter at night"};

    ck_assert_str_eq(shown(names, 3, 0, 40), "photo of a cat at night");
    ck_assert_str_eq(shown(names, 3, 0, 20), "~a cat~");
    ck_assert_str_eq(shown(names, 3, 1, 7), "~a dog~");
    ck_assert_str_eq(shown(names, 3, 2, 7), "~an~er~");
}
END_TEST

START_TEST(without_anything_in_common_the_middle_goes)
{
    char *const names[] = {"grayscale cat", "number 2"}, *const one[] = {"grayscale cat"},
                *const nested[] = {"a b", "a b b"};

    ck_assert_str_eq(shown(names, 2, 0, 9), "gray~ cat");
    ck_assert_str_eq(shown(one, 1, 0, 9), "gray~ cat");
    ck_assert_str_eq(shown(nested, 2, 1, 4), "~b b");
}
END_TEST

Suite *suite_short_name(void)
{
    Suite *suite = suite_create("short_name");
    TCase *tests = tcase_create("names");

    tcase_add_test(tests, what_all_have_in_common_goes_first);
    tcase_add_test(tests, without_anything_in_common_the_middle_goes);
    suite_add_tcase(suite, tests);
    return suite;
}
