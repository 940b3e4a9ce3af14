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

/* Where a tile is. */
struct place {
    int picture, row, column;
};

static struct place first_place(const struct tiles *tiles)
{
    const int row = tiles->first / tiles->columns;

    return (struct place){tiles->picture + row / tiles->rows, row % tiles->rows,
                          tiles->first % tiles->columns};
}

/* Goes on to the next tile; one after the other, since divisions take as long as a transform. */
static void step(const struct tiles *tiles, struct place *place)
{
    if (++place->column < tiles->columns)
        return;
    place->column = 0;
    if (++place->row < tiles->rows)
        return;
    place->row = 0;
    place->picture++;
}

/* Returns the square of a tile that is inside the picture, and its address. */
static struct square square_at(const struct squares *s, const struct place *place, real **at)
{
    const struct grid *grid = s->grid;
    const int y = s->y + place->row * TILE * s->stride;
    const int x = s->x + place->column * TILE * s->stride;

    *at = grid_row(grid, place->picture, y) + x * grid->c;
    return (struct square){
        .row = s->stride * grid->row,
        .column = s->stride * grid->c,
        .top = before(y, s->stride, s->size, 0),
        .bottom = before(y, s->stride, s->size, grid->h),
        .left = before(x, s->stride, s->size, 0),
        .right = before(x, s->stride, s->size, grid->w),
    };
}

void tiles_take(void (*transform)(const struct winograd *), int at_once, const struct squares *from,
                const struct tiles *tiles, real *to, ptrdiff_t tile, const struct square *points)
{
    struct place place = first_place(tiles);

    for (int i = 0; i < tiles->count; i += at_once, to += tile, step(tiles, &place)) {
        struct winograd w = {.to = to, .out = *points, .channels = from->grid->c};
        real *at;

        w.in = square_at(from, &place, &at);
        w.from = at;
        if (i + 1 < tiles->count && at_once > 1) {
            step(tiles, &place);
            w.in_odd = square_at(from, &place, &at);
            w.from_odd = at;
        }
        transform(&w);
    }
}

void tiles_give(const real *from, ptrdiff_t tile, const struct square *points, const real *bias,
                const struct squares *to, const struct tiles *tiles)
{
    struct place place = first_place(tiles);

    for (int i = 0; i < tiles->count; i++, step(tiles, &place)) {
        real *at;
        const struct square square = square_at(to, &place, &at);

        kernels->winograd_output(&(struct winograd){.from = from + i * tile,
                                                    .in = *points,
                                                    .to = at,
                                                    .out = square,
                                                    .bias = bias,
                                                    .channels = to->grid->c});
    }
}
