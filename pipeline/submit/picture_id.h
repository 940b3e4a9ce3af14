#ifndef PIPELINE_PICTURE_ID_H
#define PIPELINE_PICTURE_ID_H

#include "pipeline/dataset/keys.h"

/* Ids that are names of pictures: samples have them with or without the ending of the file. */

enum { PICTURE_ID = KEY_MOST + 8 }; /* bytes of such an id; no NUL */

/* Returns the size of an id less the ending .png, .jpg or .jpeg, of any case; all of it where it
 * has none. */
size_t picture_id_stem(const char *id, size_t size);
/* Writes the id with the i-th ending in place of its own: none, .png, .jpg, ... Returns its size; 0
 * after the last one, and for an id longer than any. */
size_t picture_id_with(const char *id, size_t size, int i, char other[PICTURE_ID]);

#endif
