#ifndef TESTS_NOISE_H
#define TESTS_NOISE_H

#include "nn/base/memory.h"
#include "nn/layers/layer.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Memory for a test of layers, all of it zero or noise, until release_memory(). */

enum { MEMORIES = 40 };
static void *memory[MEMORIES];
static int memories;

static void *zeros(size_t bytes)
{
    void *new = aligned_zeros(bytes + 64);

    ck_assert(new &&memories < MEMORIES);
    memory[memories++] = new;
    return new;
}

static void release_memory(void)
{
    while (memories > 0)
        free(memory[--memories]);
}

/* Numbers between -0.5 and 0.5, with LANES zeros after them. */
static real *noise(size_t n, uint32_t seed)
{
    const struct nn_random random = {seed, 0, 0};
    real *x = zeros((n + LANES) * sizeof *x);

    for (size_t i = 0; i < n; i++)
        x[i] = (real)(nn_random_unit(&random, i) - 0.5);
    return x;
}

/* Pictures of noise, with `border` zeros around each. */
static struct grid make_grid(struct shape shape, int border, int pictures, uint32_t seed)
{
    struct grid grid = {.c = shape.c, .h = shape.h, .w = shape.w};
    const size_t row = (size_t)(shape.w * shape.c);
    const real *x = noise((size_t)(pictures * shape.h) * row, seed);
    real *all;

    grid.row = (ptrdiff_t)(shape.w + 2 * border) * shape.c;
    grid.picture = (shape.h + 2 * border) * grid.row;
    all = zeros((size_t)(grid.picture * pictures + LANES) * sizeof *all);
    grid.at = all + border * (grid.row + shape.c);
    for (int i = 0; i < pictures * shape.h; i++)
        memcpy(grid_row(&grid, i / shape.h, i % shape.h), x + (size_t)i * row, row * sizeof *x);
    return grid;
}

#endif
