#ifndef PIPELINE_LOCK_H
#define PIPELINE_LOCK_H

#include <stdbool.h>

/* Locks on outputs, so that two runs do not make one file side by side. Each is a locked file
 * (flock) next to the output, .csvnet-NAME.lock, with a line that says who holds it. */

enum { LOCK_TEXT = 200 };

struct lock {
    char *path;
    int fd; /* -1: none is held */
};

/* Takes the lock on the output `path`; `who` is for others to read. Waits for it if `wait`. Returns
 * false if another process holds it, whose line `holder` gets. True without a lock where there can
 * be none: standard output, no regular file, a folder that nothing can be written to, a file system
 * that knows no locks. */
bool lock_take(struct lock *lock, const char *path, const char *who, bool wait,
               char holder[LOCK_TEXT]);
/* Removes the lock's file. A signal handler may call it. */
void lock_release(struct lock *lock);

#endif
