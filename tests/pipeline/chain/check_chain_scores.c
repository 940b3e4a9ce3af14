/* The table of scores, worked by hand, and what becomes of files that are not what they should be.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/chain/chain.h"

#include "tests/support/scratch.h"

#include <stdint.h>
#include <string.h>

Suite *suite_chain_scores(void);

static struct err err;
static struct chain chain;
static int columns; /* 0: any */

static void enter(void)
{
    scratch_make();
    ck_assert_int_eq(chdir(scratch_folder), 0);
    ck_assert_int_eq(mkdir("csvnet.out", 0777), 0);
}

static void leave(void)
{
    chain_free(&chain);
    ck_assert_int_eq(chdir("/"), 0);
    scratch_remove();
}

#define COMMON    "--epochs 20 --optimizer adamw"
#define OPTIONS_A COMMON " --arch 'flatten, linear 20, relu, linear' --comment éééééééééé"
#define OPTIONS_B "--arch linear " COMMON

static void open_chain(void)
{
    MUST(chain_open(&chain,
                    (char *[]){"file TRAIN=train.csv", "file MODELS=a longer-name", "file FOLDS=2",
                               "file a.fit=" OPTIONS_A, "file longer-name.fit=" OPTIONS_B},
                    5, &err));
}

static void make_file(const char *path, const char *text)
{
    spill(path, text, strlen(text));
}

/* The table, or NULL and err; free() it. */
static char *table(bool oof)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    int result;

    ck_assert_ptr_nonnull(memory);
    result = oof ? chain_oof(&chain, memory, &err) : chain_scores(&chain, columns, memory, &err);
    ck_assert_int_eq(fclose(memory), 0);
    if (result) {
        free(text);
        return NULL;
    }
    return text;
}

#define SCORE(rows, correct, loss)                                                                 \
    "{\"rows\": " rows ", \"correct\": " correct ", \"loss\": " loss ", \"macro_f1\": " loss       \
    ", \"balanced_accuracy\": 0.75, \"auc\": " loss "}"
#define MODEL(name, score) "{\"model\": \"csvnet.out/" name ".model.st.zst\", \"score\": " score "}"
static const char summary[] = "{\"models\": [" MODEL("a.f1", SCORE("50", "40", "0.5")) "," MODEL(
    "a.f2", SCORE("50", "50", "0.25")) "," MODEL("longer-name.f1",
                                                 SCORE("50", "25",
                                                       "null")) "], \"score\": " SCORE("100", "95",
                                                                                       "0.125") "}";

static const char history[] =
    "{\"event\":\"start\",\"settings\":{\"seed\":3,\"fold\":1,\"folds\":2,\"keep_best\":true},"
    "\"rows\":50}\n"
    "{\"event\":\"epoch\",\"epoch\":1,\"loss\":0.5,\"accuracy\":0.5,\"scores\":{\"val\":{\"loss\":"
    "0.25,\"accuracy\":0.75}}}\n"
    "{\"event\":\"epoch\",\"epoch\":2,\"loss\":0.25,\"accuracy\":0.5,\"scores\":{\"val\":{\"loss\":"
    "0.5,\"accuracy\":0.5}}}\n"
    "{\"event\":\"end\",\"model\":\"abc\",\"seconds\":1.5}\n";

START_TEST(the_table_is_that_worked_by_hand)
{
    char *text;

    open_chain();
    make_file("csvnet.out/train.oof.json", summary);
    make_file("csvnet.out/a.f1.history.jsonl", history);
    make_file("csvnet.out/a.f2.history.jsonl", history);
    text = table(false);
    ck_assert_ptr_nonnull(text);
    /* a: 90 of 100; longer-name: half of the 50 rows that are known */
    ck_assert_str_eq(
        text,
        "model        accuracy                       loss    wrong/rows  epochs  seconds  options\n"
        "a            90.00 % +- 3.00 %            0.3750        10/100       2      3.0 "
        " " OPTIONS_A "\n"
        "longer-name  50.00 % +- 7.07 %                 -         25/50       -        - "
        " " OPTIONS_B "\n"
        "mean         95.00 % (88.82 to 97.85 %)   0.1250         5/100       -        -  of 3, "
        "out of fold\n"
        "\n"
        "model        macro F1  balanced accuracy     AUC\n"
        "a              0.3750             0.7500  0.3750\n"
        "longer-name         -             0.7500       -\n"
        "mean           0.1250             0.7500  0.1250\n"
        "AUC: the mean of a model's fits; the other figures are of their rows together\n");
    free(text);
    text = table(true);
    ck_assert_str_eq(
        text, "out of fold: accuracy 95.00 % (88.82 to 97.85 %), loss 0.1250, 5 of 100 wrong\n"
              "macro F1 0.1250, balanced accuracy 0.7500, AUC 0.1250\n");
    free(text);
}
END_TEST

