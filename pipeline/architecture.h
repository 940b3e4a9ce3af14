#ifndef PIPELINE_ARCHITECTURE_H
#define PIPELINE_ARCHITECTURE_H

#include "err.h"

/* A preset: a network's description as a text file, one layer a line, '#' begins a comment. The
 * files presets/NAME.net are built into the programs. */
struct preset {
    const char *name, *text;
};
extern const struct preset presets[]; /* sorted by name; name NULL at the end */

/* The description that `spec` stands for: a preset's name, a file, or itself a description; lines
 * and comments turned into one line with commas, for nn_network_new(). The caller frees it. */
__attribute__((warn_unused_result)) int architecture_find(const char *spec, char **description,
                                                          struct err *err);

#endif
