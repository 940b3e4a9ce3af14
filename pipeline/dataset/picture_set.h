#ifndef PIPELINE_PICTURE_SET_H
#define PIPELINE_PICTURE_SET_H

#include "pipeline/base/err.h"
#include "pipeline/tensor/tensor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of pictures by their fingerprints, which a model's file keeps: the first 36 bits of the
 * XXH3-64 of the pixels. A picture outside of a set of 42,000 is taken for one of it by chance with
 * a probability of 6e-7, and each takes 2.8 bytes. Whoever counts pictures found compares the count
 * with picture_set_chance(). */
struct picture_set {
    uint64_t *prints; /* [count] once sealed, upwards and each once */
    int64_t count, room;
};

/* Largest set that is written; more would not fit into a file's header. */
enum { PICTURE_SET_MOST = 1 << 21 };

/* Returns the fingerprint of a picture of so many U8 or F32; floats that are all whole numbers from
 * 0 to 255 have that of the bytes. */
uint64_t picture_print(const void *picture, enum dtype pixel, size_t pixels);
/* Adds images[index[i]] for i below n, or images[i] where index is NULL. */
MUST_CHECK int picture_set_add(struct picture_set *set, const void *images, enum dtype pixel,
                               size_t pixels, const int64_t *index, int64_t n, struct err *err);
/* Adds all of another set. */
MUST_CHECK int picture_set_join(struct picture_set *set, const struct picture_set *other,
                                struct err *err);
/* Puts the set in order, after the adding and before any of the functions below. */
void picture_set_seal(struct picture_set *set);
bool picture_set_has(const struct picture_set *set, uint64_t print);
/* Returns the probability that a picture which is not in the set seems to be. */
double picture_set_chance(const struct picture_set *set);
/* Returns the set as text, which the caller frees: the gaps between fingerprints in Rice's code
 * ("Some practical universal noiseless coding techniques", 1979), six bits a letter. NULL: out of
 * memory. */
char *picture_set_text(const struct picture_set *set);
/* Reads a set of `count` fingerprints that picture_set_text() wrote: 1, 0 the text is no such, or
 * -1. */
MUST_CHECK int picture_set_read(struct picture_set *set, int64_t count, const char *text,
                                struct err *err);
void picture_set_free(struct picture_set *set);

#endif
