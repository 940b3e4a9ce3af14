/* Walks over a shard's tiles, some at a time, and transforms them. */
#include "winograd_tiles.h"

/* Returns how many tiles at a time make the most even pieces. */
static int at_once(int all)
{
    const int pieces = (all + AT_ONCE - 1) / AT_ONCE;

    return (all + pieces - 1) / pieces;
}

struct tiles tiles_next(const struct tiles *last, const struct shard *shard)
{
    const int all = shard->count * last->rows * last->columns, most = at_once(all);
    struct tiles next = *last;

    next.first += last->count;
    next.count = all - next.first < most ? all - next.first : most;
    return next;
}

struct tiles tiles_first(const struct shard *shard, int height, int width)
{
    const struct tiles none = {
        .rows = in_tiles(height), .columns = in_tiles(width), .picture = shard->first};

    return tiles_next(&none, shard);
}

/* Counts which of `size` pixels from `at` on, `stride` apart, lie before `end`. */
static int before(int at, int stride, int size, int end)
{
    const int count = at < end ? (end - at + stride - 1) >> (stride - 1) : 0;

    return count < size ? count : size;
}

/* Returns the square of tile i that is inside the picture, and its address. */
static struct square square_of(const struct squares *s, const struct tiles *tiles, int i, real **at)
{
    const struct grid *grid = s->grid;
    const int number = tiles->first + i, row = number / tiles->columns;
    const int y = s->y + row % tiles->rows * TILE * s->stride;
    const int x = s->x + number % tiles->columns * TILE * s->stride;

    *at = grid_row(grid, tiles->picture + row / tiles->rows, y) + x * grid->c;
    return (struct square){
        .row = s->stride * grid->row,
        .column = s->stride * grid->c,
        .top = before(y, s->stride, s->size, 0),
        .bottom = before(y, s->stride, s->size, grid->h),
        .left = before(x, s->stride, s->size, 0),
        .right = before(x, s->stride, s->size, grid->w),
    };
}

void tiles_take(void (*transform)(const struct winograd *), const struct squares *from,
                const struct tiles *tiles, real *to, ptrdiff_t tile, const struct square *points)
{
    for (int i = 0; i < tiles->count; i++) {
        real *at;
        const struct square square = square_of(from, tiles, i, &at);

        transform(&(struct winograd){.from = at,
                                     .in = square,
                                     .to = to + i * tile,
                                     .out = *points,
                                     .channels = from->grid->c});
    }
}

void tiles_give(const real *from, ptrdiff_t tile, const struct square *points, const real *bias,
                const struct squares *to, const struct tiles *tiles)
{
    for (int i = 0; i < tiles->count; i++) {
        real *at;
        const struct square square = square_of(to, tiles, i, &at);

        kernels->winograd_output(&(struct winograd){.from = from + i * tile,
                                                    .in = *points,
                                                    .to = at,
                                                    .out = square,
                                                    .bias = bias,
                                                    .channels = to->grid->c});
    }
}
