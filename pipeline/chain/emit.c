/* Writes the chain as rules for make. Recipes are for make to expand when they run: the user's
 * options appear in them as $(call csvnet_options,a.fit), what depends on -j as
 * $(call csvnet_threads,TITLE). */
#include "chain.h"

#include <string.h>

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

/* Returns a word of a command, quoted where the shell would not take it as it is. */
static const char *shell_word(const char *word, struct pool *pool)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.,:/%@^";
    const char *rest = begins_with(word, "~/") ? word + 1 : word; /* a home the shell finds */
    const char *quoted = "'";

    if (rest[0] && rest[strspn(rest, plain)] == 0)
        return word;
    while (*word) {
        const int length = (int)strcspn(word, "'");

        quoted = pool_text(pool, "%s%.*s%s", quoted, length, word, word[length] ? "'\\''" : "");
        word += length + (word[length] != 0);
    }
    return pool_text(pool, "%s'", quoted);
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
    const char *slash = strrchr(c->submission, '/');
    const struct fits *models = chain_predicting(c);
    struct words files = {0}, staged = {0}, besides = {0};

    for (int i = 0; i < models->count; i++)
        words_add(&files, &c->pool, models->list[i]->file);
    for (int i = 0; i < c->stage_count; i++) {
        words_add(&staged, &c->pool, c->stages[i].output);
        words_add_all(&besides, &c->pool, &c->stages[i].besides);
    }
    set("base", c->base, out);
    set("train", c->train, out);
    set("val", c->val, out);
    set("test", c->test, out);
    set("models", words_text(&files, &c->pool), out);
    set("test_pred", c->test_pred, out);
    set("val_pred", c->val_pred, out);
    set("staged", words_text(&staged, &c->pool), out);
    set("besides", words_text(&besides, &c->pool), out);
    set("folds", c->folds ? "yes" : "", out);
    set("fits", pool_text(&c->pool, "%d", c->validated.count + c->finals.count), out);
    set("try_csv",
        pool_text(&c->pool, "%.*stry.csv", slash ? (int)(slash + 1 - c->submission) : 0,
                  c->submission),
        out);
}

/* ---- Rules ---- */

/* Emits the line of a recipe that runs the program. */
static void emit_command(struct chain *c, const struct stage *stage, FILE *out)
{
    fprintf(out, "\t$(csvnet_bin)/%s", stage->program);
    shell_words(&stage->arguments, &c->pool, out);
    if (c->trial && stage->title[0])
        fprintf(out, "$(csvnet_threads) --title '%s'", stage->title);
    else
        fprintf(out, "$(call csvnet_threads,%s)", stage->title);
    if (stage->options[0])
        fprintf(out, "$(call csvnet_options,%s)", stage->options);
    if (stage->histories.count > 0) {
        fputs(" $(shell $(csvnet_bin)/chain histories", out);
        shell_words(&stage->histories, &c->pool, out);
        putc(')', out);
    }
    shell_words(&stage->places, &c->pool, out);
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
        const struct words options = words_of(c->models[m].options, &c->pool);

        for (int i = 0; i + 1 < options.count; i++)
            if (strcmp(options.list[i], "--arch") == 0 ||
                strcmp(options.list[i], "--recipe") == 0) {
                words_add(words, &c->pool, c->models[m].name);
                words_add(words, &c->pool, options.list[i]);
                words_add(words, &c->pool, options.list[i + 1]);
            }
    }
}

static void emit_stage(struct chain *c, const struct stage *stage, FILE *out)
{
    struct words begin = {0}, size = {0}, run = {0}, end = {0};
    const char *brought = variable(&c->variables, stage->brought, "");
    const char *budget = variable(&c->variables, "BUDGET", "");

    make_text(stage->output, "#%", out);
    fputs(stage_due(c, stage) ? ": csvnet_always" : ":", out);
    make_files(&stage->prerequisites, "#", out);
    if (stage->after[0]) {
        fputs(" | ", out);
        make_text(stage->after, "#", out);
    }
    putc('\n', out);
    words_add(&begin, &c->pool, stage->params);
    if (brought[0])
        words_add(&begin, &c->pool, pool_text(&c->pool, "%s=%s", stage->brought, brought));
    emit_chain(c, "$(csvnet_begin)", &begin, out);
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
    if (stage->fit) {
        words_add(&run, &c->pool, c->runs);
        words_add(&run, &c->pool, pool_text(&c->pool, "%s.history.jsonl", stage->fit->path));
        words_add(&run, &c->pool, stage->fit->model->name);
        words_add(&run, &c->pool, stage->fit->name);
        words_add(&run, &c->pool, stage->fit->model->options);
        emit_chain(c, "$(csvnet_bin)/chain run --", &run, out);
    }
    words_add(&end, &c->pool, stage->params);
    words_add(&end, &c->pool, stage->now);
    emit_chain(c, "$(csvnet_bin)/chain end", &end, out);
    for (int i = 0; i < stage->besides.count; i++) {
        make_text(stage->besides.list[i], "#%", out);
        fputs(": | ", out);
        make_text(stage->output, "#", out);
        fputs(" ;\n", out);
    }
}

void chain_emit(struct chain *c, FILE *out)
{
    for (int i = 0; i < c->warnings.count; i++)
        chain_emit_sentence("warning", c->warnings.list[i], out);
    set_variables(c, out);
    /* Rules of the user's may make a file that the variables name, so that it is missing shows when
     * its stage runs. An empty rule has make go on until then: it would stop at "No rule to make
     * target" and not say which variable names the file. */
    for (int i = 0; i < c->brought.count; i++) {
        make_text(c->brought.list[i], "#%", out);
        fputs(":\n", out);
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

void chain_emit_sentence(const char *kind, const char *sentence, FILE *out)
{
    fputs("define csvnet_sentence\ncsvnet: ", out);
    make_text(sentence, "", out);
    fprintf(out, "\nendef\n$(%s $(csvnet_sentence))\n", kind);
}
