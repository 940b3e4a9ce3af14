/* Requests by the variables of a Makefile: checked, laid out as stages, written as rules; and what
 * counts as out of date. */
#include "pipeline/chain/chain.h"
#include "pipeline/chain/step.h"

#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

Suite *suite_chain(void);

static struct err err;
static struct chain chain;

/* ---- Helpers ---- */

enum { MOST_VARIABLES = 16 };

/* Opens a chain in the scratch folder of TRAIN, TEST and these arguments, which NULL ends. */
static int open_chain(const char *first, ...)
{
    char *arguments[MOST_VARIABLES] = {"file TRAIN=train.csv", "file TEST=test.csv",
                                       "file csvnet_bin=/bin/csvnet", "file csvnet_dir=/nowhere/"};
    int count = 4;
    va_list more;

    chain_free(&chain);
    va_start(more, first);
    for (const char *word = first; word; word = va_arg(more, const char *)) {
        ck_assert_int_lt(count, MOST_VARIABLES);
        arguments[count++] = (char *)word;
    }
    va_end(more);
    return chain_open(&chain, arguments, count, &err);
}

/* The rules, or why (if `why`) stages are out of date; valid until the next call. */
static const char *text_of(bool why)
{
    static char *text;
    size_t size;
    FILE *memory;

    free(text);
    text = NULL;
    memory = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(memory);
    if (why)
        MUST(chain_why(&chain, memory, &err));
    else
        chain_emit(&chain, memory);
    ck_assert_int_eq(fclose(memory), 0);
    return text;
}

static const struct stage *stage_of(const char *output)
{
    const struct stage *stage = chain_stage(&chain, output);

    ck_assert_msg(stage != NULL, "no stage makes %s", output);
    return stage;
}

#define REFUSED(sentence, ...)                                                                     \
    do {                                                                                           \
        FAILS(EX_USAGE, open_chain(__VA_ARGS__, NULL));                                            \
        ck_assert_str_eq(err.text, sentence);                                                      \
    } while (0)
#define HAS(text, part)                                                                            \
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%.1500s", part, text)
#define HAS_NOT(text, part) ck_assert_msg(!strstr(text, part), "\"%s\" in:\n%.1500s", part, text)

static void enter(void)
{
    scratch_make();
    ck_assert_int_eq(chdir(scratch_folder), 0);
}

static void leave(void)
{
    chain_free(&chain);
    chain = (struct chain){.models = NULL};
    ck_assert_int_eq(chdir("/"), 0);
    scratch_remove();
}

static void make_file(const char *path, const char *text, time_t time)
{
    spill(path, text, strlen(text));
    if (time)
        ck_assert_int_eq(utimensat(AT_FDCWD, path, (struct timespec[]){{time, 0}, {time, 0}}, 0),
                         0);
}

/* The step of a stage as its rule has it. */
static struct step step_of(const struct stage *stage)
{
    static char digest[DIGEST_TEXT];

    note_text_digest(stage->now, digest);
    return (struct step){.note = stage->params,
                         .make = "1",
                         .text = digest,
                         .inputs = stage->prerequisites,
                         .outputs = stage->outputs};
}

/* Makes all files of the chain as a finished run leaves them, but those of an audit: nobody has
 * requested one. */
static void finish_all(time_t time)
{
    for (int i = 0; i < chain.stage_count; i++) {
        const struct stage *stage = &chain.stages[i];
        struct step step = step_of(stage);

        if (stage->output == chain.audit)
            continue;
        step.force = true;
        ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
        for (int o = 0; o < stage->outputs.count; o++)
            make_file(stage->outputs.list[o], "x", time);
        MUST(step_end(stage->params, "1", stage->now, NULL, &err));
    }
}

/* ---- Variables ---- */

