/* Aligned memory for the arithmetic, of huge pages where the system has them: filling a thousand
 * small pages takes longer than the work on them in a short run, and looking up their addresses
 * slows every walk through them. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *aligned_zeros(size_t bytes)
{
    enum { LINE = 64, HUGE_PAGE = 2 << 20 };
    void *memory = NULL;

    bytes = (bytes + LINE - 1) / LINE * LINE + LINE;
    if (posix_memalign(&memory, bytes < HUGE_PAGE ? LINE : HUGE_PAGE, bytes))
        return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE)
        madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, bytes);
}

void *addresses(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

void addresses_free(void *at, size_t bytes)
{
    if (at)
        munmap(at, bytes);
}
