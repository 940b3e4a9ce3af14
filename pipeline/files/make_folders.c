/* Folders on the way to a file. */
#include "make_folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int make_folders(const char *path, struct err *err)
{
    char *folder = strdup(path);
    int result = folder ? 0 : err_memory(err, "the name of a folder", 0);

    for (char *slash = folder; result == 0 && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        if (mkdir(folder, 0777) && errno != EEXIST)
            result = err_set(err, EX_CANTCREAT, "%s: the folder cannot be made: %s", folder,
                             strerror(errno));
        *slash = '/';
    }
    free(folder);
    return result;
}
