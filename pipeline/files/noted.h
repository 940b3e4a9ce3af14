#ifndef PIPELINE_NOTED_H
#define PIPELINE_NOTED_H

#include <stdbool.h>

/* Names of the files that this process read, and of those that it wrote; each once, in the order of
 * the calls. Not for several threads at once. */
struct noted {
    char **list;
    int count;
    bool failed; /* out of memory: names are missing */
};
extern struct noted noted_read, noted_written;

/* Notes a file that was read; nothing that is neither a regular file nor a folder. */
void note_read(const char *path);
void note_written(const char *path);

#endif