START_TEST(what_is_wrong_is_named_with_what_it_has_to_be)
{
    REFUSED("FOLDS = 1: it has to be a whole number from 2 to 100", "command FOLDS=1");
    REFUSED("FOLDS = 101: it has to be a whole number from 2 to 100", "command FOLDS=101");
    REFUSED("FOLDS = 99999999999999999999: it has to be a whole number from 2 to 100",
            "file FOLDS=99999999999999999999");
    REFUSED("SEED = one: it has to be a whole number", "file SEED=one");
    REFUSED("a.seeds = 0: it has to be a whole number from 1", "file MODELS=a", "file a.seeds=0");
    REFUSED("a.weight = 1.2.3: it has to be a number such as 2 or 0.5, or auto", "file MODELS=a",
            "file a.weight=1.2.3");
    REFUSED("a.weight = .: it has to be a number such as 2 or 0.5, or auto", "file MODELS=a",
            "file a.weight=.");
    REFUSED("MODELS: 'b.c': a model's name has letters, digits, - and _ only", "file MODELS=a b.c");
    REFUSED("MODELS: duplicate 'a'; NAME.weight = 2 makes a model count twice",
            "file MODELS=a b a");
    REFUSED("FINAL = yes: it has to be all, or left out", "file FINAL=yes");
    REFUSED("a.fit gives a seed and a.seeds counts them: SEED sets the first", "file MODELS=a",
            "file a.seeds=2", "file a.fit=--epochs 1 --seed=3");
    REFUSED("a.fit: --seed 1-3: a.seeds has the number of seeds instead, and SEED the first",
            "file MODELS=a", "file a.fit=-s 1-3");
    REFUSED("a.fit: --fold is for the rules to give: FOLDS = 5 in place of VAL trains each model "
            "for each of five folds",
            "file MODELS=a", "file a.fit=--fold 1/5");
    REFUSED("a.fit: --fold is for the rules to give: FOLDS = 5 in place of VAL trains each model "
            "for each of five folds",
            "file MODELS=a", "file VAL=none", "file a.fit=--fold 1-5/5");
    REFUSED(
        "a.fit: --patience needs validation, and with FINAL = all the last fit has all rows and "
        "nothing to validate on; give as --epochs what the fits kept without FINAL, or leave "
        "FINAL out",
        "file MODELS=a", "file FINAL=all", "file a.fit=--patience 2");
    REFUSED("MODELS, their seeds and FOLDS make more than 100000 fits", "file MODELS=a b",
            "file a.seeds=60000", "file b.seeds=60000");
    make_file("a.csv", "x", 1000);
    make_file("b.csv", "x", 1000);
    MUST(open_chain("file VAL=a.csv b.csv", NULL));
    MUST(open_chain("file VAL=*.csv", NULL));
    MUST(open_chain("file VAL=a.csv b.csv", "file VAL.ingest=--idx", NULL));
    REFUSED("OUT = my out: make takes a blank for the end of a file's name; rename it",
            "file OUT=my out");
    REFUSED("BUDGET = hours: it has to be one of , or left out", "file BUDGET=hours");
    chain_free(&chain);
    FAILS(EX_USAGE, chain_open(&chain, (char *[]){"file TEST=t.csv"}, 1, &err));
    HAS(err.text, "TRAIN is not set");
}
END_TEST

START_TEST(blanks_and_empty_values_count_as_not_set)
{
    MUST(open_chain("file MODELS=  ", "file OUT= \t", "command FOLDS=", "nonsense", "file",
                    "file x", "file VAL= 20% ", NULL));
    ck_assert_str_eq(chain.models[0].name, "smallcnn");
    ck_assert_str_eq(chain.out, "csvnet.out");
    ck_assert_str_eq(chain.hold, "20%");
    ck_assert_int_eq(chain.folds, 0);
}
END_TEST

START_TEST(options_of_a_model_that_there_is_not_are_warned_of)
{
    MUST(open_chain("file MODELS=a", "file b.fit=--epochs 1", "file c.seeds=2",
                    "file csvnet_kinds=fit seeds weight",
                    "file csvnet_unexpanded=$(c.seeds) ${d.fit}", "file d.fit=x", NULL));
    ck_assert_int_eq(chain.warnings.count, 1);
    ck_assert_str_eq(chain.warnings.list[0], "b.fit is set, but MODELS = a has no model b");
    MUST(open_chain("command MODELS=a", "file b.fit=--epochs 1", "command c.fit=x",
                    "file csvnet_kinds=fit seeds weight", NULL));
    ck_assert_int_eq(chain.warnings.count, 1);
    ck_assert_str_eq(chain.warnings.list[0], "c.fit is set, but MODELS = a has no model c");
}
END_TEST

START_TEST(variables_that_are_misspelt_are_warned_of)
{
    static const char makefile[] = "FOLD = 5\nTRIAN = x\nUSED = $(TRIAN)\n# SEEDS\nSEEDS += 2\n";

    spill("mine.mk", makefile, strlen(makefile));
    MUST(open_chain("file MODELS=a", "file csvnet_kinds=fit seeds weight",
                    "file csvnet_known=TRAIN TEST FOLDS SEED MODELS BUDGET a.fit csvnet_ask",
                    "file csvnet_of_file=FOLD TRIAN SEEDS OTHER a.seed USED FOLDER",
                    "file csvnet_of_command=bugdet MODEL a.epochs CC TEXT4 csvnet_aks",
                    "file csvnet_makefiles=mine.mk missing.mk", NULL));
#define WARNED(i, name, where, like)                                                               \
    ck_assert_str_eq(chain.warnings.list[i],                                                       \
                     name " is set" where ", but nothing reads it; is it meant for " like "?")
    WARNED(0, "bugdet", " on make's command line", "BUDGET");
    WARNED(1, "MODEL", " on make's command line", "MODELS");
    WARNED(2, "a.epochs", " on make's command line", "a.fit = --epochs");
    WARNED(3, "csvnet_aks", " on make's command line", "csvnet_ask");
    WARNED(4, "FOLD", "", "FOLDS");
    WARNED(5, "SEEDS", "", "SEED");
    WARNED(6, "a.seed", "", "a.seeds");
    ck_assert_int_eq(chain.warnings.count, 7);
}
END_TEST

