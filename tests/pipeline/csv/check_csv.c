#include "pipeline/base/text.h"
#include "pipeline/csv/layout.h"
#include "pipeline/csv/look.h"
#include "pipeline/csv/put.h"

#include "tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_csv(void);

/* ---- A reader on bytes given here ---- */

static struct inputs inputs;
static struct source *source;
static struct csv_reader *reader;
static struct csv_row row;
static struct err err;
static char path[] = "/tmp/check_csv_XXXXXX";

static void open_bytes(const char *bytes, size_t size)
{
    int fd;

    strcpy(path + sizeof path - 7, "XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    ck_assert_int_eq(source_open(&source, path, &inputs, "csv", &err), 0);
    ck_assert_int_eq(csv_reader_open(&reader, source, &err), 0);
}

static void close_bytes(void)
{
    csv_reader_close(reader);
    source_close(source);
    inputs_free(&inputs);
    inputs = (struct inputs){0};
    unlink(path);
}

/* All rows as text: fields with | between and after quoted ones a ", rows with a / at the end; an
 * error as ! and its sentence after the path. */
static const char *read_bytes(const char *bytes, size_t size)
{
    static char text[4096];
    size_t used = 0;
    int got;

    open_bytes(bytes, size);
    while ((got = csv_reader_next(reader, &row, &err)) == 1) {
        for (int i = 0; i < row.count; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s", i ? "|" : "",
                                     csv_text(&row, i), row.fields[i].quoted ? "\"" : "");
        used += (size_t)snprintf(text + used, sizeof text - used, "/");
    }
    if (got < 0)
        snprintf(text + used, sizeof text - used, "!%s", err.text + strlen(path) + 2);
    else
        text[used] = 0;
    close_bytes();
    return text;
}

#define READS(bytes, wanted) ck_assert_str_eq(read_bytes(bytes, sizeof(bytes) - 1), wanted)

/* ---- Accepted ---- */

START_TEST(rows_come_out_as_they_are)
{
    READS("a,b\n1,2\n", "a|b/1|2/");
    READS("a,b\r\n1,2\r\n", "a|b/1|2/");
    READS("a,b\n1,2", "a|b/1|2/");
    READS("a,b\n1,", "a|b/1|/");
    READS(",\n", "|/");
    READS("", "");
    READS("\n\r\n", "");
    READS("a\n\n\n\r\n", "a/");
}
END_TEST

START_TEST(one_byte_order_mark_is_skipped)
{
    READS("\xef\xbb\xbf"
          "a,b\n",
          "a|b/");
    READS("\xef\xbb\xbf\"a\",b\n", "a\"|b/");
    READS("\xef\xbb\xbf\xef\xbb\xbf"
          "a\n",
          "\xef\xbb\xbf"
          "a/");
    READS("\xef\xbb\xbf", "");
}
END_TEST

START_TEST(quoted_fields_are_known_as_quoted)
{
    READS("\"a\",b,\"\"\nc,\"d\",e\n", "a\"|b|\"/c|d\"|e/");
    READS("\"a,b\",\"c\"\"d\"\n", "a,b\"|c\"d\"/");
    READS("\"a\nb\",c\n", "a\nb\"|c/");
    READS("\"a\r\nb\",c\r\n", "a\r\nb\"|c/");
    READS("a,\"b\"", "a|b\"/");
    READS("\"\"\n", "\"/");
    READS("\"\"", "\"/");
}
END_TEST

START_TEST(spaces_belong_to_fields)
{
    READS(" a ,b\t\n", " a |b\t/");
    READS("  \n", "  /");
    READS("\" a \"\n", " a \"/");
}
END_TEST

/* ---- Refused ---- */

START_TEST(ragged_rows_are_refused)
{
    READS("a,b\n1,2\n3\n", "a|b/1|2/!line 3, row 3: 1 field where the first row has 2");
    READS("a,b\n1,2,3\n", "a|b/!line 2, row 2: 3 fields where the first row has 2");
}
END_TEST

START_TEST(quotes_have_to_be_in_order)
{
    READS("a,\"b\nc,d\n", "!line 1, column 2: a quote that is never closed");
    READS("a,b\"\n", "!line 1, column 2: a quote inside an unquoted field");
    READS("a, \"b\"\n", "!line 1, column 2: a quote inside an unquoted field");
    READS("a,\"b\"c\n", "!line 1, column 2: text after a closing quote; quotes inside a quoted "
                        "field are doubled");
    READS("a,\"b\" \n", "!line 1, column 2: text after a closing quote; quotes inside a quoted "
                        "field are doubled");
    READS("a,b\n\"1\"\n2\",3\n", "a|b/!line 2, row 2: 1 field where the first row has 2");
}
END_TEST

START_TEST(strange_line_ends_are_refused)
{
    READS("a\rb\n", "!line 1: a carriage return without a line feed; lines end in LF or CRLF");
    READS("a\r", "!line 1: a carriage return without a line feed; lines end in LF or CRLF");
    READS("a\r\r\n", "!line 1: a carriage return without a line feed; lines end in LF or CRLF");
    READS("a\n\nb\n", "a/!line 2: a blank line, and rows follow; only at the end are they ignored");
    READS("\na\n", "!line 1: a blank line, and rows follow; only at the end are they ignored");
    READS("a\n\"b\rc\"\n",
          "a/!line 2, row 2: a carriage return without a line feed; lines end in LF or CRLF");
}
END_TEST

START_TEST(what_is_not_text_is_refused)
{
    READS("a\n\0\n", "a/!line 2, row 2: a NUL byte; is this a text file?");
    ck_assert_ptr_nonnull(strstr(read_bytes("\xff\xfe"
                                            "a\0\n\0",
                                            6),
                                 "UTF-16"));
}
END_TEST

START_TEST(an_error_stays_an_error)
{
    open_bytes("a,b\nc\nd,e\n", 10);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    close_bytes();
}
END_TEST

START_TEST(fields_are_at_most_64_kib)
{
    enum { LIMIT = 65536, ROOM = LIMIT + 300000 };
    char *bytes = malloc(ROOM);

    memset(bytes, 'x', ROOM);
    bytes[LIMIT] = '\n';
    open_bytes(bytes, LIMIT + 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_uint_eq(row.fields[0].size, LIMIT);
    close_bytes();
    bytes[LIMIT] = 'x';
    bytes[LIMIT + 1] = '\n';
    open_bytes(bytes, LIMIT + 2);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    SAYS("64 KiB");
    close_bytes();
    bytes[0] = bytes[LIMIT + 1] = '"';
    memcpy(bytes + LIMIT + 2, ",2\n", 3);
    open_bytes(bytes, LIMIT + 5);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert(row.count == 2 && row.fields[0].size == LIMIT);
    close_bytes();
    memset(bytes + 1, 'x', LIMIT + 4);
    open_bytes(bytes, ROOM);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    SAYS("64 KiB");
    close_bytes();
    free(bytes);
}
END_TEST

/* ---- Wherever the buffer ends ---- */

/* Bytes that the reader is given: the first `first` bytes, then the others. */
struct pieces {
    const char *bytes;
    size_t first, size;
};

static int64_t give_piece(void *argument, void *buffer, size_t room, struct err *unused)
{
    struct pieces *left = argument;
    const size_t n = left->first ? left->first : left->size;

    (void)unused;
    ck_assert_uint_le(n, room);
    memcpy(buffer, left->bytes, n);
    *left = (struct pieces){left->bytes + n, 0, left->size - n};
    return (int64_t)n;
}

/* After the first bytes were looked at, which are read until they fill the buffer. */
static void open_pieces(struct pieces *pieces)
{
    const char *bytes;
    size_t size;
    bool all;

    open_bytes("", 0);
    ck_assert_int_eq(csv_reader_peek(reader, &bytes, &size, &all, &err), 0);
    csv_reader_go_on(reader, 0, give_piece, pieces);
}

#define HEAD "1,2\n1,2\n1,2\n"

START_TEST(the_buffers_end_changes_nothing)
{
    static const char text[] = HEAD "\"a\"\"b\r\n\",\"\"\r\nc,\"d\"\r\n\r\n";

    for (size_t first = sizeof HEAD - 1; first < sizeof text; first++) {
        struct pieces pieces = {text, first, sizeof text - 1};

        open_pieces(&pieces);
        for (int r = 0; r < 4; r++)
            ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_str_eq(csv_text(&row, 0), "a\"b\r\n");
        ck_assert(row.fields[0].quoted && row.fields[1].quoted);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_str_eq(csv_text(&row, 1), "d");
        ck_assert(!row.fields[0].quoted && row.fields[1].quoted);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
        close_bytes();
    }
}
END_TEST

START_TEST(a_lone_carriage_return_between_two_buffers_is_refused)
{
    static const char text[] = HEAD "1,2\r1,2\n";
    struct pieces pieces = {text, sizeof HEAD - 1 + 4, sizeof text - 1};

    open_pieces(&pieces);
    for (int r = 0; r < 3; r++)
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    SAYS("row 4: a carriage return without");
    close_bytes();
}
END_TEST

/* Gives `text` once, then fails. */
static int64_t give_and_fail(void *text, void *buffer, size_t size, struct err *error)
{
    const char **left = text;
    size_t n = strlen(*left);

    if (n == 0)
        return err_set(error, EX_IOERR, "the cable is out");
    ck_assert_uint_le(n, size);
    memcpy(buffer, *left, n);
    *left += n;
    return (int64_t)n;
}

START_TEST(a_source_that_fails_is_read_up_to_there)
{
    for (int looked = 0; looked < 2; looked++) {
        const char *text = "1,2\n3,4\n", *bytes;
        size_t size;
        bool all;

        open_bytes("", 0);
        if (looked)
            ck_assert_int_eq(csv_reader_peek(reader, &bytes, &size, &all, &err), 0);
        csv_reader_go_on(reader, 0, give_and_fail, &text);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_str_eq(csv_text(&row, 1), "4");
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
        ck_assert_str_eq(err.text, "the cable is out");
        close_bytes();
    }
}
END_TEST

START_TEST(the_end_stays_the_end)
{
    open_bytes("1,2\n", 4);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
    close_bytes();
}
END_TEST

START_TEST(blanks_are_one_from_when_they_separate)
{
    static const struct csv_layout blanks = {' ', false, false};
    struct pieces pieces = {"    1   2\n", 3, 10}, end = {"1 2\n\n   ", 5, 8};
    struct pieces quoted = {"\"a\n  b\"  2\n", 4, 12};
    const char *bytes;
    size_t size;
    bool all;

    open_bytes("1   2\n", 6);
    ck_assert_int_eq(csv_reader_peek(reader, &bytes, &size, &all, &err), 0);
    csv_reader_set_layout(reader, &blanks);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(row.count, 2);
    close_bytes();
    open_pieces(&pieces);
    csv_reader_set_layout(reader, &blanks);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(row.count, 2);
    ck_assert_str_eq(csv_text(&row, 1), "2");
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
    close_bytes();
    open_pieces(&quoted);
    csv_reader_set_layout(reader, &blanks);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(row.count, 2);
    ck_assert_str_eq(csv_text(&row, 0), "a\n  b");
    close_bytes();
    open_pieces(&end);
    csv_reader_set_layout(reader, &blanks);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
    close_bytes();
}
END_TEST

START_TEST(a_look_ends_with_a_whole_row)
{
    enum { ROWS = 70000, HEADER = 6 }; /* over 256 KiB, whose end is in a row */
    char *bytes = malloc(HEADER + 4 * ROWS + 1);
    struct csv_look look;

    strcpy(bytes, "abc,d\n");
    for (int i = 0; i < ROWS; i++)
        memcpy(bytes + HEADER + 4 * i, "1,2\n", 4);
    open_bytes(bytes, HEADER + 4 * ROWS);
    ck_assert_int_eq(csv_look_open(&look, reader, &err), 0);
    ck_assert(!look.all && look.count == 1 + (256 * 1024 - HEADER) / 4);
    ck_assert_str_eq(csv_text(&look.rows[look.count - 1], 1), "2");
    csv_look_close(&look);
    for (int i = 0; i <= ROWS; i++)
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
    close_bytes();
    free(bytes);
}
END_TEST

START_TEST(a_fault_says_where_it_is)
{
    READS("a,b\n1,2\"3\n", "a|b/!line 2, row 2, column 2: a quote inside an unquoted field");
    ck_assert(err.row == 2 && err.column == 2);
    READS("a,b\n1\n", "a|b/!line 2, row 2: 1 field where the first row has 2");
    ck_assert(err.row == 2 && err.column == 0);
}
END_TEST

START_TEST(fields_are_quoted_where_they_have_to_be)
{
    static const char *const texts[] = {"",     " a", "a ",     " ", "a,b", "a\nb",
                                        "a\rb", "\"", "\"\"\"", "a", "a b"};
    static const char wanted[] =
        "\"\",\" a\",\"a \",\" \",\"a,b\",\"a\nb\",\"a\rb\",\"\"\"\",\"\"\"\"\"\"\"\",a,a b,";
    struct output *out;
    size_t size;
    char *bytes;

    open_bytes("", 0);
    ck_assert_int_eq(output_open(&out, path, &err), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_int_eq(csv_put_field(out, texts[i], strlen(texts[i]), &err), 0);
        ck_assert_int_eq(output_write(out, ",", 1, &err), 0);
    }
    ck_assert_int_eq(output_commit(out, NULL, &err), 0);
    output_close(out);
    bytes = slurp(path, &size);
    ck_assert_str_eq(bytes, wanted);
    free(bytes);
    close_bytes();
}
END_TEST

/* ---- Texts in messages ---- */

START_TEST(values_are_shown_harmless_and_short)
{
    char quoted[QUOTED_TEXT];

    ck_assert_str_eq(text_quote(quoted, "256", 3), "'256'");
    ck_assert_str_eq(text_quote(quoted, "a\n\033b", 4), "'a\\x0a\\x1bb'");
    ck_assert_str_eq(text_quote(quoted, "\xc3\xa9\xff", 3), "'\\xc3\\xa9\\xff'");
    ck_assert_str_eq(text_quote(quoted, "\xc3\xa9", 2), "'\xc3\xa9'");
    ck_assert_str_eq(text_quote(quoted, "0123456789012345678901234567890123456789", 40),
                     "'0123456789012345678901234567890123456789'");
    ck_assert_str_eq(text_quote(quoted, "01234567890123456789012345678901234567890", 41),
                     "'0123456789012345678901234567890123456789...'");
    ck_assert_uint_lt(
        strlen(text_quote(quoted, "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 25)),
        QUOTED_TEXT);
}
END_TEST

START_TEST(blank_lines_are_at_most_a_million)
{
    enum { MOST = 1000000 };
    char *bytes = malloc(MOST + 3);

    memset(bytes, '\n', MOST + 3);
    bytes[0] = 'a';
    ck_assert_str_eq(read_bytes(bytes, MOST + 2), "a/");
    ck_assert_str_eq(read_bytes(bytes, MOST + 3),
                     "a/!line 1000002: a million blank lines before it; is this a CSV file?");
    free(bytes);
}
END_TEST

START_TEST(rows_are_at_most_64_mib_and_512_thousand_columns)
{
    enum { MOST = 512 * 1024, FIELD = 65536, ROW = 1024 * FIELD };
    char *bytes = malloc(ROW);

    memset(bytes, ',', MOST);
    open_bytes(bytes, MOST - 1);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(row.count, MOST);
    close_bytes();
    ck_assert_str_eq(read_bytes(bytes, MOST), "!line 1: more than 524288 columns");
    memset(bytes, 'a', ROW);
    for (int i = FIELD - 1; i < ROW; i += FIELD)
        bytes[i] = ',';
    bytes[ROW - 1] = '\n';
    open_bytes(bytes, ROW);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_int_eq(row.count, ROW / FIELD);
    close_bytes();
    bytes[ROW - 1] = ',';
    ck_assert_str_eq(read_bytes(bytes, ROW), "!line 1: a row over 64 MiB; is this a CSV file?");
    free(bytes);
}
END_TEST

/* ---- Layouts ---- */

/* The separator found, ! a refusal. */
static char separator_of(const char *text)
{
    char found = '!';

    open_bytes(text, strlen(text));
    if (csv_layout_find(reader, 0, NULL, &err) == 0)
        found = csv_reader_layout(reader).separator;
    close_bytes();
    return found;
}

START_TEST(separators_are_found_where_they_are_clear)
{
    ck_assert_int_eq(separator_of(""), ',');
    ck_assert_int_eq(separator_of("1\n2\n"), ',');
    ck_assert_int_eq(separator_of("a,b c\n1,2 3\n"), ',');
    ck_assert_int_eq(separator_of("a;b\n1;2\n"), ';');
    ck_assert_int_eq(separator_of("a;b\r\n1,5;2,5\r\n"), ';');
    ck_assert_int_eq(separator_of("1,5;2\n1;2,5\n"), ';');
    ck_assert_int_eq(separator_of("a,b;c\n1,2\n"), ',');
    ck_assert_int_eq(separator_of("\"a;b\",c\n1,2\n"), ',');
    ck_assert_int_eq(separator_of("a,b;c\n1;2\n"), ',');
    ck_assert_int_eq(separator_of("a,b;c\n1,2;3\n"), ',');
    ck_assert_int_eq(separator_of("1,5;2\n1,5;2;3\n"), ',');
    ck_assert_int_eq(separator_of("a\tb\n1\t2\n"), '\t');
    ck_assert_int_eq(separator_of("a\tb;c\n"), '!');
    ck_assert_int_eq(separator_of("7.0 1.0 2.0 \n"), ' ');
    ck_assert_int_eq(separator_of(" 7\n8 \n"), ',');
    ck_assert_int_eq(separator_of("\"a b\"\n\"c d\"\n"), ',');
    ck_assert_int_eq(separator_of("pixels\n1 2 3\n"), ',');
    ck_assert_int_eq(separator_of("pixels\n1 2 x\n"), ' ');
    ck_assert_int_eq(separator_of("a b c\n1 2 3\n"), ' ');
}
END_TEST

/* As read_bytes(), in the layout that is found. */
static const char *read_found(const char *bytes)
{
    static char text[4096];
    size_t used = 0;

    open_bytes(bytes, strlen(bytes));
    ck_assert_int_eq(csv_layout_find(reader, 0, NULL, &err), 0);
    while (csv_reader_next(reader, &row, &err) == 1)
        for (int i = 0; i < row.count; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%c", csv_text(&row, i),
                                     i + 1 < row.count ? '|' : '/');
    close_bytes();
    text[used] = 0;
    return text;
}

START_TEST(fields_come_out_of_every_layout)
{
    ck_assert_str_eq(read_found("  1   2  3 \r\n4 5 6\n"), "1|2|3/4|5|6/");
    ck_assert_str_eq(read_found("\"a  b\"  c \n1 2"), "a  b|c/1|2/");
    ck_assert_str_eq(read_found("a;b;c\n0,5;1,5e2;1\n1;2;x,y\n"), "a|b|c/0.5|1.5e2|1/1|2|x,y/");
    ck_assert_str_eq(read_found("a;b\n0,5;x\n"), "a|b/0,5|x/");
    ck_assert_str_eq(read_found("a,b,\n1,2,\n"), "a|b/1|2/");
    ck_assert_str_eq(read_found("a,b\n1,2,\n3,4,\n"), "a|b/1|2/3|4/");
    ck_assert_str_eq(read_found("a\tb\t\n1\t2\t\n"), "a|b/1|2/");
    ck_assert_str_eq(read_found("a,b,c\n1,2,\n3,4,5\n"), "a|b|c/1|2|/3|4|5/");
    ck_assert_str_eq(read_found("a,b,c\n1,2,\n3,4,\n"), "a|b|c/1|2|/3|4|/");
    ck_assert_str_eq(read_found("a,\"\"\n1,\"\"\n"), "a|/1|/");
    ck_assert_str_eq(read_found("0,5;1,5\n"), "0.5|1.5/");
    ck_assert_str_eq(read_found("0,5;x\n0,5;x\n"), "0,5|x/0,5|x/");
    ck_assert_str_eq(read_found("a,b\n1,2,\n"), "a|b/1|2/");
    ck_assert_str_eq(read_found("0,5;1,5;2,5\n"), "0.5|1.5|2.5/");
    ck_assert_str_eq(read_found("\"a\",\n\"b\",\n"), "a/b/");
    ck_assert_str_eq(read_found("a  b,c\n1,2\n"), "a  b|c/1|2/");
}
END_TEST

/* Where the rows that were looked at end in a separator, a later one without is as well whole, but
 * none with more. */
START_TEST(the_separator_at_the_end_may_be_missing_later)
{
    static const struct csv_layout layout = {',', false, true};
    static const struct {
        const char *bytes;
        int count, then;
    } last[] = {{"1,2,\n3,4\n", 2, 1},
                {"1,2,\n3,4,5\n", 2, -1},
                {"1,2,\n3,4,\"\"\n", 2, -1},
                {"1,2,\n3\n", 2, -1},
                {"1\n", 1, 0}};

    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        open_bytes(last[i].bytes, strlen(last[i].bytes));
        csv_reader_set_layout(reader, &layout);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_int_eq(row.count, last[i].count);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), last[i].then);
        close_bytes();
    }
}
END_TEST

START_TEST(decimal_commas_are_looked_for_in_a_hundred_rows)
{
    char text[1024] = "";

    for (int rows = 0; rows < 99; rows++)
        strcat(text, "a;b\n");
    strcat(text, "0,5;1,5\n");
    ck_assert_ptr_nonnull(strstr(read_found(text), "a|b/0.5|1.5/"));
    memcpy(text + 4 * 99, "a;b\n0,5;1,5\n", 13);
    ck_assert_ptr_nonnull(strstr(read_found(text), "a|b/0,5|1,5/"));
}
END_TEST

START_TEST(damaged_files_have_no_layout)
{
    static const char bytes[] = "\x1f\x8b\x08\0\0\0\0\0\0\3garbage";

    open_bytes(bytes, sizeof bytes - 1);
    ck_assert_int_eq(csv_layout_find(reader, 0, NULL, &err), -1);
    close_bytes();
    open_bytes("a,\"b\n", 6); /* no row to look at, which is said where it is read */
    ck_assert_int_eq(csv_layout_find(reader, 0, NULL, &err), 0);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), -1);
    close_bytes();
}
END_TEST

