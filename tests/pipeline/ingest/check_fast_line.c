#include "pipeline/ingest/fast_line.h"

#include "tests/support/expect.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_fast_line(void);

static struct err err;
static struct lane lane;
static struct lane_rows rows;

enum { MOST_PIXELS = 32, MOST_ROWS = 8 };

/* A lane for `count` columns; position: of each column's pixel. */
static void open_lane(int count, const int *position, int label, int id, enum dtype pixel,
                      const struct classes *known)
{
    struct columns columns = {
        .count = count, .label = label, .id = id, .group = -1, .position = (int *)position};

    for (int i = 0; i < count; i++)
        columns.pixels += position[i] >= 0;
    ck_assert_int_eq(lane_init(&lane, &columns, pixel, known, &err), 0);
    rows = (struct lane_rows){.room = MOST_ROWS};
    rows.images = calloc(MOST_ROWS * MOST_PIXELS, sizeof(float));
    rows.in_file_order = calloc(MOST_PIXELS, sizeof(float));
    rows.labels = calloc(MOST_ROWS, sizeof *rows.labels);
    rows.ids = calloc(MOST_ROWS, sizeof *rows.ids);
}

static void close_lane(void)
{
    free(rows.images);
    free(rows.in_file_order);
    free(rows.labels);
    free(rows.ids);
    classes_free(&rows.classes);
    lane_free(&lane);
}

/* What lane_row() says of exactly these bytes, in memory that ends with the padding. */
static size_t take(const char *text, size_t size)
{
    char *exact = malloc(size + LANE_PADDING);
    size_t taken;

    memcpy(exact, text, size);
    memset(exact + size, 0, LANE_PADDING);
    taken = lane_row(&lane, exact, size, &rows);
    free(exact);
    return taken;
}

#define TAKES(text, size) ck_assert_uint_eq(take(text, sizeof(text) - 1), size)
#define LEAVES(text)      ck_assert_uint_eq(take(text, sizeof(text) - 1), 0)

static const int four[] = {0, 1, 2, 3};

/* ---- Against the grammar of cells ---- */

/* The first line of text[size], cell by cell: what lane_row() has to return. */
static size_t reference(const char *text, size_t size, uint8_t *image, int pixels)
{
    char line[64];
    const char *newline = memchr(text, '\n', size);
    size_t length = newline ? (size_t)(newline - text) : size, taken = length + (newline != NULL);
    char *at = line;

    if (newline && length && text[length - 1] == '\r')
        length--;
    if (length == 0 || memchr(text, '"', length) || memchr(text, 0, length) ||
        memchr(text, '\r', length))
        return 0;
    memcpy(line, text, length);
    line[length] = 0;
    for (int i = 0; i < pixels; i++) {
        char *comma = strchr(at, ',');

        if ((i + 1 == pixels) != (comma == NULL))
            return 0;
        if (comma)
            *comma = 0;
        if (!cell_u8((struct cell){at, strlen(at), false}, &image[i]))
            return 0;
        at = comma ? comma + 1 : at;
    }
    return taken;
}

static void compare(const char *text, size_t size, int pixels)
{
    uint8_t image[MOST_PIXELS];
    size_t wanted = reference(text, size, image, pixels), taken;

    rows.count = 0;
    taken = take(text, size);
    EXPECT(taken == wanted, "'%.*s': %zu bytes taken, %zu expected", (int)size, text, taken,
           wanted);
    EXPECT(rows.count == (wanted > 0), "'%.*s': %d rows", (int)size, text, (int)rows.count);
    EXPECT(!wanted || memcmp(rows.images, image, (size_t)pixels) == 0, "'%.*s': other pixels",
           (int)size, text);
}

START_TEST(all_short_lines_read_as_the_grammar_says)
{
    static const char letters[] = "025,.\n\r \"-\0";
    enum { LETTERS = sizeof letters - 1, LENGTH = 5 };
    char text[LENGTH];

    open_lane(_i, four, -1, -1, DTYPE_U8, NULL);
    for (size_t size = 1, many = LETTERS; size <= LENGTH; size++, many *= LETTERS)
        for (size_t number = 0; number < many; number++) {
            size_t rest = number;

            for (size_t i = 0; i < size; i++, rest /= LETTERS)
                text[i] = letters[rest % LETTERS];
            compare(text, size, _i);
        }
    close_lane();
}
END_TEST

/* Each byte in each place of lines that the quick paths take: runs of zeros, one to three digits.
 */
