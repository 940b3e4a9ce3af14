#ifndef PIPELINE_RECIPE_H
#define PIPELINE_RECIPE_H

#include "built_in.h"
#include "pipeline/base/err.h"

/* Networks and trainings as text files: one layer a line; in recipes also training options, in
 * lines that begin with "--", where '...' holds words together. '#' begins a comment. */

struct recipe {
    char *description; /* its layers with commas between, for nn_network_new(); "" if it has none */
    char **option;     /* [options] the words of its option lines */
    int options;
};

/* Reads a recipe: the name of a built-in one, or a file. EX_USAGE if it is neither. */
MUST_CHECK int recipe_find(struct recipe *recipe, const char *spec, struct err *err);
void recipe_free(struct recipe *recipe);

/* Finds the description that --arch SPEC stands for: a preset's name, a file, or itself a
 * description. The caller frees it. */
MUST_CHECK int architecture_find(const char *spec, char **description, struct err *err);

#endif
