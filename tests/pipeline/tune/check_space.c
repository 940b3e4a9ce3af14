/* What a tuning draws from: ranges and choices read, and drawn within their bounds. */
#include "pipeline/tune/space.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_space(void);

static struct pool pool;
static struct words ends; /* of what was drawn last */

static void end(void)
{
    pool_free(&pool);
    pool = (struct pool){NULL, false};
}

static const char *drawn(const char *text, uint64_t seed, uint32_t number)
{
    struct space space;
    struct words words;
    struct err err;

    ends = (struct words){0};
    ck_assert_msg(space_parse(&space, "a.try", text, &pool, &err) == 0, "%s", text);
    words = space_draw(&space, seed, number, &ends, &pool);
    return words_text(&words, &pool);
}

START_TEST(ranges_are_drawn_within_their_ends)
{
    static const struct {
        const char *text;
        double low, high, least_below, least; /* so many of a thousand at least are below that */
        bool whole;
    } cases[] = {{"--x 3e-4..1e-2", 3e-4, 1e-2, 1.7e-3, 450, false}, /* decades */
                 {"--x 0.1..0.5", 0.1, 0.5, 0.3, 450, false},
                 {"--x 5..15", 5, 15, 10, 400, true},
                 {"--x 1..1000", 1, 1000, 32, 450, true},
                 {"--x=0..0.3", 0, 0.3, 0.15, 450, false},
                 {"--x 1.11111..1.11112", 1.11111, 1.11112, 1.2, 1000, false},
                 {"--x 4..5", 4, 5, 4.5, 400, true}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int below = 0;

        for (uint32_t n = 0; n < 1000; n++) {
            const char *text = drawn(cases[i].text, 7, n);
            const double value = strtod(text + 4, NULL);

            ck_assert_msg(value >= cases[i].low && value <= cases[i].high, "%s: %s", cases[i].text,
                          text);
            ck_assert_msg(!cases[i].whole || !strpbrk(text, ".e"), "%s", text);
            below += value < cases[i].least_below;
        }
        ck_assert_msg(below >= cases[i].least && below <= (cases[i].least == 1000 ? 1000 : 600),
                      "%s: %d", cases[i].text, below);
    }
}
END_TEST

START_TEST(choices_and_ranges_within_texts_are_drawn)
{
    int without = 0, shifts = 0;

    for (uint32_t n = 0; n < 300; n++) {
        const char *text =
            drawn("--augment ' | shift 2|rotate 5..15, scale 0.1..0.2' --nesterov", 1, n);
        int degrees = 0, end = 0;
        double scale = 0;

        if (strcmp(text, "--nesterov") == 0)
            without++;
        else if (strcmp(text, "--augment shift 2 --nesterov") == 0)
            shifts++;
        else {
            ck_assert_msg(sscanf(text, "--augment rotate %d, scale %lf --nesterov%n", &degrees,
                                 &scale, &end) == 2 &&
                              !text[end],
                          "%s", text);
            ck_assert(degrees >= 5 && degrees <= 15 && scale >= 0.1 && scale <= 0.2);
        }
    }
    ck_assert_int_gt(without, 70);
    ck_assert_int_gt(shifts, 70);
    ck_assert_int_lt(without + shifts, 230);
    ck_assert_str_eq(drawn("--arch 'conv 16 3x3, relu' --lr 0.1|0.1", 1, 0),
                     "--arch conv 16 3x3, relu --lr 0.1"); /* no ranges in these */
}
END_TEST

START_TEST(values_at_the_ends_of_their_ranges_are_named)
{
    static const struct {
        const char *text;
        double low, high; /* up to the one and from the other on it is at an end */
        const char *range;
    } cases[] = {{"--x 1e-4..1", 2.512e-4, 0.3981, "1e-4..1"},
                 {"--x 'shift 2..4'", 2, 4, "2..4"},
                 {"--x 0..0.5", -1, 0.45, "0..0.5"}, /* nothing is below 0 */
                 {"--x 16|64|32|128", 16, 128, "16|64|32|128"},
                 {"--x '|1|2|3'", 0, 9, ""},
                 {"--x 1|2", 0, 9, ""}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint32_t n = 0; n < 200; n++) {
            const char *text = drawn(cases[i].text, 7, n), *number = strpbrk(text, "0123456789");
            const double value = number ? strtod(number, NULL) : 1;
            const bool low = value <= cases[i].low;
            const char *expected = pool_text(&pool, "--x: %s is at the %s end of %s", number,
                                             low ? "lower" : "upper", cases[i].range);

            ck_assert_msg(ends.count == (low || value >= cases[i].high), "%s", text);
            ck_assert_str_eq(ends.count ? ends.list[0] : expected, expected);
        }
}
END_TEST

START_TEST(draws_follow_from_the_seed)
{
    const char *text = "--lr 1e-4..1 --batch 16..256";

    ck_assert_str_eq(drawn(text, 3, 5), drawn(text, 3, 5));
    ck_assert_str_ne(drawn(text, 3, 5), drawn(text, 4, 5));
    ck_assert_str_ne(drawn(text, 3, 5), drawn(text, 3, 6));
}
END_TEST

START_TEST(what_cannot_be_tried_is_refused)
{
    static const struct {
        const char *text, *part;
    } cases[] = {{"--lr 1e-2..3e-4", "from the smaller number"},
                 {"--lr 0.1..0.1", "from the smaller number"},
                 {"--lr 0.1..", "stands between two numbers"},
                 {"--lr 0.1...0.3", "stands between two numbers"},
                 {"--lr a..b", "stands between two numbers"},
                 {"--lr 0.1", "nothing to try"},
                 {"", "nothing to try"},
                 {"lr 1..2", "'lr'"},
                 {"-e 1..2", "'-e'"},
                 {"--lr 1..2 3..4", "'3..4'"},
                 {"-- 1..2", "'--'"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct space space;
        struct err err = {0};

        ck_assert_int_eq(space_parse(&space, "a.try", cases[i].text, &pool, &err), -1);
        ck_assert_int_eq(err.status, EX_USAGE);
        ck_assert_msg(strstr(err.text, cases[i].part) && strstr(err.text, "a.try"), "%s", err.text);
    }
}
END_TEST

Suite *suite_space(void)
{
    Suite *suite = suite_create("space");
    TCase *tcase = tcase_create("space");

    tcase_add_checked_fixture(tcase, NULL, end);
    tcase_add_test(tcase, ranges_are_drawn_within_their_ends);
    tcase_add_test(tcase, choices_and_ranges_within_texts_are_drawn);
    tcase_add_test(tcase, values_at_the_ends_of_their_ranges_are_named);
    tcase_add_test(tcase, draws_follow_from_the_seed);
    tcase_add_test(tcase, what_cannot_be_tried_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
