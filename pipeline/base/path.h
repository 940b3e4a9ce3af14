#ifndef PIPELINE_PATH_H
#define PIPELINE_PATH_H

#include <stdbool.h>

/* Returns the name in a path: what follows its last slash, which is all where there is none. */
const char *path_name(const char *path);

/* Tells whether the path leads to a regular file, which can be read twice: a pipe would be waited
 * for. */
bool path_is_regular(const char *path);

#endif
