/* chain: what Makefile.inc needs to know of a chain of stages; make runs it, users need not. */
#include "pipeline/chain/chain.h"
#include "pipeline/base/duration.h"
#include "pipeline/base/path.h"
#include "pipeline/chain/step.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/terminal.h"
#include "cmd/tune/auto.h"
#include "cmd/tune/tune.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options[] = {{.name = NULL}};

static const struct command command = {
    .name = "chain",
    .synopsis = "COMMAND [ARGUMENT...]",
    .summary = "Serves Makefile.inc. With the variables of a Makefile, each an argument \"ORIGIN "
               "NAME=VALUE\": rules, why, scores, oof, audit, gc, left, clean, explain after the "
               "FILE, jobs after MAKE MAKEFILE, tune after the UNTIL of `until` and the JOBS of make's -j. For recipes: "
               "step -- NOTE MAKE DIGEST look|doubt|force|accept NAME=VALUE PROGRAM INPUT... -- "
               "OUTPUT... -- [LAUNCHER...] PROGRAM ARGUMENT..., "
               "end -- NOTE MAKE TEXT [RUNS HISTORY MODEL FIT OPTIONS], histories RUNS FILE..., "
               "share FITS [JOBS...], until TIME, auto DATA RECIPE WITHIN UNTIL FITS, size FOLDER BUDGET DATA, networks DATA [MODEL "
               "--arch|--recipe VALUE]...",
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .example = "chain rules 'file TRAIN=train.csv'",
};

/* ---- With the variables of a Makefile ---- */

/* Prints rules, or the sentence that stops make, on one line: make turns newlines of what a program
 * prints into blanks, so that @NL@ means one. */
static int print_rules(struct chain *c, int fault, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    if (!memory)
        return err_memory(err, "the rules", 0);
    for (int i = 0; i < c->warnings.count; i++)
        warn("%s", c->warnings.list[i]);
    if (fault)
        chain_emit_error(err->text, memory);
    else
        chain_emit(c, memory);
    if (fclose(memory) || c->pool.failed) {
        free(text);
        return err_memory(err, "the rules", 0);
    }
    for (const char *at = text; *at; at++)
        if (*at == '\n')
            fputs("@NL@", stdout);
        else
            putchar(*at);
    free(text);
    return 0;
}

/* Becomes `explain FILE INPUT...`. */
static int run_explain(struct chain *c, const char *file, const struct words *inputs,
                       struct err *err)
{
    const char **arguments = pool_alloc(&c->pool, ((size_t)inputs->count + 3) * sizeof *arguments);
    const char *program = pool_text(&c->pool, "%s/explain", c->programs);

    if (!arguments || c->pool.failed)
        return err_memory(err, "a command", 0);
    arguments[0] = program;
    arguments[1] = file;
    if (inputs->count > 0)
        memcpy(arguments + 2, inputs->list, (size_t)inputs->count * sizeof *arguments);
    fflush(stdout);
    execv(program, (char **)arguments);
    return err_set(err, EX_OSERR, "%s: cannot be run", program);
}

/* Prints what made FILE, then has `explain` say what FILE itself records. */
static int explain(struct chain *c, const char *file, struct err *err)
{
    const struct stage *stage = chain_stage(c, file);

    for (int m = 0; m < c->model_count && !stage; m++)
        if (strcmp(c->models[m].brought, file) == 0) {
            printf("%s: brought by %s.model, not made here\n", file, c->models[m].name);
            return run_explain(c, file, &(struct words){.count = 0}, err);
        }
    if (!stage)
        return err_set(err, EX_USAGE, "explain: no stage makes %s", file);
    printf("%s: %s\n", file, stage->note.text[0] ? stage->note.text : "not finished");
    if (stage->note.accepted[0])
        printf("  accepted as it was by csvnet_accept, %s: not made by that\n",
               stage->note.accepted);
    if (stage->output == c->submission || stage->aside)
        return 0;
    return run_explain(c, file, &stage->prerequisites, err);
}

/* Tunes, and ends as a signal would have ended it. */
static int tune(struct chain *c, const char *until, const char *jobs, struct err *err)
{
    int caught;
    const int result = tune_models(c, strtod(until, NULL), (int)strtol(jobs, NULL, 10), &caught, err);

    if (!caught)
        return result;
    fflush(stdout);
    release_outputs();
    signal(caught, SIG_DFL);
    raise(caught);
    return err_set(err, EX_SOFTWARE, "tune: interrupted");
}

