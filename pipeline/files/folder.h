#ifndef PIPELINE_FOLDER_H
#define PIPELINE_FOLDER_H

#include "inputs.h"

#include <stddef.h>
#include <stdint.h>

struct folder_file {
    const char *path; /* from the folder on */
    uint64_t state;   /* of the file when it was read: device, inode, size, time; 0: not read */
};

/* The pictures of a folder, and of those in it, by the endings of their names: an input that is
 * many files. Names that begin with a point are passed over. */
struct folder {
    char *path; /* without slashes at its end */
    int fd;
    struct folder_file *files; /* [count], sorted by the bytes of their paths */
    int count;
    struct folder_file **by_stem; /* [count] sorted by the names without their endings */
    int others;                   /* files with other names */
    char *first_other; /* path of one of them, the first by its bytes; NULL: there is none */
    char *names;       /* all paths */
};

enum { FOLDER_DEPTH = 16, FOLDER_MOST = 100000000 };

/* Opens a folder. EX_NOINPUT; EX_DATAERR: a name that is no plain UTF-8, folders deeper than
 * FOLDER_DEPTH. */
MUST_CHECK int folder_open(struct folder *folder, const char *path, struct err *err);
/* Says whether a file of that name is one of a folder's pictures. */
bool folder_takes(const char *name);
void folder_close(struct folder *folder); /* a zeroed or closed one is fine */

/* Finds the file that `name` means: its path from the folder, or its name alone wherever it lies,
 * each with or without its ending, whose case is of no matter unless another file has it. -1: none;
 * -2: several, of which two are given. */
int folder_find(const struct folder *folder, const char *name, size_t size, int two[2]);

/* Bytes of one file; a zeroed buffer is empty, and `bytes` is the caller's to free. */
struct folder_bytes {
    unsigned char *bytes;
    size_t size, room;
};
enum { FOLDER_FILE_BYTES = 256 << 20 };
/* Reads file `number` and notes its state. Errors do not name it: EX_NOINPUT, EX_IOERR; EX_DATAERR
 * beyond FOLDER_FILE_BYTES. */
MUST_CHECK int folder_read(const struct folder *folder, int number, struct folder_bytes *bytes,
                           struct err *err);
/* Does the same for any file, by its path from the folder that is open as `fd`, and tells its
 * status. */
MUST_CHECK int folder_read_at(int fd, const char *path, struct folder_bytes *bytes,
                              struct stat *status, struct err *err);
/* Adds a file, by its path and the digest of its content, to that of all. */
void folder_add_digest(const struct folder *folder, int number, XXH128_hash_t content,
                       XXH3_state_t *all);
/* Returns the path of a file that was read and is no longer what it was by its state; NULL: none.
 */
const char *folder_changed(const struct folder *folder);
/* Returns what the files are by their names, sizes and times, without reading them; and their
 * bytes. */
uint64_t folder_state(const struct folder *folder, int64_t *bytes);
/* Tells whether the file of that status is among them. */
bool folder_has(const struct folder *folder, const struct stat *status);

#endif
