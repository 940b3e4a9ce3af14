#ifndef PIPELINE_FOUND_H
#define PIPELINE_FOUND_H

#include "pipeline/base/err.h"
#include "pipeline/chain/words.h"

/* What lies in the current folder for a Makefile to name: CSVs, also packed and in archives; IDX
 * files; folders of pictures and the CSVs that name these. "" stands for what is not there. */
struct found {
    struct pool pool;
    struct words names; /* of all files here but hidden ones, sorted */
    struct err
        trouble; /* in looking at some file, but for what the file itself is; status 0: none */
    /* A file, ARCHIVE.zip:FILE, IMAGES LABELS, or a folder, as make calls it; and options for
     * ingest. */
    const char *train, *test, *train_ingest, *test_ingest;
    const char *sample;       /* likewise a CSV */
    const char *submit;       /* options in the form of the sample */
    const char *sample_fault; /* why it is not used */
    struct words unnameable;  /* archives whose names make does not take */
    struct words others;      /* CSVs and archives that are none of those above */
};

/* Looks; EX_OSERR, EX_IOERR. `train` and `test`, if not NULL, are taken in place of what is called
 * so. EX_NOINPUT: one of these is not there; EX_USAGE: make cannot take its name. */
MUST_CHECK int found_look(struct found *found, const char *train, const char *test,
                          struct err *err);
void found_free(struct found *found);

#endif
