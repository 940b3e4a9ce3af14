/* Texts as terminals and logs are given them. */
#include "pipeline/base/text.h"

#include <check.h>
#include <string.h>

Suite *suite_text(void);

static void shows(const char *text, const char *expected)
{
    struct strbuf shown = {0};

    text_show(&shown, text);
    ck_assert_str_eq(strbuf_text(&shown), expected);
    strbuf_free(&shown);
}

START_TEST(letters_of_all_scripts_are_shown_as_they_are)
{
    shows("", "");
    shows("a é 漢 \\ ' \U0001f600", "a é 漢 \\ ' \U0001f600");
}
END_TEST

START_TEST(what_would_steer_a_terminal_is_an_escape)
{
    shows("\033]0;title\a\n\t\177", "\\x1b]0;title\\x07\\x0a\\x09\\x7f");
    shows("\xc2\x85\xc2\x9b" "2J", "\\u0085\\u009b2J");
    shows("\u202eevil\u2066\u200b\ufeff", "\\u202eevil\\u2066\\u200b\\ufeff");
    shows("\U000e0041", "\\ue0041");
}
END_TEST

START_TEST(joiners_are_shown_in_scripts_that_join)
{
    shows("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e");
    shows("\u0995\u09cd\u200d\u09af", "\u0995\u09cd\u200d\u09af");
    shows("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469");
    shows("cat\u200dfish\u200c", "cat\\u200dfish\\u200c");
    shows("\u0645\u202e\u200d", "\u0645\\u202e\\u200d");
}
END_TEST

START_TEST(bytes_that_are_no_character_are_escapes)
{
    shows("a\x80\xff\xc3", "a\\x80\\xff\\xc3");
}
END_TEST

START_TEST(quotes_end_within_their_room)
{
    char quoted[QUOTED_TEXT], text[200];

    memset(text, '\033', sizeof text);
    for (size_t size = 0; size < sizeof text; size++) {
        ck_assert_uint_lt(strlen(text_quote(quoted, text, size)), QUOTED_TEXT);
        ck_assert_int_eq(quoted[strlen(quoted) - 1], '\'');
    }
    ck_assert_str_eq(text_quote(quoted, "é\u202e", 5), "'é\\u202e'");
    ck_assert_str_eq(text_quote(quoted, "0123456789012345678901234567890123456789", 40),
                     "'0123456789012345678901234567890123456789'");
    /* an accent that has no room takes its letter along */
    ck_assert_str_eq(text_quote(quoted, "012345678901234567890123456789012345678e\u0301", 42),
                     "'012345678901234567890123456789012345678...'");
    ck_assert_str_eq(text_quote(quoted, "é\xff", 3), "'\\xc3\\xa9\\xff'");
}
END_TEST

Suite *suite_text(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("shown");

    tcase_add_test(tests, letters_of_all_scripts_are_shown_as_they_are);
    tcase_add_test(tests, what_would_steer_a_terminal_is_an_escape);
    tcase_add_test(tests, joiners_are_shown_in_scripts_that_join);
    tcase_add_test(tests, bytes_that_are_no_character_are_escapes);
    tcase_add_test(tests, quotes_end_within_their_room);
    suite_add_tcase(suite, tests);
    return suite;
}
