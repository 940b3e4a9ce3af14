#include "pipeline/csv/cell.h"
#include "pipeline/ingest/classes.h"
#include "pipeline/ingest/pixel_numbering.h"

#include "tests/support/expect.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_ingest(void);

static struct err err;

static struct cell plain(const char *text)
{
    return (struct cell){text, strlen(text), false};
}

static struct cell quoted(const char *text)
{
    return (struct cell){text, strlen(text), true};
}

/* ---- Cells ---- */

START_TEST(a_pixel_is_a_whole_number_up_to_255)
{
    static const struct {
        const char *text;
        int value; /* -1: refused */
    } cells[] = {
        {"0", 0},
        {"9", 9},
        {"00", 0},
        {"007", 7},
        {"255", 255},
        {"254.0", 254},
        {"1.000", 1},
        {" 5", 5},
        {"5\t ", 5},
        {"256", -1},
        {"999", -1},
        {"1000", -1},
        {"0255", 255},
        {"", -1},
        {" ", -1},
        {"-1", -1},
        {"-0", 0},
        {"+1", 1},
        {"1e2", 100},
        {"0x10", -1},
        {"1.5", -1},
        {"1.", -1},
        {".0", -1},
        {"1.0.0", -1},
        {"2.550000000000000000e+02", 255},
        {"0.0e-99", 0},
        {"2550e-1", 255},
        {"0.255E3", 255},
        {"0000000000000000000000000000000255.00000000000000000000", 255},
        {"2.56e2", -1},
        {"2.551e2", -1},
        {"254.99999999999999999999999999", -1},
        {"1e-1", -1},
        {"1e400", -1},
        {"-1e0", -1},
        {"1 2", -1},
        {"255.00001", -1},
        {"nan", -1},
        {"1,0", -1},
        {"\xc2\xa0"
         "1",
         -1},
        {"12a", -1},
        {"1\n", -1},
        {"256.0", -1},
    };
    uint8_t value;

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        bool taken = cell_u8(plain(cells[i].text), &value);

        ck_assert_msg(taken == (cells[i].value >= 0), "'%s'", cells[i].text);
        if (taken)
            ck_assert_int_eq(value, cells[i].value);
    }
    ck_assert(cell_u8(quoted("12"), &value) && !cell_u8(quoted(" 12"), &value));
}
END_TEST

START_TEST(a_number_is_decimal_finite_and_rounded)
{
    static const char *const wrong[] = {"",    "+",   "1.",  ".5",   "1e",    "1e+",
                                        "e1",  "nan", "inf", "0x10", "1e39",  "1_0",
                                        "1 0", "--1", "1,5", "1f",   "1e1.5", "3.5e38"};
    float value;
    double number;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!cell_f32(plain(wrong[i]), &value), "'%s'", wrong[i]);
    ck_assert(cell_f32(plain(" -1.5e+2\t"), &value) && value == -150);
    ck_assert(cell_f32(plain("+0.1"), &value) && value == 0.1f);
    ck_assert(cell_f32(plain("3.4028235e38"), &value) && value == FLT_MAX);
    ck_assert(cell_f32(plain("1e-60"), &value) && value == 0);
    /* halfway between two floats and a bit above: rounded once, not through double */
    ck_assert(cell_f32(plain("1.00000005960464477540"), &value) && value == 1 + FLT_EPSILON);
    ck_assert(!cell_f32(quoted(" 1"), &value));
    ck_assert(cell_number(plain("1e300"), &number) && number == 1e300);
}
END_TEST

static void rounds_as_the_c_library(const char *text)
{
    float value;
    double number;

    EXPECT(cell_f32(plain(text), &value) == isfinite(strtof(text, NULL)), "'%s'", text);
    EXPECT(!isfinite(value) || value == strtof(text, NULL), "'%s': %a", text, (double)value);
    EXPECT(cell_number(plain(text), &number) == isfinite(strtod(text, NULL)), "'%.40s'", text);
    EXPECT(!isfinite(number) || number == strtod(text, NULL), "'%.40s': %a", text, number);
    EXPECT(signbit(number) == (*text == '-'), "'%s': its sign", text);
}

