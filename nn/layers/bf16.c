/* Makes pairs of bfloat16 numbers of what layers multiply, see bf16.h. */
#include "bf16.h"

void bf16_row(const real *from, int n, real *to)
{
    kernels->pair_neighbours(from, n / 2, to);
    if (n % 2)
        kernels->pair_rows(from + n - 1, NULL, 1, to + n / 2);
}

void bf16_weights(const real *from, int rows, real *to)
{
    for (int i = 0; i < rows; i += 2, from += (ptrdiff_t)2 * LANES, to += LANES)
        kernels->pair_rows(from, i + 1 < rows ? from + LANES : NULL, LANES, to);
}

static ptrdiff_t row_pairs(int c, int w, int border)
{
    return (ptrdiff_t)(w + 2 * border) * (c / 2);
}

struct grid bf16_grid(const struct grid *from, int border, const struct shard *shard, real *to)
{
    struct grid grid = {
        .c = from->c / 2, .h = from->h, .w = from->w, .row = row_pairs(from->c, from->w, border)};

    grid.picture = grid.h * grid.row;
    EACH_ROW (shard, *from, i, y)
        kernels->pair_neighbours(grid_row(from, i, y) - (ptrdiff_t)border * from->c, grid.row,
                                 to + (i - shard->first) * grid.picture + y * grid.row);
    grid.at = to + border * grid.c - shard->first * grid.picture;
    return grid;
}

size_t bf16_grid_numbers(struct shape shape, int border)
{
    return (size_t)(SHARD * shape.h * row_pairs(shape.c, shape.w, border));
}
