#include "pipeline/files/depend.h"
#include "pipeline/files/noted.h"

#include "tests/support/scratch.h"

#include <fcntl.h>
#include <string.h>

Suite *suite_depend(void);

static struct err err;
static char got[20][256];
static int count;

static void take(void *data, const char *file)
{
    (void)data;
    ck_assert_int_lt(count, 20);
    snprintf(got[count++], sizeof got[0], "%s", file);
}

static void read_text(const char *text)
{
    count = 0;
    spill(scratch("rule"), text, strlen(text));
    MUST(depend_read(scratch("rule"), take, NULL, &err));
}

START_TEST(odd_names_come_back_as_they_were)
{
    static const char *const names[] = {"plain",   "with blank",  "tab\there", "a#b",      "a$b",
                                        "a:b.csv", "back\\slash", "\\ end",    "at end\\", "50%"};
    const int names_count = sizeof names / sizeof *names;

    for (int i = 0; i < names_count; i++) {
        spill(scratch(names[i]), "x", 1);
        note_read(scratch(names[i]));
        note_read(scratch(names[i])); /* each once */
    }
    note_written(scratch("with blank"));
    MUST(depend_write(scratch("rule"), &err));
    MUST(depend_read(scratch("rule"), take, NULL, &err));
    ck_assert_int_ge(count, names_count);
    for (int i = 0; i < names_count; i++)
        ck_assert_str_eq(got[count - names_count + i], scratch(names[i]));
}
END_TEST

START_TEST(what_is_no_file_is_not_noted)
{
    size_t size;
    char *rule;

    note_read("-");
    note_read("/dev/null");
    note_read(scratch("missing"));
    MUST(depend_write(scratch("rule"), &err));
    rule = slurp(scratch("rule"), &size);
    ck_assert_ptr_null(strstr(rule, "null"));
    ck_assert_ptr_null(strstr(rule, "missing"));
    free(rule);
}
END_TEST

START_TEST(rules_of_compilers_are_read)
{
    read_text("a.o: a.c \\\n  b.h c.h\\\n\td.h\n\nb.h:\n");
    ck_assert_int_eq(count, 4);
    ck_assert_str_eq(got[0], "a.c");
    ck_assert_str_eq(got[1], "b.h");
    ck_assert_str_eq(got[2], "c.h");
    ck_assert_str_eq(got[3], "d.h");
    read_text("a\\:b: c");
    ck_assert_int_eq(count, 1);
    ck_assert_str_eq(got[0], "c");
    read_text("a:\n");
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(what_is_no_rule_is_refused)
{
    spill(scratch("rule"), "nothing", 7);
    FAILS(EX_DATAERR, depend_read(scratch("rule"), take, NULL, &err));
    spill(scratch("rule"), "", 0);
    FAILS(EX_DATAERR, depend_read(scratch("rule"), take, NULL, &err));
    FAILS(EX_NOINPUT, depend_read(scratch("missing"), take, NULL, &err));
}
END_TEST

START_TEST(a_name_with_a_newline_is_refused)
{
    spill(scratch("a\nb"), "x", 1);
    note_read(scratch("a\nb"));
    FAILS(EX_USAGE, depend_write(scratch("rule"), &err));
    ck_assert_int_ne(access(scratch("rule"), F_OK), 0);
}
END_TEST

Suite *suite_depend(void)
{
    Suite *suite = suite_create("depend");
    TCase *tests = tcase_create("depend");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, odd_names_come_back_as_they_were);
    tcase_add_test(tests, what_is_no_file_is_not_noted);
    tcase_add_test(tests, rules_of_compilers_are_read);
    tcase_add_test(tests, what_is_no_rule_is_refused);
    tcase_add_test(tests, a_name_with_a_newline_is_refused); /* the last: it stays noted */
    suite_add_tcase(suite, tests);
    return suite;
}
