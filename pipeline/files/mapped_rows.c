/* Rows in a temporary file that is mapped into memory. */
#include "mapped_rows.h"

#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int refuse(const char *folder, unsigned long long bytes, int why, struct err *err)
{
    return err_set(err, EX_CANTCREAT, "%s: no temporary file of %llu bytes can be made there: %s",
                   folder, bytes, strerror(why));
}

int mapped_rows_open(struct mapped_rows *mapped, const char *folder, int64_t count, size_t row,
                     struct err *err)
{
    size_t bytes;
    int fd, failed;
    void *rows;

    if (__builtin_mul_overflow((size_t)count, row, &bytes) || bytes > INT64_MAX)
        return err_memory(err, "images", 0);
    fd = temporary_scratch(folder);
    if (fd < 0)
        return refuse(folder, bytes, errno, err);
    /* Writing to a mapped page that the disk has no room for would end the process. */
    failed = posix_fallocate(fd, 0, (off_t)bytes);
    rows = failed ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (!failed && rows == MAP_FAILED)
        failed = errno;
    close(fd);
    if (failed)
        return refuse(folder, bytes, failed, err);
    *mapped = (struct mapped_rows){rows, row, bytes};
    return 0;
}

void mapped_rows_fetch(const void *data, int64_t number)
{
    const struct mapped_rows *mapped = data;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), begin = (size_t)number * mapped->row;
    const size_t first = begin / page * page;

    /* What is read at random is fetched row by row: the system would read on behind each, up to
     * megabytes. Before, and in what is never fetched, that is as it should be. */
    (void)posix_madvise(mapped->rows, mapped->bytes, POSIX_MADV_RANDOM);
    (void)posix_madvise(mapped->rows + first, begin + mapped->row - first, POSIX_MADV_WILLNEED);
}

void mapped_rows_close(struct mapped_rows *mapped)
{
    if (mapped->rows)
        munmap(mapped->rows, mapped->bytes);
    *mapped = (struct mapped_rows){0};
}
