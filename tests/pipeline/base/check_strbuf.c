#include "pipeline/base/strbuf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_strbuf(void);

START_TEST(pieces_follow_one_another_however_long)
{
    struct strbuf s = {0};
    char *text;

    ck_assert_str_eq(strbuf_text(&s), "");
    for (int i = 0; i < 1000; i++)
        strbuf_printf(&s, "%s%d", i ? ", " : "", i);
    strbuf_puts(&s, ";");
    strbuf_add(&s, "abc", 2);
    strbuf_fill(&s, '-', 300);
    strbuf_fill(&s, '-', -1);
    ck_assert_uint_eq(s.size, strlen(s.text));
    ck_assert_uint_eq(s.size, 10 + 90 * 2 + 900 * 3 + 999 * 2 + 3 + 300);
    ck_assert_int_eq(strncmp(s.text, "0, 1, 2, ", 9), 0);
    ck_assert_ptr_nonnull(strstr(s.text, ", 998, 999;ab---"));
    text = strbuf_take(&s);
    ck_assert_int_eq(strncmp(text, "0, 1, 2, ", 9), 0);
    ck_assert_str_eq(strbuf_text(&s), "");
    free(text);
}
END_TEST

START_TEST(nothing_added_is_an_empty_text)
{
    struct strbuf s = {0};
    char *text = strbuf_take(&s);

    ck_assert_str_eq(text, "");
    free(text);
    strbuf_printf(&s, "%s", "");
    strbuf_clear(&s);
    ck_assert_str_eq(strbuf_text(&s), "");
    strbuf_free(&s);
}
END_TEST

START_TEST(counts_have_commas_between_thousands)
{
    struct strbuf s = {0};

    strbuf_count(&s, 0);
    strbuf_puts(&s, " ");
    strbuf_count(&s, 999);
    strbuf_puts(&s, " ");
    strbuf_count(&s, 1000);
    strbuf_puts(&s, " ");
    strbuf_count(&s, 1234567);
    ck_assert_str_eq(strbuf_text(&s), "0 999 1,000 1,234,567");
    strbuf_free(&s);
}
END_TEST

START_TEST(without_memory_it_has_failed_until_it_is_freed)
{
    struct strbuf s = {0};

    strbuf_puts(&s, "kept");
    strbuf_add(&s, "", (size_t)1 << 62);
    ck_assert(s.failed);
    ck_assert_str_eq(strbuf_shown(&s), "(out of memory)");
    strbuf_puts(&s, " not added");
    strbuf_printf(&s, "%d", 1);
    strbuf_fill(&s, ' ', 1);
    ck_assert_str_eq(strbuf_text(&s), "kept");
    ck_assert_ptr_null(strbuf_take(&s));
    ck_assert(!s.failed);
    ck_assert_str_eq(strbuf_shown(&s), "");
    strbuf_puts(&s, "again");
    ck_assert_str_eq(strbuf_text(&s), "again");
    strbuf_free(&s);
}
END_TEST

Suite *suite_strbuf(void)
{
    Suite *suite = suite_create("strbuf");
    TCase *tests = tcase_create("strbuf");

    tcase_add_test(tests, pieces_follow_one_another_however_long);
    tcase_add_test(tests, nothing_added_is_an_empty_text);
    tcase_add_test(tests, counts_have_commas_between_thousands);
    tcase_add_test(tests, without_memory_it_has_failed_until_it_is_freed);
    suite_add_tcase(suite, tests);
    return suite;
}
