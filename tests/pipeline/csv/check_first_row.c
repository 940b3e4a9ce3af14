/* The first row of a CSV, which holds names or data, and the names in it. */
#include "pipeline/csv/first_row.h"
#include "pipeline/csv/layout.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_first_row(void);

static struct inputs inputs;
static struct source *source;
static struct csv_reader *reader;
static struct csv_row row;
static struct err err;

/* Reads a first row. */
static void open_row(const char *text)
{
    spill(scratch("t.csv"), text, strlen(text));
    MUST(source_open(&source, scratch("t.csv"), &inputs, "csv", &err));
    MUST(csv_reader_open(&reader, source, &err));
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
}

static void close_row(void)
{
    csv_reader_close(reader);
    source_close(source);
    inputs_free(&inputs);
    inputs = (struct inputs){0};
}

/* 'h' a header, 'd' data, '!' refused, with the sentence in err; the three choices after each
 * other. */
static const char *decide(const char *text)
{
    static const enum header_choice choices[] = {HEADER_AUTO, HEADER_YES, HEADER_NO};
    static char answers[4];
    struct err first = {0};

    open_row(text);
    for (int i = 0; i < 3; i++) {
        bool header = i == 2; /* to see it set */

        err.text[0] = 0;
        answers[i] = header_decide(&header, reader, &row, choices[i], &err) ? '!'
                     : header                                               ? 'h'
                                                                            : 'd';
        if (i == 0)
            first = err;
    }
    err = first;
    close_row();
    return answers;
}

START_TEST(names_are_told_from_data)
{
    ck_assert_str_eq(decide("label,a,b\n"), "hhd");
    ck_assert_str_eq(decide("7,0,255\n"), "dhd");
    ck_assert_str_eq(decide("label,0,1,2\n"), "hhd");
    ck_assert_str_eq(decide("label,1,2,3\n"), "hhd");
    ck_assert_str_eq(decide("0\n"), "dhd");
    ck_assert_str_eq(decide("0,1,2\n"), "dhd"); /* so few numbers may well count up */
    ck_assert_str_eq(decide("0,1,2,4\n"), "dhd");
    ck_assert_str_eq(decide("2,3,4,5\n"), "dhd");
    ck_assert_str_eq(decide("name,1 2 3\n"), "!hd");
    ck_assert_str_eq(decide("1 2,3 4\n"), "dhd");
    ck_assert_str_eq(decide("1 2,2\n"), "dhd");
}
END_TEST

START_TEST(what_could_be_either_is_refused)
{
    ck_assert_str_eq(decide("0,1,2,3\n"), "!hd");
    SAYS("4 numbers that count up are names or data");
    ck_assert_str_eq(decide("1,2,3,4\n"), "!hd");
    ck_assert_str_eq(decide("5,x,7\n"), "!hd");
    SAYS("numbers ('7', column 3) and words ('x', column 2)");
    ck_assert_str_eq(decide("label,2\n"), "!hd");
    SAYS("numbers ('2', column 2) and words ('label', column 1)");
    ck_assert_str_eq(decide("label,0,2\n"), "!hd");
    ck_assert_str_eq(decide("label,1,1\n"), "!hd");
}
END_TEST

START_TEST(pictures_that_became_a_header_are_refused)
{
    ck_assert_str_eq(decide("7,0,0.1,0.2,18,0.3\n"), "!h!");
    SAYS("equal pixels were renamed");
    ck_assert_str_eq(decide("0,0.1,0.2\n"), "!h!");
    ck_assert_str_eq(decide("5,5.1,3,3.1\n"), "!h!");
    ck_assert_str_eq(decide("10,1,10.1,1.1\n"), "!h!");
    ck_assert_str_eq(decide("0,0.1,9\n"), "dhd"); /* one repeat may be a number with a fraction */
    ck_assert_str_eq(decide("0,0.1,0.3,9\n"), "dhd");
    ck_assert_str_eq(decide("0,0.1,0.2,9.5\n"), "dhd");
    ck_assert_str_eq(decide("0.1,0,0.2\n"), "dhd");
    ck_assert_str_eq(decide("0.5,0.1,0.2\n"), "dhd");
    ck_assert_str_eq(decide("label,0,0.1,0.2\n"), "!hd"); /* by words and numbers */
    ck_assert_str_eq(decide("0,0.1,0.20\n"), "dhd");
    ck_assert_str_eq(decide("0,0.2,0.1\n"), "dhd");
    ck_assert_str_eq(decide("0,0,0\n"), "dhd");
    ck_assert_str_eq(decide(" 0 , 0.1 , 0.2 \n"), "!h!");
}
END_TEST

static bool has_names(const char *text)
{
    bool is;

    open_row(text);
    is = header_has_names(&row);
    close_row();
    return is;
}

