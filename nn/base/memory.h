#ifndef NN_MEMORY_H
#define NN_MEMORY_H

#include <stddef.h>

/* Allocates zeroed memory at a multiple of 64 bytes, with room for 64 more after the last; free()
 * releases it. Returns NULL when out of memory. */
void *aligned_zeros(size_t bytes);
/* Does the same, but the system gives a page only once it is written: what is for threads that have
 * no work yet takes none. unmap() releases it. */
void *mapped_zeros(size_t bytes);
/* Returns addresses that stand for memory elsewhere: this process can neither read nor write there.
 * NULL: there are none. unmap() releases them. */
void *addresses(size_t bytes);
/* Releases so many bytes, as they were requested; NULL is fine. */
void unmap(void *at, size_t bytes);

#endif
