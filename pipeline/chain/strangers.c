/* Warnings of variables that have no effect: misspelt ones, and those of the environment. */
#include "chain.h"

#include "pipeline/base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the name in the list that `name` may be meant for; NULL: none is near. */
static const char *nearest(const char *name, const struct words *list)
{
    const char *found = NULL;
    size_t best = strlen(name) < 4 ? 1 : strlen(name) < 8 ? 2 : 3; /* differences, and one */

    for (int i = 0; i < list->count; i++) {
        const size_t far = word_changes(name, list->list[i]);

        if (far < best) {
            best = far;
            found = list->list[i];
        }
    }
    return found;
}

/* ---- What the Makefiles use ---- */

static bool is_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* Tells whether the line sets that variable. */
static bool sets(const char *line, const char *name)
{
    const size_t length = strlen(name);

    line += strspn(line, " \t");
    for (const char *const *word = (const char *const[]){"override ", "export ", NULL}; *word;
         word++)
        if (begins_with(line, *word))
            line += strlen(*word) + strspn(line + strlen(*word), " ");
    if (!begins_with(line, name))
        return false;
    line += length + strspn(line + length, " \t");
    return line[strspn(line, ":+?!")] == '=';
}

/* Tells whether the line has the name as a word, besides where it sets it or in a comment. */
static bool mentions(char *line, const char *name)
{
    const size_t length = strlen(name);
    const char *at = line;

    line[strcspn(line, "#")] = 0;
    if (sets(line, name))
        at = strchr(line, '=');
    for (; (at = strstr(at, name)); at += length)
        if ((at == line || !is_of_name(at[-1])) && !is_of_name(at[length]))
            return true;
    return false;
}

/* Tells whether one of the Makefiles uses the variable. */
static bool is_used(const char *name, const struct words *makefiles)
{
    bool used = false;

    for (int i = 0; i < makefiles->count && !used; i++) {
        FILE *file = fopen(makefiles->list[i], "re");
        char *line = NULL;
        size_t room = 0;

        while (file && !used && getline(&line, &room, file) > 0)
            used = mentions(line, name);
        free(line);
        if (file)
            fclose(file);
    }
    return used;
}

/* ---- Misspelt ---- */

static struct words list_of(struct chain *c, const char *name)
{
    return words_of(variable(&c->variables, name, ""), &c->pool);
}

static bool is_model(const struct chain *c, const char *name)
{
    for (int m = 0; m < c->model_count; m++)
        if (strcmp(c->models[m].name, name) == 0)
            return true;
    return false;
}

/* Returns what NAME.KIND may be meant for: of a model the nearest kind, or all. NULL: it is like
 * none. */
static const char *meant(struct chain *c, const char *name)
{
    const struct words known = list_of(c, "csvnet_known"), kinds = list_of(c, "csvnet_kinds");
    const char *dot = strrchr(name, '.'), *model, *kind;

    if (!dot)
        return nearest(name, &known);
    model = pool_text(&c->pool, "%.*s", (int)(dot - name), name);
    if (is_model(c, model)) {
        kind = nearest(dot + 1, &kinds);
        return kind ? pool_text(&c->pool, "%s.%s", model, kind)
                    : pool_text(&c->pool, "%s.fit = --%s", model, dot + 1);
    }
    return nearest(name, &known);
}

/* Warns of a variable that is none of the rules', is like one of theirs, and is not used in the
 * Makefile either. */
static void warn_of_misspelt(struct chain *c, const struct words *names, const char *where)
{
    const struct words makefiles = list_of(c, "csvnet_makefiles");

    for (int i = 0; i < names->count; i++) {
        const char *like = meant(c, names->list[i]);

        if (like && !is_used(names->list[i], &makefiles))
            words_add(&c->warnings, &c->pool,
                      pool_text(&c->pool, "%s is set%s, but nothing reads it; is it meant for %s?",
                                names->list[i], where, like));
    }
}

/* Returns the NAME of NAME.fit and the like if MODELS have no such model, else "". */
static const char *no_model(struct chain *c, const char *name)
{
    const struct words kinds = list_of(c, "csvnet_kinds");
    const char *dot = strrchr(name, '.'), *model;

    if (!dot || !words_have(&kinds, dot + 1))
        return "";
    model = pool_text(&c->pool, "%.*s", (int)(dot - name), name);
    return is_model(c, model) ? "" : model;
}

/* Warns of NAME.fit and the like without a model NAME: a misspelt one would leave NAME to the
 * defaults without a word. Passed over are variables that others are made of, as in
 * a.fit = $(common.fit) --seed 2; the Makefile's where MODELS is on make's command line; and all
 * with BUDGET, which stands for them. */
static void warn_of_no_model(struct chain *c)
{
    const bool in_file = strcmp(variable_origin(&c->variables, "MODELS"), "command") != 0;
    const char *texts = variable(&c->variables, "csvnet_unexpanded", "");
    const char *models = variable(&c->variables, "MODELS", "");

    for (int i = 0; i < c->variables.count; i++) {
        const struct variable *v = &c->variables.list[i];
        const char *model = no_model(c, v->name);

        if (!model[0] || (!in_file && strcmp(v->origin, "file") == 0) ||
            strstr(texts, pool_text(&c->pool, "(%s)", v->name)) ||
            strstr(texts, pool_text(&c->pool, "{%s}", v->name)))
            continue;
        words_add(&c->warnings, &c->pool,
                  pool_text(&c->pool, "%s is set, but MODELS = %s has no model %s", v->name,
                            models[0] ? models : c->models[0].name, model));
    }
}

/* ---- The environment ---- */

/* Warns of the rules' variables in the environment, which do not count, unless the Makefile says
 * the same. */
static void warn_of_environment(struct chain *c)
{
    const struct words names = list_of(c, "csvnet_environment"); /* none below another make */

    for (int i = 0; i < names.count; i++) {
        const char *name = names.list[i], *value = getenv(name);

        if (!value || !value[0] || no_model(c, name)[0] ||
            strcmp(value, variable(&c->variables, name, "")) == 0 ||
            strcmp(variable_origin(&c->variables, name), "command") == 0)
            continue;
        words_add(&c->warnings, &c->pool,
                  pool_text(&c->pool,
                            "%s is in the environment, which does not count; give it after make: "
                            "make %s=%s",
                            name, name, strpbrk(value, " \t\n'\"$\\;&|<>()#") ? "..." : value));
    }
}

void warn_of_strangers(struct chain *c)
{
    const struct words of_file = list_of(c, "csvnet_of_file"),
                       of_command = list_of(c, "csvnet_of_command");

    if (c->trial) /* whose make is the second to read them */
        return;
    if (!variable(&c->variables, "BUDGET", "")[0])
        warn_of_no_model(c);
    warn_of_misspelt(c, &of_command, " on make's command line");
    warn_of_misspelt(c, &of_file, "");
    warn_of_environment(c);
}
