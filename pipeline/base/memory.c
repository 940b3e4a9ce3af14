/* Memory for many rows at once. */
#include "memory.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Takes huge pages where the system has them: thousands of page faults take as long as reading the
 * rows. */
static void *allocate(size_t size)
{
    const size_t huge_page = 2 << 20;
    void *memory = NULL;

    if (size < huge_page)
        return malloc(size ? size : 1);
    if (posix_memalign(&memory, huge_page, size))
        return NULL;
#ifdef MADV_HUGEPAGE
    madvise(memory, size / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    return memory;
}

void *rows_alloc(int64_t count, size_t row, const char *what, struct err *err)
{
    size_t size;
    void *memory = NULL;

    if (!__builtin_mul_overflow((size_t)count, row, &size))
        memory = allocate(size);
    if (!memory)
        err_memory(err, what, (unsigned long long)count * row);
    return memory;
}