START_TEST(the_environment_is_warned_of)
{
    setenv("SEED", "3", 1);
    setenv("FOLDS", "5", 1);
    setenv("VAL", "a b", 1);
    setenv("FINAL", "", 1);
    MUST(open_chain("file SEED=3", "file csvnet_environment=SEED FOLDS VAL FINAL", NULL));
    ck_assert_int_eq(chain.warnings.count, 2);
    HAS(chain.warnings.list[0], "give it after make: make FOLDS=5");
    HAS(chain.warnings.list[1], "give it after make: make VAL=...");
    MUST(open_chain("file SEED=4", "command FOLDS=2", "file csvnet_environment=SEED FOLDS", NULL));
    ck_assert_int_eq(chain.warnings.count, 1);
    HAS(chain.warnings.list[0], "make SEED=3");
    for (const char *const *name = (const char *const[]){"SEED", "FOLDS", "VAL", "FINAL", NULL};
         *name; name++)
        unsetenv(*name);
}
END_TEST

/* ---- Fits and stages ---- */

START_TEST(seeds_and_folds_multiply_the_fits_and_divide_the_weights)
{
    MUST(open_chain("file MODELS=a b", "file FOLDS=2", "file a.seeds=2", "file SEED=7",
                    "file FINAL=all", "file b.weight=3", NULL));
    ck_assert_int_eq(chain.validated.count, 6);
    ck_assert_str_eq(chain.validated.list[0]->name, "a.s7.f1");
    ck_assert_str_eq(chain.validated.list[3]->name, "a.s8.f2");
    ck_assert_str_eq(chain.validated.list[5]->name, "b.f2");
    ck_assert_int_eq(chain.finals.count, 3);
    ck_assert_str_eq(chain.finals.list[1]->name, "a.s8.all");
    HAS(stage_of("csvnet.out/test.pred.st.zst")->now, " --weights 0.5,0.5,3");
    HAS(stage_of("csvnet.out/train.oof.st.zst")->now,
        " --oof --weights 0.25,0.25,0.25,0.25,1.5,1.5");
    ck_assert_str_eq(stage_of("csvnet.out/a.s8.f2.model.st.zst")->now,
                     "csvnet 1: fit csvnet.out/train.st.zst --fold 2/2 --seed 8");
    HAS(stage_of("csvnet.out/b.f1.model.st.zst")->now, "--fold 1/2 --seed 7");
}
END_TEST

START_TEST(models_that_count_alike_need_no_weights)
{
    MUST(open_chain("file MODELS=a b", "file a.seeds=2", "file a.weight=2", NULL));
    HAS_NOT(stage_of("csvnet.out/test.pred.st.zst")->now, "--weights");
}
END_TEST

START_TEST(a_labelled_file_validates_and_the_last_fit_is_on_it_too)
{
    MUST(open_chain("file VAL=val.csv", "file MODELS=a", "file FINAL=all", NULL));
    ck_assert_str_eq(stage_of("csvnet.out/val.st.zst")->brought, "VAL");
    HAS(stage_of("csvnet.out/a.model.st.zst")->now,
        "fit csvnet.out/train.st.zst --val csvnet.out/val.st.zst");
    HAS(stage_of("csvnet.out/a.all.model.st.zst")->now,
        "fit csvnet.out/train.st.zst csvnet.out/val.st.zst");
    MUST(open_chain("file VAL=none", "file MODELS=a", "file FINAL=all", NULL));
    ck_assert_int_eq(chain.finals.count, 0);
    ck_assert_str_eq(chain.val_pred, "");
}
END_TEST

START_TEST(a_trial_is_small_and_its_options_replace_the_epochs)
{
    MUST(open_chain("command csvnet_trial=1", "file MODELS=a", "file FOLDS=5", "file a.seeds=3",
                    "file a.fit=--epochs 9 --arch 'linear' --epochs=4", NULL));
    ck_assert_int_eq(chain.validated.count, 2);
    ck_assert_str_eq(chain.models[0].options, "--trial --epochs 2 --arch 'linear'");
    HAS(stage_of("csvnet.out/train.st.zst")->now, "--draw 2000");
    MUST(open_chain("command csvnet_trial=1", "file VAL=1000", NULL));
    ck_assert_str_eq(chain.hold, "10%");
}
END_TEST

/* ---- Rules ---- */

