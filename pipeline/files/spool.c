/* Unnamed temporary files next to an output. */
#include "spool.h"

#include "output.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

int spool_open(struct spool *spool, const char *path, struct err *err)
{
    spool->path = path;
    spool->fd = output_scratch(path, err);
    return spool->fd < 0 ? -1 : 0;
}

int spool_append(struct spool *spool, const int32_t *numbers, int64_t count, struct err *err)
{
    return output_scratch_write(spool->fd, spool->path, numbers, (size_t)count * sizeof *numbers,
                                err);
}

int spool_rewind(struct spool *spool, struct err *err)
{
    if (lseek(spool->fd, 0, SEEK_SET) == 0)
        return 0;
    return err_set(err, EX_IOERR, "%s: cannot read the temporary file next to it: %s", spool->path,
                   strerror(errno));
}

int spool_read(struct spool *spool, int32_t *numbers, int64_t count, struct err *err)
{
    char *at = (char *)numbers;
    size_t left = (size_t)count * sizeof *numbers;

    while (left) {
        ssize_t done = read(spool->fd, at, left);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return err_set(err, EX_IOERR, "%s: cannot read the temporary file next to it: %s",
                           spool->path, done < 0 ? strerror(errno) : "it is too short");
        at += done;
        left -= (size_t)done;
    }
    return 0;
}

void spool_close(struct spool *spool)
{
    if (spool->path && spool->fd >= 0)
        close(spool->fd);
    spool->path = NULL;
}
