#ifndef PIPELINE_FIT_NAME_H
#define PIPELINE_FIT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one grammar of fits' names, MODEL[.sSEED][.fFOLD][.all]: "a.s2.f3" is the model a with seed
 * 2, trained on all folds but the third; "a.all" is a on all rows. */
struct fit_name {
    size_t model; /* bytes of MODEL, the name's beginning */
    int64_t seed; /* -1: not in the name */
    int fold;     /* from 1; 0: not in the name */
    bool all;
};

/* Reads a fit's name. What is no such ending belongs to MODEL, which is never empty. */
struct fit_name fit_name_parse(const char *name);
enum { FIT_NAME_SUFFIX = 48 }; /* bytes of the longest text after MODEL, with its end */

/* Writes what follows MODEL in the name. Returns `suffix`. */
const char *fit_name_suffix(char suffix[FIT_NAME_SUFFIX], const struct fit_name *name);
/* Tells whether the makefile's rules take the text for MODEL: letters, digits, - and _. */
bool fit_name_is_model(const char *text);

/* Returns the name of the fit that wrote the model file `path`: "out/a.s2.model.st.zst" is "a.s2".
 * A new string, NULL: out of memory. */
char *fit_name_of_file(const char *path);

#endif
