#ifndef NN_TILES_H
#define NN_TILES_H

#include "nn/layers/layer.h"

/* Tiles of pictures for the transforms of nn/kernels/winograd.h. */

enum {
    TILE = 4,               /* outputs, in each direction */
    TAPS = 3,               /* weights */
    SIZE = TILE + TAPS - 1, /* inputs, and points of the transforms */
    POINTS = SIZE * SIZE,
    AT_ONCE = 24 /* tiles: whole tiles of the kernels' product, of 12 and of 6 rows */
};

static inline int in_tiles(int size)
{
    return (size + TILE - 1) / TILE;
}

/* Some of a shard's tiles, numbered picture by picture and row by row; AT_ONCE at most. */
struct tiles {
    int rows, columns; /* in each picture */
    int picture;       /* the shard's first */
    int first, count;
};

#define EACH_TILES(tiles, shard, height, width)                                                    \
    for (struct tiles tiles = tiles_first(shard, height, width); tiles.count > 0;                  \
         tiles = tiles_next(&tiles, shard))
struct tiles tiles_first(const struct shard *shard, int height, int width);
struct tiles tiles_next(const struct tiles *last, const struct shard *shard);

/* Each tile's square of pixels in a grid: `size` x `size`, `stride` (1 or 2) apart, in the first
 * tile from (y, x) on. */
struct squares {
    const struct grid *grid;
    int y, x, stride, size;
};

/* Offsets of tile t's numbers at point p: t * tile + p * point. */
struct layout {
    ptrdiff_t tile, point;
};

/* Returns the layout that is better for products, which read and write a tile here and there. */
static inline struct layout tile_by_tile(int numbers)
{
    return (struct layout){(ptrdiff_t)POINTS * numbers, numbers};
}

/* Returns the layout that is better for sums over all tiles. */
static inline struct layout point_by_point(int numbers, int tiles)
{
    return (struct layout){numbers, (ptrdiff_t)tiles * numbers};
}

/* Returns the square of all points. */
static inline struct square points_in(const struct layout *layout)
{
    return (struct square){SIZE * layout->point, layout->point, 0, SIZE, 0, SIZE};
}

/* Transforms each tile's pixels (those outside the picture are zero) to its numbers at `points`;
 * `at_once` tiles, 1 or 2, to the same numbers. */
void tiles_take(void (*transform)(const struct winograd *), int at_once, const struct squares *from,
                const struct tiles *tiles, real *to, ptrdiff_t tile, const struct square *points);
/* Transforms each tile's numbers, those not in `points` being zero, to its outputs, those outside
 * the picture left out. */
void tiles_give(const real *from, ptrdiff_t tile, const struct square *points, const real *bias,
                const struct squares *to, const struct tiles *tiles);

#endif
