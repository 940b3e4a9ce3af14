/* Finished files kept by what they were made of. */
#include "store.h"

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *store_path(const char *folder, const char key[DIGEST_TEXT], const char *ending)
{
    char *path;

    return asprintf(&path, "%s/%s%s", folder, key, ending) < 0 ? NULL : path;
}

static int copy_bytes(int from, const char *name, struct output *out, struct err *err)
{
    enum { ROOM = 1 << 16 };
    char *buffer = malloc(ROOM);
    ssize_t size = 0;
    int result = buffer ? 0 : err_memory(err, "a copy", ROOM);

    while (result == 0 && ((size = read(from, buffer, ROOM)) > 0 || (size < 0 && errno == EINTR)))
        if (size > 0)
            result = output_write(out, buffer, (size_t)size, err);
    if (result == 0 && size < 0)
        result = err_set(err, EX_IOERR, "%s: cannot be read: %s", name, strerror(errno));
    free(buffer);
    return result;
}

int store_copy(const char *from, const char *to, struct err *err)
{
    struct output *out;
    int fd, result = output_open(&out, to, err);

    if (result)
        return -1;
    fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        result = err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", from, strerror(errno));
    if (result == 0 && (copy_bytes(fd, from, out, err) || output_commit(out, NULL, err)))
        result = -1;
    if (fd >= 0)
        close(fd);
    output_close(out);
    return result;
}

static bool same_file(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Links in place of a file that is there; -1: cannot be linked. */
static int link_over(const char *path, const char *kept)
{
    char *name;
    int result;

    if (link(path, kept) == 0)
        return 0;
    if (errno != EEXIST)
        return -1;
    if (same_file(path, kept))
        return 0;
    if (asprintf(&name, "%s.%ld", kept, (long)getpid()) < 0)
        return -1;
    result = link(path, name) || rename(name, kept) ? -1 : 0;
    if (result)
        unlink(name);
    free(name);
    return result;
}

int store_keep(const char *path, const char *folder, const char key[DIGEST_TEXT],
               const char *ending, struct err *err)
{
    char *kept = store_path(folder, key, ending);
    int result = 0;

    if (!kept)
        return err_memory(err, "a file's name", 0);
    if (mkdir(folder, 0777) && errno != EEXIST)
        result = err_set(err, EX_CANTCREAT, "%s: the folder cannot be made: %s", folder,
                         strerror(errno));
    else if (link_over(path, kept))
        result = store_copy(path, kept, err);
    free(kept);
    return result;
}
