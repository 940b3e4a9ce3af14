#ifndef PIPELINE_OUTPUT_TEMPORARY_H
#define PIPELINE_OUTPUT_TEMPORARY_H

#include <stdbool.h>

/* Beginning of the names of temporary files and of the files of locks (lock.h), and the latter's
 * end. */
#define TEMPORARY_PREFIX ".csvnet-"
#define LOCK_SUFFIX      ".lock"

/* The files that outputs grow in, next to their targets. All functions set errno on failure.
 *
 * While its writer lives a temporary file is locked (flock), and its name says host and process, so
 * one whose process is no more on this host and whose lock can be had was left by a writer that
 * died: temporary_open() removes those it finds. Where the file system knows no locks nobody gets
 * one, and what was left stays; so does what another host left, whose locks may be seen by it
 * alone. */

/* Opens a new file in `folder`, open for reading and writing, with the mode that umask leaves. It
 * has no name, and *name is NULL; where the system has no such files *name is its path, which the
 * caller frees and, in the end, unlinks. Returns its descriptor or -1. */
int temporary_open(const char *folder, char **name);

/* Gives the unnamed file `fd` of temporary_open() a name in the same folder: *name as above.
 * Returns 0 or -1. */
int temporary_link(int fd, const char *folder, char **name);

/* Tells whether `name`, in that open folder, still leads to the file `fd`. */
bool temporary_is_named(int fd, int folder, const char *name);

/* Opens a file in `folder` that no name leads to, for spooling. Returns its descriptor or -1. */
int temporary_scratch(const char *folder);

#endif