/* Line `number` of a text, from 0; free() it. */
static char *line_at(const char *text, int number)
{
    for (; number > 0; number--)
        text = strchr(text, '\n') + 1;
    return strndup(text, strcspn(text, "\n"));
}

START_TEST(a_narrow_table_drops_what_all_have_and_then_puts_options_below)
{
    char *text, *line;

    open_chain();
    make_file("csvnet.out/train.oof.json", summary);
    columns = 150;
    text = table(false);
    line = line_at(text, 0);
    ck_assert_str_eq(line, "options of all: " COMMON);
    free(line);
    line = line_at(text, 3);
    ck_assert_ptr_nonnull(strstr(line, "--arch 'flatten, linear 20, relu, linear' --comment é"));
    ck_assert_ptr_null(strstr(line, COMMON));
    free(line);
    free(text);
    columns = 100;
    text = table(false);
    columns = 0;
    line = line_at(text, 3);
    ck_assert_ptr_null(strstr(line, "--arch"));
    free(line);
    line = line_at(text, 4);
    ck_assert_int_eq(strspn(line, " "), 4);
    ck_assert_int_le(utf8_columns(line), 100);
    ck_assert_ptr_nonnull(strstr(line, "--arch 'flatten, linear 20, relu, linear'"));
    free(line);
    free(text);
}
END_TEST

/* Rows that one of two has right alone: a and longer-name, a and the mean, longer-name and it. */
#define GROUPS(ab, am, bm, without)                                                                \
    ", \"groups\": {\"rows\": 100, \"names\": [\"a\", \"longer-name\"], \"correct\": [60, 83, "    \
    "60], "                                                                                        \
    "\"pairs\": [[0, 1, " ab "], [0, 2, " am "], [1, 2, " bm "]], \"without\": [" without "]}"

static char *with_groups(const char *groups)
{
    char text[4096], *whole;

    snprintf(text, sizeof text, "%.*s%s}", (int)strlen(summary) - 1, summary, groups);
    make_file("csvnet.out/train.oof.json", text);
    whole = table(false);
    memmove(whole, strstr(whole, "\n\nbest") + 2, strlen(strstr(whole, "\n\nbest") + 2) + 1);
    return whole;
}

START_TEST(a_mean_that_a_model_makes_worse_is_told_with_the_weight)
{
    char *text;

    open_chain();
    /* p by hand: 42 and 19: 2 sum over i <= 19 of C(61, i) / 2^61 = 0.00444 */
    text = with_groups(GROUPS("19, 42", "0, 0", "42, 19", "[42, 19], [0, 0]"));
    ck_assert_str_eq(
        text, "best alone: longer-name, 17 of 100 wrong\n"
              /* of 60 and 83 %; 0.56419 of sqrt(0.715 * 0.285 / 100) */
              "it leads the models' mean accuracy by 11.50 percentage points; of 2 equally good "
              "ones the best would lead by up to about 2.55, by luck alone\n"
              "hint: the mean is worse for a: without it 42 rows are right that are wrong now, "
              "against 19, p = 0.0044; a.weight = 0 leaves it out\n");
    free(text);
    /* 5 and 3 of 8: 2 (1 + 8 + 28 + 56) / 256 */
    text = with_groups(GROUPS("3, 5", "0, 0", "5, 3", "[5, 3], [0, 0]"));
    ck_assert_ptr_nonnull(strstr(text, "not told apart from a (p = 0.73)"));
    ck_assert_ptr_nonnull(strstr(text, "the mean is worse than longer-name alone by 23 rows, which "
                                       "chance may do (p = 0.73)"));
    free(text);
}
END_TEST

