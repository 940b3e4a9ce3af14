/* Convolutions with fewer multiplications, see winograd.h, by the maps of
 * nn/kernels/winograd_maps.h. */
#include "nn/device/functions.cl"

struct winograd_on_device {
    struct device_grid in, out, din, dout;
    i64 weights;        /* packed, then the bias */
    i64 forward;        /* [point][phase][input][output] */
    i64 back;           /* [phase][point][output][input] */
    i64 inputs;         /* [point][tile][phase][input] */
    i64 outputs;        /* [point][tile][output] */
    i64 back_inputs;    /* [phase][point][back tile][input] */
    i64 back_outputs;   /* [point][back tile][output] */
    i64 products;       /* [group][phase][point][input][output] */
    i64 sums;           /* [group][parameters] gradients of a shard each */
    int n, kh, kw, stride, pad, bias, bf16, parameters;
    int groups; /* 0: no gradient of the weights */
    int back_n; /* n; 0: no gradient of the input */
    int ways; /* 2: weights for backward, too */
    int rows, columns, back_rows, back_columns; /* of tiles in a picture */
};

#ifdef ON_DEVICE
enum { TILE = 4, TAPS = 3, SIZE = 6, POINTS = 36, AT_ONCE = 24 }; /* as in winograd_tiles.h */

#include "nn/kernels/winograd_maps.h"

enum map { INPUT, OUTPUT, OUTPUT_BACK, WEIGHTS, WEIGHTS_BACK };

void map_one(enum map map, const float *from, float *to)
{
    switch (map) {
    case INPUT:
        map_input(from, to);
        break;
    case OUTPUT:
        map_output(from, to);
        break;
    case OUTPUT_BACK:
        map_output_back(from, to);
        break;
    case WEIGHTS:
        map_weights(from, to);
        break;
    case WEIGHTS_BACK:
        map_weights_back(from, to);
        break;
    }
}

/* Returns what the maps leave out of their result number i. */
float factor_of(enum map map, int i)
{
    const float factors[5][SIZE] = {{INPUT_FACTORS}, {OUTPUT_FACTORS}, {OUTPUT_BACK_FACTORS},
                                    {WEIGHTS_FACTORS}, {WEIGHTS_BACK_FACTORS}};

    return factors[map][i];
}

/* Transforms a square in both directions: `from` x `from` numbers to `to` x `to`. */
void map_square(enum map map, float in[SIZE][SIZE], int from, int to, float bias,
                float out[SIZE][SIZE])
{
    float column[SIZE][SIZE], line[SIZE], mapped[SIZE];

    for (int x = 0; x < from; x++) {
        for (int y = 0; y < from; y++)
            line[y] = in[y][x];
        map_one(map, line, mapped);
        for (int y = 0; y < to; y++)
            column[y][x] = factor_of(map, y) * mapped[y];
    }
    for (int y = 0; y < to; y++) {
        map_one(map, column[y], mapped);
        for (int x = 0; x < to; x++)
            out[y][x] = plus(bias, factor_of(map, x), mapped[x]);
    }
}

/* Counts the points where a phase of the stride multiplies, in one direction. */
int points_of(int kernel_size, int stride, int phase)
{
    return (kernel_size - phase + stride - 1) / stride == TAPS ? SIZE : SIZE - 1;
}

/* Transforms a square of a grid's pixels, those outside the picture being zero, to points that lie
 * `apart`. */
void take(MEMORY, struct device_grid g, int p, int y, int x, int stride, int size, int k,
          enum map map, int bf16, __global float *to, i64 apart)
{
    float square[SIZE][SIZE], out[SIZE][SIZE];

    for (int i = 0; i < size; i++)
        for (int j = 0; j < size; j++) {
            const int at_y = y + i * stride, at_x = x + j * stride;
            const int inside = at_y >= 0 && at_y < g.h && at_x >= 0 && at_x < g.w;

            square[i][j] = inside ? *number(memory, g, p, at_y, at_x, k) : 0;
        }
    map_square(map, square, size, SIZE, 0, out);
    for (int point = 0; point < POINTS; point++)
        to[point * apart] = operand(out[point / SIZE][point % SIZE], bf16);
}

