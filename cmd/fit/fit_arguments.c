/* The words of fit's command line, those of recipes among them. */
#include "fit_arguments.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "pipeline/fit/settings.h"
#include "pipeline/model/recipe.h"

#include <stdlib.h>
#include <string.h>

struct named_recipe {
    const char *name;
    struct recipe recipe;
};

/* Returns the option of this name if a recipe may have it: one of the network, of its training or
 * of what is said meanwhile, never one that names a file to write or to read rows from. */
static const struct option_spec *recipe_option(const struct fit_arguments *arguments,
                                               const char *name, size_t length)
{
    static const char *const more[] = {"arch", "device", "log-every", "eval-every"};

    for (int i = 0; i < arguments->option_count; i++) {
        const struct option_spec *o = &arguments->options[i];
        bool may = false;

        if (!o->name || strlen(o->name) != length || strncmp(o->name, name, length) != 0)
            continue;
        for (size_t m = 0; m < sizeof more / sizeof *more; m++)
            may |= strcmp(o->name, more[m]) == 0;
        return may || setting_of_option(o->name) ? o : NULL;
    }
    return NULL;
}

/* Refuses whatever a recipe has besides such options and their values. */
static int check_recipe(const struct fit_arguments *arguments, const char *name,
                        const struct recipe *recipe)
{
    for (int i = 0; i < recipe->options; i++) {
        const char *word = recipe->option[i];
        const bool dashes = strncmp(word, "--", 2) == 0;
        const size_t length = dashes ? strcspn(word + 2, "=") : 0;
        const struct option_spec *option =
            dashes ? recipe_option(arguments, word + 2, length) : NULL;

        if (!option)
            return usage_error(
                "%s: a recipe sets the network and its training, by options spelt in "
                "full; '%s' is none of these: give it to fit",
                name, word);
        i += option->kind != OPTION_FLAG && option->kind != OPTION_NO && !word[2 + length];
    }
    return 0;
}

static int append(struct fit_arguments *to, char *word)
{
    char **grown = realloc(to->list, ((size_t)to->count + 2) * sizeof *grown);

    if (!grown)
        return fail_memory("the arguments");
    to->list = grown;
    grown[to->count++] = word;
    grown[to->count] = NULL;
    return 0;
}

static int append_recipe(struct fit_arguments *to, const char *spec)
{
    void *grown = realloc(to->recipes, ((size_t)to->recipe_count + 1) * sizeof *to->recipes);
    struct recipe *found;
    struct err err;
    int failed = 0;

    if (!grown)
        return fail_memory("the recipes");
    to->recipes = grown;
    to->recipes[to->recipe_count].name = spec;
    found = &to->recipes[to->recipe_count].recipe;
    if (recipe_find(found, spec, &err))
        return fail(&err);
    to->recipe_count++;
    failed = check_recipe(to, spec, found);
    for (int i = 0; i < found->options && !failed; i++)
        failed = append(to, found->option[i]);
    if (*found->description && !failed)
        failed = append(to, "--arch");
    if (*found->description && !failed)
        failed = append(to, found->description);
    return failed;
}

const char *fit_arguments_recipe(const struct fit_arguments *arguments, const char *word)
{
    for (int r = 0; word && r < arguments->recipe_count; r++) {
        const struct recipe *recipe = &arguments->recipes[r].recipe;

        if (word == recipe->description)
            return arguments->recipes[r].name;
        for (int i = 0; i < recipe->options; i++)
            if (word >= recipe->option[i] && word <= recipe->option[i] + strlen(recipe->option[i]))
                return arguments->recipes[r].name;
    }
    return NULL;
}

int fit_arguments_expand(struct fit_arguments *to, int argc, char **argv)
{
    bool options_end = false;
    int status = 0;

    for (int i = 0; i < argc && status == 0; i++) {
        options_end |= strcmp(argv[i], "--") == 0;
        if (!options_end && strcmp(argv[i], "--recipe") == 0 && i + 1 < argc)
            status = append_recipe(to, argv[++i]);
        else if (!options_end && strncmp(argv[i], "--recipe=", 9) == 0)
            status = append_recipe(to, argv[i] + 9);
        else
            status = append(to, argv[i]);
    }
    return status;
}