static int with_chain(const char *what, char **words, int count, struct err *err)
{
    const bool explains = strcmp(what, "explain") == 0 && count > 0;
    const bool jobs = strcmp(what, "jobs") == 0 && count > 1;
    const bool tunes = strcmp(what, "tune") == 0 && count > 1;
    const int own = explains ? 1 : jobs || tunes ? 2 : 0;
    struct chain c;
    const int fault = chain_open(&c, words + own, count - own, err);
    const struct terminal terminal = terminal_find();
    int result = fault;

    if (strcmp(what, "rules") == 0)
        result = print_rules(&c, fault, err);
    else if (!fault)
        result = explains                   ? explain(&c, words[0], err)
                 : jobs                     ? chain_jobs(&c, words[0], words[1], stdout, err)
                 : tunes                    ? tune(&c, words[0], words[1], err)
                 : strcmp(what, "why") == 0 ? chain_why(&c, stdout, err)
                 : strcmp(what, "scores") == 0
                     ? chain_scores(&c, terminal.endless ? 0 : terminal.columns, stdout, err)
                 : strcmp(what, "oof") == 0   ? chain_oof(&c, stdout, err)
                 : strcmp(what, "audit") == 0 ? chain_audit(&c, stdout, err)
                 : strcmp(what, "gc") == 0    ? chain_gc(&c, stdout, err)
                 : strcmp(what, "left") == 0  ? chain_left(&c, stdout, err)
                 : strcmp(what, "clean") == 0 ? chain_clean(&c, stdout, err)
                                              : err_set(err, EX_USAGE, "no command '%s'", what);
    chain_free(&c);
    return result;
}

/* ---- In recipes ---- */

/* Takes words up to "--", which it passes over. Returns what is left. */
static char **take_words(char **words, char **end, struct words *list, struct pool *pool)
{
    while (words < end && strcmp(*words, "--"))
        words_add(list, pool, *words++);
    return words < end ? words + 1 : words;
}

/* Returns how many words an option of the rules' own has, with its value; 0: it is none. */
static int words_of_rule(const char *word)
{
    static const char *const flags[] = {"--if-changed", "--resume", "--restart"};
    static const char *const valued[] = {"--history", "--checkpoint", "--store",
                                         "--depend",  "--title",      "--all-fits"};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(word, flags[i]) == 0)
            return 1;
    for (size_t i = 0; i < sizeof valued / sizeof *valued; i++)
        if (strcmp(word, valued[i]) == 0)
            return 2;
    return 0;
}

/* Shows a command on a line, as a user would give it, unless make is to be silent: `s` among the
 * letters that MAKEFLAGS begins with. */
static void show(const struct words *launcher, char *const *words, int count, struct pool *pool)
{
    const char *flags = getenv("MAKEFLAGS");

    if (flags && flags[0] != '-' && memchr(flags, 's', strcspn(flags, " =")))
        return;
    for (int i = 0; i < launcher->count; i++)
        printf("%s ", shell_word(launcher->list[i], pool));
    printf("csvnet %s", path_name(words[0]));
    for (int i = 1; i < count; i++) {
        const int passed = words_of_rule(words[i]);

        if (passed)
            i += passed - 1;
        else
            printf(" %s", shell_word(words[i], pool));
    }
    putchar('\n');
    fflush(stdout);
}

/* Puts the seconds in place of what they are found by, after --time-left. */
static int set_time_left(char **program, const char *note, char seconds[32], struct err *err)
{
    double left;

    for (; *program; program++)
        if (strcmp(*program, "--time-left") == 0 && program[1] && strchr(program[1], ' ')) {
            if (time_left(program[1], note, now(), &left, err))
                return -1;
            snprintf(seconds, 32, "%.1f", left);
            program[1] = seconds;
        }
    return 0;
}

