/* Writes the chain as rules for make. Recipes are for make to expand when they run: the user's
 * options appear in them as $(call csvnet_options,a.fit), what depends on -j as
 * $(call csvnet_threads,RUN_FIT,TITLE). */
#include "chain.h"

#include "pipeline/base/path.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- Texts as make and the shell read them ---- */

/* Writes a text so that make, expanding it once, gets it back; characters of `escaped` get a
 * backslash. "@NL@" means a newline on the way to make. */
static void make_text(const char *text, const char *escaped, FILE *out)
{
    for (; *text; text++) {
        if (*text == '$' || strchr(escaped, *text))
            putc(*text == '$' ? '$' : '\\', out);
        putc(*text, out);
        if (begins_with(text, "@NL@"))
            fputs("$()", out);
    }
}

/* Writes files as targets, prerequisites or values of a variable, each after a blank. */
static void make_files(const struct words *files, const char *escaped, FILE *out)
{
    for (int i = 0; i < files->count; i++) {
        putc(' ', out);
        make_text(files->list[i], escaped, out);
    }
}

static void shell_words(const struct words *words, struct pool *pool, FILE *out)
{
    for (int i = 0; i < words->count; i++) {
        putc(' ', out);
        make_text(shell_word(words->list[i], pool), "", out);
    }
}

/* ---- Variables ---- */

static void set(const char *name, const char *value, FILE *out)
{
    fprintf(out, "csvnet_%s := ", name);
    make_text(value, "#", out);
    putc('\n', out);
}

/* Sets the variables that Makefile.inc and the user's own rules may refer to. */
static void set_variables(struct chain *c, FILE *out)
{
    const struct fits *models = chain_predicting(c);
    struct words files = {0}, staged = {0}, besides = {0}, fitted = {0};

    for (int i = 0; i < models->count; i++)
        words_add(&files, &c->pool, models->list[i]->file);
    for (int i = 0; i < c->stage_count; i++) {
        words_add(&staged, &c->pool, c->stages[i].output);
        words_add_all(&besides, &c->pool, &c->stages[i].besides);
        for (int f = 0; c->stages[i].fit && f < c->stages[i].inputs.count; f++)
            if (!words_have(&fitted, c->stages[i].inputs.list[f]))
                words_add(&fitted, &c->pool, c->stages[i].inputs.list[f]);
    }
    set("base", c->base, out);
    set("train", c->train, out);
    set("val", c->val, out);
    set("test", c->test, out);
    set("models", words_text(&files, &c->pool), out);
    set("submission", c->submission, out);
    set("runs", c->runs, out);
    set("test_pred", c->test_pred, out);
    set("val_pred", c->val_pred, out);
    set("staged", words_text(&staged, &c->pool), out);
    set("besides", words_text(&besides, &c->pool), out);
    set("audit", c->audit, out);
    set("fitted", words_text(&fitted, &c->pool), out);
    set("due_fits", chain_due_fits(c), out);
    set("folds", c->folds ? "yes" : "", out);
    set("fits", pool_text(&c->pool, "%d", c->validated.count + c->finals.count), out);
    set("try_csv",
        pool_text(&c->pool, "%.*stry.csv", (int)(path_name(c->submission) - c->submission),
                  c->submission),
        out);
}

/* ---- Rules ---- */