/* Transforms numbers at points that lie `apart`, those before `top` and `left` being zero, to a
 * square of a grid's pixels, those outside the picture left out. */
void give(MEMORY, __global const float *from, i64 apart, int top, int left, float bias,
          struct device_grid g, int p, int y, int x, int stride, int k)
{
    float square[SIZE][SIZE], out[SIZE][SIZE];

    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            square[i][j] = i >= top && j >= left ? from[(i * SIZE + j) * apart] : 0;
    map_square(OUTPUT, square, SIZE, TILE, bias, out);
    for (int i = 0; i < TILE && y + i * stride < g.h; i++)
        for (int j = 0; j < TILE && x + j * stride < g.w; j++)
            *number(memory, g, p, y + i * stride, x + j * stride, k) = out[i][j];
}

/* Makes the weights' transforms: first all for the forward pass, then those for the gradient. */
KERNEL(winograd_weights, winograd_on_device)
{
    const int phases = a.stride * a.stride, each = phases * a.in.c * a.out.c;
    const int k = ITEM() % a.out.c, i = ITEM() / a.out.c % a.in.c;
    const int phase = ITEM() / a.out.c / a.in.c % phases, back = ITEM() / each;
    float square[SIZE][SIZE], out[SIZE][SIZE];

    if (back >= a.ways)
        return;
    for (int y = 0; y < TAPS; y++)
        for (int x = 0; x < TAPS; x++) {
            const int ky = phase / a.stride + a.stride * (back ? TAPS - 1 - y : y);
            const int kx = phase % a.stride + a.stride * (back ? TAPS - 1 - x : x);
            const int at = (k / LANES * a.kh + ky) * a.kw + kx;

            square[y][x] = ky < a.kh && kx < a.kw
                               ? FLOAT(a.weights)[(at * a.in.c + i) * LANES + k % LANES]
                               : 0;
        }
    map_square(WEIGHTS, square, TAPS, SIZE, 0, out);
    for (int point = 0; point < POINTS; point++) {
        const float u = operand(out[point / SIZE][point % SIZE], a.bf16);

        if (back)
            FLOAT(a.back)[((phase * POINTS + point) * a.out.c + k) * a.in.c + i] = u;
        else
            FLOAT(a.forward)[((point * phases + phase) * a.in.c + i) * a.out.c + k] = u;
    }
}

KERNEL(winograd_take_input, winograd_on_device)
{
    const int phases = a.stride * a.stride, i = ITEM() % a.in.c;
    const int phase = ITEM() / a.in.c % phases, tile = ITEM() / a.in.c / phases;
    const int x = tile % a.columns, y = tile / a.columns % a.rows, p = tile / a.columns / a.rows;
    const int step = TILE * a.stride;

    if (p < a.n)
        take(memory, a.in, p, y * step + phase / a.stride - a.pad,
             x * step + phase % a.stride - a.pad, a.stride, SIZE, i, INPUT, a.bf16,
             FLOAT(a.inputs) + ITEM(), (i64)a.n * a.rows * a.columns * phases * a.in.c);
}

KERNEL(winograd_product, winograd_on_device)
{
    const int tiles = a.n * a.rows * a.columns, phases = a.stride * a.stride;
    const int across = SQUARES(a.out.c), down = SQUARES(tiles);
    const int k = ITEM() % across * SQUARE, tile = ITEM() / across % down * SQUARE;
    const int point = ITEM() / across / down;
    __global const float *x[SQUARE];
    float sum[SQUARE][SQUARE] = {{0}};

    if (point >= POINTS)
        return;
    for (int phase = 0; phase < phases; phase++) {
        const int in = ((point * tiles + tile) * phases + phase) * a.in.c;
        const int w = (point * phases + phase) * a.in.c * a.out.c + k;

        if (point / SIZE >= points_of(a.kh, a.stride, phase / a.stride) ||
            point % SIZE >= points_of(a.kw, a.stride, phase % a.stride))
            continue;
        rows_at(FLOAT(a.inputs) + in, phases * a.in.c, tiles - tile, x);
        add_square(x, 1, FLOAT(a.forward) + w, a.out.c, a.in.c, a.bf16, sum);
    }
    put_square(sum, FLOAT(a.outputs) + (point * tiles + tile) * a.out.c + k, a.out.c, tiles - tile,
               a.out.c - k);
}

