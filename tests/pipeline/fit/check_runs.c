/* The record of finished fits: what a line says, and that a fit has one. */
#include "pipeline/fit/runs.h"

#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_runs(void);

static struct err err;

#define EPOCH(n, loss, val)                                                                        \
    "{\"event\":\"epoch\",\"epoch\":" n ",\"loss\":" loss ",\"accuracy\":0.5,\"scores\":{\"val\":" \
    "{\"loss\":" val ",\"accuracy\":0.123456789}}}\n"
#define START(best)                                                                                \
    "{\"event\":\"start\",\"settings\":{\"seed\":3,\"fold\":1,\"folds\":2,\"keep_best\":" best     \
    "},\"rows\":50}\n"
#define END "{\"event\":\"end\",\"model\":\"abc\",\"seconds\":1.5}\n"

static void write_history(const char *text)
{
    spill(scratch("history"), text, strlen(text));
}

static int add_run(const char *fit)
{
    return runs_add(scratch("runs.jsonl"), scratch("history"), "a", fit, "--x \"q\" \\", &err);
}

static json_t *read_runs(void)
{
    struct inputs inputs = {0};
    struct runs runs;
    json_t *fits;

    MUST(runs_read(&runs, scratch("runs.jsonl"), &inputs, &err));
    inputs_free(&inputs);
    fits = json_incref(runs.fits);
    runs_free(&runs);
    return fits;
}

START_TEST(a_line_has_the_figures_of_the_epoch_kept)
{
    json_t *runs, *run;

    write_history(START("true") EPOCH("1", "0.5", "0.25") EPOCH("2", "0.25", "0.5") END);
    MUST(add_run("a.f1"));
    write_history(START("false") EPOCH("1", "0.5", "0.25") EPOCH("2", "0.25", "0.5") END);
    MUST(add_run("a.f2"));
    runs = read_runs();
    ck_assert_uint_eq(json_array_size(runs), 2);
    run = json_array_get(runs, 0);
    ck_assert_str_eq(json_string_value(json_object_get(run, "options")), "--x \"q\" \\");
    ck_assert_str_eq(json_string_value(json_object_get(run, "fold")), "1/2");
    ck_assert_str_eq(json_string_value(json_object_get(run, "digest")), "abc");
    ck_assert_double_eq(json_number(run, "loss"), 0.5);
    ck_assert_double_eq(json_number(run, "val_loss"), 0.25);
    ck_assert_double_eq(json_number(run, "epochs"), 2);
    ck_assert_double_eq(json_number(json_array_get(runs, 1), "val_loss"), 0.5);
    json_decref(runs);
}
END_TEST

START_TEST(a_fit_has_one_line_however_often_it_is_added)
{
    json_t *runs;

    write_history(START("true") EPOCH("1", "0.333333333", "0.1") END);
    MUST(add_run("a.f1"));
    MUST(add_run("a.f2"));
    MUST(add_run("a.f1"));
    runs = read_runs();
    ck_assert_uint_eq(json_array_size(runs), 2);
    json_decref(runs);
}
END_TEST

START_TEST(other_names_of_the_file_get_no_line)
{
    struct stat before, after;

    write_history(START("true") EPOCH("1", "0.333333333", "0.1") END);
    MUST(add_run("a.f1"));
    ck_assert_int_eq(link(scratch("runs.jsonl"), scratch("copy")), 0);
    ck_assert_int_eq(stat(scratch("copy"), &before), 0);
    MUST(add_run("a.f2"));
    ck_assert_int_eq(stat(scratch("copy"), &after), 0);
    ck_assert_int_eq(after.st_size, before.st_size);
    ck_assert_int_eq(unlink(scratch("runs.jsonl")), 0);
    ck_assert_int_eq(symlink("copy", scratch("runs.jsonl")), 0);
    MUST(add_run("a.f3"));
    ck_assert_int_eq(stat(scratch("copy"), &after), 0);
    ck_assert_int_eq(after.st_size, before.st_size);
    ck_assert_int_eq(stat(scratch("runs.jsonl"), &after), 0);
    ck_assert_int_eq(after.st_size, 2 * before.st_size);
}
END_TEST

START_TEST(what_is_not_known_is_null_and_a_damaged_history_is_refused)
{
    json_t *runs;

    write_history("{\"event\":\"start\"}\n");
    MUST(add_run("a"));
    runs = read_runs();
    ck_assert(json_is_null(json_object_get(json_array_get(runs, 0), "fold")));
    ck_assert(json_is_null(json_object_get(json_array_get(runs, 0), "loss")));
    json_decref(runs);
    write_history("nonsense\n");
    FAILS(EX_DATAERR, add_run("a"));
    unlink(scratch("history"));
    FAILS(EX_NOINPUT, add_run("a"));
    write_history(START("true") END);
    FAILS(EX_CANTCREAT, runs_add(scratch("no/runs"), scratch("history"), "a", "a", "", &err));
}
END_TEST

Suite *suite_runs(void)
{
    Suite *suite = suite_create("runs");
    TCase *tcase = tcase_create("runs");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, a_line_has_the_figures_of_the_epoch_kept);
    tcase_add_test(tcase, a_fit_has_one_line_however_often_it_is_added);
    tcase_add_test(tcase, other_names_of_the_file_get_no_line);
    tcase_add_test(tcase, what_is_not_known_is_null_and_a_damaged_history_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
