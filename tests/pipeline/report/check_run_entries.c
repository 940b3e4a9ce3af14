/* Lines of runs.jsonl as trainings: folds together, and which can be compared. */
#include "pipeline/report/run_entries.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_run_entries(void);

static json_t *runs;
static struct run_entries entries;
static struct err err;

static void read_runs(const char *text)
{
    runs = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(runs);
    MUST(run_entries_find(&entries, runs, &err));
}

static void forget(void)
{
    run_entries_free(&entries);
    json_decref(runs);
    runs = NULL;
}

#define ROWS_A "\"val_digest\":\"0123456789abcdef0000000000000000\""
#define ROWS_B "\"val_digest\":\"123456789abcdef00000000000000000\""
#define FIT(fold, rows, wrong, accuracy)                                                           \
    "{\"name\":\"a\",\"fit\":\"a\",\"options\":\"\",\"seed\":1,\"fold\":" fold                     \
    ",\"epochs\":2,\"seconds\":3,\"val_loss\":0.5," rows ",\"val_rows\":100,\"val_wrong\":" wrong  \
    ",\"val_accuracy\":" accuracy "}"

START_TEST(folds_of_a_training_are_one_with_all_their_rows)
{
    read_runs("[" FIT("\"1/2\"", ROWS_A, "10", "0.9") "," FIT("\"2/2\"", ROWS_B, "30", "0.7") "]");
    ck_assert_int_eq(entries.count, 1);
    ck_assert_int_eq(entries.list[0].lines, 2);
    ck_assert_int_eq(entries.list[0].folds, 2);
    ck_assert_int_eq(entries.list[0].rows, 200);
    ck_assert_int_eq(entries.list[0].wrong, 40);
    ck_assert_double_eq_tol(entries.list[0].accuracy, 0.8, 1e-12);
    ck_assert_double_eq_tol(entries.list[0].loss, 0.5, 1e-12);
    ck_assert_double_eq_tol(entries.list[0].epochs, 2, 1e-12);
    ck_assert_double_eq_tol(entries.list[0].seconds, 6, 1e-12);
    ck_assert(entries.of[0] == 0 && entries.of[1] == 0);
    forget();
}
END_TEST

/* The folds of the second training ended in another order. */
START_TEST(a_fold_that_is_there_begins_another_training_of_the_same_rows)
{
    read_runs(
        "[" FIT("\"1/2\"", ROWS_A, "10", "0.9") "," FIT("\"2/2\"", ROWS_B, "30", "0.7") "," FIT(
            "\"2/2\"", ROWS_B, "20", "0.8") "," FIT("\"1/2\"", ROWS_A, "10", "0.9") "]");
    ck_assert_int_eq(entries.count, 2);
    ck_assert_int_eq(entries.list[1].wrong, 30);
    ck_assert(run_entries_comparable(&entries.list[0], &entries.list[1]));
    ck_assert_int_eq(run_entry_before(&entries, 1), 0);
    ck_assert_int_eq(run_entry_before(&entries, 0), -1);
    forget();
}
END_TEST

START_TEST(trainings_are_compared_on_the_same_rows_alone)
{
    read_runs("[" FIT("null", ROWS_A, "10", "0.9") "," FIT("null", ROWS_B, "30", "0.7") "," FIT(
        "null", ROWS_A, "5", "0.95") "]");
    ck_assert_int_eq(entries.count, 3);
    ck_assert_int_eq(run_entry_before(&entries, 1), -1);
    ck_assert_int_eq(run_entry_before(&entries, 2), 0);
    forget();
}
END_TEST

START_TEST(another_seed_or_another_name_is_not_the_run_before)
{
    read_runs("[{\"name\":\"a\",\"seed\":2," ROWS_A ",\"val_rows\":9,\"val_wrong\":1},"
              "{\"name\":\"b\",\"seed\":1," ROWS_A ",\"val_rows\":9,\"val_wrong\":1},"
              "{\"name\":\"a\",\"seed\":1," ROWS_A ",\"val_rows\":9,\"val_wrong\":1}]");
    ck_assert_int_eq(run_entry_before(&entries, 2), -1);
    ck_assert(run_entries_comparable(&entries.list[0], &entries.list[2]));
    forget();
}
END_TEST

/* A line by a version without them, figures that cannot be, values of another kind. */
START_TEST(rows_that_are_not_known_are_no_rows)
{
    read_runs(
        "[{\"name\":\"a\",\"val_accuracy\":0.75},"
        "{\"name\":\"a\"," ROWS_A ",\"val_rows\":10,\"val_wrong\":11,\"val_accuracy\":0.5},"
        "{\"name\":\"a\"," ROWS_A ",\"val_rows\":-1,\"val_wrong\":0,\"val_accuracy\":5},"
        "{\"name\":7,\"fold\":3,\"val_digest\":\"01\",\"val_rows\":\"9\",\"val_accuracy\":null},"
        "{\"name\":\"a\",\"fold\":\"1/0\"},{\"name\":\"a\",\"fold\":\"1/99999999999999999999\"}]");
    ck_assert_int_eq(entries.count, 6);
    for (int e = 0; e < entries.count; e++) {
        EXPECT(entries.list[e].rows == 0 && entries.list[e].folds == 0, "entry %d", e);
        EXPECT(!run_entries_comparable(&entries.list[e], &entries.list[0]), "entry %d", e);
        ck_assert_int_eq(run_entry_before(&entries, e), -1);
    }
    ck_assert_double_eq_tol(entries.list[0].accuracy, 0.75, 1e-12);
    ck_assert_double_eq_tol(entries.list[1].accuracy, 0.5, 1e-12);
    ck_assert(isnan(entries.list[2].accuracy) && isnan(entries.list[3].accuracy));
    forget();
}
END_TEST

START_TEST(a_fold_that_does_not_say_leaves_nothing_known_of_all)
{
    read_runs("[" FIT("\"1/3\"", ROWS_A, "10", "0.9") "," FIT(
        "\"2/3\"", "\"val_digest\":null", "30", "0.7") "," FIT("\"3/3\"", ROWS_B, "10", "0.8") "]");
    ck_assert_int_eq(entries.count, 1);
    ck_assert_int_eq(entries.list[0].rows, 0);
    ck_assert_uint_eq(entries.list[0].validated_on, 0);
    ck_assert_double_eq_tol(entries.list[0].accuracy, 0.8, 1e-12);
    forget();
}
END_TEST

Suite *suite_run_entries(void)
{
    Suite *suite = suite_create("run_entries");
    TCase *tests = tcase_create("entries");

    tcase_add_test(tests, folds_of_a_training_are_one_with_all_their_rows);
    tcase_add_test(tests, a_fold_that_is_there_begins_another_training_of_the_same_rows);
    tcase_add_test(tests, trainings_are_compared_on_the_same_rows_alone);
    tcase_add_test(tests, another_seed_or_another_name_is_not_the_run_before);
    tcase_add_test(tests, rows_that_are_not_known_are_no_rows);
    tcase_add_test(tests, a_fold_that_does_not_say_leaves_nothing_known_of_all);
    suite_add_tcase(suite, tests);
    return suite;
}
