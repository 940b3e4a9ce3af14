#include "nn/nn.h"
#include "pipeline/dataset/folds.h"

#include <check.h>
#include <stdlib.h>

Suite *suite_folds(void);

enum { ROWS = 1000, CLASSES = 7 };

static struct err err;

/* Classes of very different sizes: one in two rows is of class 0, few are of the last. */
static int class_of(int row)
{
    const struct nn_random random = {11, 0, 0};
    int class = 0;

    while (class + 1 < CLASSES &&
           nn_random_below(&random, (uint64_t)row * CLASSES + (uint64_t) class, 2))
        class ++;
    return class;
}

/* The folds of the first `rows` rows. */
static void assign(int count, uint64_t seed, int rows, int *fold)
{
    struct folds folds;

    ck_assert_int_eq(folds_init(&folds, count, seed, CLASSES, &err), 0);
    for (int i = 0; i < rows; i++)
        fold[i] = folds_next(&folds, class_of(i));
    folds_free(&folds);
}

static const int counts[] = {2, 3, 5, 10, 99, FOLDS_MOST};
enum { COUNTS = sizeof counts / sizeof *counts };

START_TEST(every_row_is_in_one_fold_and_every_class_in_even_shares)
{
    const int count = counts[_i];
    int fold[ROWS], size[FOLDS_MOST + 1][CLASSES] = {{0}};

    assign(count, 1, ROWS, fold);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_int_ge(fold[i], 1);
        ck_assert_int_le(fold[i], count);
        size[fold[i]][class_of(i)]++;
    }
    for (int k = 0; k < CLASSES; k++) {
        int least = ROWS, most = 0;

        for (int f = 1; f <= count; f++) {
            least = size[f][k] < least ? size[f][k] : least;
            most = size[f][k] > most ? size[f][k] : most;
        }
        ck_assert_int_le(most - least, 1);
    }
}
END_TEST

START_TEST(a_seed_draws_the_same_folds_and_another_others)
{
    const int count = counts[_i];
    int first[ROWS], again[ROWS], other[ROWS], same = 0;

    assign(count, 1, ROWS, first);
    assign(count, 1, ROWS, again);
    assign(count, 2, ROWS, other);
    ck_assert_mem_eq(first, again, sizeof first);
    for (int i = 0; i < ROWS; i++)
        same += first[i] == other[i];
    /* 1 / count of the rows expected; five standard deviations above for the fewest folds */
    ck_assert_int_le(same, ROWS / count + 100);
}
END_TEST

START_TEST(the_fold_of_a_row_depends_on_no_later_row)
{
    int all[ROWS], some[ROWS];

    assign(counts[_i], 3, ROWS, all);
    for (int rows = 1; rows < ROWS; rows += 83) {
        assign(counts[_i], 3, rows, some);
        ck_assert_mem_eq(some, all, (size_t)rows * sizeof *some);
    }
}
END_TEST

START_TEST(classes_are_drawn_apart)
{
    struct folds mixed, alone;

    ck_assert_int_eq(folds_init(&mixed, 5, 1, 2, &err), 0);
    ck_assert_int_eq(folds_init(&alone, 5, 1, 2, &err), 0);
    for (int i = 0; i < 100; i++) {
        if (i % 3)
            folds_next(&mixed, 0);
        ck_assert_int_eq(folds_next(&mixed, 1), folds_next(&alone, 1));
    }
    folds_free(&mixed);
    folds_free(&alone);
}
END_TEST

/* Each place in a block of five rows goes to each fold in a fifth of the blocks. */
START_TEST(every_fold_is_drawn_as_often)
{
    enum { BLOCKS = 10000 };
    int drawn[5][5] = {{0}};
    struct folds folds;

    ck_assert_int_eq(folds_init(&folds, 5, 4, 1, &err), 0);
    for (int i = 0; i < 5 * BLOCKS; i++)
        drawn[i % 5][folds_next(&folds, 0) - 1]++;
    for (int place = 0; place < 5; place++)
        for (int f = 0; f < 5; f++)
            ck_assert_int_lt(abs(drawn[place][f] - BLOCKS / 5), 200); /* five deviations */
    folds_free(&folds);
}
END_TEST

Suite *suite_folds(void)
{
    Suite *suite = suite_create("folds");
    TCase *tests = tcase_create("folds");

    tcase_add_loop_test(tests, every_row_is_in_one_fold_and_every_class_in_even_shares, 0, COUNTS);
    tcase_add_loop_test(tests, a_seed_draws_the_same_folds_and_another_others, 0, COUNTS);
    tcase_add_loop_test(tests, the_fold_of_a_row_depends_on_no_later_row, 0, COUNTS);
    tcase_add_test(tests, classes_are_drawn_apart);
    tcase_add_test(tests, every_fold_is_drawn_as_often);
    suite_add_tcase(suite, tests);
    return suite;
}