/* Decimals of all lengths, and those at or next to the middle between two floats. */
START_TEST(numbers_round_as_in_the_c_library)
{
    uint64_t random = 1;
    char text[64];

    for (int i = 0; i < 30000; i++) {
        uint32_t bits = (uint32_t)(random >> 33) % (254u << 23) + (1u << 23), next = bits + 1;
        float a, b;
        double middle;

        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        snprintf(text, sizeof text, "%s%llu.%0*llue%d", i % 2 ? "-" : "",
                 (unsigned long long)(random >> (40 + random % 20)), i % 12 + 1,
                 (unsigned long long)(random >> (20 + random % 40)), (int)(random >> 50) % 50 - 25);
        rounds_as_the_c_library(text);
        snprintf(text, sizeof text, "0.%0*llu", i % 18 + 1, (unsigned long long)(random >> 30));
        rounds_as_the_c_library(text);
        memcpy(&a, &bits, sizeof a);
        memcpy(&b, &next, sizeof b);
        middle = ((double)a + (double)b) / 2;
        for (int precision = 6; precision < 18; precision += 3) {
            snprintf(text, sizeof text, "%.*g", precision, middle);
            rounds_as_the_c_library(text);
        }
    }
    for (int i = 1 << 24; i < (1 << 24) + 1000; i++) { /* halfway, exactly */
        snprintf(text, sizeof text, "%d.%d", i, i % 3 == 0 ? 0 : 5);
        rounds_as_the_c_library(text);
        snprintf(text, sizeof text, "%d", i);
        rounds_as_the_c_library(text);
        snprintf(text, sizeof text, "%d.000000%d", i, i % 2);
        rounds_as_the_c_library(text);
    }
    rounds_as_the_c_library("9007199254740993");
    rounds_as_the_c_library("9007199254740992e22");
    rounds_as_the_c_library("900719925474098e23");
    rounds_as_the_c_library("1e-22");
    rounds_as_the_c_library("1e-23");
    rounds_as_the_c_library("-0e5");
    rounds_as_the_c_library("0e99999999999999999999");
    rounds_as_the_c_library("1e-99999999999999999999");
}
END_TEST

START_TEST(exponents_and_long_fractions_add_up)
{
    static char text[1 << 17];

    for (int zeros = 1; zeros < 65000; zeros += zeros < 30 ? 1 : 977)
        for (int past = -2; past <= 2; past++) {
            snprintf(text, sizeof text, "0.%0*d1e%d", zeros, 0, zeros + past);
            rounds_as_the_c_library(text);
        }
    snprintf(text, sizeof text, "0.%0*d1e12345", 1233, 0);
    rounds_as_the_c_library(text);
}
END_TEST

START_TEST(an_id_is_spelt_in_one_way)
{
    static const char *const wrong[] = {"",  "01",  "+1", "-0", "1.0", "1e2", "9223372036854775808",
                                        "-", "0x1", "00", "1 1"};
    int64_t value;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!cell_id(plain(wrong[i]), &value), "'%s'", wrong[i]);
    ck_assert(cell_id(plain("0"), &value) && value == 0);
    ck_assert(cell_id(plain(" 42 "), &value) && value == 42);
    ck_assert(cell_id(plain("-9223372036854775808"), &value) && value == INT64_MIN);
    ck_assert(cell_id(quoted("9223372036854775807"), &value) && value == INT64_MAX);
}
END_TEST

START_TEST(a_comma_may_stand_for_the_point)
{
    static const char *const right[] = {"0,5", "-1,25e3", "+00,0", " 1,5\t"};
    static const char *const wrong[] = {"1", "1,", ",5", "1,2,3", "1.5,2", "a,b", "1,5 2"};

    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        ck_assert_msg(cell_decimal_comma(plain(right[i])), "'%s'", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!cell_decimal_comma(plain(wrong[i])), "'%s'", wrong[i]);
}
END_TEST

START_TEST(a_cell_may_hold_several_numbers)
{
    struct cell cell = quoted(" 1 2.5\t-3 "), one;
    struct cell_list list = cell_list(cell);

    ck_assert(cell_is_list(cell));
    ck_assert(cell_list_next(&list, &one) && one.size == 1 && *one.text == '1');
    ck_assert(cell_list_next(&list, &one) && one.size == 3 && memcmp(one.text, "2.5", 3) == 0);
    ck_assert(cell_list_next(&list, &one) && one.size == 2 && !cell_list_next(&list, &one));
    ck_assert(!cell_is_list(plain("1")) && !cell_is_list(plain("")) && !cell_is_list(plain("1 a")));
    ck_assert(!cell_is_list(plain("1,2")) && !cell_is_list(plain("1 ... 2")));
}
END_TEST

