#include "pipeline/audit/confident.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>

Suite *suite_confident(void);

static struct err err;

/* Two classes, by hand: thresholds (0.9 + 0.7 + 0.1) / 3 and (0.8 + 0.4 + 0.6) / 3. */
static const float rows[][2] = {{0.9f, 0.1f}, {0.7f, 0.3f}, {0.1f, 0.9f},
                                {0.2f, 0.8f}, {0.6f, 0.4f}, {0.4f, 0.6f}};
static const int labels[] = {0, 0, 0, 1, 1, 1};
enum { ROWS = 6 };

static void learn(struct confident *c)
{
    ck_assert_int_eq(confident_init(c, 2, &err), 0);
    for (int i = 0; i < ROWS; i++)
        confident_add(c, rows[i], labels[i]);
    confident_settle(c);
}

START_TEST(thresholds_are_the_mean_of_what_rows_labelled_so_get)
{
    struct confident c;

    learn(&c);
    ck_assert_double_eq_tol(c.thresholds[0], 1.7 / 3, 1e-7);
    ck_assert_double_eq_tol(c.thresholds[1], 1.8 / 3, 1e-7);
    confident_free(&c);
}
END_TEST

START_TEST(rows_count_for_the_likeliest_class_that_reaches_its_threshold)
{
    static const int taken[] = {0, 0, 1, 1, 0, 1}; /* the last by 0.6, which is the threshold */
    struct confident c;

    learn(&c);
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(confident_count(&c, rows[i], labels[i]), taken[i]);
    ck_assert_int_eq(c.joint[0], 2);
    ck_assert_int_eq(c.joint[1], 1);
    ck_assert_int_eq(c.joint[2], 1);
    ck_assert_int_eq(c.joint[3], 2);
    ck_assert_double_eq_tol(confident_noise(&c), 2.0 / 6, 1e-12);
    ck_assert_int_eq(confident_estimate(&c, &err), 0);
    for (int i = 0; i < ROWS; i++)
        confident_offer(&c, rows[i], labels[i], i);
    ck_assert_int_eq(c.pair[1].count, 1);
    ck_assert_int_eq(c.pair[1].list[0].row, 2);
    ck_assert_int_eq(c.pair[2].count, 1);
    ck_assert_int_eq(c.pair[2].list[0].row, 4);
    confident_free(&c);
}
END_TEST

/* Of 200 rows labelled 0 so many are chosen as the estimate says, and those with the largest
 * margins; of equal ones the first. */
START_TEST(the_largest_margins_are_chosen)
{
    static const float sure[] = {1, 0, 0}, other[] = {0, 1, 0};
    struct confident c;
    bool is[200] = {false};

    ck_assert_int_eq(confident_init(&c, 3, &err), 0);
    c.rows[0] = 200;
    c.thresholds[0] = c.thresholds[1] = 0.5;
    c.thresholds[2] = 2;
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(confident_count(&c, i < 5 ? other : sure, 0), i < 5);
    ck_assert_int_eq(confident_estimate(&c, &err), 0);
    ck_assert_int_eq(c.pair[1].room, 50);
    for (int i = 0; i < 200; i++) {
        const float margin = (float)(i * 37 % 100) / 200;
        const float p[] = {0.5f - margin, 0.5f, margin};

        confident_offer(&c, p, 0, i);
    }
    ck_assert_int_eq(c.pair[1].count, 50);
    ck_assert_int_eq(c.pair[2].count, 0);
    for (int i = 0; i < 50; i++)
        is[c.pair[1].list[i].row] = true;
    for (int i = 0; i < 200; i++) /* 75 to 99, twice each */
        ck_assert_int_eq(is[i], i * 37 % 100 >= 75);
    confident_free(&c);
}
END_TEST

START_TEST(what_no_class_is_sure_of_counts_for_none)
{
    static const float sure[] = {1, 0, 0}, unsure[] = {0.4f, 0.35f, 0.25f};
    struct confident c;

    ck_assert_int_eq(confident_init(&c, 3, &err), 0);
    confident_add(&c, sure, 0);
    confident_settle(&c);
    ck_assert(isinf(c.thresholds[1])); /* no row is labelled so */
    ck_assert_int_eq(confident_count(&c, unsure, 1), -1);
    ck_assert_double_eq(confident_noise(&c), 0);
    confident_free(&c);
}
END_TEST

/* The noise is scaled to the rows of each label: half of 30 and none of 10 that were counted. */
START_TEST(noise_is_of_all_rows_not_of_those_counted)
{
    static const float a[] = {0.9f, 0.1f}, b[] = {0.1f, 0.9f}, between[] = {0.5f, 0.5f};
    struct confident c;

    ck_assert_int_eq(confident_init(&c, 2, &err), 0);
    for (int i = 0; i < 40; i++)
        c.rows[i >= 30]++;
    c.thresholds[0] = 30 * 0.8;
    c.thresholds[1] = 10 * 0.8;
    confident_settle(&c);
    confident_count(&c, a, 0);
    confident_count(&c, b, 0);
    confident_count(&c, b, 1);
    ck_assert_int_eq(confident_count(&c, between, 0), -1);
    ck_assert_double_eq_tol(confident_noise(&c), 15.0 / 40, 1e-12);
    confident_free(&c);
}
END_TEST

Suite *suite_confident(void)
{
    Suite *suite = suite_create("confident");
    TCase *tests = tcase_create("confident");

    tcase_add_test(tests, thresholds_are_the_mean_of_what_rows_labelled_so_get);
    tcase_add_test(tests, rows_count_for_the_likeliest_class_that_reaches_its_threshold);
    tcase_add_test(tests, what_no_class_is_sure_of_counts_for_none);
    tcase_add_test(tests, the_largest_margins_are_chosen);
    tcase_add_test(tests, noise_is_of_all_rows_not_of_those_counted);
    suite_add_tcase(suite, tests);
    return suite;
}
