#ifndef PIPELINE_CHAIN_STEP_H
#define PIPELINE_CHAIN_STEP_H

#include "pipeline/base/err.h"
#include "words.h"

/* End of the name of a file that lies next to the note of a fit while it runs: all_fits.h. */
#define SHARE ".share"

/* A stage in its recipe. */
struct step {
    const char *note;    /* the file */
    const char *make;    /* a word of its own for each make, of which several may run at once */
    const char *text;    /* digest of the command, as note_text_digest() takes it */
    const char *brought; /* "NAME=VALUE" of a variable whose files have to be there, or NULL */
    bool doubt;          /* csvnet_ask: content alone counts */
    bool force, accept;  /* run in any case; take the outputs as they are */
    struct words inputs, outputs;
};

enum step_result {
    STEP_FAILED = -1,
    STEP_RUN,          /* the program has to run, then step_end() */
    STEP_SAME,         /* every file is what the note says: renewed */
    STEP_SAME_UNNOTED, /* likewise, but the note cannot be written: err says why */
    STEP_ACCEPTED      /* the outputs are taken as they are: step_end() */
};

/* Returns the files next to the note of stages that have begun, or failed since. */
struct words step_files(const char *note, struct pool *pool);
/* Looks whether the program has to run. EX_NOINPUT: a brought file is missing, and it would. */
MUST_CHECK enum step_result step_begin(const struct step *step, struct err *err);
/* Links an output that was accepted, so that what the program is about to replace stays. Returns
 * the name; NULL: it was not accepted, is linked already, or cannot be. */
const char *step_keep_accepted(const struct step *step, struct pool *pool);
/* Notes, after it succeeded, that the outputs were made by the command `text`; does nothing where
 * step_begin() saw nothing to do. `run`: of a fit, what runs_add() takes, or NULL. */
MUST_CHECK int step_end(const char *note, const char *make, const char *text, char *const *run,
                        struct err *err);

#endif
