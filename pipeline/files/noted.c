/* Names of the files that this process read and wrote. */
#include "noted.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct noted noted_read, noted_written;

static void note(struct noted *noted, const char *path)
{
    char **list;

    for (int i = 0; i < noted->count; i++)
        if (strcmp(noted->list[i], path) == 0)
            return;
    list = realloc(noted->list, ((size_t)noted->count + 1) * sizeof *list);
    if (list)
        noted->list = list;
    if (list && (list[noted->count] = strdup(path)))
        noted->count++;
    else
        noted->failed = true;
}

void note_read(const char *path)
{
    struct stat status;

    if (strcmp(path, "-") && stat(path, &status) == 0 &&
        (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
        note(&noted_read, path);
}

void note_written(const char *path)
{
    note(&noted_written, path);
}