/* Blanks that lie at the end of one buffer and the begin of the next. */
START_TEST(blanks_between_two_buffers_are_one)
{
    enum { PAIRS = 200000 };
    char *bytes = malloc(4 * PAIRS + 4);
    size_t used = 0;

    for (int shift = 0; shift < 4; shift++) {
        used = (size_t)sprintf(bytes, "%.*s", shift, "1234");
        for (int i = 0; i < PAIRS; i++) {
            memcpy(bytes + used, " 12 ", 4);
            used += 4;
        }
        open_bytes(bytes, used - 4);
        ck_assert_int_eq(csv_layout_find(reader, ' ', NULL, &err), 0);
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
        ck_assert_int_eq(row.count, PAIRS - 1 + (shift > 0));
        for (int i = shift > 0; i < row.count; i++)
            ck_assert_str_eq(csv_text(&row, i), "12");
        ck_assert_int_eq(csv_reader_next(reader, &row, &err), 0);
        close_bytes();
    }
    free(bytes);
}
END_TEST

START_TEST(a_look_takes_no_row_away)
{
    static const char bytes[] = "a,b\n1,\"2\"\n3\n\"4";
    struct csv_look look;

    open_bytes(bytes, sizeof bytes - 1);
    ck_assert_int_eq(csv_look_open(&look, reader, &err), 0);
    ck_assert(look.count == 3 && look.all && look.rows[2].count == 1);
    ck_assert_str_eq(csv_text(&look.rows[1], 1), "2");
    ck_assert(csv_cell(&look.rows[1], 1).quoted && !csv_cell(&look.rows[1], 0).quoted);
    csv_look_close(&look);
    ck_assert_int_eq(csv_reader_next(reader, &row, &err), 1);
    ck_assert_str_eq(csv_text(&row, 0), "a");
    close_bytes();
}
END_TEST

