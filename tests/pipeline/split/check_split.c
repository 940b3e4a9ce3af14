#include "pipeline/split/quotas.h"

#include "tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_split(void);

static struct err err;

/* Sizes of the parts "70% 100 rest" of n rows, as text, or "!" and the sentence. */
static const char *sizes_of(const char *wanted, int64_t n)
{
    static char text[2100];
    char copy[200], all[SPLIT_MOST_PARTS][40], *rest;
    struct split_part parts[SPLIT_MOST_PARTS];
    int64_t sizes[SPLIT_MOST_PARTS];
    int count = 0;
    size_t used = 0;

    snprintf(copy, sizeof copy, "%s", wanted);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        snprintf(all[count], sizeof all[count], "part%d=%s", count, word);
        if (split_parse(&parts[count], all[count], &err)) {
            snprintf(text, sizeof text, "!%s", err.text);
            return text;
        }
        count++;
    }
    if (split_sizes(parts, count, n, sizes, &err)) {
        snprintf(text, sizeof text, "!%s", err.text);
        return text;
    }
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", i ? " " : "",
                                 (long long)sizes[i]);
    return text;
}

START_TEST(shares_round_by_largest_remainder)
{
    ck_assert_str_eq(sizes_of("70% 15% 15%", 42000), "29400 6300 6300");
    ck_assert_str_eq(sizes_of("70% 20% 10%", 7), "5 1 1");
    ck_assert_str_eq(sizes_of("50% 50%", 7), "4 3");
    ck_assert_str_eq(sizes_of("100%", 7), "7");
    ck_assert_str_eq(sizes_of("33.333333% rest", 3), "1 2");
    ck_assert_str_eq(sizes_of("12.5% 87.5%", 16), "2 14");
    ck_assert_str_eq(sizes_of("10% rest", 9000000000000000000), "900000000000000000 "
                                                                "8100000000000000000");
}
END_TEST

START_TEST(counts_and_rest_add_up)
{
    ck_assert_str_eq(sizes_of("70% 10000 rest", 42000), "29400 10000 2600");
    ck_assert_str_eq(sizes_of("rest 1", 10), "9 1");
    ck_assert_str_eq(sizes_of("4 6", 10), "4 6");
    ck_assert_str_eq(sizes_of("rest", 10), "10");
}
END_TEST

START_TEST(what_does_not_add_up_is_refused)
{
    ck_assert_str_eq(sizes_of("70% 20%", 100),
                     "!the shares make 90 %, not 100; --part FILE=rest takes what is left");
    ck_assert_str_eq(sizes_of("70% 40%", 100), "!the shares make 110 %");
    ck_assert_str_eq(sizes_of("70% 40% rest", 100), "!the shares make 110 %");
    ck_assert_str_eq(sizes_of("70 40", 100), "!the counts make 110 rows, but there are 100");
    ck_assert_str_eq(sizes_of("70 20", 100),
                     "!the counts make 90 of 100 rows; --part FILE=rest takes what is left");
    ck_assert_str_eq(sizes_of("50% 50", 100), "!shares and counts together need a part that takes "
                                              "the rest: --part FILE=rest");
    ck_assert_str_eq(sizes_of("60% 60 rest", 100),
                     "!the shares and counts make 20 rows more than the 100");
    ck_assert_str_eq(sizes_of("rest rest", 100), "!only one part can take the rest");
    ck_assert_str_eq(sizes_of("100% rest", 100), "!part1 would get none of the 100 rows: give it a count, as "
                     "--part FILE=1, or leave it out (by make: VAL = 1, or VAL = none)");
    ck_assert_str_eq(sizes_of("0% 100%", 100), "!part0 would get none of the 100 rows: give it a count, as "
                     "--part FILE=1, or leave it out (by make: VAL = 1, or VAL = none)");
}
END_TEST

