/* Digests as text. */
#include "digest.h"

#include <stdio.h>

void digest_text(XXH128_hash_t hash, char text[DIGEST_TEXT])
{
    snprintf(text, DIGEST_TEXT, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
}