START_TEST(separators_have_names)
{
    char name[2];

    ck_assert_int_eq(csv_separator_parse("tab"), '\t');
    ck_assert_int_eq(csv_separator_parse("space"), ' ');
    ck_assert_int_eq(csv_separator_parse("|"), '|');
    ck_assert_int_eq(csv_separator_parse(""), 0);
    ck_assert_int_eq(csv_separator_parse("ab"), 0);
    ck_assert_int_eq(csv_separator_parse("1"), 0);
    ck_assert_int_eq(csv_separator_parse("\""), 0);
    ck_assert_int_eq(csv_separator_parse("\n"), 0);
    ck_assert_int_eq(csv_separator_parse(";;"), 0);
    ck_assert_int_eq(csv_separator_parse(" "), ' ');
    for (const char *c = "09AZaz+-.\x7f\x1f"; *c; c++)
        ck_assert_int_eq(csv_separator_parse((char[]){*c, 0}), 0);
    for (const char *c = "/:@[`{~!"; *c; c++)
        ck_assert_int_eq(csv_separator_parse((char[]){*c, 0}), *c);
    ck_assert_str_eq(csv_separator_name(';', name), ";");
}
END_TEST

Suite *suite_csv(void)
{
    Suite *suite = suite_create("csv");
    TCase *tests = tcase_create("reader");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, rows_come_out_as_they_are);
    tcase_add_test(tests, one_byte_order_mark_is_skipped);
    tcase_add_test(tests, quoted_fields_are_known_as_quoted);
    tcase_add_test(tests, spaces_belong_to_fields);
    tcase_add_test(tests, ragged_rows_are_refused);
    tcase_add_test(tests, quotes_have_to_be_in_order);
    tcase_add_test(tests, strange_line_ends_are_refused);
    tcase_add_test(tests, what_is_not_text_is_refused);
    tcase_add_test(tests, an_error_stays_an_error);
    tcase_add_test(tests, the_buffers_end_changes_nothing);
    tcase_add_test(tests, a_source_that_fails_is_read_up_to_there);
    tcase_add_test(tests, the_end_stays_the_end);
    tcase_add_test(tests, blanks_are_one_from_when_they_separate);
    tcase_add_test(tests, a_look_ends_with_a_whole_row);
    tcase_add_test(tests, a_fault_says_where_it_is);
    tcase_add_test(tests, fields_are_quoted_where_they_have_to_be);
    tcase_add_test(tests, values_are_shown_harmless_and_short);
    tcase_add_test(tests, a_lone_carriage_return_between_two_buffers_is_refused);
    tcase_add_test(tests, separators_are_found_where_they_are_clear);
    tcase_add_test(tests, fields_come_out_of_every_layout);
    tcase_add_test(tests, the_separator_at_the_end_may_be_missing_later);
    tcase_add_test(tests, decimal_commas_are_looked_for_in_a_hundred_rows);
    tcase_add_test(tests, damaged_files_have_no_layout);
    tcase_add_test(tests, a_look_takes_no_row_away);
    tcase_add_test(tests, separators_have_names);
    suite_add_tcase(suite, tests);
    tests = tcase_create("limits"); /* which take longer */
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, blank_lines_are_at_most_a_million);
    tcase_add_test(tests, rows_are_at_most_64_mib_and_512_thousand_columns);
    tcase_add_test(tests, blanks_between_two_buffers_are_one);
    tcase_add_test(tests, fields_are_at_most_64_kib);
    suite_add_tcase(suite, tests);
    return suite;
}
