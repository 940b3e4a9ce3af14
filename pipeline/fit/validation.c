/* The identity of the rows that validate a training. */
#include "validation.h"

#include <string.h>

/* Digests a fold by its data and the places of its rows in it. */
static void digest_fold(const struct training *t, const struct nn_data *fold,
                        char digest[DIGEST_TEXT])
{
    XXH3_state_t *state = XXH3_createState();

    digest[0] = 0;
    if (!state)
        return;
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, t->train.digest, strlen(t->train.digest));
    XXH3_128bits_update(state, fold->index, (size_t)fold->n * sizeof *fold->index);
    digest_text(XXH3_128bits_digest(state), digest);
    XXH3_freeState(state);
}

json_t *validation_json(const struct training *t)
{
    const struct scored *scored = t->scored;
    char digest[DIGEST_TEXT];

    if (!t->has_validation)
        return json_null();
    if (scored->data.index)
        digest_fold(t, &scored->data, digest);
    else
        memcpy(digest, scored->samples.digest, DIGEST_TEXT);
    return *digest ? json_pack("{s:s, s:I}", "digest", digest, "rows", (json_int_t)scored->data.n)
                   : NULL;
}