/* Emits the line of a recipe that runs the program, where there is something to do. */
static void emit_command(struct chain *c, const struct stage *stage, FILE *out)
{
    struct words step = {0}, files = {0}, places = {0}, depend = {0}, own = {0};
    char digest[DIGEST_TEXT];

    note_text_digest(stage->now, digest);
    words_add(&step, &c->pool, stage->params);
    words_add(&step, &c->pool, c->make);
    words_add(&step, &c->pool, pool_text(&c->pool, "%s", digest));
    words_add(&step, &c->pool,
              stage->force    ? "force"
              : stage->accept ? "accept"
              : c->ask_all    ? "doubt"
                              : "look");
    words_add(&step, &c->pool,
              stage->csv[0] ? pool_text(&c->pool, "%s=%s", stage->brought, stage->csv) : "");
    words_add_all(&files, &c->pool, &stage->prerequisites);
    words_add(&files, &c->pool, "--");
    words_add_all(&files, &c->pool, &stage->outputs);
    fputs("\t@$(csvnet_bin)/chain step --", out);
    shell_words(&step, &c->pool, out);
    fprintf(out, " $(csvnet_bin)/%s", stage->program);
    shell_words(&files, &c->pool, out);
    fprintf(out, " -- $(call csvnet_launch,%s)$(csvnet_bin)/%s", stage->launch, stage->program);
    shell_words(&stage->arguments, &c->pool, out);
    if (c->trial && stage->title[0])
        fprintf(out, "$(call csvnet_threads,%s,) --title '%s'", stage->launch, stage->title);
    else
        fprintf(out, "$(call csvnet_threads,%s,%s)", stage->launch, stage->title);
    if (stage->fit && c->within > 0)
        fputs("$(csvnet_left)", out);
    if (stage->options[0])
        fprintf(out, "$(call csvnet_options,%s)", stage->options);
    if (stage->histories.count > 0) {
        fputs(" $(shell $(csvnet_bin)/chain histories", out);
        shell_words(&stage->histories, &c->pool, out);
        putc(')', out);
    }
    words_add(&depend, &c->pool, pool_text(&c->pool, "%s.%s.depend", stage->params, c->make));
    for (int i = 0; i < stage->places.count; i++)
        if (!stage->force || strcmp(stage->places.list[i], "--if-changed"))
            words_add(&places, &c->pool, stage->places.list[i]);
    shell_words(&places, &c->pool, out);
    if (stage->fit) {
        words_add(&own, &c->pool, c->make);
        words_add(&own, &c->pool, stage->params);
        fputs("$(call csvnet_all_fits,", out);
        make_text(words_text(&own, &c->pool), "", out);
        fprintf(out, ",%s)", stage->options);
    }
    fputs(" --depend", out);
    shell_words(&depend, &c->pool, out);
    putc('\n', out);
}

/* Emits a line of a recipe that runs the chain's own program, unseen. */
static void emit_chain(struct chain *c, const char *what, const struct words *words, FILE *out)
{
    fprintf(out, "\t@%s", what);
    shell_words(words, &c->pool, out);
    putc('\n', out);
}

/* Adds of each model whose options name a network its name, the option, and what that says. */
static void add_networks(struct chain *c, struct words *words)
{
    for (int m = 0; m < c->model_count; m++) {
        const struct words options = shell_words_of(c->models[m].options, &c->pool);

        for (int i = 0; i < options.count; i++) {
            const char *value;
            const bool network = words_option(&options, i, "--arch", 'a', &value) > 0;

            if ((!network && !words_option(&options, i, "--recipe", 0, &value)) || !*value)
                continue;
            words_add(words, &c->pool, c->models[m].name);
            words_add(words, &c->pool, network ? "--arch" : "--recipe");
            words_add(words, &c->pool, value);
        }
    }
}

/* Emits the first line of a rule. Where the stage is not due, what is later than the output and yet
 * the file that it was made of goes after the bar, so that its time counts for nothing; what is
 * gone and not needed is left out. */
static void emit_prerequisites(struct chain *c, const struct stage *stage, FILE *out)
{
    struct words before = {0}, after = {0};

    for (int i = 0; i < stage->prerequisites.count; i++) {
        const char *file = stage->prerequisites.list[i];

        if (!words_have(&stage->lost, file))
            words_add(stage->due == NOT_DUE && is_later(file_state(file).modified,
                                                        file_state(stage->output).modified)
                          ? &after
                          : &before,
                      &c->pool, file);
    }
    if (stage->after[0])
        words_add(&after, &c->pool, stage->after);
    make_text(stage->output, "#%", out);
    fputs(stage->due != NOT_DUE ? ": csvnet_always" : ":", out);
    make_files(&before, "#", out);
    if (after.count > 0) {
        fputs(" |", out);
        make_files(&after, "#", out);
    }
    putc('\n', out);
}