START_TEST(a_printed_array_is_a_list)
{
    struct cell_list list = cell_list(quoted("[[1, 2.5]\r\n [ 30 4]]"));
    struct cell one;
    uint8_t value;

    ck_assert(cell_is_list(quoted("[[1, 2.5]\r\n [ 30 4]]")) && cell_is_list(plain(" [1 2] ")));
    ck_assert(cell_is_list(quoted("[1 2 ... 8 9]")) && !cell_is_list(plain("[1]")));
    ck_assert(!cell_is_list(plain("[a b]")) && !cell_is_list(plain("[1 2")));
    ck_assert(cell_list_next(&list, &one) && cell_u8(one, &value) && value == 1);
    ck_assert(cell_list_next(&list, &one) && one.size == 3);
    ck_assert(cell_list_next(&list, &one) && cell_u8(one, &value) && value == 30);
    ck_assert(cell_list_next(&list, &one) && cell_u8(one, &value) && value == 4);
    ck_assert(!cell_list_next(&list, &one));
    ck_assert(cell_is_left_out(plain("...")) && !cell_is_left_out(plain("..")));
}
END_TEST

/* ---- Classes ---- */

static const char *spelt(const char *text)
{
    static char copy[64];
    char number[LABEL_NUMBER];
    struct cell label = label_number(plain(text), number);

    snprintf(copy, sizeof copy, "%.*s", (int)label.size, label.text);
    return copy;
}

START_TEST(whole_numbers_are_spelt_shortly)
{
    ck_assert_str_eq(spelt("5"), "5");
    ck_assert_str_eq(spelt("5.0"), "5");
    ck_assert_str_eq(spelt("7.000000000000000000e+00"), "7");
    ck_assert_str_eq(spelt("-0.0"), "0");
    ck_assert_str_eq(spelt("+3.0"), "3");
    ck_assert_str_eq(spelt("1.200e+01"), "12");
    ck_assert_str_eq(spelt("-2.0"), "-2");
    ck_assert_str_eq(spelt("0.5"), "0.5");
    ck_assert_str_eq(spelt("007"), "007");
    ck_assert_str_eq(spelt("007.0"), "007.0");
    ck_assert_str_eq(spelt("1.0e16"), "1.0e16");
    ck_assert_str_eq(spelt("horse"), "horse");
}
END_TEST

START_TEST(a_code_that_could_be_a_number_stays)
{
    ck_assert_str_eq(spelt("1E2"), "1E2");
    ck_assert_str_eq(spelt("5e0"), "5e0");
    ck_assert_str_eq(spelt("+3"), "+3");
    ck_assert_str_eq(spelt("0F"), "0F");
}
END_TEST

/* The classes in order, with spaces between. */
static const char *sorted(const char *const *texts, int count)
{
    static char text[2048];
    struct classes classes = {0};
    size_t used = 0;
    int *order;

    for (int i = 0; i < count; i++)
        if (classes_find(&classes, texts[i], strlen(texts[i])) < 0)
            ck_assert_int_eq(classes_add(&classes, texts[i], strlen(texts[i]), i + 2),
                             classes.count - 1);
    order = classes_sorted(&classes, NULL, "f", &err);
    snprintf(text, sizeof text, "%s", order ? "" : err.text);
    for (int i = 0; order && i < classes.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                                 classes.list[order[i]].text);
    free(order);
    classes_free(&classes);
    return text;
}

#define SORTED(wanted, ...)                                                                        \
    ck_assert_str_eq(sorted((const char *const[]){__VA_ARGS__},                                    \
                            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)),          \
                     wanted)

START_TEST(classes_sort_as_numbers_or_as_text)
{
    SORTED("2 9 10", "10", "9", "2", "9");
    SORTED("-1 0.5 3", "3", "0.5", "-1");
    SORTED("9 10 a", "9", "a", "10");
    SORTED("Zebra ant bee", "bee", "Zebra", "ant");
}
END_TEST

START_TEST(numbers_within_texts_sort_by_value)
{
    SORTED("class1 class2 class10 class11", "class11", "class2", "class10", "class1");
    SORTED("a a01 a1 a1b a2 b", "b", "a2", "a1b", "a01", "a1", "a");
    SORTED("v1.2 v1.10 v2", "v2", "v1.10", "v1.2");
    SORTED("x0 x00 x9 x99999999999999999999999 x100000000000000000000000",
           "x100000000000000000000000", "x00", "x99999999999999999999999", "x9", "x0");
}
END_TEST

