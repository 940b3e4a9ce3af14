#include "json_memory.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_bool failed;

static void *allocate(size_t size)
{
    void *block = malloc(size);

    if (!block)
        atomic_store(&failed, true);
    return block;
}

void json_memory_watch(void)
{
    json_set_alloc_funcs(allocate, free);
}

int json_memory_check(const char *what, struct err *err)
{
    return atomic_exchange(&failed, false) ? err_memory(err, what, 0) : 0;
}
