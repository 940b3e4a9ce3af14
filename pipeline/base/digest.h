#ifndef PIPELINE_DIGEST_H
#define PIPELINE_DIGEST_H

#include <xxhash.h>
#if defined __x86_64__ && defined __has_include
#if __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h> /* XXH3 by the widest vectors that the processor has */
#endif
#endif

enum { DIGEST_TEXT = 33 }; /* 128 bits as 32 hex digits, and the closing NUL */

/* Prints the hash as 32 hex digits, the way `xxhsum -H128` does. */
void digest_text(XXH128_hash_t hash, char text[DIGEST_TEXT]);

#endif
