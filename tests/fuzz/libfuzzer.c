#include "fuzz.h"

/* Compiled for each target, with its function as FUZZ_TARGET. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* Freed memory is used again soon, which makes the runs several times as fast. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=2:malloc_context_size=2:max_malloc_fill_size=0:"
           "allocator_release_to_os_interval_ms=-1";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FUZZ_TARGET(data, size);
    return 0;
}
