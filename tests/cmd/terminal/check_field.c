/* Fields of tables: widths in columns, whatever the bytes. */
#include "cmd/terminal/field.h"

#include <check.h>
#include <stdlib.h>

Suite *suite_field(void);

static struct strbuf line;

#define IS(expected)                                                                               \
    do {                                                                                           \
        ck_assert(!line.failed);                                                                   \
        ck_assert_str_eq(strbuf_text(&line), expected);                                            \
        strbuf_free(&line);                                                                        \
    } while (0)

START_TEST(a_text_is_padded_to_its_columns)
{
    field_text(&line, "é", 3, false);
    field_text(&line, "漢", 3, true);
    field_text(&line, "", 2, false);
    IS("é   漢  ");
}
END_TEST

START_TEST(a_text_is_cut_at_whole_characters)
{
    field_text(&line, "ééé", 2, true);
    field_text(&line, "漢字", 3, false);
    field_text(&line, "漢字", 3, true);
    IS("éé漢  漢");
}
END_TEST

START_TEST(what_would_steer_a_terminal_is_printed_as_escapes)
{
    field_text(&line, "a\033[2J\177\x80z", 18, true);
    IS(" a\\x1b[2J\\x7f\\x80z");
    field_text(&line, "\xc2\x9b\u202eab", 14, false);
    IS("\\u009b\\u202eab");
}
END_TEST

START_TEST(a_count_is_at_the_right)
{
    field_count(&line, 42, 5);
    field_count(&line, 123456, 5);
    IS("   42123456");
}
END_TEST

Suite *suite_field(void)
{
    Suite *suite = suite_create("field");
    TCase *tests = tcase_create("columns");

    tcase_add_test(tests, a_text_is_padded_to_its_columns);
    tcase_add_test(tests, a_text_is_cut_at_whole_characters);
    tcase_add_test(tests, what_would_steer_a_terminal_is_printed_as_escapes);
    tcase_add_test(tests, a_count_is_at_the_right);
    suite_add_tcase(suite, tests);
    return suite;
}