START_TEST(any_byte_anywhere_reads_as_the_grammar_says)
{
    static const char *const lines[] = {"0,0,0,0,0,0,0,0,0,0\n",
                                        "0,0,0,255,254,0,0,0,0,1\n",
                                        "12,0,7,199,38,0,0,0,0,0\r\n",
                                        "1,22,133,44,5,6,7,8,9,0",
                                        "0,0,0,0,0,0,0,0,0,0,0\n",
                                        "0,0,0,0,0,0,0,0,0\n0,0\n",
                                        "100,100,100,100,100,100,100,100,100,100\n"};
    static const int ten[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    char text[64];

    open_lane(10, ten, -1, -1, DTYPE_U8, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t size = strlen(lines[i]);

        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 256; byte++) {
                memcpy(text, lines[i], size);
                text[at] = (char)byte;
                compare(text, size, 10);
                memmove(text + at + 1, lines[i] + at, size - at); /* put in, not in place of */
                compare(text, size + 1, 10);
            }
        for (size_t cut = 1; cut < size; cut++)
            compare(lines[i], cut, 10);
    }
    close_lane();
}
END_TEST

START_TEST(every_value_is_read_beside_every_length)
{
    static const int seven[] = {0, 1, 2, 3, 4, 5, 6};
    char text[64];

    open_lane(7, seven, -1, -1, DTYPE_U8, NULL);
    for (int a = 0; a < 1100; a++)
        for (int b = 0; b < 1100; b += b < 12 || b > 90 ? 7 : 13)
            compare(text,
                    (size_t)snprintf(text, sizeof text, "%d,%d,%0*d,%d,%d,%d,%d\n", a % 256,
                                     b % 256, a % 5, b % 256, a, a % 256, b, a % 200),
                    7);
    close_lane();
}
END_TEST

/* ---- Lines ---- */

START_TEST(a_line_ends_in_lf_or_crlf_or_with_the_text)
{
    open_lane(4, four, -1, -1, DTYPE_U8, NULL);
    TAKES("1,2,3,4\n5,6,7,8\n", 8);
    TAKES("1,2,3,4\r\n5,6", 9);
    TAKES("1,2,3,4", 7);
    ck_assert_int_eq(rows.count, 3);
    LEAVES("1,2,3,4\r");
    LEAVES("1,2,3,4\r5\n");
    LEAVES("1,2,\r3,4\n");
    LEAVES("1,2,3\n4\n");
    LEAVES("1,2,3,\n");
    LEAVES("1,2,3,4,\n");
    LEAVES("1,2,3,4,5\n");
    LEAVES("\n1,2,3,4\n");
    LEAVES("\r\n1,2,3,4\n");
    LEAVES(",,,\n");
    LEAVES("1,2,\"3\",4\n");
    LEAVES("1,2,3,4\0\n");
    ck_assert_int_eq(rows.count, 3);
    ck_assert_mem_eq(rows.images, "\1\2\3\4\1\2\3\4\1\2\3\4", 12);
    close_lane();
}
END_TEST

START_TEST(odd_spellings_are_taken_too)
{
    open_lane(4, four, -1, -1, DTYPE_U8, NULL);
    TAKES(" 1,2\t,3.0,004\n", 14);
    TAKES("255.000 ,0,0,0\n", 15);
    TAKES("1e2,0004,2.55e+02,-0\n", 21);
    LEAVES("1.5,0,0,0\n");
    LEAVES("25.6e1,0,0,0\n");
    ck_assert_mem_eq(rows.images, "\1\2\3\4\377\0\0\0\144\4\377\0", 12);
    close_lane();
}
END_TEST

START_TEST(a_cell_over_64_kib_is_left)
{
    static char text[2 * 65536 + 64];
    static const int one[] = {0, -1};

    open_lane(2, one, -1, -1, DTYPE_U8, NULL);
    for (size_t size = 65535; size <= 65537; size++) {
        memcpy(text, "1,", 2);
        memset(text + 2, 'x', size);
        text[2 + size] = '\n';
        ck_assert_uint_eq(take(text, size + 3), size <= 65536 ? size + 3 : 0);
    }
    close_lane();
}
END_TEST

/* ---- Columns ---- */

START_TEST(groups_are_kept_as_they_are_spelt)
{
    static const int position[] = {0, -1, 1};
    struct columns columns = {
        .count = 3, .pixels = 2, .label = -1, .id = -1, .group = 1, .position = (int *)position};
    static struct cell groups[MOST_ROWS];
    static const char text[40] = "1,HAM 7,2\n3, 07 ,4\n"; /* and what the lane may read */

    open_lane(3, position, -1, -1, DTYPE_U8, NULL);
    lane_free(&lane);
    ck_assert_int_eq(lane_init(&lane, &columns, DTYPE_U8, NULL, &err), 0);
    rows.groups = groups;
    ck_assert_uint_eq(lane_row(&lane, text, 19, &rows), 10);
    ck_assert_uint_eq(lane_row(&lane, text + 10, 9, &rows), 9);
    ck_assert_uint_eq(groups[0].size, 5);
    ck_assert_mem_eq(groups[0].text, "HAM 7", 5);
    ck_assert_uint_eq(groups[1].size, 2);
    ck_assert_mem_eq(groups[1].text, "07", 2);
    LEAVES("1,,2\n");
    LEAVES("1, a,2\n");
    LEAVES("1\n");
    LEAVES("1,\"a\",2\n");
    close_lane();
}
END_TEST

