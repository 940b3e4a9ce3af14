/* Ids with and without the endings of pictures' files. */
#include "picture_id.h"

#include <string.h>
#include <strings.h>

enum { ENDINGS = 7 };
static const char *const endings[ENDINGS] = {"", ".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG"};

size_t picture_id_stem(const char *id, size_t size)
{
    for (int i = 1; i < ENDINGS; i++) {
        const size_t ending = strlen(endings[i]);

        if (size > ending && strncasecmp(id + size - ending, endings[i], ending) == 0)
            return size - ending;
    }
    return size;
}

size_t picture_id_with(const char *id, size_t size, int i, char other[PICTURE_ID])
{
    const size_t stem = picture_id_stem(id, size);

    if (i >= ENDINGS || stem > KEY_MOST)
        return 0;
    memcpy(other, id, stem);
    memcpy(other + stem, endings[i], strlen(endings[i]));
    return stem + strlen(endings[i]);
}
