/* Temporary files in the output's folder, unnamed where the system has that, and their removal. */
#include "temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names are .csvnet-PROCESS-NUMBER.tmp, or six letters in place of the numbers. */
#define SUFFIX ".tmp"
enum { NAME_ATTEMPTS = 100, NAME_SIZE = 64 };

/* ---- What dead writers left ---- */

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name), size = strlen(suffix);

    return length > size && strcmp(name + length - size, suffix) == 0;
}

static bool is_ours(const char *name)
{
    return strncmp(name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0 &&
           (ends_with(name, SUFFIX) || ends_with(name, LOCK_SUFFIX));
}

/* Before the lock was had, the writer may have put the file in its place. */
bool temporary_is_named(int fd, int folder, const char *name)
{
    struct stat file, named;

    return fstat(fd, &file) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(file.st_mode) && file.st_dev == named.st_dev && file.st_ino == named.st_ino;
}

/* Removes a file that was left. Under the lock the name cannot come to lead to another file: all
 * who give or take such names hold the lock, and none takes a name that exists. */
static void remove_if_left(int folder, const char *name)
{
    const int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && temporary_is_named(fd, folder, name))
        unlinkat(folder, name, 0);
    close(fd);
}

/* Removes files that were left; failing is no reason not to write. */
static void sweep(const char *folder)
{
    DIR *files = opendir(folder);
    const struct dirent *file;

    while (files && (file = readdir(files)))
        if (is_ours(file->d_name))
            remove_if_left(dirfd(files), file->d_name);
    if (files)
        closedir(files);
}

/* ---- New ones ---- */

/* Opens a file that no name leads to; errno ENOTSUP where the system has none. */
static int open_unnamed(const char *folder, int flags)
{
#ifdef O_TMPFILE
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | flags, 0666);

    if (fd >= 0 || (errno != EISDIR && errno != EOPNOTSUPP && errno != ENOENT))
        return fd;
    if (access(folder, F_OK))
        return -1;
#else
    (void)folder, (void)flags;
#endif
    errno = ENOTSUP;
    return -1;
}

/* Tries names in `folder` until make(name, fd) takes one; leaves it in *name. The process number
 * keeps two runs apart. */
static int take_name(const char *folder, char **name, int (*make)(const char *name, int fd), int fd)
{
    const size_t size = strlen(folder) + NAME_SIZE;
    char *new = malloc(size);
    int result = -1;

    if (!new)
        return -1;
    for (int i = 0; i < NAME_ATTEMPTS && result < 0; i++) {
        snprintf(new, size, "%s/" TEMPORARY_PREFIX "%ld-%d" SUFFIX, folder, (long)getpid(), i);
        result = make(new, fd);
        if (result < 0 && errno != EEXIST)
            break;
    }
    if (result >= 0)
        *name = new;
    else
        free(new);
    return result;
}

/* Makes a file with a name. Between open and lock another run may take the file for left: then it
 * has no name any more, or is about to lose it. */
static int make_file(const char *name, int none)
{
    const int fd = open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    struct stat status;

    (void)none;
    if (fd < 0)
        return -1;
    if ((flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) ||
        (fstat(fd, &status) == 0 && status.st_nlink == 0)) {
        close(fd);
        errno = EEXIST;
        return -1;
    }
    return fd;
}

static int make_link(const char *name, int fd)
{
    char self[NAME_SIZE];

    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

int temporary_open(const char *folder, char **name)
{
    const bool has_links = access("/proc/self/fd", X_OK) == 0;
    int fd = -1;

    *name = NULL;
    sweep(folder);
    errno = ENOTSUP;
    if (has_links)
        fd = open_unnamed(folder, 0);
    if (fd < 0 && errno == ENOTSUP)
        return take_name(folder, name, make_file, -1);
    if (fd >= 0)
        (void)!flock(fd, LOCK_EX | LOCK_NB);
    return fd;
}

int temporary_link(int fd, const char *folder, char **name)
{
    return take_name(folder, name, make_link, fd);
}

int temporary_scratch(const char *folder)
{
    const size_t size = strlen(folder) + NAME_SIZE;
    int fd = open_unnamed(folder, O_EXCL);
    char *name;

    if (fd >= 0 || errno != ENOTSUP)
        return fd;
    name = malloc(size);
    if (!name)
        return -1;
    snprintf(name, size, "%s/" TEMPORARY_PREFIX "XXXXXX" SUFFIX, folder);
    fd = mkostemps(name, (int)strlen(SUFFIX), O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}