START_TEST(of_equally_good_models_none_leads)
{
    char *text;

    open_chain();
    text = with_groups(
        ", \"groups\": {\"rows\": 100, \"names\": [\"a\", \"longer-name\"], \"correct\": [60, 60, "
        "60], "
        "\"pairs\": [[0, 1, 5, 5], [0, 2, 0, 0], [1, 2, 0, 0]], \"without\": [[0, 0], [0, 0]]}");
    ck_assert_str_eq(text,
                     "best alone: a, 40 of 100 wrong; not told apart from longer-name (p = 1)\n");
    free(text);
}
END_TEST

START_TEST(what_is_no_summary_is_refused)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"models\": [], \"score\": 1}",
        "{\"models\": 1, \"score\": {}}",
        "{\"models\": [], \"score\": {}}",
        "{\"models\": [], \"score\": {\"rows\": 1, \"rows\": 1}}",
        "{\"models\": [], \"score\": " SCORE("-1", "0", "1") "}",
        "{\"models\": [], \"score\": " SCORE("1e300", "0", "1") "}",
        "{\"models\": [], \"score\": " SCORE("1", "2", "1") "}",
        "{\"models\": [], \"score\": " SCORE("\"1\"", "1", "1") "}",
        "{\"models\": [" MODEL("a.f1", "null") "], \"score\": " SCORE("1", "1", "1") "}",
        "{\"models\": [" MODEL("a.f1", SCORE("0", "0", "1")) "], \"score\": " SCORE("1", "1",
                                                                                    "1") "}"};

    open_chain();
    ck_assert_ptr_null(table(false));
    ck_assert_int_eq(err.status, EX_NOINPUT);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        make_file("csvnet.out/train.oof.json", texts[i]);
        err.status = 0;
        ck_assert_msg(table(false) == NULL, "%s", texts[i]);
        ck_assert_int_eq(err.status, EX_DATAERR);
        SAYS("csvnet.out/train.oof.json");
    }
}
END_TEST

/* The next of a row of pseudo-random numbers. */
static uint32_t draw(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Bytes of both files exchanged, removed and doubled by chance: a table, or a sentence that names
 * the file. */
START_TEST(damaged_files_give_a_table_or_a_sentence)
{
    uint32_t state = 1;
    int tables = 0;

    open_chain();
    for (int round = 0; round < 4000; round++) {
        char *texts[2], *text;
        const char *const whole[2] = {summary, history};
        const char *const paths[2] = {"csvnet.out/train.oof.json", "csvnet.out/a.f1.history.jsonl"};

        for (int f = 0; f < 2; f++) {
            size_t size = strlen(whole[f]);
            const int faults = (int)(draw(&state) % 4);

            texts[f] = malloc(2 * size);
            ck_assert_ptr_nonnull(texts[f]);
            memcpy(texts[f], whole[f], size);
            for (int i = 0; i < faults; i++) {
                const size_t at = draw(&state) % size;
                const char marks[] = "{}[]\",:0123456789eE+-.\\\n\xff";

                if (draw(&state) % 8 == 0)
                    size = at + 1;
                else
                    texts[f][at] = draw(&state) % 2 ? marks[draw(&state) % (sizeof marks - 1)]
                                                    : texts[f][draw(&state) % size];
            }
            spill(paths[f], texts[f], size);
            free(texts[f]);
        }
        err = (struct err){.status = 0};
        text = table(round % 2);
        if (text)
            tables++;
        else
            ck_assert_msg(err.status == EX_DATAERR && strstr(err.text, "csvnet.out/"), "%d: %s",
                          err.status, err.text);
        free(text);
    }
    ck_assert_int_gt(tables, 100);
    ck_assert_int_lt(tables, 3900);
}
END_TEST

Suite *suite_chain_scores(void)
{
    Suite *suite = suite_create("chain_scores");
    TCase *tcase = tcase_create("scores");

    tcase_add_checked_fixture(tcase, enter, leave);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_table_is_that_worked_by_hand);
    tcase_add_test(tcase, a_narrow_table_drops_what_all_have_and_then_puts_options_below);
    tcase_add_test(tcase, a_mean_that_a_model_makes_worse_is_told_with_the_weight);
    tcase_add_test(tcase, of_equally_good_models_none_leads);
    tcase_add_test(tcase, what_is_no_summary_is_refused);
    tcase_add_test(tcase, damaged_files_give_a_table_or_a_sentence);
    suite_add_tcase(suite, tcase);
    return suite;
}
