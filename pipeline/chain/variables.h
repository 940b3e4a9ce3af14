#ifndef PIPELINE_VARIABLES_H
#define PIPELINE_VARIABLES_H

#include "words.h"

/* The variables of a user's Makefile, as make hands them over: each an argument
 * "ORIGIN NAME=VALUE", where ORIGIN is what make's $(origin) calls it, in one word: file, command
 * or override. */
struct variable {
    const char *name, *value;
    const char *origin;
};

struct variables {
    struct variable *list;
    int count;
};

/* Reads variables; an argument that is not of that form is skipped. */
void variables_read(struct variables *variables, char *const *arguments, int count,
                    struct pool *pool);
/* Returns the value without blanks around it; `otherwise` where it is not set or empty. */
const char *variable(const struct variables *variables, const char *name, const char *otherwise);
/* Returns the value of "NAME.KIND", as a.fit; "" where it is not set. */
const char *variable_of(const struct variables *variables, const char *name, const char *kind,
                        struct pool *pool);
/* Returns one of `file`, `command`, `override`, or "". */
const char *variable_origin(const struct variables *variables, const char *name);

#endif