START_TEST(make_and_the_shell_get_back_what_they_would_change)
{
    const char *rules;

    MUST(chain_open(&chain,
                    (char *[]){"file TRAIN=tr$a%in#.csv", "file csvnet_bin=/bin",
                               "file a.fit=--arch 'flatten, linear' --name $HOME@NL@#",
                               "file MODELS=a"},
                    4, &err));
    rules = text_of(false);
    HAS(rules, "tr$$a\\%in\\#.csv:\n");
    HAS(rules, " -- $(call csvnet_launch,RUN_INGEST)$(csvnet_bin)/ingest 'tr$$a%in#.csv'"
               "$(call csvnet_threads,RUN_INGEST,train)");
    HAS(rules, "$(call csvnet_threads,RUN_FIT,a)$(call csvnet_options,a.fit) --if-changed");
    HAS(rules, " --arch '\\''flatten, linear'\\'' --name $$HOME@$()NL@#' csvnet.out/runs.jsonl");
    HAS(rules, "csvnet_always\n\t$(error csvnet: a submission needs TEST");
}
END_TEST

START_TEST(a_sentence_of_make_says_what_it_says)
{
    static char *text;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(memory);
    chain_emit_error("a $(b), (c", memory);
    fclose(memory);
    ck_assert_str_eq(text, "define csvnet_sentence\ncsvnet: a $$(b), (c\nendef\n"
                           "$(error $(csvnet_sentence))\n");
    free(text);
}
END_TEST

/* ---- What is out of date ---- */

START_TEST(a_finished_chain_is_idle_and_each_change_shows_as_what_it_is)
{
    make_file("train.csv", "1", 1000);
    make_file("test.csv", "1", 1000);
    MUST(open_chain("file MODELS=a", NULL));
    HAS(text_of(true), "submission.csv:\n    submission.csv is missing\n");
    HAS_NOT(text_of(true), "report.html");
    finish_all(2000);
    MUST(open_chain("file MODELS=a", NULL));
    ck_assert_str_eq(text_of(true), "csvnet: nothing is out of date\n");
    HAS_NOT(text_of(false), ".st.zst: csvnet_always");
    HAS_NOT(text_of(false), "submission.csv: csvnet_always");
    /* options that change no byte, then one that does */
    MUST(open_chain("file MODELS=a", "file a.fit=--threads 2 -q -T4 --resume --quiet --verbose",
                    NULL));
    ck_assert_str_eq(text_of(true), "csvnet: nothing is out of date\n");
    MUST(open_chain("file MODELS=a", "file a.fit=--json=x", NULL));
    HAS(text_of(true), "csvnet.out/a.model.st.zst:\n    x is missing\n");
    MUST(open_chain("file MODELS=a", "file a.fit=--lr  1", NULL));
    HAS(text_of(true), "csvnet.out/a.model.st.zst:\n    was: csvnet 1: fit "
                       "csvnet.out/part-train.st.zst --val csvnet.out/part-val.st.zst\n    now: "
                       "csvnet 1: fit csvnet.out/part-train.st.zst --val "
                       "csvnet.out/part-val.st.zst --lr 1\n");
    HAS(text_of(true), "submission.csv:\n    csvnet.out/test.pred.st.zst may be made again\n");
    HAS(text_of(false), "csvnet.out/a.model.st.zst: csvnet_always csvnet.out/part-train.st.zst");
    HAS(text_of(false), "csvnet.out/test.pred.st.zst: csvnet_always");
    HAS_NOT(text_of(false), "csvnet.out/part-train.st.zst: csvnet_always");
    /* an older file of another size in place of a CSV */
    make_file("test.csv", "12", 500);
    MUST(open_chain("file MODELS=a", NULL));
    HAS(text_of(true), "csvnet.out/test.st.zst:\n    test.csv: was 1 bytes of "
                       "1970-01-01T00:16:40.000000000Z, now 2 bytes of "
                       "1970-01-01T00:08:20.000000000Z\n");
    HAS_NOT(text_of(true), "csvnet.out/train.st.zst:");
    /* an output: it and all that follows */
    make_file("test.csv", "1", 1000);
    finish_all(2000);
    ck_assert_int_eq(unlink("csvnet.out/part-val.st.zst"), 0);
    MUST(open_chain("file MODELS=a", NULL));
    HAS(text_of(true), "part-train.st.zst:\n    csvnet.out/part-val.st.zst is missing\n");
    HAS(text_of(true), "a.model.st.zst:\n    csvnet.out/part-train.st.zst will be made again\n");
    MUST(open_chain("file MODELS=a", "command csvnet_ask=1", NULL));
    HAS(text_of(true), "csvnet.out/train.st.zst:\n    csvnet_ask is set\n");
}
END_TEST

/* Reopens the chain, and says what it says is due. */
static const char *why(void)
{
    MUST(open_chain("file MODELS=a", NULL));
    return text_of(true);
}

