/* Files that a user's options name: prerequisites of a stage before it has run, and said itself
 * what it read. */
#include "chain.h"

#include "pipeline/base/path.h"
#include "pipeline/files/output.h"
#include "pipeline/model/recipe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Kinds of options' values. */
enum named {
    NO_FILE,
    A_FILE,
    NAMED_FILE, /* NAME=FILE */
    A_FOLDER,
    A_NETWORK,
    A_RECIPE,
    A_HISTORY /* report reads it, fit writes it */
};

static const struct {
    const char *option;
    enum named kind;
} naming[] = {{"--arch", A_NETWORK},    {"--recipe", A_RECIPE}, {"--from", A_FILE},
              {"--val", A_FILE},        {"--eval", NAMED_FILE}, {"--names", A_FILE},
              {"--like", A_FILE},       {"--sample", A_FILE},   {"--pictures", A_FOLDER},
              {"--data", NAMED_FILE},   {"--pred", NAMED_FILE}, {"--model", A_FILE},
              {"--history", A_HISTORY}, {"--stage", A_FILE},    {"--relabel", A_FILE},
              {"--without", A_FILE}};

/* Returns what the value of the option in word `at` is. *value: it, or NULL; *taken: the words that
 * both are. */
static enum named kind_of(const struct words *words, int at, const char **value, int *taken)
{
    const char *equals = strchr(words->list[at], '=');

    for (size_t i = 0; i < sizeof naming / sizeof *naming; i++) {
        *taken = words_option(words, at, naming[i].option, 0, value);
        if (*taken)
            return naming[i].kind;
    }
    *value = equals ? equals + 1 : NULL;
    *taken = 1;
    return NO_FILE;
}

static bool is_built_in(const char *name, const struct built_in *list)
{
    while (list->name && strcmp(list->name, name))
        list++;
    return list->name;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Returns a path as make has to know it, with the folder for which the shell writes ~. */
static const char *known_path(struct chain *c, const char *path)
{
    const char *home = getenv("HOME");

    while (begins_with(path, "./"))
        path += 2 + strspn(path + 2, "/");
    return begins_with(path, "~/") && home ? pool_text(&c->pool, "%s%s", home, path + 1) : path;
}

/* Returns the output of a stage that the path leads to, however it is spelt; NULL: it is none. */
static const char *find_output(const struct chain *c, const char *path)
{
    const char *name = path_name(path);

    for (int i = 0; i < c->stage_count; i++) {
        const char *output = c->stages[i].output;

        if (strcmp(path, output) == 0 ||
            (strcmp(name, path_name(output)) == 0 && output_same_target(path, output)))
            return output;
    }
    return NULL;
}

static void add_file(struct chain *c, struct stage *stage, const char *value, bool folder)
{
    const char *path = pool_text(&c->pool, "%.*s", (int)strcspn(value, ":"), value); /* ZIP:FILE */
    const char *output;

    path = known_path(c, path);
    output = find_output(c, path);
    if (output)
        path = output;
    if (!path[0] || strcmp(path, stage->output) == 0 || (is_folder(path) && !folder) ||
        words_have(&stage->prerequisites, path))
        return;
    words_add(&stage->prerequisites, &c->pool, path);
}

static bool is_network(const char *value)
{
    return !is_built_in(value, presets) && !strpbrk(value, ", ");
}

/* Adds a recipe's file and that of its network. */
static void add_recipe(struct chain *c, struct stage *stage, const char *path)
{
    struct recipe recipe = {0};
    struct words words = {0};
    struct err ignored;

    add_file(c, stage, path, false);
    if (!path_is_regular(path) || recipe_find(&recipe, path, &ignored))
        return;
    for (int i = 0; i < recipe.options; i++)
        words_add(&words, &c->pool, recipe.option[i]);
    for (int i = 0, taken; i < words.count; i += taken) {
        const char *value;

        if (kind_of(&words, i, &value, &taken) == A_NETWORK && is_network(value))
            add_file(c, stage, value, false);
    }
    recipe_free(&recipe);
}

/* Adds the file that an option's value names, whether or not it is there yet; one that a word may
 * name by chance only if it is there. */
static void add_value(struct chain *c, struct stage *stage, enum named kind, const char *value)
{
    const char *equals = strchr(value, '=');

    if (kind == A_RECIPE && !is_built_in(value, recipes))
        add_recipe(c, stage, value);
    else if (kind == A_NETWORK && is_network(value))
        add_file(c, stage, value, false);
    else if (kind == NAMED_FILE && equals)
        add_file(c, stage, equals + 1, false);
    else if (kind == A_FILE || kind == A_FOLDER ||
             (kind == A_HISTORY && strcmp(stage->program, "report") == 0))
        add_file(c, stage, value, kind == A_FOLDER);
    else if (kind == NO_FILE && strpbrk(value, "./") && path_is_regular(known_path(c, value)))
        add_file(c, stage, value, false);
}

static void add_words(struct chain *c, struct stage *stage, const struct words *words)
{
    for (int i = 0, taken; i < words->count; i += taken) {
        const char *word = words->list[i], *value = word;
        enum named kind = NO_FILE;

        taken = 1;
        if (word[0] == '-' && word[1])
            kind = kind_of(words, i, &value, &taken);
        if (value)
            add_value(c, stage, kind, value);
    }
}

void named_files(struct chain *c, struct stage *stage)
{
    const struct words words =
        shell_words_of(variable(&c->variables, stage->options, ""), &c->pool);

    add_words(c, stage, &words);
}
