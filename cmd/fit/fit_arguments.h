#ifndef CMD_FIT_ARGUMENTS_H
#define CMD_FIT_ARGUMENTS_H

#include "cmd/cli/options.h"

/* The arguments of argv and of the recipes that they name; as argv, for the process's life. */
struct fit_arguments {
    const struct option_spec *options; /* [option_count] that fit has, set before */
    int option_count;
    char **list; /* [count], and NULL */
    int count;
    struct named_recipe *recipes; /* whose words they are */
    int recipe_count;
};

/* Copies argv with the recipes' words in place of "--recipe NAME", so that later options override
 * them. Returns 0, or the exit status of a mistake, as of a recipe that names files. */
int fit_arguments_expand(struct fit_arguments *arguments, int argc, char **argv);
/* Returns the recipe that a word of the arguments is from, or in; NULL: none. */
const char *fit_arguments_recipe(const struct fit_arguments *arguments, const char *word);

#endif