KERNEL(winograd_give_output, winograd_on_device)
{
    const int k = ITEM() % a.out.c, tile = ITEM() / a.out.c;
    const int x = tile % a.columns, y = tile / a.columns % a.rows, p = tile / a.columns / a.rows;
    const int bias_at = panels(a.out.c) * LANES * a.kh * a.kw * a.in.c;

    if (p < a.n)
        give(memory, FLOAT(a.outputs) + ITEM(), (i64)a.n * a.rows * a.columns * a.out.c, 0, 0,
             a.bias ? FLOAT(a.weights)[bias_at + k] : 0, a.out, p, y * TILE, x * TILE, 1, k);
}

/* ---- The gradients of weights and of input side by side: first items of the one, then of the
 * other ---- */

int back_tiles_of(const struct winograd_on_device *a)
{
    return a->back_n * a->back_rows * a->back_columns;
}

/* Takes a tile of the output's gradient for that of the weights. */
void take_for_weights(MEMORY, const struct winograd_on_device *a, int item)
{
    const int k = item % a->out.c, tile = item / a->out.c, tiles = a->n * a->rows * a->columns;
    const int x = tile % a->columns, y = tile / a->columns % a->rows;

    take(memory, a->dout, tile / a->columns / a->rows, y * TILE, x * TILE, 1, TILE, k, OUTPUT_BACK,
         a->bf16, FLOAT(a->outputs) + item, (i64)tiles * a->out.c);
}

void take_for_input(MEMORY, const struct winograd_on_device *a, int item)
{
    const int k = item % a->out.c, tile = item / a->out.c, ahead = a->pad / a->stride - (TAPS - 1);
    const int x = tile % a->back_columns, y = tile / a->back_columns % a->back_rows;

    take(memory, a->dout, tile / a->back_columns / a->back_rows, y * TILE + ahead, x * TILE + ahead,
         1, SIZE, k, INPUT, a->bf16, FLOAT(a->back_outputs) + item,
         (i64)back_tiles_of(a) * a->out.c);
}

KERNEL(winograd_back_take, winograd_on_device)
{
    const int weights = a.groups ? a.n * a.rows * a.columns * a.out.c : 0;

    if (ITEM() < weights)
        take_for_weights(memory, &a, ITEM());
    else if (ITEM() - weights < back_tiles_of(&a) * a.out.c)
        take_for_input(memory, &a, ITEM() - weights);
}

/* Sums the products of a shard's tiles, the weights' gradient at one point; as many at once as the
 * processor takes, whose pairs are of these. */
void multiply_for_weights(MEMORY, const struct winograd_on_device *a, int item)
{
    const int per_picture = a->rows * a->columns, tiles = a->n * per_picture;
    const int phases = a->stride * a->stride, across = SQUARES(a->out.c), down = SQUARES(a->in.c);
    const int k = item % across * SQUARE, i = item / across % down * SQUARE;
    const int place = item / across / down; /* [group][phase][point] */
    const int point = place % POINTS, phase = place / POINTS % phases;
    const int first = place / POINTS / phases * SHARD * per_picture;
    const int all = tiles - first < SHARD * per_picture ? tiles - first : SHARD * per_picture;
    const int pieces = (all + AT_ONCE - 1) / AT_ONCE, most = (all + pieces - 1) / pieces;
    __global const float *x[SQUARE];
    float sum[SQUARE][SQUARE] = {{0}};

    if (point / SIZE >= points_of(a->kh, a->stride, phase / a->stride) ||
        point % SIZE >= points_of(a->kw, a->stride, phase % a->stride))
        return;
    for (int t = first; t < first + all; t += most) {
        rows_at(FLOAT(a->inputs) + ((point * tiles + t) * phases + phase) * a->in.c + i, 1,
                a->in.c - i, x);
        add_square(x, phases * a->in.c, FLOAT(a->outputs) + (point * tiles + t) * a->out.c + k,
                   a->out.c, first + all - t < most ? first + all - t : most, a->bf16, sum);
    }
    put_square(sum, FLOAT(a->products) + (place * a->in.c + i) * a->out.c + k, a->out.c,
               a->in.c - i, a->out.c - k);
}

