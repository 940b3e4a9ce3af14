/* Temporary files in the output's folder, unnamed where the system has that, and their removal. */
#include "temporary.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names are .csvnet-HOST-PROCESS-NUMBER.tmp, or six letters in place of the number. */
#define SUFFIX ".tmp"
enum {
    NAME_ATTEMPTS = 100,
    HOST_SIZE = 65, /* 64 letters and a NUL; gethostname() fails where there is less room */
    NAME_SIZE = 64 + HOST_SIZE
};

/* Writes the host's name, letters, digits and points of it. */
static void host_name(char host[HOST_SIZE])
{
    if (gethostname(host, HOST_SIZE))
        *host = 0;
    host[HOST_SIZE - 1] = 0;
    for (char *c = host; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.')
            *c = '_';
}

/* Writes the beginning of this process's names, up to the number. */
static void name_prefix(const char *folder, char *name, size_t size)
{
    char host[HOST_SIZE];

    host_name(host);
    snprintf(name, size, "%s/" TEMPORARY_PREFIX "%s-%ld-", folder, host, (long)getpid());
}

/* ---- What dead writers left ---- */

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name), size = strlen(suffix);

    return length > size && strcmp(name + length - size, suffix) == 0;
}

/* Tells whether a file of this name may be one that was left: its writer was of this host, whose
 * locks and processes are seen here, and is no more. Other hosts' locks may be theirs alone, and so
 * may those of another mount. */
static bool may_be_left(const char *name)
{
    char host[HOST_SIZE];
    size_t size;
    long process;

    if (strncmp(name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) != 0)
        return false;
    if (ends_with(name, LOCK_SUFFIX))
        return true;
    name += strlen(TEMPORARY_PREFIX);
    host_name(host);
    size = strlen(host);
    if (!ends_with(name, SUFFIX) || strncmp(name, host, size) != 0 || name[size] != '-')
        return false;
    process = strtol(name + size + 1, NULL, 10);
    return process > 0 && kill((pid_t)process, 0) && errno == ESRCH;
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
        if (may_be_left(file->d_name))
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

/* Tries names in `folder` until make(name, fd) takes one; leaves it in *name. Host and
 * process keep two runs apart. */
static int take_name(const char *folder, char **name, int (*make)(const char *name, int fd), int fd)
{
    const size_t size = strlen(folder) + NAME_SIZE;
    char *new = malloc(size);
    int result = -1;
    size_t used;

    if (!new)
        return -1;
    name_prefix(folder, new, size);
    used = strlen(new);
    for (int i = 0; i < NAME_ATTEMPTS && result < 0; i++) {
        snprintf(new + used, size - used, "%d" SUFFIX, i);
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
    name_prefix(folder, name, size);
    snprintf(name + strlen(name), size - strlen(name), "XXXXXX" SUFFIX);
    fd = mkostemps(name, (int)strlen(SUFFIX), O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}
