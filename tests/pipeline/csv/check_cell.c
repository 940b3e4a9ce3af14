/* Cells to numbers, lists and ids; what follows a cell in its buffer is none of its business. */
#include "pipeline/csv/cell.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_cell(void);

/* The cell and what the buffer has after it. */
static struct cell cell_of(const char *text, const char *after)
{
    static char buffer[256];

    snprintf(buffer, sizeof buffer, "%s%s", text, after);
    return (struct cell){buffer, strlen(text), false};
}

static const char *const afters[] = {"", ",", " ", "0", "9", "-1", ".5", "e3", "]"};
enum { AFTERS = sizeof afters / sizeof *afters };

/* -1: no whole number from 0 to 255 */
static int u8_of(const char *text)
{
    uint8_t value, again;
    const bool is = cell_u8(cell_of(text, ""), &value);

    for (int i = 0; i < AFTERS; i++) {
        ck_assert_msg(cell_u8(cell_of(text, afters[i]), &again) == is, "%s%s", text, afters[i]);
        ck_assert_msg(!is || again == value, "%s%s", text, afters[i]);
    }
    return is ? value : -1;
}

START_TEST(bytes_are_read_in_every_spelling)
{
    static const char *const none[] = {"",
                                       "-",
                                       "+",
                                       ".5",
                                       "5.",
                                       "5.e1",
                                       "1e",
                                       "1e+",
                                       "0.5",
                                       "-1",
                                       "256",
                                       "0256",
                                       "1000",
                                       "2.551",
                                       "1e3",
                                       "1e-1",
                                       "2550",
                                       "3e2",
                                       "26e1",
                                       "x",
                                       "1x",
                                       "1 2",
                                       "--1",
                                       "1.0.0",
                                       "99e9",
                                       "0x1",
                                       "25.5",
                                       "-0.5",
                                       "12345678901234567890",
                                       "1e-1000000000",
                                       "256e0",
                                       "0.00256e5",
                                       "300",
                                       "999"};

    ck_assert_int_eq(u8_of("0"), 0);
    ck_assert_int_eq(u8_of("7"), 7);
    ck_assert_int_eq(u8_of("255"), 255);
    ck_assert_int_eq(u8_of("0255"), 255);
    ck_assert_int_eq(u8_of(" 12\t"), 12);
    ck_assert_int_eq(u8_of("+9"), 9);
    ck_assert_int_eq(u8_of("-0"), 0);
    ck_assert_int_eq(u8_of("-0.000e7"), 0);
    ck_assert_int_eq(u8_of("0e99999999999"), 0);
    ck_assert_int_eq(u8_of("255.000"), 255);
    ck_assert_int_eq(u8_of("2.55e2"), 255);
    ck_assert_int_eq(u8_of("2.55E+02"), 255);
    ck_assert_int_eq(u8_of("2550e-1"), 255);
    ck_assert_int_eq(u8_of("0.00000255e8"), 255);
    ck_assert_int_eq(u8_of("20e1"), 200);
    ck_assert_int_eq(u8_of("1e2"), 100);
    ck_assert_int_eq(u8_of("1000e-1"), 100);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(u8_of(none[i]) == -1, "%s", none[i]);
}
END_TEST

START_TEST(numbers_are_rounded_correctly)
{
    static const char *const texts[] = {"0",
                                        "-0",
                                        "1",
                                        "-1.5",
                                        "1e22",
                                        "1e-22",
                                        "1e23",
                                        "1e-23",
                                        "3e22",
                                        "3e-22",
                                        "0.1",
                                        "123e-5",
                                        "9007199254740985",
                                        "9007199254740993",
                                        "90071992547409.85",
                                        "9007199254740990",
                                        "900719925474098",
                                        "900719925474099",
                                        "9007199254740983e-3",
                                        "1e308",
                                        "4.9e-324",
                                        "2.2250738585072011e-308",
                                        "16777217",
                                        "16777219",
                                        "1.00000017881393432617187499",
                                        "1.00000017881393432617187501",
                                        "1.000000178813934326171875",
                                        "1.00000005960464477539",
                                        "1.0000000596046447753906251",
                                        "8388608.5",
                                        "8388609.5",
                                        "7.0385307e-26",
                                        "3.4028235e38"};
    double number;
    float narrow;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int a = 1; a < 3; a++) {
            const struct cell cell = cell_of(texts[i], afters[a]);
            const double wanted = strtod(texts[i], NULL);
            const float wanted_narrow = strtof(texts[i], NULL);

            ck_assert_msg(cell_number(cell, &number), "%s", texts[i]);
            ck_assert_msg(memcmp(&number, &wanted, sizeof number) == 0, "%s: %.17g", texts[i],
                          number);
            ck_assert_msg(cell_f32(cell, &narrow) == (bool)isfinite(wanted_narrow), "%s", texts[i]);
            ck_assert_msg(memcmp(&narrow, &wanted_narrow, sizeof narrow) == 0, "%s: %.9g", texts[i],
                          (double)narrow);
        }
    ck_assert(!cell_number(cell_of("1e309", ""), &number));
    ck_assert(!cell_f32(cell_of("3.5e38", ""), &narrow));
    ck_assert(!cell_number(cell_of("nan", ""), &number) && !cell_f32(cell_of("inf", ""), &narrow));
}
END_TEST

