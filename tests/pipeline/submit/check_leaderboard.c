/* Scores of a leaderboard: which belong together, and what chance says of them. */
#include "pipeline/submit/leaderboard.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_leaderboard(void);

static struct err err;
static json_t *scores;
static struct leaderboard board;
static char text[LEADERBOARD_TEXT];

#define LINE(digest, metric, score, own)                                                           \
    "{\"submission\":\"s.csv\",\"digest\":\"" digest "\",\"rows\":1000,\"metric\":\"" metric       \
    "\",\"score\":" score ",\"own\":" own "}"
#define OWN(accuracy) "{\"rows\":1000,\"accuracy\":" accuracy ",\"loss\":0.5}"

static void open_board(const char *lines)
{
    scores = json_loads(lines, 0, NULL);
    ck_assert_ptr_nonnull(scores);
    MUST(leaderboard_open(&board, scores, &err));
}

static void close_board(void)
{
    leaderboard_free(&board);
    json_decref(scores);
}

START_TEST(the_last_score_of_a_file_counts)
{
    open_board(
        "[" LINE("a", "accuracy", "0.8", "null") "," LINE("b", "accuracy", "0.7", "null") "," LINE(
            "a", "log-loss", "1.5", "null") "," LINE("a", "accuracy", "0.9", "null") "]");
    ck_assert_int_eq(board.count, 3);
    ck_assert_double_eq(board.lines[0].score, 0.7);
    ck_assert_double_eq(board.lines[1].score, 1.5);
    ck_assert_double_eq(board.lines[2].score, 0.9);
    close_board();
}
END_TEST

START_TEST(lines_without_a_digest_are_files_of_their_own)
{
    open_board("[" LINE("", "accuracy", "0.8", "null") "," LINE("", "accuracy", "0.7", "null") "]");
    ck_assert_int_eq(board.count, 2);
    close_board();
}
END_TEST

/* 0.9 and 0.85 over 1,000 rows each: errors 0.009487 and 0.011292, 3.390 of both apart. */
START_TEST(a_difference_is_told_in_standard_errors)
{
    open_board("[" LINE("a", "accuracy", "0.9", OWN("0.85")) "," LINE(
        "b", "accuracy", "0.86", OWN("0.85")) "," LINE("c", "log-loss", "0.75",
                                                       OWN("0.85")) "," LINE("d", "accuracy", "0.9",
                                                                             "null") "]");
    ck_assert_double_eq_tol(board.lines[0].apart, 3.3903, 1e-4);
    ck_assert_ptr_nonnull(strstr(leaderboard_text(&board.lines[0], text),
                                 "0.05 higher, more than chance explains (3.4"));
    ck_assert_ptr_nonnull(
        strstr(leaderboard_text(&board.lines[1], text), "0.01 higher, which may be chance"));
    ck_assert_double_eq(board.lines[2].own, 0.5);
    ck_assert(isnan(board.lines[2].apart));
    ck_assert(isnan(board.lines[3].own));
    ck_assert_str_eq(leaderboard_text(&board.lines[3], text), "accuracy 0.9 on the leaderboard");
    close_board();
}
END_TEST

/* Own rows 0.7 < 0.8 < 0.9; the leaderboard turns the last two; a tie and another metric are no
 * pair. */
START_TEST(pairs_that_both_rank_alike_are_counted)
{
    open_board("[" LINE("a", "accuracy", "0.71", OWN("0.7")) "," LINE(
        "b", "accuracy", "0.85",
        OWN("0.8")) "," LINE("c", "accuracy", "0.84",
                             OWN("0.9")) "," LINE("d", "accuracy", "0.5",
                                                  "null") "," LINE("e", "log-loss", "0.5",
                                                                   OWN("0.9")) "]");
    ck_assert_str_eq(leaderboard_agreement(&board, text),
                     "Of 3 pairs of submissions the leaderboard ranks 2 as own rows do.");
    close_board();
    open_board("[" LINE("a", "accuracy", "0.71", OWN("0.7")) "," LINE("b", "accuracy", "0.72",
                                                                      OWN("0.7")) "]");
    ck_assert_str_eq(leaderboard_agreement(&board, text), "");
    close_board();
}
END_TEST

START_TEST(curves_have_the_lines_with_both_scores)
{
    double number[4], own[4], score[4];

    open_board("[" LINE("a", "accuracy", "0.71", OWN("0.7")) "," LINE(
        "b", "accuracy", "0.85", "null") "," LINE("c", "log-loss", "0.84",
                                                  OWN("0.9")) "," LINE("d", "accuracy", "0.5",
                                                                       OWN("0.6")) "]");
    ck_assert_int_eq(leaderboard_curves(&board, "accuracy", number, own, score), 2);
    ck_assert(number[0] == 1 && own[0] == 0.7 && score[0] == 0.71);
    ck_assert(number[1] == 2 && own[1] == 0.6 && score[1] == 0.5);
    close_board();
}
END_TEST

Suite *suite_leaderboard(void)
{
    Suite *suite = suite_create("leaderboard");
    TCase *tests = tcase_create("scores");

    tcase_add_test(tests, the_last_score_of_a_file_counts);
    tcase_add_test(tests, lines_without_a_digest_are_files_of_their_own);
    tcase_add_test(tests, a_difference_is_told_in_standard_errors);
    tcase_add_test(tests, pairs_that_both_rank_alike_are_counted);
    tcase_add_test(tests, curves_have_the_lines_with_both_scores);
    suite_add_tcase(suite, tests);
    return suite;
}
