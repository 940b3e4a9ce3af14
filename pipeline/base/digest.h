#ifndef PIPELINE_DIGEST_H
#define PIPELINE_DIGEST_H

#include "pipeline/files/inputs.h"

#include <xxhash.h>

/* The hash as 32 hex digits, the way `xxhsum -H128` prints it. */
void digest_text(XXH128_hash_t hash, char text[DIGEST_TEXT]);

#endif
