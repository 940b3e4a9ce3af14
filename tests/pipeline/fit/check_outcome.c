#include "pipeline/fit/outcome.h"

#include <check.h>
#include <math.h>
#include <string.h>

Suite *suite_outcome(void);

enum { EPOCHS = 4 };

/* Makes epochs of these losses; NAN: no such score. */
static json_t *epochs_of(const double loss[EPOCHS], const double val[EPOCHS])
{
    json_t *epochs = json_array();

    for (int e = 0; e < EPOCHS; e++) {
        json_t *epoch = json_pack("{s:f, s:f}", "loss", loss[e], "lr", 1 - 0.2 * (e + 1));

        if (!isnan(val[e]))
            json_object_set_new(epoch, "scores", json_pack("{s:{s:f}}", "val", "loss", val[e]));
        json_array_append_new(epochs, epoch);
    }
    return epochs;
}

#define NONE                                                                                       \
    {                                                                                              \
        NAN, NAN, NAN, NAN                                                                         \
    }
#define WELL                                                                                       \
    {                                                                                              \
        1, 0.5, 0.4, 0.3                                                                           \
    }

static const struct {
    double loss[EPOCHS], val[EPOCHS];
    struct outcome outcome; /* without what all have */
    const char *text;
} cases[] = {
    {WELL, NONE, {.updates = 400}, ""},
    {WELL, {1.1, 0.6, 0.6, 0.61}, {.updates = 400}, ""},
    {{2.3, 2.31, 2.3, 2.31},
     NONE,
     {.updates = 400},
     "learnt nothing: loss 2.3100, guessing gives 2.3026; --lr 0.1 is worth a try"},
    {{2.3, 2.31, 2.3, 2.31},
     NONE,
     {.updates = 400, .slow = true},
     "learnt nothing: loss 2.3100, guessing gives 2.3026; the learning rate is low, --lr 10 is "
     "worth a try"},
    {{2.5, 2.4, 2.31, 2.29},
     NONE,
     {.updates = 99},
     "learnt little: loss 2.2900, guessing gives 2.3026; more --epochs are worth a try"},
    {{2.5, 2.4, 2.31, 2.29},
     NONE,
     {.updates = 99, .by_clock = true},
     "learnt little: loss 2.2900, guessing gives 2.3026; a longer --within is worth a try"},
    {{2.5, 2.4, 2.31, 2.29},
     NONE,
     {.updates = 99, .slow = true},
     "learnt little: loss 2.2900, guessing gives 2.3026; the learning rate is low, --lr 10 is "
     "worth a try"},
    {{2.5, 2.4, 2.31, 2.25}, NONE, {.updates = 99}, ""},
    /* a loss of heavy augmentation, where new rows fare well */
    {{2.4, 2.4, 2.35, 2.3}, {2, 1.5, 1.2, 1}, {.updates = 400}, ""},
    {{1428, 20, 3, 2.31},
     NONE,
     {.updates = 400},
     "the training ran away: loss 1428 in epoch 1, guessing gives 2.3026; --lr 0.1 is worth a try"},
    {{30, 2, 1.4, 0.9}, NONE, {.updates = 400}, ""},
    {WELL,
     {1, 0.5, 0.4, 0.4},
     {.updates = 400, .unseen = "class 'bad' is", .rare = true},
     "class 'bad' is never predicted on the validation data; --class-weights balanced gives rare "
     "classes more weight"},
    {WELL,
     {1, 0.5, 0.4, 0.4},
     {.updates = 400, .unseen = "class 'bad' is", .rare = false},
     "class 'bad' is never predicted on the validation data; more --epochs are worth a try"},
    {WELL,
     NONE,
     {.updates = 400, .rectified = true},
     "the last layer is a rectifier, so that no class scores below 0: leave it out"},
    {WELL, NONE, {.updates = 400, .rectified = true, .meant = true}, ""},
    {WELL,
     {1, 0.5, 0.4, 0.4},
     {.updates = 400, .rectified = true, .meant = true, .unseen = "class 'bad' is"},
     "the last layer is a rectifier, so that no class scores below 0: leave it out"},
    {WELL,
     {1, 0.8, 1, 1.2},
     {.updates = 400},
     "validation loss rose from 0.8000 in epoch 2 to 1.2000 in epoch 4, which is kept; --keep best "
     "keeps the former"},
    {WELL,
     {1, 0.8, 1, 1.2},
     {.updates = 400, .keeps_best = true, .kept = 2, .cut_off = "cosine"},
     "--patience stopped in epoch 4 at a learning rate of 0.2, before --schedule cosine had let "
     "it fall, which lowers the loss: leave --patience out, or take fewer --epochs"},
    {WELL, {1, 0.8, 1, 1.2}, {.updates = 400, .keeps_best = true, .kept = 2}, ""},
    {WELL, {1, 0.9, 0.8, 1.2}, {.updates = 400}, ""},   /* one epoch is no trend */
    {WELL, {1, 0.1, 0.12, 0.14}, {.updates = 400}, ""}, /* so little is noise */
};