static void emit_stage(struct chain *c, const struct stage *stage, FILE *out)
{
    struct words size = {0}, end = {0};
    const char *budget = variable(&c->variables, "BUDGET", "");

    emit_prerequisites(c, stage, out);
    fputs("\t@set -e\n", out);
    if (stage->fit && budget[0]) {
        words_add(&size, &c->pool, c->budgets);
        words_add(&size, &c->pool, budget);
        words_add(&size, &c->pool, stage->inputs.list[0]);
        emit_chain(c, "$(csvnet_bin)/chain size", &size, out);
    } else if (stage->fit && c->model_count > 1) {
        words_add(&size, &c->pool, stage->inputs.list[0]);
        add_networks(c, &size);
        emit_chain(c, "$(csvnet_bin)/chain networks --", &size, out);
    }
    emit_command(c, stage, out);
    words_add(&end, &c->pool, stage->params);
    words_add(&end, &c->pool, c->make);
    words_add(&end, &c->pool, stage->now);
    if (stage->fit) {
        words_add(&end, &c->pool, c->runs);
        words_add(&end, &c->pool, pool_text(&c->pool, "%s.history.jsonl", stage->fit->path));
        words_add(&end, &c->pool, stage->fit->model->name);
        words_add(&end, &c->pool, stage->fit->name);
        words_add(&end, &c->pool, stage->fit->model->options);
    }
    emit_chain(c, "$(csvnet_bin)/chain end --", &end, out);
    for (int i = 0; i < stage->besides.count; i++) {
        make_text(stage->besides.list[i], "#%", out);
        fputs(": | ", out);
        make_text(stage->output, "#", out);
        fputs(" ;\n", out);
    }
}

/* Returns a word that no other make has: notes of two that run at once are told apart by it. */
static const char *word_of_make(struct chain *c)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return pool_text(&c->pool, "%ld-%09ld", (long)getpid(), now.tv_nsec);
}

void chain_emit(struct chain *c, FILE *out)
{
    c->make = word_of_make(c);
    struct words made = {0};

    set_variables(c, out);
    /* Rules of the user's may make a file that no stage makes, so that it is missing shows when its
     * stage runs. An empty rule has make go on until then: it would stop at "No rule to make
     * target" and not say which variable names the file. */
    for (int i = 0; i < c->stage_count; i++)
        words_add_all(&made, &c->pool, &c->stages[i].outputs);
    for (int i = 0; i < c->stage_count; i++)
        for (int f = 0; f < c->stages[i].prerequisites.count; f++) {
            const char *file = c->stages[i].prerequisites.list[f];

            if (!words_have(&made, file)) {
                words_add(&made, &c->pool, file);
                make_text(file, "#%", out);
                fputs(":\n", out);
            }
        }
    for (int i = 0; i < c->stage_count; i++)
        emit_stage(c, &c->stages[i], out);
    if (!chain_stage(c, c->submission)) {
        make_files(&(struct words){.list = (const char *[]){c->submission, c->test_pred, c->test},
                                   .count = 3},
                   "#%", out);
        fputs(
            ": csvnet_always\n\t$(error csvnet: a submission needs TEST; set it above the include "
            "line: TEST = test.csv)\n",
            out);
    }
}

void chain_emit_error(const char *sentence, FILE *out)
{
    fputs("define csvnet_sentence\ncsvnet: ", out);
    make_text(sentence, "", out);
    fputs("\nendef\n$(error $(csvnet_sentence))\n", out);
}
