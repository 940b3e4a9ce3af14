/* csvnet init: a Makefile for what lies in this folder. */
#include "init.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/folds.h"
#include "pipeline/init/makefile.h"
#include "programs.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUDGETS_MOST = 20 };

static const char *train, *test;
static struct makefile_choices choices;
static const char *budgets[BUDGETS_MOST + 1];

static const struct option_spec options[] = {
    TEXT("train", "FILE", &train, "the labelled data, whatever they are called"),
    TEXT("test", "FILE", &test, "the data to predict"),
    OPTION(OPTION_TEXT, "budget", 0, "NAME", &choices.budget, 0, 0, budgets,
           "networks and options by the time that all of it may take: instant, seconds, minutes, "
           "hour, or fashion-instant and so on for pictures that may be mirrored"),
    INT("folds", "K", &choices.folds, 2, FOLDS_MOST,
        "train each network K times, each time without another part of the rows, which validates "
        "it"),
    END_OF_OPTIONS};

static const struct command command = {
    .name = "init",
    .synopsis = "[options]",
    .summary =
        "Writes a Makefile into this folder, unless there is one: a few lines for you to change, "
        "with comments, by which make goes from train.csv and test.csv to submission.csv. It is "
        "written for what is here: these two, also packed (.gz, .zst, in a .zip), and "
        "sample_submission.csv, whose form the submission then has; or CSVs called alike but for "
        "train and test; or the folders train and test of pictures, and what names these; or "
        "MNIST's IDX files. csvnet help makefile explains "
        "all that it may say.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .example = "init --train digits.csv --test unknown.csv --budget seconds"};

/* ---- Options ---- */

static void list_budgets(void)
{
    static char names[BUDGETS_MOST][32];
    static const char folder[] = "budgets/", ending[] = ".mk";
    int count = 0;

    for (const struct built_in *file = rules; file->name && count < BUDGETS_MOST; file++) {
        const char *point = strrchr(file->name, '.');

        if (strncmp(file->name, folder, strlen(folder)) || strcmp(point, ending))
            continue;
        snprintf(names[count], sizeof *names, "%.*s", (int)(point - file->name - strlen(folder)),
                 file->name + strlen(folder));
        budgets[count] = names[count];
        count++;
    }
}

static int check_budget(void)
{
    if (!choices.budget)
        return 0;
    for (int i = 0; budgets[i]; i++)
        if (strcmp(choices.budget, budgets[i]) == 0)
            return 0;
    return refuse_choice("budget", budgets, choices.budget);
}

static int check_absent(struct err *err)
{
    static const char *const names[] = {"GNUmakefile", "makefile", "Makefile"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (access(names[i], F_OK) == 0)
            return err_set(err, EX_CANTCREAT, "%s is already here; it stays as it is", names[i]);
    return 0;
}

/* ---- What is said ---- */

/* Appends what may have been meant, where the training data were not found. */
static void add_others(struct strbuf *text, const struct words *others)
{
    enum { MOST = 5 };

    for (int i = 0; i < others->count && i < MOST; i++)
        strbuf_printf(text, "%s%s", i ? ", " : " (here is ", others->list[i]);
    if (others->count > 0)
        strbuf_puts(text, others->count > MOST ? ", ...)" : ")");
}

static void say_found(const struct found *found)
{
    struct strbuf others = {0};

    add_others(&others, &found->others);
    if (*found->train && *found->test)
        say("wrote Makefile for %s and %s%s%s; next: make try; make", found->train, found->test,
            *found->submit ? ", in the form of " : "", *found->submit ? found->sample : "");
    else
        say("wrote Makefile; set %s in it%s, then: make try; make",
            *found->test    ? "TRAIN"
            : *found->train ? "TEST"
                            : "TRAIN and TEST",
            strbuf_shown(&others));
    if (*found->sample_fault)
        say("passed over: %s", found->sample_fault);
    for (int i = 0; i < found->unnameable.count && !(*found->train && *found->test); i++)
        say("passed over: %s: make takes no name with blanks or # $ : ; |",
            found->unnameable.list[i]);
    strbuf_free(&others);
}

/* Returns the command by which make finds csvnet: its name, if that is on the PATH and this
 * executable, else its path. NULL: make cannot take that. */
static const char *choose_command(struct pool *pool)
{
    char *found = find_on_path("csvnet"), *real = found ? realpath(found, NULL) : NULL;
    char *own = own_path();
    const char *words = "csvnet";

    if (own && !(real && strcmp(own, real) == 0))
        words = strpbrk(own, "\n$#()'\"\\") ? NULL : shell_word(pool_text(pool, "%s", own), pool);
    free(found);
    free(real);
    free(own);
    return words;
}

static void say_command(const char *words)
{
    if (!words)
        say("make has to find csvnet on the PATH, for it takes no path with such characters");
    else if (strcmp(words, "csvnet"))
        say("the Makefile names %s: the PATH has no csvnet, or another", words);
}

int init_main(int argc, char **argv)
{
    struct found found = {.train = ""};
    const char *words;
    char **operands;
    struct err err;
    int count, status;

    list_budgets();
    status = options_parse(&command, argc, argv, &operands, &count);
    if (status == 0)
        status = check_budget();
    if (status)
        return status;
    if (check_absent(&err) || found_look(&found, train, test, &err)) {
        found_free(&found);
        return fail(&err);
    }
    words = choose_command(&found.pool);
    choices.csvnet = words ? words : "csvnet";
    if (found.pool.failed ? err_memory(&err, "a command", 0)
                          : makefile_write(&found, &choices, &err)) {
        found_free(&found);
        return fail(&err);
    }
    say_found(&found);
    say_command(words);
    found_free(&found);
    return 0;
}
