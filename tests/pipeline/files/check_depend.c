#include "pipeline/files/depend.h"
#include "pipeline/files/noted.h"

#include "tests/support/expect.h"
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

static char **all_got;
static int all_count;

static void take_any(void *data, const char *file)
{
    (void)data;
    all_got[all_count++] = strdup(file);
}

START_TEST(every_name_of_odd_characters_comes_back)
{
    static const char odd[] = "a\\ #$:%\t";
    enum { ODD = sizeof odd - 1, LONGEST = 3 };
    int names = 0;

    ck_assert_int_eq(chdir(scratch_folder), 0);
    all_got = calloc(1000, sizeof *all_got);
    for (int length = 1, most = ODD; length <= LONGEST; length++, most *= ODD)
        for (int n = 0; n < most; n++, names++) {
            char name[LONGEST + 1] = "";

            for (int i = 0, rest = n; i < length; i++, rest /= ODD)
                name[i] = odd[rest % ODD];
            spill(name, "", 0);
            note_read(name);
            if (n == most - 1) /* targets are passed over */
                note_written(name);
        }
    note_written("a\\:");
    note_written("-");
    MUST(depend_write("rule", &err));
    MUST(depend_read("rule", take_any, NULL, &err));
    ck_assert_int_eq(all_count, noted_read.count);
    ck_assert_int_ge(all_count, names);
    for (int i = 0; i < all_count; i++) {
        EXPECT(strcmp(all_got[i], noted_read.list[i]) == 0, "'%s' came back as '%.20s'",
               noted_read.list[i], all_got[i]);
        free(all_got[i]);
    }
    free(all_got);
}
END_TEST

START_TEST(targets_are_the_files_that_were_written)
{
    size_t size;
    char *rule;

    ck_assert_int_eq(chdir(scratch_folder), 0);
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    MUST(depend_write("rule:%", &err));
    rule = slurp("rule:%", &size);
    ck_assert_str_eq(rule, "rule\\:\\%:\n"); /* itself, where there are none */
    free(rule);
    spill("a b%", "", 0);
    spill("end\\", "", 0);
    spill("in%", "", 0);
    for (const char *const *name =
             (const char *const[]){"a b%", "-", "folder", "none", "end\\", "/dev/null", NULL};
         *name; name++)
        note_written(*name);
    note_read("in%");
    MUST(depend_write("rule", &err));
    rule = slurp("rule", &size);
    ck_assert_str_eq(rule, "a\\ b\\% end\\\\: \\\n in%\n");
    free(rule);
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
    read_text("a: b\\\nc\\\\\\\nd\\\n");
    ck_assert_int_eq(count, 3);
    ck_assert_str_eq(got[0], "b");
    ck_assert_str_eq(got[1], "c\\");
    ck_assert_str_eq(got[2], "d");
    read_text("a: b\\\\\\\\\\\nc");
    ck_assert_int_eq(count, 2);
    ck_assert_str_eq(got[0], "b\\\\");
    read_text("a:b\\\\ c\\");
    ck_assert_int_eq(count, 2);
    ck_assert_str_eq(got[0], "b\\");
    ck_assert_str_eq(got[1], "c\\");
    read_text("a: b\\\\\nc");
    ck_assert_int_eq(count, 1);
    ck_assert_str_eq(got[0], "b\\");
    read_text("a:  b\t\t$$c$d\\\n\\\n e");
    ck_assert_int_eq(count, 3);
    ck_assert_str_eq(got[1], "$c$d");
    ck_assert_str_eq(got[2], "e");
}
END_TEST

START_TEST(what_is_no_rule_is_refused)
{
    spill(scratch("rule"), "nothing", 7);
    FAILS(EX_DATAERR, depend_read(scratch("rule"), take, NULL, &err));
    spill(scratch("rule"), "", 0);
    FAILS(EX_DATAERR, depend_read(scratch("rule"), take, NULL, &err));
    FAILS(EX_NOINPUT, depend_read(scratch("missing"), take, NULL, &err));
    SAYS("/missing: cannot be opened: No such file");
    FAILS(EX_IOERR, depend_read(scratch_folder, take, NULL, &err));
    SAYS(": cannot be read: Is a directory");
    spill(scratch("rule"), "a\\:", 3);
    FAILS(EX_DATAERR, depend_read(scratch("rule"), take, NULL, &err));
    SAYS("is not a rule");
}
END_TEST

START_TEST(a_rule_that_cannot_be_written_is_an_error)
{
    FAILS(EX_CANTCREAT, depend_write(scratch("no/rule"), &err));
    FAILS(EX_IOERR, depend_write("/dev/full", &err));
    note_written("a\rb");
    FAILS(EX_USAGE, depend_write(scratch("rule"), &err));
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
    tcase_add_test(tests, every_name_of_odd_characters_comes_back);
    tcase_add_test(tests, targets_are_the_files_that_were_written);
    tcase_add_test(tests, what_is_no_file_is_not_noted);
    tcase_add_test(tests, rules_of_compilers_are_read);
    tcase_add_test(tests, what_is_no_rule_is_refused);
    tcase_add_test(tests, a_rule_that_cannot_be_written_is_an_error);
    tcase_add_test(tests, a_name_with_a_newline_is_refused); /* the last: it stays noted */
    suite_add_tcase(suite, tests);
    return suite;
}