START_TEST(decimal_commas_are_those_of_one_number)
{
    char zeros[66] = "0,";

    ck_assert(cell_decimal_comma(cell_of("0,5", "")));
    ck_assert(cell_decimal_comma(cell_of(" -1,5e2 ", "")));
    ck_assert(!cell_decimal_comma(cell_of("5", ",5")));
    ck_assert(!cell_decimal_comma(cell_of("1,5,5", "")));
    ck_assert(!cell_decimal_comma(cell_of("1.5,5", "")));
    ck_assert(!cell_decimal_comma(cell_of("a,b", "")));
    memset(zeros + 2, '0', 62);
    ck_assert(!cell_decimal_comma((struct cell){zeros, 64, false})); /* longer than numbers are */
    ck_assert(cell_decimal_comma((struct cell){zeros, 63, false}));
}
END_TEST

START_TEST(lists_are_two_numbers_or_more)
{
    static const char *const lists[] = {"1 2",       "[1, 2, 3]", "[1 2]",     "[[1 2]\n [3 4]]",
                                        "1\t2",      " 1 2 ",     "[1 ... 2]", "[1,2]",
                                        "[12 34\r]", "1 -2.5e1"};
    static const char *const none[] = {
        "",      "1",   "[1]",   "[]",   "[",    "]",        "a b",        "1 b",       "1 ... 2",
        "[1 x]", "1,2", "1,2 3", "[1 2", "1 2]", "[1 .. 2]", "[1 .... 2]", "[1 ..a 2]", "[...]"};
    struct cell_list list = cell_list(cell_of("[1, 23]", "4"));
    struct cell one;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        ck_assert_msg(cell_is_list(cell_of(lists[i], "")), "%s", lists[i]);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!cell_is_list(cell_of(none[i], "")), "%s", none[i]);
    ck_assert(!cell_is_list(cell_of("1", " 2")) && !cell_is_list(cell_of("[1", " 2]")));
    list = cell_list(cell_of("[1, 23]", "4"));
    ck_assert(cell_list_next(&list, &one) && one.size == 1 && *one.text == '1');
    ck_assert(cell_list_next(&list, &one) && one.size == 2 && memcmp(one.text, "23", 2) == 0);
    ck_assert(!cell_list_next(&list, &one) && !cell_list_next(&list, &one));
}
END_TEST

START_TEST(ids_are_spelt_as_programs_write_them)
{
    static const char *const none[] = {"",
                                       "-",
                                       "+1",
                                       "01",
                                       "-01",
                                       "00",
                                       "-0",
                                       "1.0",
                                       "1e3",
                                       "x",
                                       "1x",
                                       "--1",
                                       "9223372036854775808",
                                       "-9223372036854775809"};
    int64_t id;

    ck_assert(cell_id(cell_of("0", ""), &id) && id == 0);
    ck_assert(cell_id(cell_of(" 10 ", ""), &id) && id == 10);
    ck_assert(cell_id(cell_of("-10", ""), &id) && id == -10);
    ck_assert(cell_id(cell_of("9223372036854775807", ""), &id) && id == INT64_MAX);
    ck_assert(cell_id(cell_of("-9223372036854775808", ""), &id) && id == INT64_MIN);
    ck_assert(!cell_id(cell_of("", "1"), &id) && !cell_id(cell_of("", "-1"), &id));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!cell_id(cell_of(none[i], ""), &id), "%s", none[i]);
}
END_TEST

Suite *suite_cell(void)
{
    Suite *suite = suite_create("cell");
    TCase *tests = tcase_create("cell");

    tcase_add_test(tests, bytes_are_read_in_every_spelling);
    tcase_add_test(tests, numbers_are_rounded_correctly);
    tcase_add_test(tests, decimal_commas_are_those_of_one_number);
    tcase_add_test(tests, lists_are_two_numbers_or_more);
    tcase_add_test(tests, ids_are_spelt_as_programs_write_them);
    suite_add_tcase(suite, tests);
    return suite;
}