START_TEST(times_have_no_order_and_equal_ones_hide_nothing)
{
    make_file("train.csv", "1", 1000);
    make_file("test.csv", "1", 1000);
    MUST(open_chain("file MODELS=a", NULL));
    finish_all(5000); /* as by a clock that was ahead */
    ck_assert_str_eq(why(), "csvnet: nothing is out of date\n");
    make_file("train.csv", "2", 1000);
    HAS(why(), "csvnet.out/train.st.zst:\n    train.csv: another file of the same size and time\n");
    HAS(why(), "submission.csv:\n    csvnet.out/test.pred.st.zst may be made again\n");
    make_file("train.csv", "1", 1000);
    finish_all(5000);
    make_file("submission.csv", "y", 5000);
    HAS(why(), "submission.csv:\n    submission.csv was edited or replaced\n");
    HAS_NOT(why(), "test.pred.st.zst:");
    /* an input later than its output, by a time that lies ahead: the rule passes over the time */
    finish_all(500);
    ck_assert_str_eq(why(), "csvnet: nothing is out of date\n");
    HAS(text_of(false), "csvnet.out/train.st.zst: | train.csv\n");
}
END_TEST

START_TEST(options_that_leave_the_rules_nothing_to_go_on_with_are_refused)
{
    static const char *const given[] = {
        "file a.fit=-o x",         "file a.fit=-ox",          "file a.fit=--outp=x",
        "file a.fit=--store s",    "file PREDICT=--depend d", "file SPLIT=--output x",
        "file a.fit=--plan",       "file a.fit=--pause=1",    "file a.try=--pause-after '1|2'",
        "file REPORT=-h",          "file SUBMIT=--check s",   "file PREDICT=--features f",
        "file TRAIN.ingest=--help"};

    make_file("train.csv", "1", 1000);
    make_file("test.csv", "1", 1000);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        FAILS(EX_USAGE, open_chain("file MODELS=a", given[i], NULL));
    MUST(open_chain("file MODELS=a", "file a.fit=--optimizer sgd --plain-epochs 1", NULL));
    MUST(open_chain("file VAL=none", "file MODELS=a", "file a.fit=--fold 1/5 --fold-seed 2", NULL));
}
END_TEST

START_TEST(a_file_that_is_gone_and_not_needed_is_warned_of)
{
    make_file("train.csv", "1", 1000);
    make_file("test.csv", "1", 1000);
    MUST(open_chain("file MODELS=a", NULL));
    finish_all(2000);
    ck_assert_int_eq(unlink("train.csv"), 0);
    ck_assert_str_eq(why(), "csvnet: nothing is out of date\n");
    HAS(chain.warnings.list[0],
        "train.csv is not here; csvnet.out/train.st.zst is taken as made of it");
    HAS(text_of(false), "csvnet.out/train.st.zst:\n");
    ck_assert_int_eq(unlink("csvnet.out/train.st.zst"), 0);
    HAS(why(), "csvnet.out/train.st.zst:\n    csvnet.out/train.st.zst is missing\n");
    HAS(text_of(false), "csvnet.out/train.st.zst: csvnet_always train.csv\n");
}
END_TEST

START_TEST(files_that_options_name_are_prerequisites)
{
    make_file("mine.recipe", "--epochs 1", 1000);
    ck_assert_int_eq(mkdir("linear", 0777), 0);
    MUST(open_chain("file MODELS=a", "file a.fit=--recipe mine.recipe --arch linear", NULL));
    ck_assert(words_have(&stage_of("csvnet.out/a.model.st.zst")->prerequisites, "mine.recipe"));
    ck_assert(!words_have(&stage_of("csvnet.out/a.model.st.zst")->prerequisites, "linear"));
}
END_TEST

START_TEST(named_files_count_however_they_are_spelt_and_whether_they_are_there)
{
    static const char *const spelt[] = {
        "--recipe x/f", "--recipe=x/f", "--recipe 'x/f'",  "--recipe=\"x/f\"",
        "--from x/f",   "--arch x/f",   "--eval more=x/f", "--nesterov --from x/\\f"};

    for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++) {
        char variable[80];
        const struct words *files;

        snprintf(variable, sizeof variable, "file a.fit=%s", spelt[i]);
        MUST(open_chain("file MODELS=a", variable, NULL));
        files = &stage_of("csvnet.out/a.model.st.zst")->prerequisites;
        ck_assert_msg(words_have(files, "x/f"), "%s", spelt[i]);
        HAS(text_of(false), "\nx/f:\n"); /* that it is missing is for the program to say */
    }
    MUST(open_chain("file MODELS=a", "file SUBMIT=--sample ../s.csv --header 'I d',x.y", NULL));
    ck_assert(words_have(&stage_of("submission.csv")->prerequisites, "../s.csv"));
    ck_assert_int_eq(stage_of("submission.csv")->prerequisites.count, 2);
}
END_TEST

START_TEST(the_network_that_a_recipe_names_counts)
{
    make_file("mine.recipe", "--arch net --epochs 1", 1000);
    MUST(open_chain("file MODELS=a", "file a.fit=--recipe mine.recipe", NULL));
    ck_assert(words_have(&stage_of("csvnet.out/a.model.st.zst")->prerequisites, "net"));
}
END_TEST

