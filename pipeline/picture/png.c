/* Writes PNG by libpng. */
#include "png.h"

#include <png.h>
#include <stdlib.h>

enum { SIDE_LIMIT = 1000000 }; /* libpng refuses longer sides */

int png_encode(unsigned char **bytes, size_t *size, const struct picture *picture, struct err *err)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->w,
                       .height = (png_uint_32)picture->h,
                       .format = picture->channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY};
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
    int written;

    *bytes = NULL;
    if (picture->w > SIDE_LIMIT || picture->h > SIDE_LIMIT)
        return err_set(err, EX_DATAERR, "a picture of %dx%d pixels is too large for a PNG",
                       picture->w, picture->h);
    *bytes = malloc(room);
    if (!*bytes)
        return err_memory(err, "a picture as PNG", room);
    written = png_image_write_to_memory(&image, *bytes, &room, 0, picture->pixels, 0, NULL);
    png_image_free(&image);
    if (!written) { /* within memory nothing else can fail */
        free(*bytes);
        *bytes = NULL;
        return err_memory(err, "a picture as PNG", room);
    }
    *size = room;
    return 0;
}