/* Looks whether a stage has anything to do, and if so becomes its program. */
static int step(char **words, int count, struct err *err)
{
    struct pool pool = {NULL, false};
    struct step step = {.note = words[0],
                        .make = words[1],
                        .text = words[2],
                        .doubt = strcmp(words[3], "doubt") == 0,
                        .force = strcmp(words[3], "force") == 0,
                        .accept = strcmp(words[3], "accept") == 0,
                        .brought = words[4][0] ? words[4] : NULL};
    char **end = words + count, **whole, **program;
    enum step_result result = STEP_FAILED;
    struct words launcher = {0};
    const char *kept;
    char seconds[32];

    whole = take_words(words + 6, end, &step.inputs, &pool);
    whole = take_words(whole, end, &step.outputs, &pool);
    for (program = whole; program < end && strcmp(*program, words[5]); program++)
        words_add(&launcher, &pool, *program);
    if (program == end || step.outputs.count == 0)
        err_set(err, EX_USAGE, "step: no program, or no output");
    else if (pool.failed)
        err_memory(err, "a stage", 0);
    else
        result = step_begin(&step, err);
    if (result == STEP_SAME || result == STEP_SAME_UNNOTED || result == STEP_ACCEPTED) {
        program_name = path_name(program[0]);
        say("%s: %s", step.outputs.list[0],
            result == STEP_ACCEPTED ? "accepted as it is" : "nothing changed");
        if (result == STEP_SAME_UNNOTED)
            warn("%s; so it is looked at each time", err->text);
    }
    if (result == STEP_RUN && set_time_left(program, step.note, seconds, err))
        result = STEP_FAILED;
    if (result == STEP_RUN && (kept = step_keep_accepted(&step, &pool)))
        say("%s was accepted and may be made anew now: it stays as %s", step.outputs.list[0], kept);
    if (result == STEP_RUN)
        show(&launcher, program, (int)(end - program), &pool);
    pool_free(&pool);
    if (result != STEP_RUN)
        return result == STEP_FAILED ? -1 : 0;
    /* Tables of a stage are no results of make's. */
    if (dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO)
        execvp(whole[0], whole);
    return err_set(err, EX_OSERR, "%s: cannot be run: %s", whole[0], strerror(errno));
}

/* Prints how many threads each of the fits gets that run side by side: of the processors, divided
 * by -j's number, but no more than there are fits or processors. */
static int print_share(char **words, int count)
{
    int64_t parallel = common.threads;

    for (int i = 0; i < count; i++) {
        const long long most = strtoll(words[i], NULL, 10);

        parallel = most > 0 && most < parallel ? most : parallel;
    }
    printf("%lld\n", (long long)(common.threads / parallel));
    return 0;
}

/* Prints when a time that begins now is over. */
static int print_until(const char *within)
{
    printf("%.3f\n", now() + fmax(duration_parse(within), 0));
    return 0;
}

/* Writes the recipe of BUDGET=auto, for one of so many fits that end at `until`. */
static int write_auto(char **words, struct err *err)
{
    const double left = strtod(words[3], NULL) - now();

    return auto_recipe(words[0], words[1], fmax(left, 0) / fmax(strtod(words[4], NULL), 1), words[2], err);
}

/* Prints the options of report for the record of fits, which comes first, and the histories, as far
 * as they exist. */
static int print_histories(char **files, int count)
{
    for (int i = 0; i < count; i++)
        if (access(files[i], F_OK) == 0)
            printf("%s %s\n", i == 0 ? "--runs" : "--history", files[i]);
    return 0;
}

static int run(char **words, int count, struct err *err)
{
    const char *what = words[0];

    words++;
    count--;
    if (strcmp(what, "step") == 0 && count > 6)
        return step(words, count, err);
    if (strcmp(what, "end") == 0 && (count == 3 || count == 8))
        return step_end(words[0], words[1], words[2], count == 8 ? words + 3 : NULL, err);
    if (strcmp(what, "size") == 0 && count == 3)
        return budget_check_size(words[0], words[1], words[2], err);
    if (strcmp(what, "networks") == 0 && count > 0)
        return networks_check_size(words[0], words + 1, count - 1, err);
    if (strcmp(what, "until") == 0 && count == 1)
        return print_until(words[0]);
    if (strcmp(what, "auto") == 0 && count == 5)
        return write_auto(words, err);
    if (strcmp(what, "share") == 0)
        return print_share(words, count);
    if (strcmp(what, "histories") == 0)
        return print_histories(words, count);
    return with_chain(what, words, count, err);
}

int main(int argc, char **argv)
{
    struct err err;
    char **words;
    int count, status = options_parse(&command, argc, argv, &words, &count);

    if (status)
        return status;
    program_name = "csvnet";              /* who speaks, to make's users */
    setvbuf(stdout, NULL, _IOFBF, 65536); /* at once, for other programs may be printing */
    if (run(words, count, &err))
        return fail(&err);
    return end_of_printing();
}
