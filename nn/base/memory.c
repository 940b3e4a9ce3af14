/* Aligned memory for the arithmetic, of huge pages where the system has them: filling a thousand
 * small pages takes longer than the work on them in a short run, and looking up their addresses
 * slows every walk through them. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, HUGE_PAGE = 2 << 20 };

static void take_huge_pages(void *at, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE)
        madvise(at, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
}

void *aligned_zeros(size_t bytes)
{
    void *memory = NULL;

    bytes = (bytes + LINE - 1) / LINE * LINE + LINE;
    if (posix_memalign(&memory, bytes < HUGE_PAGE ? LINE : HUGE_PAGE, bytes))
        return NULL;
    take_huge_pages(memory, bytes);
    return memset(memory, 0, bytes);
}

static void *map(size_t bytes, int protection, int flags)
{
    void *at = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

void *mapped_zeros(size_t bytes)
{
    void *at = map(bytes + LINE, PROT_READ | PROT_WRITE, 0);

    if (at)
        take_huge_pages(at, bytes + LINE);
    return at;
}

void *addresses(size_t bytes)
{
    return map(bytes + LINE, PROT_NONE, MAP_NORESERVE);
}

void unmap(void *at, size_t bytes)
{
    if (at)
        munmap(at, bytes + LINE);
}