START_TEST(a_header_of_numbers_has_no_names)
{
    ck_assert(has_names("label,p0\n") && has_names("label,5\n") && has_names("0,1,2\n") &&
              has_names("1\n"));
    ck_assert(!has_names("7,0,255\n") && !has_names("5\n") && !has_names("0,1,3\n"));
}
END_TEST

/* The names with | after each; the sentence of an error after a !. */
static const char *names_of(const char *text)
{
    static char all[600];
    char **names;

    open_row(text);
    all[0] = 0;
    names = header_names(reader, &row, &err);
    for (int i = 0; names && i < row.count; i++)
        strcat(strcat(all, names[i]), "|");
    if (!names)
        snprintf(all, sizeof all, "!%s", strstr(err.text, "line 1"));
    header_free(names, row.count);
    close_row();
    return all;
}

START_TEST(names_are_plain_text)
{
    ck_assert_str_eq(names_of(" label ,\" x \",,é\n"), "label| x ||é|");
    ck_assert_str_eq(names_of("a,b\x01\n"),
                     "!line 1, column 2: the name 'b\\x01' is not plain UTF-8 text");
    ck_assert_str_eq(names_of("ab,\xef\xbb\xbf\n"),
                     "!line 1, column 2: the name '\\ufeff' is not plain UTF-8 text");
    ck_assert_str_eq(names_of("ab,\xef\xbb\xbfid\n"),
                     "!line 1, column 2: the name '\\ufeffid' is not plain UTF-8 text");
}
END_TEST

START_TEST(columns_are_called_as_options_take_them)
{
    char *names[] = {"a", "2", "12"}, text[COLUMN_TEXT];

    ck_assert_str_eq(header_column(names, 3, 0, text), "1");
    ck_assert_str_eq(header_column(names, 3, 1, text), "@2");
    ck_assert_str_eq(header_column((char *[]){"1"}, 1, 0, text), "@1");
    ck_assert_str_eq(header_column(names, 3, 11, text), "@12");
    ck_assert_str_eq(header_column(names, 2, 11, text), "12");
    ck_assert_str_eq(header_column(NULL, 3, 1, text), "2");
    ck_assert_str_eq(header_column(names, 3, 2147483646, text), "2147483647");
}
END_TEST

START_TEST(names_are_found_and_have_to_differ)
{
    char *names[] = {"d", "b", "b", "a", "c", "d", "d"};
    bool ignore[] = {false, false, false, false, false, true, false};
    struct header_entry *sorted = header_sort(names, 7);

    ck_assert_ptr_nonnull(sorted);
    ck_assert_int_eq(header_find(sorted, 7, "a"), 3);
    ck_assert_int_eq(header_find(sorted, 7, "b"), 1); /* the first of them */
    ck_assert_int_eq(header_find(sorted, 7, "c"), 4);
    ck_assert_int_eq(header_find(sorted, 7, "d"), 0);
    ck_assert_int_eq(header_find(sorted, 7, ""), -1);
    ck_assert_int_eq(header_find(sorted, 7, "bb"), -1);
    ck_assert_int_eq(header_find(sorted, 7, "e"), -1);
    ck_assert_int_eq(header_find(sorted, 3, "c"), -1);
    ck_assert_int_eq(header_find(sorted, 0, "a"), -1);
    free(sorted);
    open_row("d,b,b,a,c,d,d\n");
    FAILS(EX_DATAERR, header_distinct(reader, names, ignore, 7, &err));
    SAYS("columns 2 and 3 have the same name 'b'; --drop 3 would");
    ignore[1] = true;
    FAILS(EX_DATAERR, header_distinct(reader, names, ignore, 7, &err));
    SAYS("columns 1 and 7 have the same name 'd'; --drop 7 would");
    ignore[0] = true;
    MUST(header_distinct(reader, names, ignore, 7, &err));
    MUST(header_distinct(reader, names, ignore, 1, &err));
    MUST(header_distinct(reader, (char *[]){"a"}, (bool[1]){false}, 1, &err));
    FAILS(EX_DATAERR, header_distinct(reader, (char *[]){"a", "a"}, (bool[2]){false}, 2, &err));
    close_row();
}
END_TEST

Suite *suite_first_row(void)
{
    Suite *suite = suite_create("first_row");
    TCase *tests = tcase_create("first_row");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, names_are_told_from_data);
    tcase_add_test(tests, what_could_be_either_is_refused);
    tcase_add_test(tests, pictures_that_became_a_header_are_refused);
    tcase_add_test(tests, a_header_of_numbers_has_no_names);
    tcase_add_test(tests, names_are_plain_text);
    tcase_add_test(tests, columns_are_called_as_options_take_them);
    tcase_add_test(tests, names_are_found_and_have_to_differ);
    suite_add_tcase(suite, tests);
    return suite;
}