START_TEST(what_is_no_file_is_no_prerequisite)
{
    const struct words *files;

    make_file("1", "", 1000);
    make_file("linear", "", 1000);
    make_file("more.st.zst", "", 1000);
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    MUST(open_chain("file MODELS=a",
                    "file a.fit=--epochs 1 --arch 'linear 5, relu, linear' "
                    "--recipe folder --init linear --nesterov more.st.zst --seed 1",
                    NULL));
    files = &stage_of("csvnet.out/a.model.st.zst")->prerequisites;
    ck_assert_int_eq(files->count, 3); /* two parts, more.st.zst */
    ck_assert(words_have(files, "more.st.zst"));
    MUST(open_chain("file TRAIN.ingest=--pictures folder --names=folder", NULL));
    ck_assert(words_have(&stage_of("csvnet.out/train.st.zst")->prerequisites, "folder"));
}
END_TEST

START_TEST(a_model_that_another_begins_with_is_made_before)
{
    char variable[400];

    MUST(open_chain("file MODELS=a b", "file a.fit=--from ./csvnet.out/b.model.st.zst",
                    "file b.fit=--from csvnet.out/b.model.st.zst", NULL));
    ck_assert(words_have(&stage_of("csvnet.out/a.model.st.zst")->prerequisites,
                         "csvnet.out/b.model.st.zst"));
    ck_assert_int_eq(stage_of("csvnet.out/b.model.st.zst")->prerequisites.count, 2);
    ck_assert_int_eq(mkdir("csvnet.out", 0777), 0);
    snprintf(variable, sizeof variable,
             "file a.fit=--from %s/csvnet.out/../csvnet.out/b.model.st.zst", scratch_folder);
    MUST(open_chain("file MODELS=a b", variable, NULL));
    ck_assert(words_have(&stage_of("csvnet.out/a.model.st.zst")->prerequisites,
                         "csvnet.out/b.model.st.zst"));
}
END_TEST

START_TEST(a_note_of_a_file_outside_has_its_whole_path)
{
    MUST(open_chain("file SUBMISSION=./x//y%/a.csv", NULL));
    ck_assert_str_eq(stage_of("./x//y%/a.csv")->params, "csvnet.out/x%2Fy%25%2Fa.csv.params");
    ck_assert_str_eq(stage_of("csvnet.out/train.st.zst")->params, "csvnet.out/train.st.zst.params");
    MUST(open_chain("file SUBMISSION=.x./a..csv", NULL));
    ck_assert_str_eq(stage_of(".x./a..csv")->params, "csvnet.out/.x.%2Fa..csv.params");
}
END_TEST

/* ---- Steps ---- */

static struct step one_step(void)
{
    static char digest[DIGEST_TEXT];
    static const char *input[] = {"a"}, *output[] = {"b"};

    note_text_digest("text", digest);
    return (struct step){.note = "out/b.params",
                         .make = "1",
                         .text = digest,
                         .inputs = {.list = input, .count = 1},
                         .outputs = {.list = output, .count = 1}};
}

/* Does the step's work: b gets the content of a. */
static void do_step(const struct step *step, const char *content)
{
    ck_assert_int_eq(step_begin(step, &err), STEP_RUN);
    make_file("b", content, 0);
    MUST(step_end(step->note, step->make, "text", NULL, &err));
}

START_TEST(a_step_looks_at_contents_before_it_runs)
{
    struct step step = one_step();

    make_file("a", "1", 1000);
    do_step(&step, "1");
    ck_assert_int_eq(step_begin(&step, &err), STEP_SAME);
    make_file("a", "1", 9999999999);
    ck_assert_int_eq(step_begin(&step, &err), STEP_SAME); /* and b is as late as a */
    ck_assert_int_eq(file_state("b").modified.tv_sec, 9999999999);
    make_file("b", "2", 0);
    do_step(&step, "1");
    make_file("a", "2", 1000);
    do_step(&step, "2");
    step.text = "another";
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    step = one_step();
    step.force = true;
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    step = one_step();
    step.inputs = (struct words){.list = (const char *[]){"a", "c"}, .count = 2};
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
}
END_TEST

START_TEST(a_step_that_ends_early_or_reads_what_changes_is_not_done)
{
    const struct step step = one_step();

    make_file("a", "1", 1000);
    do_step(&step, "1");
    /* killed after its output, before the end */
    make_file("a", "2", 1000);
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    make_file("b", "2", 0);
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    /* an input that changed while it ran: what was read is not known */
    make_file("a", "3", 1000);
    MUST(step_end(step.note, step.make, "text", NULL, &err));
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    /* a file that the program reported is looked at from then on */
    make_file("found", "1", 1000);
    make_file("out/b.params.1.depend", "b: a found\n", 0);
    MUST(step_end(step.note, step.make, "text", NULL, &err));
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN); /* it was as new as this run */
    make_file("out/b.params.1.depend", "b: a found\n", 0);
    MUST(step_end(step.note, step.make, "text", NULL, &err));
    ck_assert_int_eq(step_begin(&step, &err), STEP_SAME);
    make_file("found", "2", 1000);
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
}
END_TEST

