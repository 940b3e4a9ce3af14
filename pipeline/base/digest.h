#ifndef PIPELINE_DIGEST_H
#define PIPELINE_DIGEST_H

#include <xxhash.h>

enum { DIGEST_TEXT = 33 }; /* 128 bits as 32 hex digits, and the closing NUL */

/* Prints the hash as 32 hex digits, the way `xxhsum -H128` does. */
void digest_text(XXH128_hash_t hash, char text[DIGEST_TEXT]);

#endif