START_TEST(other_words_are_refused)
{
    static const char *const wrong[] = {
        "%",    "-1%", "1.%", ".5%", "1e1%", "0.0000001%", "1.1.1%",
        "101%", "-5",  "1.5", "ten", "+5",   "5x",         "99999999999999999999"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(strstr(sizes_of(wrong[i], 100), "--part takes FILE=70%") != NULL, "%s",
                      wrong[i]);
}
END_TEST

/* ---- Properties on random tables ---- */

static uint64_t draws;

static int64_t below(int64_t bound)
{
    const struct nn_random random = {20, 0, 0};

    return (int64_t)nn_random_below(&random, draws++, (uint64_t)bound);
}

struct table {
    int classes, parts;
    int64_t rows[30], sizes[12], n;
};

/* Up to 30 classes, some of them empty or tiny, and up to 12 parts. */
static struct table random_table(void)
{
    struct table t = {.classes = 1 + (int)below(30), .parts = 1 + (int)below(12)};

    for (int k = 0; k < t.classes; k++) {
        t.rows[k] = below(3) ? below(200) : below(3);
        t.n += t.rows[k];
    }
    t.rows[0] += t.parts;
    t.n += t.parts;
    for (int p = 0; p < t.parts; p++)
        t.sizes[p] = 1;
    for (int64_t left = t.n - t.parts; left > 0;) {
        int64_t some = 1 + below(left);

        t.sizes[below(t.parts)] += some;
        left -= some;
    }
    return t;
}

START_TEST(quotas_are_exact_and_near_the_shares)
{
    for (int trial = 0; trial < 3000; trial++) {
        const struct table t = random_table();
        struct split_plan plan;
        int64_t part_sums[12] = {0};

        ck_assert_int_eq(split_plan_init(&plan, t.rows, t.classes, t.sizes, t.parts, -1, 1, &err), 0);
        for (int k = 0; k < t.classes; k++) {
            int64_t sum = 0;

            for (int p = 0; p < t.parts; p++) {
                int64_t quota = plan.quota[k * t.parts + p], exact = t.rows[k] * t.sizes[p];

                ck_assert_int_ge(quota, exact / t.n);
                ck_assert_int_le(quota, (exact + t.n - 1) / t.n);
                sum += quota;
                part_sums[p] += quota;
            }
            ck_assert_int_eq(sum, t.rows[k]);
        }
        for (int p = 0; p < t.parts; p++)
            ck_assert_int_eq(part_sums[p], t.sizes[p]);
        split_plan_free(&plan);
    }
}
END_TEST

START_TEST(of_two_parts_the_largest_remainders_are_rounded_up)
{
    static const int64_t rows[] = {4, 5, 6, 7}, sizes[] = {11, 11};
    struct split_plan plan;

    ck_assert_int_eq(split_plan_init(&plan, rows, 4, sizes, 2, -1, 1, &err), 0);
    ck_assert_int_eq(plan.quota[0], 2);
    ck_assert_int_eq(plan.quota[4], 3);
    ck_assert_int_eq(plan.quota[2] + plan.quota[6], 6); /* 2.5 and 3.5: one up, one down */
    split_plan_free(&plan);
}
END_TEST

START_TEST(every_row_lands_in_one_part_and_the_sums_are_met)
{
    for (int trial = 0; trial < 300; trial++) {
        const struct table t = random_table();
        struct split_plan plan;
        int64_t left[30], got[12] = {0};

        memcpy(left, t.rows, sizeof left);
        ck_assert_int_eq(
            split_plan_init(&plan, t.rows, t.classes, t.sizes, t.parts, -1, (uint64_t)trial, &err),
            0);
        for (int64_t row = 0; row < t.n; row++) {
            int class = (int)below(t.classes), part;

            while (left[class] == 0)
                class = (class + 1) % t.classes;
            left[class]--;
            part = split_plan_draw(&plan, row, class);
            ck_assert(part >= 0 && part < t.parts);
            got[part]++;
        }
        for (int p = 0; p < t.parts; p++)
            ck_assert_int_eq(got[p], t.sizes[p]);
        for (int k = 0; k < t.classes; k++)
            ck_assert_int_eq(split_plan_draw(&plan, t.n, k), -1);
        split_plan_free(&plan);
    }
}
END_TEST

/* All 10 ways to choose 2 rows of 5 come up equally often: 1,000 each expected, standard deviation
 * 30. */
START_TEST(all_choices_are_equally_likely)
{
    static const int64_t rows[] = {5}, sizes[] = {2, 3};
    int seen[32] = {0}, ways = 0;

    for (uint64_t seed = 0; seed < 10000; seed++) {
        struct split_plan plan;
        int chosen = 0;

        ck_assert_int_eq(split_plan_init(&plan, rows, 1, sizes, 2, 0, seed, &err), 0);
        for (int row = 0; row < 5; row++)
            chosen |= (split_plan_draw(&plan, row, 0) == 0) << row;
        seen[chosen]++;
        split_plan_free(&plan);
    }
    for (int i = 0; i < 32; i++)
        if (seen[i]) {
            ways++;
            ck_assert_int_ge(seen[i], 850);
            ck_assert_int_le(seen[i], 1150);
        }
    ck_assert_int_eq(ways, 10);
}
END_TEST

/* 20 classes of 5 rows in halves: each has 2 or 3 of them in the first part, 3 in half of 400 seeds,
 * standard deviation 10. */
START_TEST(ties_are_drawn_from_the_seed)
{
    enum { TIED = 20 };
    int64_t rows[TIED];
    const int64_t sizes[] = {50, 50};
    int up[TIED] = {0};

    for (int k = 0; k < TIED; k++)
        rows[k] = 5;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct split_plan plan;

        MUST(split_plan_init(&plan, rows, TIED, sizes, 2, -1, seed, &err));
        for (int k = 0; k < TIED; k++)
            up[k] += plan.quota[2 * k] == 3;
        split_plan_free(&plan);
    }
    for (int k = 0; k < TIED; k++) {
        ck_assert_int_ge(up[k], 150);
        ck_assert_int_le(up[k], 250);
    }
}
END_TEST