START_TEST(columns_are_pixels_labels_ids_or_dropped)
{
    static const int position[] = {-1, 0, 1, -1, 2, -1, -1, 3};

    open_lane(8, position, 3, 5, DTYPE_U8, NULL);
    TAKES("any thing,1,2,cat,3,-7,,4\n", 26);
    TAKES(",10,20, 5 ,30, 12 ,\xff,40\r\n", 25);
    TAKES("x,1,1,cat,1,0,y,1", 17);
    ck_assert_int_eq(rows.count, 3);
    ck_assert_mem_eq(rows.images, "\1\2\3\4\12\24\36\50\1\1\1\1", 12);
    ck_assert_uint_eq(rows.ids[0].size, 2);
    ck_assert_uint_eq(rows.ids[1].size, 2);
    ck_assert_uint_eq(rows.ids[2].size, 1);
    ck_assert_int_eq(rows.classes.count, 2);
    ck_assert_str_eq(rows.classes.list[0].text, "cat");
    ck_assert_str_eq(rows.classes.list[1].text, "5");
    ck_assert(rows.labels[0] == 0 && rows.labels[1] == 1 && rows.labels[2] == 0);
    ck_assert(rows.classes.list[1].line == 1);
    LEAVES("x,1,1,,1,0,y,1\n");
    LEAVES("x,1,1, cat,1,0,y,1\n");
    LEAVES("x,1,1,ca\1t,1,0,y,1\n");
    LEAVES("x,1,1,ca\xfft,1,0,y,1\n");
    LEAVES("x,1,1,cat,1, z,y,1\n");
    LEAVES("x,1,1,cat,1,,y,1\n");
    LEAVES("x,1,1,new,1,1,y,256\n");
    LEAVES("\"x\",1,1,cat,1,1,y,1\n");
    ck_assert_int_eq(rows.classes.count, 2); /* what is left adds no class */
    close_lane();
}
END_TEST

START_TEST(with_known_classes_others_are_left)
{
    static const int position[] = {-1, 0};
    struct classes known = {0};

    ck_assert_int_eq(classes_add(&known, "eel", 3, 0), 0);
    ck_assert_int_eq(classes_add(&known, "cat", 3, 0), 1);
    open_lane(2, position, 0, -1, DTYPE_U8, &known);
    TAKES("cat,1\n", 6);
    TAKES("eel,1\n", 6);
    LEAVES("dog,1\n");
    ck_assert(rows.labels[0] == 1 && rows.labels[1] == 0 && rows.classes.count == 0);
    close_lane();
    classes_free(&known);
}
END_TEST

START_TEST(pixels_go_where_the_columns_say)
{
    static const int position[] = {3, 0, -1, 2, 1};

    open_lane(5, position, -1, -1, DTYPE_U8, NULL);
    TAKES("1,2,9,3,4\n", 10);
    ck_assert_mem_eq(rows.images, "\2\4\3\1", 4);
    close_lane();
    open_lane(5, position, -1, -1, DTYPE_F32, NULL);
    TAKES("1,2,9,3,4\n", 10);
    ck_assert_mem_eq(rows.images, ((float[]){2, 4, 3, 1}), 16);
    close_lane();
}
END_TEST

START_TEST(numbers_in_f32_are_those_of_the_grammar)
{
    open_lane(4, four, -1, -1, DTYPE_F32, NULL);
    TAKES("0,0.5,-1.25e2, +3 \n", 19);
    ck_assert_mem_eq(rows.images, ((float[]){0, .5f, -125, 3}), 16);
    LEAVES("0,0.5,1e99,3\n");
    LEAVES("0,0.5,nan,3\n");
    LEAVES("0,0.5,.5,3\n");
    LEAVES("0,0.5,,3\n");
    ck_assert_int_eq(rows.count, 1);
    close_lane();
}
END_TEST

Suite *suite_fast_line(void)
{
    Suite *suite = suite_create("fast_line");
    TCase *tests = tcase_create("lines");

    tcase_set_timeout(tests, 120); /* under the sanitizers */
    tcase_add_loop_test(tests, all_short_lines_read_as_the_grammar_says, 1, 4);
    tcase_add_test(tests, any_byte_anywhere_reads_as_the_grammar_says);
    tcase_add_test(tests, every_value_is_read_beside_every_length);
    tcase_add_test(tests, a_line_ends_in_lf_or_crlf_or_with_the_text);
    tcase_add_test(tests, odd_spellings_are_taken_too);
    tcase_add_test(tests, a_cell_over_64_kib_is_left);
    tcase_add_test(tests, columns_are_pixels_labels_ids_or_dropped);
    tcase_add_test(tests, groups_are_kept_as_they_are_spelt);
    tcase_add_test(tests, with_known_classes_others_are_left);
    tcase_add_test(tests, pixels_go_where_the_columns_say);
    tcase_add_test(tests, numbers_in_f32_are_those_of_the_grammar);
    suite_add_tcase(suite, tests);
    return suite;
}
