#ifndef PIPELINE_MAKEFILE_H
#define PIPELINE_MAKEFILE_H

#include "found.h"

#include <stdint.h>

struct makefile_choices {
    const char *budget; /* NULL: models in place of it */
    int64_t folds;      /* 0: none */
    const char *csvnet; /* the command, as make and its shell take it */
};

/* Writes the file Makefile for what was found. */
MUST_CHECK int makefile_write(const struct found *found, const struct makefile_choices *choices,
                              struct err *err);

#endif