START_TEST(the_training_part_has_a_row_of_each_class)
{
    int planned = 0;

    for (int trial = 0; trial < 1000; trial++) {
        struct table t = random_table();
        struct split_plan plan;
        int64_t first = 0;

        t.parts = 2;
        t.sizes[0] = t.n - 1 - below(t.n / 2);
        t.sizes[1] = t.n - t.sizes[0];
        if (split_training_part(t.sizes, 2, t.n) < 0)
            continue;
        if (split_plan_init(&plan, t.rows, t.classes, t.sizes, 2, 0, 1, &err)) {
            int64_t single = 0;

            ck_assert_int_eq(err.status, EX_USAGE);
            for (int k = 0; k < t.classes; k++)
                single += t.rows[k] > 0;
            ck_assert_int_gt(single, t.sizes[0] / 2);
            continue;
        }
        planned++;
        for (int k = 0; k < t.classes; k++) {
            first += plan.quota[2 * k];
            ck_assert(plan.quota[2 * k] > 0 || t.rows[k] == 0);
            ck_assert_int_eq(plan.quota[2 * k] + plan.quota[2 * k + 1], t.rows[k]);
        }
        ck_assert_int_eq(first, t.sizes[0]);
        split_plan_free(&plan);
    }
    ck_assert_int_gt(planned, 500);
}
END_TEST

Suite *suite_split(void)
{
    Suite *suite = suite_create("split");
    TCase *tests = tcase_create("plan");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, shares_round_by_largest_remainder);
    tcase_add_test(tests, counts_and_rest_add_up);
    tcase_add_test(tests, what_does_not_add_up_is_refused);
    tcase_add_test(tests, other_words_are_refused);
    tcase_add_test(tests, quotas_are_exact_and_near_the_shares);
    tcase_add_test(tests, of_two_parts_the_largest_remainders_are_rounded_up);
    tcase_add_test(tests, every_row_lands_in_one_part_and_the_sums_are_met);
    tcase_add_test(tests, all_choices_are_equally_likely);
    tcase_add_test(tests, ties_are_drawn_from_the_seed);
    tcase_add_test(tests, the_training_part_has_a_row_of_each_class);
    suite_add_tcase(suite, tests);
    return suite;
}
