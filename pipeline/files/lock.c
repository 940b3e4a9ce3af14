/* Locks on outputs: who makes one, and since when. */
#include "lock.h"

#include "pipeline/base/path.h"
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns the lock file's path for free(); NULL: the output has none. */
static char *path_of(const char *output)
{
    const char *name = path_name(output);
    struct stat status;
    char *path;

    if (strcmp(output, "-") == 0 || (stat(output, &status) == 0 && !S_ISREG(status.st_mode)) ||
        asprintf(&path, "%.*s" TEMPORARY_PREFIX "%s" LOCK_SUFFIX, (int)(name - output), output,
                 name) < 0)
        return NULL;
    return path;
}

/* Opens the file; another user's may be only for reading, which is enough to lock it. */
static int open_file(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);

    return fd < 0 && errno == EACCES ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : fd;
}

static void read_holder(int fd, char holder[LOCK_TEXT])
{
    const ssize_t size = pread(fd, holder, LOCK_TEXT - 1, 0);

    holder[size > 0 ? size : 0] = 0;
    holder[strcspn(holder, "\n")] = 0;
}

static void write_holder(int fd, const char *who)
{
    if (ftruncate(fd, 0) == 0)
        (void)!pwrite(fd, who, strlen(who), 0); /* it is only for people */
}

/* Locks the open file. 1: done; 0: another process has it; -1: there are no locks here. */
static int lock_file(int fd, bool wait)
{
    int result;

    do
        result = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
    while (result && errno == EINTR);
    return result == 0 ? 1 : errno == EWOULDBLOCK ? 0 : -1;
}

bool lock_take(struct lock *lock, const char *path, const char *who, bool wait,
               char holder[LOCK_TEXT])
{
    char *name = path_of(path);

    *lock = (struct lock){.fd = -1};
    while (name) {
        const int fd = open_file(name), got = fd < 0 ? -1 : lock_file(fd, wait);

        if (got > 0 && temporary_is_named(fd, AT_FDCWD, name)) {
            write_holder(fd, who);
            *lock = (struct lock){name, fd};
            return true;
        }
        if (got == 0)
            read_holder(fd, holder);
        if (fd >= 0)
            close(fd);
        if (got > 0) /* whoever had it has removed the file */
            continue;
        free(name);
        return got < 0;
    }
    return true;
}

void lock_release(struct lock *lock)
{
    if (lock->fd < 0)
        return;
    unlink(lock->path);
    close(lock->fd);
    lock->fd = -1;
}