START_TEST(makes_at_once_do_not_mix_what_they_began_with)
{
    struct step first = one_step(), second = one_step();

    second.make = "2";
    make_file("a", "1", 1000);
    ck_assert_int_eq(step_begin(&first, &err), STEP_RUN);
    make_file("a", "2", 1000); /* edited while the first runs */
    ck_assert_int_eq(step_begin(&second, &err), STEP_RUN);
    make_file("b", "1", 0);
    MUST(step_end(first.note, first.make, "text", NULL, &err));
    ck_assert_int_eq(step_begin(&first, &err), STEP_RUN); /* b is of the former a */
    make_file("b", "2", 0);
    MUST(step_end(second.note, second.make, "text", NULL, &err)); /* noted nothing: no harm */
    ck_assert_int_eq(step_begin(&first, &err), STEP_RUN);
    MUST(step_end(first.note, first.make, "text", NULL, &err));
    ck_assert_int_eq(step_begin(&second, &err), STEP_SAME);
}
END_TEST

START_TEST(what_a_run_that_died_began_with_is_swept_away)
{
    struct step step = one_step();

    make_file("a", "1", 1000);
    ck_assert_int_eq(mkdir("out", 0777), 0);
    make_file("out/b.params.7-7.begun", "csvnet note\n", 0);
    make_file("out/b.params.7-7.depend", "b: a\n", 0);
    make_file("out/b.params.kept", "", 0);
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    ck_assert_int_ne(access("out/b.params.7-7.begun", F_OK), 0);
    ck_assert_int_ne(access("out/b.params.7-7.depend", F_OK), 0);
    ck_assert_int_eq(access("out/b.params.1.begun", F_OK), 0);
    step.make = "2"; /* while the first is running */
    ck_assert_int_eq(step_begin(&step, &err), STEP_RUN);
    ck_assert_int_eq(access("out/b.params.1.begun", F_OK), 0);
    ck_assert_int_eq(access("out/b.params.kept", F_OK), 0);
}
END_TEST

START_TEST(a_note_that_is_torn_or_foreign_counts_for_nothing)
{
    const struct step step = one_step();
    char *text;
    size_t size;

    make_file("a", "1", 1000);
    do_step(&step, "1");
    text = slurp(step.note, &size);
    for (size_t cut = 0; text + cut < strstr(text, "took "); cut++) {
        spill(step.note, text, cut);
        ck_assert_msg(step_begin(&step, &err) == STEP_RUN, "cut at %zu", cut);
    }
    spill(step.note, text, size);
    ck_assert_int_eq(step_begin(&step, &err), STEP_SAME);
    free(text);
}
END_TEST

START_TEST(a_step_needs_its_files_and_a_place_for_its_note)
{
    struct step step = one_step();

    step.brought = "TRAIN=no.zip:train.csv";
    FAILS(EX_NOINPUT, step_begin(&step, &err));
    ck_assert_str_eq(err.text, "TRAIN = no.zip:train.csv: there is no file no.zip");
    make_file("file", "", 0);
    step.brought = NULL;
    step.note = "file/a/b.params";
    FAILS(EX_CANTCREAT, step_begin(&step, &err));
    MUST(step_end("nowhere/a.params", "1", "text", NULL, &err)); /* nothing began */
}
END_TEST

START_TEST(cleaning_takes_what_was_made_and_no_more)
{
    static const char *const ours[] = {"a.s3.f2.model.st.zst", "a.model.st.zst.params",
                                       "a.checkpoint.st.zst", "train.oof.json", "val.st.zst"};
    static const char *const theirs[] = {"b.model.st.zst", "a.txt", "ab.model.st.zst",
                                         "validation"};

    MUST(open_chain("file MODELS=a", NULL));
    finish_all(0);
    for (int i = 0; i < 5; i++)
        make_file(pool_text(&chain.pool, "csvnet.out/%s", ours[i]), "x", 0);
    for (int i = 0; i < 4; i++)
        make_file(pool_text(&chain.pool, "csvnet.out/%s", theirs[i]), "x", 0);
    MUST(chain_clean(&chain, stdout, &err));
    for (int i = 0; i < 5; i++)
        ck_assert_msg(access(pool_text(&chain.pool, "csvnet.out/%s", ours[i]), F_OK), "%s",
                      ours[i]);
    for (int i = 0; i < 4; i++)
        ck_assert_msg(unlink(pool_text(&chain.pool, "csvnet.out/%s", theirs[i])) == 0, "%s",
                      theirs[i]);
    ck_assert_int_ne(access("submission.csv", F_OK), 0);
    MUST(chain_clean(&chain, stdout, &err));
    ck_assert_int_ne(access("csvnet.out", F_OK), 0);
}
END_TEST

