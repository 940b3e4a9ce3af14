/* The table of scores, worked by hand, and what becomes of files that are not what they should be.
 */
#include "pipeline/chain/chain.h"

#include "tests/support/scratch.h"

#include <stdint.h>
#include <string.h>

Suite *suite_chain_scores(void);

static struct err err;
static struct chain chain;

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

static void open_chain(void)
{
    MUST(chain_open(&chain,
                    (char *[]){"file TRAIN=train.csv", "file MODELS=a longer-name", "file FOLDS=2",
                               "file a.fit=--arch linear --comment éééééééééééééééééééééééééééé"},
                    4, &err));
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
    result = oof ? chain_oof(&chain, memory, &err) : chain_scores(&chain, memory, &err);
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
    /* a: 90 of 100; longer-name: half of the 50 rows that are known; cut at 100 columns */
    ck_assert_str_eq(
        text, "model        accuracy             loss    wrong/rows  epochs  seconds  options\n"
              "a            90.00 % +- 3.00 %  0.3750        10/100       2      3.0  --arch "
              "linear --comment "
              "éé...\n"
              "longer-name  50.00 % +- 7.07 %       -         25/50       -        -  \n"
              "mean         95.00 % (88.82 to 97.85 %)  0.1250         5/100       -        -  of "
              "3, out of "
              "fold\n"
              "\n"
              "model        macro F1  balanced accuracy     AUC\n"
              "a              0.3750             0.7500  0.3750\n"
              "longer-name         -             0.7500       -\n"
              "mean           0.1250             0.7500  0.1250\n");
    free(text);
    text = table(true);
    ck_assert_str_eq(
        text, "out of fold: accuracy 95.00 % (88.82 to 97.85 %), loss 0.1250, 5 of 100 wrong\n"
              "macro F1 0.1250, balanced accuracy 0.7500, AUC 0.1250\n");
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
        ck_assert_ptr_nonnull(strstr(err.text, "csvnet.out/train.oof.json"));
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
    tcase_add_test(tcase, what_is_no_summary_is_refused);
    tcase_add_test(tcase, damaged_files_give_a_table_or_a_sentence);
    suite_add_tcase(suite, tcase);
    return suite;
}
