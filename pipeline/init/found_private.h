#ifndef PIPELINE_FOUND_PRIVATE_H
#define PIPELINE_FOUND_PRIVATE_H

#include "found.h"

#include <sys/stat.h>

static inline bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static inline bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Notes why a file could not be looked at, if that is not for what it is. */
static inline void note_trouble(struct found *found, const struct err *err)
{
    if (err->status == EX_OSERR || err->status == EX_IOERR)
        found->trouble = *err;
}

/* ---- found_csv.c ---- */

/* Returns the name with `new` in place of the last `old`; NULL: it has none. */
const char *with(struct found *found, const char *name, const char *old, const char *new);
/* Tells whether make takes the name of a file, or ARCHIVE.zip:FILE. */
bool is_nameable(const char *path);
/* Returns what make calls the first of these files, NULL at the end, that is here, plain or packed;
 * "": none is. */
const char *find_csv(struct found *found, const char *const *names);
/* Makes train and test of the only CSVs here that are called alike but for these words, as
 * mnist_train.csv and mnist_test.csv, plain, packed or in an archive, and have columns of pixels.
 */
void find_pair(struct found *found);
/* Returns the first of the folders, next to the CSV, with the picture that its first row names; "":
 * none has it. */
const char *folder_of(struct found *found, const char *csv, const char *const *folders);
/* Finds the options of `submit` for the sample. */
void find_form(struct found *found);

/* ---- found_idx.c ---- */

/* Makes train and test, where they are given or there is nothing else, of IDX files. EX_NOINPUT:
 * pictures were given that have no labels. */
MUST_CHECK int find_idx(struct found *found, struct err *err);

/* ---- found_pictures.c ---- */

/* Makes train and test of what names the pictures here, or of their folders. `train`: the only CSV
 * that may name those for training; NULL: the usual ones. */
void find_pictures(struct found *found, const char *train);

#endif
