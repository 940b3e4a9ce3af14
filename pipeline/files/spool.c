/* Unnamed temporary files next to an output. */
#include "spool.h"

#include "output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int spool_open(struct spool *spool, const char *path, struct err *err)
{
    spool->path = path;
    spool->fd = output_scratch(path, err);
    return spool->fd < 0 ? -1 : 0;
}

int spool_append(struct spool *spool, const void *bytes, size_t size, struct err *err)
{
    return output_scratch_write(spool->fd, spool->path, bytes, size, err);
}

int spool_rewind(struct spool *spool, struct err *err)
{
    if (lseek(spool->fd, 0, SEEK_SET) == 0)
        return 0;
    return err_set(err, EX_IOERR, "%s: cannot read the temporary file next to it: %s", spool->path,
                   strerror(errno));
}

static int fail_read(const struct spool *spool, ssize_t done, struct err *err)
{
    return err_set(err, EX_IOERR, "%s: cannot read the temporary file next to it: %s", spool->path,
                   done < 0 ? strerror(errno) : "it is too short");
}

int spool_read(struct spool *spool, void *bytes, size_t size, struct err *err)
{
    char *at = bytes;

    while (size) {
        ssize_t done = read(spool->fd, at, size);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail_read(spool, done, err);
        at += done;
        size -= (size_t)done;
    }
    return 0;
}

int spool_read_at(struct spool *spool, int64_t from, void *bytes, size_t size, struct err *err)
{
    char *at = bytes;

    while (size) {
        ssize_t done = pread(spool->fd, at, size, (off_t)from);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail_read(spool, done, err);
        at += done;
        from += done;
        size -= (size_t)done;
    }
    return 0;
}

void spool_close(struct spool *spool)
{
    if (spool->path && spool->fd >= 0)
        close(spool->fd);
    spool->path = NULL;
}