void multiply_for_input(MEMORY, const struct winograd_on_device *a, int item)
{
    const int tiles = back_tiles_of(a), across = SQUARES(a->in.c), down = SQUARES(tiles);
    const int i = item % across * SQUARE, tile = item / across % down * SQUARE;
    const int place = item / across / down, point = place % POINTS; /* [phase][point] */
    __global const float *x[SQUARE];
    float sum[SQUARE][SQUARE] = {{0}};

    rows_at(FLOAT(a->back_outputs) + (point * tiles + tile) * a->out.c, a->out.c, tiles - tile, x);
    add_square(x, 1, FLOAT(a->back) + place * a->out.c * a->in.c + i, a->in.c, a->out.c, a->bf16,
               sum);
    put_square(sum, FLOAT(a->back_inputs) + (place * tiles + tile) * a->in.c + i, a->in.c,
               tiles - tile, a->in.c - i);
}

KERNEL(winograd_back_product, winograd_on_device)
{
    const int phases = a.stride * a.stride;
    const int weights = a.groups * phases * POINTS * SQUARES(a.in.c) * SQUARES(a.out.c);

    if (ITEM() < weights)
        multiply_for_weights(memory, &a, ITEM());
    else if (ITEM() - weights < POINTS * phases * SQUARES(back_tiles_of(&a)) * SQUARES(a.in.c))
        multiply_for_input(memory, &a, ITEM() - weights);
}

void give_weights(MEMORY, const struct winograd_on_device *a, int item)
{
    const int phases = a->stride * a->stride, k = item % a->out.c, i = item / a->out.c % a->in.c;
    const int phase = item / a->out.c / a->in.c % phases, g = item / a->out.c / a->in.c / phases;
    float square[SIZE][SIZE], out[SIZE][SIZE];

    for (int point = 0; point < POINTS; point++) {
        const int there = point / SIZE < points_of(a->kh, a->stride, phase / a->stride) &&
                          point % SIZE < points_of(a->kw, a->stride, phase % a->stride);
        const int row = ((g * phases + phase) * POINTS + point) * a->in.c + i;

        square[point / SIZE][point % SIZE] =
            there ? FLOAT(a->products)[row * a->out.c + k] : 0;
    }
    map_square(WEIGHTS_BACK, square, SIZE, TAPS, 0, out);
    for (int y = 0; y < TAPS; y++)
        for (int x = 0; x < TAPS; x++) {
            const int ky = phase / a->stride + a->stride * y;
            const int kx = phase % a->stride + a->stride * x;
            const int at = ((k / LANES * a->kh + ky) * a->kw + kx) * a->in.c + i;

            if (ky < a->kh && kx < a->kw)
                FLOAT(a->sums)[(i64)g * a->parameters + at * LANES + k % LANES] = out[y][x];
        }
}

/* Gives the pixels of a phase; one of fewer taps has nothing at the first points. */
void give_input(MEMORY, const struct winograd_on_device *a, int item)
{
    const int tiles = back_tiles_of(a), i = item % a->in.c;
    const int tile = item / a->in.c % tiles, phase = item / a->in.c / tiles;
    const int x = tile % a->back_columns, y = tile / a->back_columns % a->back_rows;
    const int p = tile / a->back_columns / a->back_rows, step = TILE * a->stride;
    const int top = SIZE - points_of(a->kh, a->stride, phase / a->stride);
    const int left = SIZE - points_of(a->kw, a->stride, phase % a->stride);

    give(memory, FLOAT(a->back_inputs) + ((i64)phase * POINTS * tiles + tile) * a->in.c + i,
         (i64)tiles * a->in.c, top, left, 0, a->din, p, y * step + phase / a->stride,
         x * step + phase % a->stride, a->stride, i);
}

KERNEL(winograd_back_give, winograd_on_device)
{
    const int phases = a.stride * a.stride, weights = a.groups * phases * a.in.c * a.out.c;

    if (ITEM() < weights)
        give_weights(memory, &a, ITEM());
    else if (ITEM() - weights < phases * back_tiles_of(&a) * a.in.c)
        give_input(memory, &a, ITEM() - weights);
}
#undef P
#undef P2
#undef P4
#endif
