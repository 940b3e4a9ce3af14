#ifndef PIPELINE_CHAIN_NOTE_H
#define PIPELINE_CHAIN_NOTE_H

#include "pipeline/base/digest.h"
#include "pipeline/base/err.h"
#include "words.h"

#include <stdint.h>
#include <time.h>

/* The note of a stage, a text file next to its output: by what command the output was made, and
 * what each file was that it read and wrote. Lines after the command are
 *
 *     in SIZE INODE MODIFIED CHANGED DIGEST PATH
 *
 * with `dep` for a file that the program itself reported to have read, and `out` for one that it
 * wrote; then `took SECONDS`, and `accepted TIME` where the user said that the output is to be
 * taken as it is. */

/* What stat() says of a file: enough to see that it was written, replaced or its link turned,
 * without reading it. */
struct file_state {
    int64_t size; /* or one of the following */
    uint64_t inode;
    struct timespec modified, changed;
};
enum {
    STATE_ABSENT = -1, /* no file */
    STATE_STREAM = -2, /* a pipe or device, which has nothing to compare */
    STATE_FOLDER = -3  /* of pictures; `inode` is what folder_state() says of them all */
};

enum note_role { NOTE_INPUT, NOTE_FOUND, NOTE_OUTPUT }; /* "in", "dep", "out" */

struct note_file {
    enum note_role role;
    const char *path;
    struct file_state state;
    bool young; /* so new when it was noted that a later change may show nowhere in the state */
    char digest[DIGEST_TEXT]; /* of the bytes; "": not known */
};

struct note {
    const char *text; /* the command */
    struct note_file *files;
    int count, room;
    double took;          /* seconds; 0: not known */
    const char *accepted; /* when, or "" */
};

/* Returns what the file is now. */
struct file_state file_state(const char *path);
bool same_state(const struct file_state *a, const struct file_state *b);

/* Returns the time by which make compares the file: a folder's own, which its state leaves out, for
 * what else comes into a folder is no picture. */
struct timespec note_file_time(const struct note_file *file);
bool is_later(struct timespec time, struct timespec than);
/* Waits, some milliseconds, until the clock of files moves on: what was written before is then
 * earlier than what will be. */
void await_tick(void);

/* Takes the digest of a command, which stands for it on a command line. */
void note_text_digest(const char *text, char digest[DIGEST_TEXT]);
/* Reads a note; false: there is none, or it is not whole. */
bool note_load(struct note *note, const char *path, struct pool *pool);
MUST_CHECK int note_save(const struct note *note, const char *path, struct err *err);
/* Adds a file in its present state, its digest not known. */
struct note_file *note_add(struct note *note, enum note_role role, const char *path,
                           struct pool *pool);
/* Returns what is noted of the path in one of these roles; NULL: nothing. */
struct note_file *note_find(const struct note *note, bool output, const char *path);

/* Sets the state and digest of a file as it is. A file that changes meanwhile, or that is no
 * regular one, gets no digest. */
void note_file_renew(struct note_file *file);

#endif
