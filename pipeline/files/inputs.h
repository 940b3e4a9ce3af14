#ifndef PIPELINE_INPUTS_H
#define PIPELINE_INPUTS_H

#include "pipeline/base/digest.h"
#include "pipeline/base/err.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Reads a file for its digest; -1: it cannot be read. */
typedef int digest_function(const char *path, char digest[DIGEST_TEXT]);
/* Takes the XXH3-128 of the bytes as stored, what `xxhsum -H128` prints. */
MUST_CHECK int file_digest(const char *path, char digest[DIGEST_TEXT]);

/* The inputs of a run: what each was when it was opened and the digest of what was read. */
struct inputs {
    struct input *list;
    int count;
    struct inputs *parts; /* NULL, or the files that some of these consist of */
};

/* Remembers the open file `fd` under `path`; returns its number, or -1. `role` is the word under
 * which the output records it ("data", "validation", "model"; copied). `again` takes the digest
 * once more when a regular file's size or time changed while it was in use. */
MUST_CHECK int inputs_add(struct inputs *inputs, const char *role, const char *path, int fd,
                          digest_function *again, struct err *err);
void inputs_set_digest(struct inputs *inputs, int number, const char digest[DIGEST_TEXT]);

/* Returns the inputs for the files that an input consists of, as a list of shards does: they are
 * checked as it is, but no output records them. NULL: out of memory. */
struct inputs *inputs_parts(struct inputs *inputs, struct err *err);

/* An input that is many files. */
struct input_files {
    void *data;
    /* Takes one digest of all, and notes the state of each; -1: one cannot be read. */
    int (*digest)(void *data, char digest[DIGEST_TEXT]);
    /* The name of a file whose state is no longer the one noted; NULL: none. */
    const char *(*changed)(void *data);
    bool (*has)(void *data, const struct stat *status);
};
/* Adds as inputs_add() does; `files` is copied, its data has to last as long as the inputs. */
MUST_CHECK int inputs_add_files(struct inputs *inputs, const char *role, const char *path,
                                const struct input_files *files, struct err *err);

/* Reads the regular inputs whose digest is not known yet, for it. -1: one cannot be read, or is
 * not a regular file. */
MUST_CHECK int inputs_take_digests(struct inputs *inputs);

/* Fails with EX_USAGE if `path` names a file that is among the inputs. */
MUST_CHECK int inputs_refuse_output(const struct inputs *inputs, const char *path, struct err *err);

/* Fails with EX_TEMPFAIL if a regular input is no longer what was read: device, inode, size and
 * the times of its last modification and change are compared, and where they differ the digest
 * decides: touch sets the former alone. */
MUST_CHECK int inputs_unchanged(const struct inputs *inputs, struct err *err);

int inputs_count(const struct inputs *inputs);
const char *inputs_role(const struct inputs *inputs, int number);
const char *inputs_digest(const struct inputs *inputs, int number);
void inputs_free(struct inputs *inputs);

#endif
