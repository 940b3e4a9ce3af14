/* Successive halving: rungs, who goes on, and the order of candidates. */
#include "pipeline/tune/halving.h"

#include <check.h>
#include <math.h>

Suite *suite_halving(void);

START_TEST(rungs_end_with_all_epochs_on_all_folds)
{
    static const struct {
        int epochs, folds, rungs, at[RUNGS_MOST], on[RUNGS_MOST];
    } cases[] = {{1, 3, 1, {1}, {3}},
                 {2, 3, 2, {1, 2}, {1, 3}},
                 {5, 3, 3, {1, 2, 5}, {1, 2, 3}},
                 {9, 5, 3, {1, 3, 9}, {1, 3, 5}},
                 {30, 4, 4, {1, 3, 10, 30}, {1, 2, 3, 4}},
                 {1000, 2, 4, {37, 111, 333, 1000}, {1, 1, 1, 2}},
                 {10, 100, 3, {1, 3, 10}, {1, 16, FOLDS_TRIED_MOST}}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct halving h = halving_new(cases[i].epochs, cases[i].folds);

        ck_assert_int_eq(h.rungs, cases[i].rungs);
        for (int r = 0; r < h.rungs; r++) {
            ck_assert_int_eq(halving_epochs(&h, r, cases[i].epochs), cases[i].at[r]);
            ck_assert_int_eq(halving_folds(&h, r), cases[i].on[r]);
        }
    }
}
END_TEST

START_TEST(a_training_goes_on_where_its_fold_was_left)
{
    const struct halving h = halving_new(9, 3);

    ck_assert_int_eq(halving_before(&h, 0, 1, 9), 0);
    ck_assert_int_eq(halving_before(&h, 1, 1, 9), 1);
    ck_assert_int_eq(halving_before(&h, 1, 2, 9), 0); /* its first time */
    ck_assert_int_eq(halving_before(&h, 2, 2, 9), 3);
    ck_assert_int_eq(halving_before(&h, 2, 3, 9), 0);
    ck_assert_int_eq(halving_before(&h, 2, 1, 18), 6); /* of one with more epochs */
}
END_TEST

START_TEST(a_third_and_one_go_on)
{
    static const int cases[][2] = {{1, 1}, {2, 2}, {3, 2}, {6, 3}, {7, 4}, {9, 4}, {100, 35}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_int_eq(halving_survivors(cases[i][0]), cases[i][1]);
}
END_TEST

START_TEST(the_model_as_it_is_goes_on)
{
    struct candidate all[6];
    struct candidate *ranked[6];

    for (int place = 0; place < 6; place++) {
        static const int orders[6][3] = {{0, 1, 2}, {1, 0, 2}, {1, 2, 0},
                                         {1, 2, 0}, {1, 2, 0}, {1, 2, 0}};

        for (int i = 0; i < 6; i++) {
            all[i].number = i == place ? 0 : i < place ? i + 1 : i;
            ranked[i] = &all[i];
        }
        ck_assert_int_eq(candidates_go_on(ranked, 6), 3);
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(ranked[i]->number, orders[place][i]);
        for (int i = 3; i < 6; i++)
            ck_assert_int_eq(ranked[i]->number, i);
    }
}
END_TEST

START_TEST(ahead_is_by_the_same_folds)
{
    const struct candidate a = {.scores = {0.9, 0.8, 0.7}},
                           b = {.scores = {0.8, 0.5, 0.2}};
    double error;

    ck_assert_double_eq_tol(candidate_ahead(&a, &b, 3, &error), 0.3, 1e-12);
    ck_assert_double_eq_tol(error, 0.2 / sqrt(3), 1e-12);
    candidate_ahead(&a, &b, 1, &error);
    ck_assert_double_nan(error);
}
END_TEST

START_TEST(means_and_spread_are_over_folds)
{
    struct candidate c = {.scores = {0.9, 0.8, 0.7}, .losses = {1, 2, 6}};

    candidate_pass(&c, 1, 3);
    ck_assert_int_eq(c.rung, 1);
    ck_assert_double_eq_tol(c.score, 0.8, 1e-12);
    ck_assert_double_eq_tol(c.spread, 0.1, 1e-12);
    ck_assert_double_eq_tol(c.loss, 3, 1e-12);
    candidate_pass(&c, 0, 1);
    ck_assert_double_nan(c.spread);
}
END_TEST

START_TEST(ranked_by_rung_then_score_then_loss)
{
    struct candidate all[] = {{.number = 0, .rung = 0, .score = 0.99},
                              {.number = 1, .rung = 1, .score = 0.5, .loss = 2},
                              {.number = 2, .rung = 1, .score = 0.5, .loss = 1},
                              {.number = 3, .rung = 2, .score = 1, .failed = true},
                              {.number = 4, .rung = -1},
                              {.number = 5, .rung = 1, .score = 0.6},
                              {.number = 6, .rung = 1, .score = 0.5, .loss = 1}};
    static const int order[] = {5, 2, 6, 1, 0, 4, 3};
    struct candidate *ranked[7];

    for (int i = 0; i < 7; i++)
        ranked[i] = &all[i];
    candidates_rank(ranked, 7);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(ranked[i]->number, order[i]);
}
END_TEST

Suite *suite_halving(void)
{
    Suite *suite = suite_create("halving");
    TCase *tcase = tcase_create("halving");

    tcase_add_test(tcase, rungs_end_with_all_epochs_on_all_folds);
    tcase_add_test(tcase, a_training_goes_on_where_its_fold_was_left);
    tcase_add_test(tcase, a_third_and_one_go_on);
    tcase_add_test(tcase, the_model_as_it_is_goes_on);
    tcase_add_test(tcase, ahead_is_by_the_same_folds);
    tcase_add_test(tcase, means_and_spread_are_over_folds);
    tcase_add_test(tcase, ranked_by_rung_then_score_then_loss);
    suite_add_tcase(suite, tcase);
    return suite;
}
