#ifndef CMD_KEPT_H
#define CMD_KEPT_H

#include "options.h"
#include "pipeline/tensor/tensor.h"

/* --store: folders in which finished outputs are kept by what they were made of. The first is
 * written, the others are only read. */
extern struct option_list kept_folders;

#define STORE_OPTION                                                                               \
    LIST("store", "FOLDER", &kept_folders,                                                         \
         "with --if-changed take the output from here if it was made before, and keep a new one "  \
         "here; further folders are only looked into")

struct kept {
    struct tensor_writer *writer;
    const json_t *options;
    struct inputs *inputs;
    const char *more;   /* what the record depends on besides */
    const char *record; /* JSON Lines that go with the output, or NULL */
    bool record_needed; /* an output without it is not taken */
};

/* Takes the output, and its record, from a store in place of a run, and says so. Returns 1 taken, 0
 * not kept, -1 error. */
MUST_CHECK int kept_take(const struct kept *what, struct err *err);
/* Keeps a finished output and its record. What fails is warned of: the output is there. */
void kept_put(const struct kept *what);

#endif