START_TEST(classes_that_are_no_classes_are_refused)
{
    SORTED("f: the labels '1' (line 2) and '1.0' (line 4) are one number in two spellings", "1",
           "2", "1.0");
    SORTED("f: line 3: the label 'NaN' looks like a missing value: others are numbers", "1", "NaN");
    SORTED("None ant", "ant", "None");
}
END_TEST

/* The classes in order of labels as files have them. */
static const char *sorted_labels(const char *const *texts, int count)
{
    static char text[2048];
    struct classes parts[2] = {{0}}, classes = {0};
    size_t used = 0;
    int *order;

    for (int i = 0; i < count; i++) { /* in two lists, as threads read them */
        char number[LABEL_NUMBER];
        struct classes *part = &parts[2 * i >= count];
        struct cell form, label = plain(texts[i]);
        int class = classes_find_label(part, label, &form, number);

        if (class < 0)
            class = classes_add(part, form.text, form.size, i + 2);
        ck_assert_int_eq(classes_note(part, class, label, form), 0);
    }
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < parts[k].count; i++) {
            const char *one = parts[k].list[i].text;
            int class = classes_find(&classes, one, strlen(one));

            if (class < 0)
                class = classes_add(&classes, one, strlen(one), 2);
            ck_assert_int_eq(classes_merge(&classes, class, &parts[k].list[i]), 0);
        }
    order = classes_sorted(&classes, NULL, "f", &err);
    snprintf(text, sizeof text, "%s", order ? "" : err.text);
    for (int i = 0; order && i < classes.count; i++) {
        const char *one = classes.list[order[i]].text;

        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "", one);
        ck_assert_int_eq(classes_find(&classes, one, strlen(one)), order[i]);
    }
    free(order);
    classes_free(&classes);
    classes_free(&parts[0]);
    classes_free(&parts[1]);
    return text;
}

#define LABELS(wanted, ...)                                                                        \
    ck_assert_str_eq(sorted_labels((const char *const[]){__VA_ARGS__},                             \
                                   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)),   \
                     wanted)

START_TEST(labels_end_in_what_is_seen)
{
    ck_assert(label_is_clean(plain("cat")) && label_is_clean(plain("a b")));
    ck_assert(label_is_clean(plain("\xc3\xa9t\xc3\xa9")) && label_is_clean(plain("a\xc2\xa0z")));
    ck_assert(!label_is_clean(plain(" cat")) && !label_is_clean(plain("cat\t")));
    ck_assert(!label_is_clean(plain("\xef\xbb\xbf"
                                    "5")) &&
              !label_is_clean(plain("5\xc2\xa0")));
    ck_assert(!label_is_clean(plain("\xc3")) && !label_is_clean(plain("a\nb")));
}
END_TEST

START_TEST(numbers_among_words_keep_their_spelling)
{
    LABELS("1 2", "1.0", "2", "2.0", "1");
    LABELS("1.0 2.0 beta", "2.0", "beta", "1.0", "2.0");
    LABELS("1 beta", "1", "beta");
    LABELS("f: the labels '1.0' and '1' are one number in two spellings, and others are words: "
           "make them one, or words",
           "1", "beta", "1.0");
    LABELS("f: the labels '1.0' and '1.00' are one number in two spellings, and others are words: "
           "make them one, or words",
           "1.0", "beta", "1.00", "beta");
}
END_TEST

START_TEST(ten_thousand_classes_are_found_again)
{
    struct classes classes = {0};
    char text[16];

    for (int i = 0; i < CLASSES_MOST; i++) {
        size_t size = (size_t)snprintf(text, sizeof text, "class %d", i);

        ck_assert_int_eq(classes_find(&classes, text, size), -1);
        ck_assert_int_eq(classes_add(&classes, text, size, 1), i);
    }
    for (int i = 0; i < CLASSES_MOST; i++) {
        size_t size = (size_t)snprintf(text, sizeof text, "class %d", i);

        ck_assert_int_eq(classes_find(&classes, text, size), i);
    }
    classes_free(&classes);
}
END_TEST

/* ---- Names that number the pixels ---- */

static struct numbering numbering;
static int position[16];

