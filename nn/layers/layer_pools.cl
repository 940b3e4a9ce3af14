/* Windows, as nn/kernels/pool.h has them; those of averages may be whole pictures. */
#include "nn/device/dialect.h"

struct pool {
    struct device_grid x, y, dx, dy;
    int n, kh, kw, stride_y, stride_x, pad;
    float factor; /* of averages */
    int whole;    /* windows are whole pictures */
};

#ifdef ON_DEVICE
/* Taps of window (y, x) that are inside the picture. */
struct window_taps {
    int top, bottom, left, right;
};
struct window_taps taps_of(const struct pool *a, int y, int x)
{
    const int top = y * a->stride_y - a->pad, left = x * a->stride_x - a->pad;
    struct window_taps taps;

    taps.top = top < 0 ? 0 : top;
    taps.left = left < 0 ? 0 : left;
    taps.bottom = top + a->kh < a->x.h ? top + a->kh : a->x.h;
    taps.right = left + a->kw < a->x.w ? left + a->kw : a->x.w;
    return taps;
}

float largest_of(MEMORY, const struct pool *a, int p, int k, struct window_taps taps)
{
    float best = *number(memory, a->x, p, taps.top, taps.left, k);

    for (int y = taps.top; y < taps.bottom; y++)
        for (int x = taps.left; x < taps.right; x++) {
            const float value = *number(memory, a->x, p, y, x, k);

            best = best > value ? best : value;
        }
    return best;
}

KERNEL(pool_max, pool)
{
    const int k = ITEM() % a.y.c, x = ITEM() / a.y.c % a.y.w;
    const int y = ITEM() / a.y.c / a.y.w % a.y.h, p = ITEM() / a.y.c / a.y.w / a.y.h;

    if (p < a.n)
        *number(memory, a.y, p, y, x, k) = largest_of(memory, &a, p, k, taps_of(&a, y, x));
}

/* Returns the number of the window's tap that is the first to be as large as any, y * width + x. */
int first_largest(MEMORY, const struct pool *a, int p, int k, struct window_taps taps)
{
    const float best = largest_of(memory, a, p, k, taps);

    for (int y = taps.top; y < taps.bottom; y++)
        for (int x = taps.left; x < taps.right; x++)
            if (*number(memory, a->x, p, y, x, k) == best)
                return y * a->x.w + x;
    return -1;
}

/* Sums what the windows give that a pixel is in, in their order. */
KERNEL(pool_back, pool)
{
    const int k = ITEM() % a.dx.c, x = ITEM() / a.dx.c % a.dx.w;
    const int y = ITEM() / a.dx.c / a.dx.w % a.dx.h, p = ITEM() / a.dx.c / a.dx.w / a.dx.h;
    const int down = y + a.pad - a.kh, along = x + a.pad - a.kw;
    float sum = 0;

    if (p >= a.n)
        return;
    for (int i = down < 0 ? 0 : down / a.stride_y + 1; i < a.dy.h && i * a.stride_y - a.pad <= y;
         i++)
        for (int j = along < 0 ? 0 : along / a.stride_x + 1;
             j < a.dy.w && j * a.stride_x - a.pad <= x; j++) {
            const float d = *number(memory, a.dy, p, i, j, k);

            if (a.whole)
                sum = d * a.factor;
            else if (a.factor)
                sum = FUSED(a.factor, d, sum);
            else
                sum += first_largest(memory, &a, p, k, taps_of(&a, i, j)) == y * a.x.w + x ? d : 0;
        }
    *number(memory, a.dx, p, y, x, k) = sum;
}

KERNEL(pool_average, pool)
{
    const int k = ITEM() % a.y.c, x = ITEM() / a.y.c % a.y.w;
    const int y = ITEM() / a.y.c / a.y.w % a.y.h, p = ITEM() / a.y.c / a.y.w / a.y.h;
    const struct window_taps taps = taps_of(&a, y, x);
    float sum = 0;

    if (p >= a.n)
        return;
    for (int i = taps.top; i < taps.bottom; i++)
        for (int j = taps.left; j < taps.right; j++)
            sum += *number(memory, a.x, p, i, j, k);
    *number(memory, a.y, p, y, x, k) = a.factor * sum;
}
#endif