START_TEST(what_went_wrong_is_said_with_what_helps)
{
    json_t *epochs = epochs_of(cases[_i].loss, cases[_i].val);
    struct outcome outcome = cases[_i].outcome;
    char text[TROUBLE_TEXT];

    outcome.epochs = epochs;
    outcome.kept = outcome.kept ? outcome.kept : EPOCHS;
    outcome.lr = 1;
    outcome.guess = log(10);
    outcome.val_guess = isnan(cases[_i].val[0]) ? NAN : log(10);
    ck_assert_int_eq(outcome_text(&outcome, text), *cases[_i].text != 0);
    ck_assert_str_eq(text, cases[_i].text);
    json_decref(epochs);
}
END_TEST

START_TEST(without_epochs_or_a_second_class_nothing_is_said)
{
    static const double loss[] = {5, 5, 5, 5}, none[] = NONE;
    json_t *epochs = epochs_of(loss, none);
    struct outcome outcome = {.epochs = epochs, .guess = log(10), .val_guess = NAN};
    char text[TROUBLE_TEXT];

    ck_assert(!outcome_text(&outcome, text));
    outcome.kept = EPOCHS;
    outcome.guess = 0;
    ck_assert(!outcome_text(&outcome, text));
    ck_assert_str_eq(text, "");
    json_decref(epochs);
}
END_TEST

START_TEST(a_guess_costs_the_entropy_of_the_labels)
{
    static const double even[] = {5, 5, 5, 5}, rare[] = {99, 1}, weights[] = {1, 99};

    ck_assert_double_eq_tol(outcome_guess(even, NULL, 0, 4), log(4), 1e-12);
    ck_assert_double_eq_tol(outcome_guess(rare, NULL, 0, 2), -0.99 * log(0.99) - 0.01 * log(0.01),
                            1e-12);
    ck_assert_double_eq_tol(outcome_guess(rare, weights, 0, 2), log(2), 1e-12);
    ck_assert_double_eq_tol(outcome_guess(rare, NULL, 1, 2), log(2), 1e-12);
    ck_assert_double_eq_tol(outcome_guess((const double[]){3, 0}, NULL, 0, 2), 0, 1e-12);
}
END_TEST

Suite *suite_outcome(void)
{
    Suite *suite = suite_create("outcome");
    TCase *tests = tcase_create("outcome");

    tcase_add_loop_test(tests, what_went_wrong_is_said_with_what_helps, 0,
                        sizeof cases / sizeof *cases);
    tcase_add_test(tests, without_epochs_or_a_second_class_nothing_is_said);
    tcase_add_test(tests, a_guess_costs_the_entropy_of_the_labels);
    suite_add_tcase(suite, tests);
    return suite;
}