static void read_weights(double weights[4])
{
    ck_assert_int_eq(sscanf(chain_due_fits(&chain), "%*f %*f %lf %*s %lf %*s %lf %*s %lf",
                            &weights[0], &weights[1], &weights[2], &weights[3]),
                     4);
}

START_TEST(fits_that_were_never_timed_are_weighed_by_their_work)
{
    static const char history[] =
        "{\"event\":\"start\"}\n{\"event\":\"end\",\"model\":\"x\",\"seconds\":8}\n";
    const double pixels = 30.0 * 784; /* besides multiply-adds */
    double weights[4];

    for (int known = 0; known < 2; known++) {
        if (known) {
            ck_assert_int_eq(mkdir("csvnet.out", 0777), 0);
            make_file("csvnet.out/a.history.jsonl", history, 0);
        }
        MUST(open_chain("file MODELS=a b c d", "file a.fit=--arch linear",
                        "file b.fit=--arch linear --epochs 10", "file c.fit=--recipe mlp-100",
                        "file d.fit=--arch nowhere", NULL));
        read_weights(weights);
        if (known)
            ck_assert_double_eq_tol(weights[0], 8, 1e-9);
        ck_assert_double_eq_tol(weights[1] / weights[0], 2, 0.01);
        ck_assert_double_eq_tol(weights[2] / weights[0],
                                60 * (79400 + pixels) / (5 * (7840 + pixels)), 1);
        ck_assert_double_gt(weights[3], weights[0]);
        ck_assert_double_lt(weights[3], weights[2]);
    }
    MUST(open_chain("file MODELS=a", NULL));
    ck_assert_str_eq(chain_due_fits(&chain), ""); /* alone, and no time is set */
    MUST(open_chain("file MODELS=a", "file WITHIN=1h", NULL));
    ck_assert_ptr_nonnull(strstr(chain_due_fits(&chain), "a.model.st.zst.params"));
}
END_TEST

Suite *suite_chain(void)
{
    Suite *suite = suite_create("chain");
    TCase *tcase = tcase_create("chain");

    tcase_add_checked_fixture(tcase, enter, leave);
    tcase_add_test(tcase, what_is_wrong_is_named_with_what_it_has_to_be);
    tcase_add_test(tcase, blanks_and_empty_values_count_as_not_set);
    tcase_add_test(tcase, fits_that_were_never_timed_are_weighed_by_their_work);
    tcase_add_test(tcase, options_of_a_model_that_there_is_not_are_warned_of);
    tcase_add_test(tcase, variables_that_are_misspelt_are_warned_of);
    tcase_add_test(tcase, the_environment_is_warned_of);
    tcase_add_test(tcase, seeds_and_folds_multiply_the_fits_and_divide_the_weights);
    tcase_add_test(tcase, models_that_count_alike_need_no_weights);
    tcase_add_test(tcase, a_labelled_file_validates_and_the_last_fit_is_on_it_too);
    tcase_add_test(tcase, a_trial_is_small_and_its_options_replace_the_epochs);
    tcase_add_test(tcase, make_and_the_shell_get_back_what_they_would_change);
    tcase_add_test(tcase, a_sentence_of_make_says_what_it_says);
    tcase_add_test(tcase, a_finished_chain_is_idle_and_each_change_shows_as_what_it_is);
    tcase_add_test(tcase, times_have_no_order_and_equal_ones_hide_nothing);
    tcase_add_test(tcase, options_that_leave_the_rules_nothing_to_go_on_with_are_refused);
    tcase_add_test(tcase, a_file_that_is_gone_and_not_needed_is_warned_of);
    tcase_add_test(tcase, files_that_options_name_are_prerequisites);
    tcase_add_test(tcase, named_files_count_however_they_are_spelt_and_whether_they_are_there);
    tcase_add_test(tcase, the_network_that_a_recipe_names_counts);
    tcase_add_test(tcase, what_is_no_file_is_no_prerequisite);
    tcase_add_test(tcase, a_model_that_another_begins_with_is_made_before);
    tcase_add_test(tcase, a_note_of_a_file_outside_has_its_whole_path);
    tcase_add_test(tcase, a_step_looks_at_contents_before_it_runs);
    tcase_add_test(tcase, a_step_that_ends_early_or_reads_what_changes_is_not_done);
    tcase_add_test(tcase, makes_at_once_do_not_mix_what_they_began_with);
    tcase_add_test(tcase, what_a_run_that_died_began_with_is_swept_away);
    tcase_add_test(tcase, a_note_that_is_torn_or_foreign_counts_for_nothing);
    tcase_add_test(tcase, a_step_needs_its_files_and_a_place_for_its_note);
    tcase_add_test(tcase, cleaning_takes_what_was_made_and_no_more);
    suite_add_tcase(suite, tcase);
    return suite;
}