static void number(int n, const char *const *names)
{
    ck_assert_int_eq(numbering_find(&numbering, (char *const *)names, n, position), 0);
}

#define NUMBER(n, ...) number(n, (const char *const[]){__VA_ARGS__})

START_TEST(names_give_the_order)
{
    NUMBER(4, "pixel0", "pixel1", "pixel2", "pixel3");
    ck_assert(numbering_whole(&numbering) && position[3] == 3);
    NUMBER(3, "pixel3", "pixel1", "pixel2");
    ck_assert(numbering_whole(&numbering) && position[0] == 2 && position[1] == 0);
    NUMBER(3, "2", "0", "1");
    ck_assert(numbering_whole(&numbering) && position[0] == 2 && position[1] == 0);
    NUMBER(6, "1x1", "1x2", "1x3", "2x3", "2x2", "2x1");
    ck_assert(numbering_whole(&numbering) && numbering.h == 2 && numbering.w == 3);
    ck_assert(position[3] == 5 && position[5] == 3);
    NUMBER(4, "r0c1", "r0c0", "r1c0", "r1c1");
    ck_assert(numbering_whole(&numbering) && numbering.h == 2 && numbering.w == 2);
    ck_assert(position[0] == 1 && position[1] == 0 && position[2] == 2);
    NUMBER(6, "px_0_0", "px_0_1", "px_0_2", "px_1_0", "px_1_1", "px_1_2");
    ck_assert(numbering_whole(&numbering) && numbering.h == 2 && numbering.w == 3);
    NUMBER(6, "0_0", "1_0", "2_0", "0_1", "1_1", "2_1");
    ck_assert(numbering_whole(&numbering) && numbering.h == 3 && position[1] == 2);
    NUMBER(6, "x0y0", "x0y1", "x0y2", "x1y0", "x1y1", "x1y2");
    ck_assert(numbering_whole(&numbering) && numbering.h == 3 && numbering.w == 2);
    ck_assert(position[1] == 2 && position[3] == 1);
    NUMBER(4, "pixel_col1_row1", "pixel_col2_row1", "pixel_col1_row2", "pixel_col2_row2");
    ck_assert(numbering_whole(&numbering) && position[1] == 1 && position[2] == 2);
    NUMBER(4, "w0_h0", "w0_h1", "w1_h0", "w1_h1");
    ck_assert(numbering_whole(&numbering) && position[1] == 2);
    NUMBER(4, "px0py0", "px0py1", "px1py0", "px1py1");
    ck_assert(numbering_whole(&numbering) && position[1] == 2);
    NUMBER(4, "width0height0", "width0height1", "width1height0", "width1height1");
    ck_assert(numbering_whole(&numbering) && position[1] == 2);
    NUMBER(6, "px_0_py_0", "px_0_py_1", "px_1_py_0", "px_1_py_1", "px_2_py_0", "px_2_py_1");
    ck_assert(numbering_whole(&numbering) && numbering.w == 3 && position[1] == 3);
    NUMBER(4, "row-0.col-0", "row-0.col-1", "row-1.col-0", "row-1.col-1");
    ck_assert(numbering_whole(&numbering) && position[1] == 1);
    NUMBER(4, "i0j0", "i0j1", "i1j0", "i1j1");
    ck_assert(numbering_whole(&numbering) && position[1] == 1);
    NUMBER(4, "px0_0", "px0_1", "px1_0", "px1_1");
    ck_assert(numbering_whole(&numbering) && position[1] == 1);
    NUMBER(4, "v1_0", "v1_1", "v1_2", "v1_3");
    ck_assert(numbering_whole(&numbering) && numbering.kind == NUMBERING_LINE);
    NUMBER(3, "1x1", "1x2", "1x3");
    ck_assert(numbering_whole(&numbering) && numbering.kind == NUMBERING_GRID && numbering.w == 3);
    NUMBER(4, "a", "b", "c", "d");
    ck_assert(numbering.kind == NUMBERING_NONE && position[2] == 2);
    NUMBER(6, "r0", "r1", "g0", "g1", "b0", "b1");
    ck_assert(numbering.kind == NUMBERING_NONE && position[5] == 5);
}
END_TEST

