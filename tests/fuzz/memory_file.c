#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

void memory_file_open(struct memory_file *file)
{
    file->fd = memfd_create("fuzz", MFD_CLOEXEC);
    HOLDS(file->fd >= 0, "memfd_create");
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
}

void memory_file_fill(const struct memory_file *file, const void *bytes, size_t size)
{
    HOLDS(ftruncate(file->fd, 0) == 0 && pwrite(file->fd, bytes, size, 0) == (ssize_t)size,
          "writing a file in memory");
}
