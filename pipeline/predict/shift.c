#include "shift.h"

#include <string.h>

static int within(int place, int count)
{
    return place < 0 ? 0 : place >= count ? count - 1 : place;
}

void shift_image(const struct dataset_info *info, const void *from, int x, int y, void *to)
{
    const int w = info->w, h = info->h;
    const size_t size = info->pixel == DTYPE_U8 ? 1 : sizeof(float);
    char *next = to;

    for (int row = 0; row < info->c * h; row++) {
        const int plane = row / h * h;
        const char *source =
            (const char *)from + (size_t)((plane + within(row - plane - y, h)) * w) * size;

        for (int column = 0; column < w; column++, next += size)
            memcpy(next, source + (size_t)within(column - x, w) * size, size);
    }
}
