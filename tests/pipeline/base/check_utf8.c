#include "pipeline/base/utf8.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_utf8(void);

/* By the definition of UTF-8, RFC 3629 section 3. */
static size_t encode(uint32_t c, char text[4])
{
    if (c < 0x80)
        return text[0] = (char)c, 1;
    if (c < 0x800)
        return text[0] = (char)(0xc0 | c >> 6), text[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return text[0] = (char)(0xe0 | c >> 12), text[1] = (char)(0x80 | (c >> 6 & 63)),
               text[2] = (char)(0x80 | (c & 63)), 3;
    return text[0] = (char)(0xf0 | c >> 18), text[1] = (char)(0x80 | (c >> 12 & 63)),
           text[2] = (char)(0x80 | (c >> 6 & 63)), text[3] = (char)(0x80 | (c & 63)), 4;
}

START_TEST(every_character_and_no_surrogate_decodes)
{
    int wrong = 0;

    for (uint32_t c = 0; c < 0x110000; c++) {
        const bool surrogate = c >= 0xd800 && c < 0xe000;
        char text[4];
        const size_t size = encode(c, text);
        uint32_t got = 0;

        wrong += utf8_decode(text, size, &got) != (surrogate ? 0 : size);
        wrong += !surrogate && got != c;
        for (size_t cut = 0; cut < size; cut++)
            wrong += utf8_decode(text, cut, &got) != 0;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static const char *const damaged[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xfe",
                                      "\xff",
                                      "\xc3(",
                                      "\xe2\x82(",
                                      "\xf0\x9f\x98("};
enum { DAMAGED = sizeof damaged / sizeof *damaged };

START_TEST(damaged_bytes_are_no_character)
{
    uint32_t c;

    ck_assert_uint_eq(utf8_decode(damaged[_i], strlen(damaged[_i]), &c), 0);
    ck_assert(!utf8_is_valid(damaged[_i], strlen(damaged[_i])));
}
END_TEST

START_TEST(columns_are_counted_and_fitted)
{
    static const char text[] = "a\xc3\xa9\xe6\xbc\xa2\xff!"; /* a, e acute, a Han character */

    ck_assert(utf8_is_valid(text, 6));
    ck_assert(!utf8_is_valid(text, sizeof text - 1));
    ck_assert_int_eq(utf8_columns(text), 6);
    ck_assert_uint_eq(utf8_fit(text, 0), 0);
    ck_assert_uint_eq(utf8_fit(text, 1), 1);
    ck_assert_uint_eq(utf8_fit(text, 2), 3);
    ck_assert_uint_eq(utf8_fit(text, 3), 3); /* half of a wide one */
    ck_assert_uint_eq(utf8_fit(text, 4), 6);
    ck_assert_uint_eq(utf8_fit(text, 5), 7);
    ck_assert_uint_eq(utf8_fit(text, 80), 8);
}
END_TEST

/* One character for a reader: what it is made of, and its columns. */
static const struct {
    const char *text;
    int columns;
} clusters[] = {{"a", 1},
                {"e\u0301\u0302", 1},                           /* accents */
                {"\u0c95\u0ccd", 1},                            /* Kannada, without its vowel */
                {"\u0915\u093f", 2},                            /* Hindi, a vowel sign with a column */
                {"\u0e17\u0e35\u0e48", 1},                      /* Thai, two marks */
                {"\u6f22", 2},                                  /* Han */
                {"\u1112\u1161\u11ab", 2},                      /* Hangul in parts */
                {"\U0001f600", 2},                              /* an emoji */
                {"\U0001f468\u200d\U0001f469\u200d\U0001f467", 6}, /* joined, where a terminal does */
                {"\u2764\ufe0f", 1}};

START_TEST(letters_stay_with_their_marks)
{
    const char *text = clusters[_i].text;
    char doubled[64];
    int columns;

    snprintf(doubled, sizeof doubled, "%s%s", text, text);
    ck_assert_uint_eq(utf8_cluster(doubled, strlen(doubled), &columns), strlen(text));
    ck_assert_int_eq(columns, clusters[_i].columns);
    ck_assert_int_eq(utf8_columns(doubled), 2 * columns);
    ck_assert_uint_eq(utf8_fit(doubled, 2 * columns - 1), strlen(text));
    ck_assert_uint_eq(utf8_whole(doubled, strlen(doubled), strlen(doubled) - 1), strlen(text));
    ck_assert_uint_eq(utf8_whole(text, strlen(text), 99), strlen(text));
    ck_assert_uint_eq(utf8_whole(text, strlen(text), strlen(text) - 1), 0);
    ck_assert_uint_eq(utf8_line_cut(doubled, columns), strlen(text));
}
END_TEST

/* Up to a comma. */
static size_t clause(const char *text, int columns)
{
    const size_t size = strcspn(text, ",");

    (void)columns;
    return text[size] ? size + 1 : size;
}

/* What is shown of `text` in so many columns, with a mark of one column. */
static const char *cut(const char *text, int columns)
{
    static char shown[64];
    size_t head, tail;
    const bool is_cut = utf8_cut_middle(text, columns, 1, &head, &tail);

    snprintf(shown, sizeof shown, "%.*s%s%s", (int)head, text, is_cut ? "~" : "", text + tail);
    return shown;
}

START_TEST(names_that_begin_alike_differ_when_cut)
{
    ck_assert_str_eq(cut("short", 5), "short");
    ck_assert_str_eq(cut("picture of a cat", 11), "pictu~a cat");
    ck_assert_str_eq(cut("picture of a dog", 11), "pictu~a dog");
    ck_assert_str_eq(cut("ééééééé", 4), "éé~é");
    ck_assert_str_eq(cut("漢字漢字漢字", 6), "漢~字"); /* three columns hold one that is wide */
    ck_assert_str_eq(cut("abc", 1), "~");
    ck_assert_str_eq(cut("e\u0301e\u0301e\u0301e\u0301", 3), "e\u0301~e\u0301");
}
END_TEST

START_TEST(lines_hold_whole_words)
{
    static const char text[] = "one two, three";

    ck_assert_uint_eq(utf8_line(text, 80, NULL), strlen(text));
    ck_assert_uint_eq(utf8_line(text, 8, NULL), 8);
    ck_assert_uint_eq(utf8_line(text, 7, NULL), 3);
    ck_assert_uint_eq(utf8_line(text, 2, NULL), 3); /* a longer word is whole, */
    ck_assert_uint_eq(utf8_line_cut(text, 2), 2);   /* or cut */
    ck_assert_uint_eq(utf8_line_cut(text, 7), 3);
    ck_assert_uint_eq(utf8_line_cut("\xe6\xbc\xa2", 1), 3);
    ck_assert_uint_eq(utf8_line_cut("", 5), 0);
    ck_assert_uint_eq(utf8_line(text, 9, clause), 8);
    ck_assert_uint_eq(utf8_line(text, 7, clause), 8);
    ck_assert_uint_eq(utf8_line("\xc3\xa9\xc3\xa9 \xc3\xa9", 4, NULL), 7);
    ck_assert_uint_eq(utf8_line("\xc3\xa9\xc3\xa9 \xc3\xa9", 3, NULL), 4);
}
END_TEST

Suite *suite_utf8(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tests = tcase_create("utf8");

    tcase_add_test(tests, every_character_and_no_surrogate_decodes);
    tcase_add_loop_test(tests, damaged_bytes_are_no_character, 0, DAMAGED);
    tcase_add_loop_test(tests, letters_stay_with_their_marks, 0,
                        sizeof clusters / sizeof *clusters);
    tcase_add_test(tests, columns_are_counted_and_fitted);
    tcase_add_test(tests, names_that_begin_alike_differ_when_cut);
    tcase_add_test(tests, lines_hold_whole_words);
    suite_add_tcase(suite, tests);
    return suite;
}