START_TEST(names_that_leave_the_order_open_are_seen)
{
    NUMBER(4, "u0v0", "u0v1", "u1v0", "u1v1");
    ck_assert(!numbering_whole(&numbering) && numbering.doubtful == 0 && position[1] == 1);
    NUMBER(4, "x0x0", "x0x1", "x1x0", "x1x1");
    ck_assert_int_eq(numbering.doubtful, 0);
    NUMBER(4, "pixelX0Y0", "pixelX0Y1", "pixelX1Y0", "pixelX1Y1");
    ck_assert_int_eq(numbering.doubtful, 0);
    NUMBER(6, "p_0_0_0", "p_0_10_0", "p_0_9_0", "p_1_0_0", "p_1_10_0", "p_1_9_0");
    ck_assert(numbering.kind == NUMBERING_NONE && numbering.doubtful == 2 && position[2] == 2);
    NUMBER(4, "r_1", "r_10", "r_09", "g_1");
    ck_assert(numbering.kind == NUMBERING_LINE && numbering.odd == 3);
    NUMBER(6, "r_1", "r_10", "r_09", "g_1", "b", "g_2");
    ck_assert_int_eq(numbering.doubtful, 2);
    NUMBER(6, "p_0_0_0", "p_0_9_0", "p_0_10_0", "p_1_0_0", "p_1_9_0", "p_1_010_0");
    ck_assert_int_eq(numbering.doubtful, -1);
    NUMBER(6, "r_0_0", "g_0_0", "b_0_0", "r_0_1", "g_0_1", "b_0_1");
    ck_assert_int_eq(numbering.doubtful, -1);
    NUMBER(4, "a", "b1", "b", "c2c");
    ck_assert_int_eq(numbering.doubtful, -1);
}
END_TEST

START_TEST(gaps_and_strangers_are_seen)
{
    NUMBER(4, "pixel0", "pixel1", "pixel3", "pixel4");
    ck_assert(!numbering_whole(&numbering) && numbering.missing == 2);
    NUMBER(3, "pixel1", "pixel2", "pixel02");
    ck_assert(!numbering_whole(&numbering) && numbering.missing == 3);
    NUMBER(4, "pixel0", "pixel1", "digit", "pixel2");
    ck_assert(!numbering_whole(&numbering) && numbering.odd == 2);
    NUMBER(3, "1x1", "1x2", "2x1");
    ck_assert(!numbering_whole(&numbering) && numbering.missing >= 0);
    NUMBER(4, "1x1", "1x2", "2x1", "1x1");
    ck_assert(!numbering_whole(&numbering) && numbering.missing >= 0);
    NUMBER(4, "r0c0", "r0c1", "r1c0", "font");
    ck_assert(numbering.kind == NUMBERING_GRID && numbering.odd == 3);
    NUMBER(3, "r0c0", "r0c1", "r1c0");
    ck_assert(!numbering_whole(&numbering) && numbering.missing >= 0);
    NUMBER(2, "pixel999999999", "pixel99999999999999999999");
    ck_assert(!numbering_whole(&numbering));
}
END_TEST

Suite *suite_ingest(void)
{
    Suite *suite = suite_create("ingest");
    TCase *tests = tcase_create("decisions");

    tcase_add_test(tests, a_pixel_is_a_whole_number_up_to_255);
    tcase_add_test(tests, a_number_is_decimal_finite_and_rounded);
    tcase_add_test(tests, numbers_round_as_in_the_c_library);
    tcase_add_test(tests, exponents_and_long_fractions_add_up);
    tcase_add_test(tests, an_id_is_spelt_in_one_way);
    tcase_add_test(tests, a_comma_may_stand_for_the_point);
    tcase_add_test(tests, a_cell_may_hold_several_numbers);
    tcase_add_test(tests, a_printed_array_is_a_list);
    tcase_add_test(tests, whole_numbers_are_spelt_shortly);
    tcase_add_test(tests, a_code_that_could_be_a_number_stays);
    tcase_add_test(tests, classes_sort_as_numbers_or_as_text);
    tcase_add_test(tests, numbers_within_texts_sort_by_value);
    tcase_add_test(tests, classes_that_are_no_classes_are_refused);
    tcase_add_test(tests, labels_end_in_what_is_seen);
    tcase_add_test(tests, numbers_among_words_keep_their_spelling);
    tcase_add_test(tests, ten_thousand_classes_are_found_again);
    tcase_add_test(tests, names_give_the_order);
    tcase_add_test(tests, names_that_leave_the_order_open_are_seen);
    tcase_add_test(tests, gaps_and_strangers_are_seen);
    suite_add_tcase(suite, tests);
    return suite;
}
