/* Maps over pictures, and pictures below each other. */
#include "heat.h"

#include <math.h>
#include <string.h>

float heat_most(const float *map, int count)
{
    float most = 0;

    for (int i = 0; i < count; i++)
        most = fmaxf(most, fabsf(map[i]));
    return most;
}

/* Returns the map's value at a pixel of a picture of size `to`, linearly between the two next
 * values' middles. */
static double place(int at, int to, int from)
{
    const double where = (at + 0.5) * from / to - 0.5;

    return where < 0 ? 0 : where > from - 1 ? from - 1 : where;
}

static double sample(const float *map, int h, int w, double y, double x)
{
    const int y0 = (int)y, x0 = (int)x, y1 = y0 + (y0 < h - 1), x1 = x0 + (x0 < w - 1);
    const double v = y - y0, u = x - x0;

    return (1 - v) * ((1 - u) * (double)map[y0 * w + x0] + u * (double)map[y0 * w + x1]) +
           v * ((1 - u) * (double)map[y1 * w + x0] + u * (double)map[y1 * w + x1]);
}

/* Mixes the colour of a share of -1..1 into a gray. */
static void colour(uint8_t *pixel, double gray, double share, enum heat_ink ink)
{
    static const double for_it[] = {255, 150, 0}, against[] = {50, 120, 255},
                        white[] = {255, 255, 255};
    const double *full = ink == HEAT_GRAY ? white : share < 0 ? against : for_it;
    const double part = fmin(fabs(share), 1);

    for (int k = 0; k < 3; k++)
        pixel[k] = (uint8_t)((1 - part) * gray + part * full[k] + 0.5);
}

int heat_over(struct picture *heat, const struct picture *picture, const float *map, int h, int w,
              float most, enum heat_ink ink, struct err *err)
{
    const double dim = 0.45;

    if (picture_init(heat, picture->w, picture->h, 3, err))
        return -1;
    for (int y = 0; y < heat->h; y++)
        for (int x = 0; x < heat->w; x++) {
            const int at = y * heat->w + x;
            const double value = sample(map, h, w, place(y, heat->h, h), place(x, heat->w, w));
            double gray = 0;

            for (int k = 0; k < picture->channels; k++)
                gray += picture->pixels[at * picture->channels + k] / (double)picture->channels;
            colour(heat->pixels + 3 * (size_t)at, dim * gray,
                   most > 0 && (value > 0 || ink == HEAT_COLOURS) ? value / (double)most : 0, ink);
        }
    return 0;
}

int heat_alone(struct picture *heat, const float *map, int h, int w, float most, enum heat_ink ink,
               struct err *err)
{
    if (picture_init(heat, w, h, 3, err))
        return -1;
    for (int i = 0; i < h * w; i++) {
        const double share = most > 0 ? (double)map[i] / (double)most : 0;

        colour(heat->pixels + 3 * (size_t)i, 0, ink == HEAT_GRAY ? (share + 1) / 2 : share, ink);
    }
    return 0;
}

static void magnify(const struct picture *from, int zoom, struct picture *to, int top)
{
    for (int y = 0; y < from->h * zoom; y++)
        for (int x = 0; x < from->w * zoom; x++) {
            const size_t at = (size_t)(y / zoom) * from->w + x / zoom;
            uint8_t *pixel = to->pixels + 3 * ((size_t)(top + y) * to->w + x);

            for (int k = 0; k < 3; k++)
                pixel[k] = from->pixels[at * from->channels + (from->channels == 3 ? k : 0)];
        }
}

int picture_stack(struct picture *stack, const struct picture *const *list, int count, int zoom,
                  struct err *err)
{
    const int step = list[0]->h * zoom + 1;

    if (picture_init(stack, list[0]->w * zoom, count * step - 1, 3, err))
        return -1;
    for (int i = 0; i < count; i++)
        magnify(list[i], zoom, stack, i * step);
    return 0;
}
