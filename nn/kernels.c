/* Compiled once per instruction set: TABLE names the table, VECTOR_BYTES the vectors' width. Only
 * these objects are compiled with contraction into fused multiply-adds, and no statement here
 * leaves a choice of which product to fuse. Each object exports its table alone. */
#include "kernels.h"
#include "philox.h"

#include <math.h>
#include <string.h>

typedef real vec __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

typedef lane_int mask
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(lane_int)), may_alias));

enum {
    VLEN = VECTOR_BYTES / sizeof(real),
    VECS = LANES / VLEN, /* vectors in a panel */
    /* Rows of a tile: its accumulators, a panel's row of weights and a broadcast fit the registers
     * (32 of 64 bytes; 16 of fewer). */
    ROWS = (VECTOR_BYTES == 64 ? 28 : 12) / VECS > 14 ? 14 : (VECTOR_BYTES == 64 ? 28 : 12) / VECS
};

#define ALWAYS static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* Calls TILE with the number of rows as a constant, so that the accumulators stay in registers. */
#define TILE_OF(rows, CALL)                                                                        \
    switch (rows) {                                                                                \
    case 1:                                                                                        \
        CALL(1);                                                                                   \
        break;                                                                                     \
    case 2:                                                                                        \
        CALL(2);                                                                                   \
        break;                                                                                     \
    case 3:                                                                                        \
        CALL(3);                                                                                   \
        break;                                                                                     \
    case 4:                                                                                        \
        CALL(4);                                                                                   \
        break;                                                                                     \
    case 5:                                                                                        \
        CALL(5);                                                                                   \
        break;                                                                                     \
    case 6:                                                                                        \
        CALL(6);                                                                                   \
        break;                                                                                     \
    case 7:                                                                                        \
        CALL(7);                                                                                   \
        break;                                                                                     \
    case 8:                                                                                        \
        CALL(8);                                                                                   \
        break;                                                                                     \
    case 9:                                                                                        \
        CALL(9);                                                                                   \
        break;                                                                                     \
    case 10:                                                                                       \
        CALL(10);                                                                                  \
        break;                                                                                     \
    case 11:                                                                                       \
        CALL(11);                                                                                  \
        break;                                                                                     \
    case 12:                                                                                       \
        CALL(12);                                                                                  \
        break;                                                                                     \
    case 13:                                                                                       \
        CALL(13);                                                                                  \
        break;                                                                                     \
    case 14:                                                                                       \
        CALL(14);                                                                                  \
        break;                                                                                     \
    }

/* Tiles as even as can be: 8 rows by tiles of at most 6 are 4 and 4. */
ALWAYS int tile_rows(int rows)
{
    int tiles = (rows + ROWS - 1) / ROWS;

    return (rows + tiles - 1) / tiles;
}

ALWAYS void store(real *out, const vec *lanes, int columns)
{
    if (columns >= LANES) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            *(vec *)(out + v * VLEN) = lanes[v];
    } else {
        real part[LANES];

        UNROLL
        for (int v = 0; v < VECS; v++)
            *(vec *)(part + v * VLEN) = lanes[v];
        for (int l = 0; l < columns; l++)
            out[l] = part[l];
    }
}

/* ---- Products ---- */

ALWAYS void product_tile(const struct product *p, const real *x, const real *w, const real *bias,
                         real *out, int columns, const int rows)
{
    vec sum[ROWS][VECS];

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            sum[r][v] = bias ? *(const vec *)(bias + v * VLEN) : (vec){0};
    }
    for (int i = 0; i < p->runs; i++) {
        const real *xi = x + i * p->x_run;

        for (int k = 0; k < p->run; k++, w += LANES) {
            UNROLL
            for (int r = 0; r < rows; r++) {
                real factor = xi[r * p->x_row + k];

                UNROLL
                for (int v = 0; v < VECS; v++)
                    sum[r][v] += factor * *(const vec *)(w + v * VLEN);
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        store(out + r * p->out_row, sum[r], columns);
}

static void product(const struct product *p)
{
    const ptrdiff_t panel = (ptrdiff_t)p->runs * p->run * LANES;

    for (int c = 0; c < p->columns; c += LANES) {
        const real *w = p->w + c / LANES * panel, *bias = p->bias ? p->bias + c : NULL;
        int left = p->rows, tile = tile_rows(p->rows), columns = p->columns - c;

        for (int r = 0; left > 0; r += tile, left -= tile) {
            const real *x = p->x + r * p->x_row;
            real *out = p->out + r * p->out_row + c;

#define CALL(n) product_tile(p, x, w, bias, out, columns, n <= ROWS ? n : ROWS)
            TILE_OF(left < tile ? left : tile, CALL)
#undef CALL
        }
    }
}

/* ---- Sums of outer products ---- */

ALWAYS void outer_tile(const struct outer *o, const real *x, const real *dy, real *out, int columns,
                       const int rows)
{
    vec sum[ROWS][VECS];

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            sum[r][v] = o->add ? *(const vec *)(out + r * LANES + v * VLEN) : (vec){0};
    }
    for (int g = 0; g < o->groups; g++) {
        const real *xg = x + g * o->x_group, *dyg = dy + g * o->dy_group;

        for (int s = 0; s < o->steps; s++, xg += o->x_step, dyg += o->dy_step) {
            UNROLL
            for (int r = 0; r < rows; r++) {
                real factor = xg[r];

                UNROLL
                for (int v = 0; v < VECS; v++)
                    sum[r][v] += factor * *(const vec *)(dyg + v * VLEN);
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        store(out + r * LANES, sum[r], columns);
}

static void outer(const struct outer *o)
{
    for (int c = 0; c < o->columns; c += LANES) {
        int left = o->run, tile = tile_rows(o->run), columns = o->columns - c;

        for (int k = 0; left > 0; k += tile, left -= tile) {
            const real *x = o->x + k, *dy = o->dy + c;
            real *out = o->out + c / LANES * o->out_panel + (ptrdiff_t)k * LANES;

#define CALL(n) outer_tile(o, x, dy, out, columns, n <= ROWS ? n : ROWS)
            TILE_OF(left < tile ? left : tile, CALL)
#undef CALL
        }
    }
}

/* ---- Per channel ----
 * The loops over the channels of a block have a constant length in the usual case, for which the
 * compiler keeps everything in vectors. */

#define PER_BLOCK(c, BODY)                                                                         \
    for (int c0 = 0; c0 < (c); c0 += LANES) {                                                      \
        if ((c)-c0 >= LANES)                                                                       \
            BODY(LANES)                                                                            \
        else                                                                                       \
            BODY((c)-c0)                                                                           \
    }

enum { CHUNK = 64 }; /* terms added up in the working type before they go to the double */

ALWAYS void sums_block(const real *x, ptrdiff_t n, int c, double *sum, double *square, int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        real s[LANES] = {0}, q[LANES] = {0};

        for (ptrdiff_t i = begin; i < end; i++)
            for (int l = 0; l < lanes; l++) {
                real v = x[i * c + l];

                s[l] += v;
                q[l] += v * v;
            }
        for (int l = 0; l < lanes; l++) {
            sum[l] += (double)s[l];
            square[l] += (double)q[l];
        }
    }
}

static void channel_sums(const real *x, ptrdiff_t n, int c, double *sum, double *square)
{
#define BODY(lanes) sums_block(x + c0, n, c, sum + c0, square + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void products_block(const real *dy, const real *x, const real *mean, ptrdiff_t n, int c,
                           double *sum, double *product, int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        real s[LANES] = {0}, q[LANES] = {0};

        for (ptrdiff_t i = begin; i < end; i++)
            for (int l = 0; l < lanes; l++) {
                real d = dy[i * c + l], centred = x[i * c + l] - mean[l];

                s[l] += d;
                q[l] += d * centred;
            }
        for (int l = 0; l < lanes; l++) {
            sum[l] += (double)s[l];
            product[l] += (double)q[l];
        }
    }
}

static void channel_products(const real *dy, const real *x, const real *mean, ptrdiff_t n, int c,
                             double *sum, double *product)
{
#define BODY(lanes) products_block(dy + c0, x + c0, mean + c0, n, c, sum + c0, product + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void normalize_block(const real *restrict x, const real *restrict mean,
                            const real *restrict scale, const real *restrict shift, ptrdiff_t n,
                            int c, real *restrict y, int lanes)
{
    real m[LANES], a[LANES], b[LANES];

    for (int l = 0; l < lanes; l++) {
        m[l] = mean[l];
        a[l] = scale[l];
        b[l] = shift[l];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int l = 0; l < lanes; l++)
            y[i * c + l] = (x[i * c + l] - m[l]) * a[l] + b[l];
}

static void normalize(const real *x, const real *mean, const real *scale, const real *shift,
                      ptrdiff_t n, int c, real *y)
{
#define BODY(lanes) normalize_block(x + c0, mean + c0, scale + c0, shift + c0, n, c, y + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void normalize_back_block(const real *restrict dy, const real *restrict x,
                                 const real *restrict mean, const real *restrict a,
                                 const real *restrict b, const real *restrict shift, ptrdiff_t n,
                                 int c, real *restrict dx, int lanes)
{
    real m[LANES], ka[LANES], kb[LANES], ks[LANES];

    for (int l = 0; l < lanes; l++) {
        m[l] = mean[l];
        ka[l] = a[l];
        kb[l] = b[l];
        ks[l] = shift[l];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int l = 0; l < lanes; l++) {
            real rest = kb[l] * (x[i * c + l] - m[l]) + ks[l];

            dx[i * c + l] = ka[l] * dy[i * c + l] + rest;
        }
}

static void normalize_back(const real *dy, const real *x, const real *mean, const real *a,
                           const real *b, const real *shift, ptrdiff_t n, int c, real *dx)
{
#define BODY(lanes)                                                                                \
    normalize_back_block(dy + c0, x + c0, mean + c0, a + c0, b + c0, shift + c0, n, c, dx + c0,    \
                         lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

/* ---- Elementwise ---- */

/* The order of operands lets NaN through, as PyTorch does: a lost weight has to show in the loss.
 */
static void relu(const real *x, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = 0 > x[i] ? 0 : x[i];
}

static void relu_back(const real *dy, const real *y, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : 0;
}

static void leaky(const real *x, real slope, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static void leaky_back(const real *dy, const real *y, real slope, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

/* ---- Pooling ---- */

ALWAYS void max_block(const real *x, const ptrdiff_t *offset, int taps, real *y, int lanes)
{
    real best[LANES];

    for (int l = 0; l < lanes; l++)
        best[l] = x[offset[0] + l];
    for (int t = 1; t < taps; t++)
        for (int l = 0; l < lanes; l++) {
            real v = x[offset[t] + l];

            best[l] = best[l] > v ? best[l] : v;
        }
    for (int l = 0; l < lanes; l++)
        y[l] = best[l];
}

static void max(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step, int c,
                real *y)
{
    for (int i = 0; i < n; i++, x += step, y += c) {
#define BODY(lanes) max_block(x + c0, offset, taps, y + c0, lanes);
        PER_BLOCK(c, BODY)
#undef BODY
    }
}

ALWAYS void max_back_block(const real *restrict dy, const real *restrict x, const ptrdiff_t *offset,
                           const ptrdiff_t *offset_dx, int taps, real *restrict dx, int lanes)
{
    real best[LANES], gradient[LANES];

    max_block(x, offset, taps, best, lanes);
    for (int l = 0; l < lanes; l++)
        gradient[l] = dy[l];
    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++) {
            bool here = x[offset[t] + l] == best[l];

            dx[offset_dx[t] + l] += here ? gradient[l] : 0;
            gradient[l] = here ? 0 : gradient[l];
        }
}

static void max_back(const real *dy, const real *x, const ptrdiff_t *offset,
                     const ptrdiff_t *offset_dx, int taps, int n, ptrdiff_t step, int c, real *dx)
{
    for (int i = 0; i < n; i++, x += step, dx += step, dy += c) {
#define BODY(lanes) max_back_block(dy + c0, x + c0, offset, offset_dx, taps, dx + c0, lanes);
        PER_BLOCK(c, BODY)
#undef BODY
    }
}

ALWAYS void mean_block(const real *x, const ptrdiff_t *offset, int taps, real factor, real *y,
                       int lanes)
{
    real sum[LANES] = {0};

    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++)
            sum[l] += x[offset[t] + l];
    for (int l = 0; l < lanes; l++)
        y[l] = factor * sum[l];
}

static void mean(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step,
                 real factor, int c, real *y)
{
    for (int i = 0; i < n; i++, x += step, y += c) {
#define BODY(lanes) mean_block(x + c0, offset, taps, factor, y + c0, lanes);
        PER_BLOCK(c, BODY)
#undef BODY
    }
}

ALWAYS void mean_back_block(const real *restrict dy, const ptrdiff_t *offset, int taps, real factor,
                            real *restrict dx, int lanes)
{
    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++)
            dx[offset[t] + l] += factor * dy[l];
}

static void mean_back(const real *dy, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step,
                      real factor, int c, real *dx)
{
    for (int i = 0; i < n; i++, dx += step, dy += c) {
#define BODY(lanes) mean_back_block(dy + c0, offset, taps, factor, dx + c0, lanes);
        PER_BLOCK(c, BODY)
#undef BODY
    }
}

/* ---- Normalization, rectifier and pooling in one ---- */

ALWAYS vec load(const real *x)
{
    return *(const vec *)x;
}

/* Lane by lane yes where the mask is all ones, no where it is zero. */
ALWAYS vec choose(mask where, vec yes, vec no)
{
    return (vec)((where & (mask)yes) | (~where & (mask)no));
}

/* Lanes v0..v0+VLEN-1 of a panel, those below `lanes`. */
ALWAYS void store_part(void *to, const void *vector, size_t size, int lanes)
{
    memcpy(to, vector, (size_t)(lanes < VLEN ? lanes : VLEN) * size);
}

ALWAYS void norm_max_vector(const struct norm_max *k, int c0, const int lanes, const bool keep)
{
    const vec mean = load(k->mean + c0), scale = load(k->scale + c0), shift = load(k->shift + c0);
    const vec floor = (vec){0} + k->floor;

    for (int i = 0; i < k->n; i++) {
        const real *x = k->x + i * k->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * k->c + c0;
        vec centred = load(x + k->offset[0]) - mean, best = centred * scale + shift;
        mask winner = {0};

        for (int t = 1; t < k->taps; t++) {
            const vec from_mean = load(x + k->offset[t]) - mean, z = from_mean * scale + shift;
            const mask better = ~(best >= z); /* so that NaN wins */

            best = choose(better, z, best);
            centred = choose(better, from_mean, centred);
            winner = (better & ((mask){0} + t)) | (~better & winner);
        }
        winner |= ~(best > floor); /* CUT is all ones */
        best = choose(floor > best, floor, best);
        store_part(k->y + at, &best, sizeof(real), lanes);
        if (keep) {
            store_part(k->winner + at, &winner, sizeof(lane_int), lanes);
            store_part(k->centred + at, &centred, sizeof(real), lanes);
        }
    }
}

/* Calls for each vector of channels, whole ones with a constant number of lanes. */
#define PER_VECTOR(c, BODY)                                                                        \
    for (int c0 = 0; c0 < (c); c0 += VLEN) {                                                       \
        if ((c)-c0 >= VLEN)                                                                        \
            BODY(VLEN)                                                                             \
        else                                                                                       \
            BODY((c)-c0)                                                                           \
    }

static void norm_max(const struct norm_max *k)
{
    if (k->winner) {
#define BODY(lanes) norm_max_vector(k, c0, lanes, true);
        PER_VECTOR(k->c, BODY)
#undef BODY
    } else {
#define BODY(lanes) norm_max_vector(k, c0, lanes, false);
        PER_VECTOR(k->c, BODY)
#undef BODY
    }
}

static void norm_max_sums(const real *dy, const lane_int *winner, const real *centred, ptrdiff_t n,
                          int c, double *sum, double *product)
{
    for (int c0 = 0; c0 < c; c0 += VLEN)
        for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
            const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
            vec s = {0}, q = {0};

            for (ptrdiff_t i = begin; i < end; i++) {
                const ptrdiff_t at = i * c + c0;
                const mask lost = *(const mask *)(winner + at) == CUT;
                const vec d = choose(lost, (vec){0}, load(dy + at));

                s += d;
                q += d * load(centred + at);
            }
            for (int l = 0; l < VLEN && c0 + l < c; l++) {
                sum[c0 + l] += (double)s[l];
                product[c0 + l] += (double)q[l];
            }
        }
}

ALWAYS void norm_max_back_vector(const struct norm_max_back *k, int c0, const int lanes)
{
    const vec mean = load(k->mean + c0), shift = load(k->shift + c0);
    const vec a = load(k->a + c0), b = load(k->b + c0);

    for (int i = 0; i < k->n; i++) {
        const real *x = k->x + i * k->step + c0;
        real *dx = k->dx + i * k->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * k->c + c0;
        const vec gradient = load(k->dy + at);
        const mask winner = *(const mask *)(k->winner + at);

        for (int t = 0; t < k->taps; t++) {
            const vec rest = b * (load(x + k->offset[t]) - mean) + shift;
            const vec here = choose(winner == t, gradient, (vec){0});
            const vec result = a * here + rest;

            store_part(dx + k->offset_dx[t], &result, sizeof(real), lanes);
        }
    }
}

static void norm_max_back(const struct norm_max_back *k)
{
#define BODY(lanes) norm_max_back_vector(k, c0, lanes);
    PER_VECTOR(k->c, BODY)
#undef BODY
}

/* ---- Dropout ---- */

/* As nn_random_bits(), for LANES indices side by side: bits[word][index]. */
static void random_block(const struct nn_random *random, uint64_t first, uint32_t bits[4][LANES])
{
    uint32_t key0 = (uint32_t)random->seed, key1 = (uint32_t)(random->seed >> 32);
    uint32_t *c0 = bits[0], *c1 = bits[1], *c2 = bits[2], *c3 = bits[3];

    for (int l = 0; l < LANES; l++) {
        c0[l] = (uint32_t)(first + (uint64_t)l);
        c1[l] = (uint32_t)((first + (uint64_t)l) >> 32);
        c2[l] = random->epoch;
        c3[l] = random->purpose;
    }
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        for (int l = 0; l < LANES; l++) {
            const uint64_t p0 = (uint64_t)PHILOX_MULTIPLIER_0 * c0[l];
            const uint64_t p1 = (uint64_t)PHILOX_MULTIPLIER_1 * c2[l];

            c0[l] = (uint32_t)(p1 >> 32) ^ c1[l] ^ key0;
            c1[l] = (uint32_t)p1;
            c2[l] = (uint32_t)(p0 >> 32) ^ c3[l] ^ key1;
            c3[l] = (uint32_t)p0;
        }
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
    }
}

static void drop(const struct nn_random *random, uint64_t first, uint32_t threshold, real scale,
                 const real *x, ptrdiff_t n, real *y)
{
    uint32_t bits[4][LANES];

    for (ptrdiff_t begin = 0; begin < n; begin += 4 * LANES, first += LANES) {
        const ptrdiff_t count = n - begin < 4 * LANES ? n - begin : 4 * LANES;

        random_block(random, first, bits);
        for (ptrdiff_t i = 0; i < count; i++)
            y[begin + i] = bits[i % 4][i / 4] < threshold ? 0 : x[begin + i] * scale;
    }
}

/* ---- Parameters ---- */

static void add_rows(const real *restrict x, ptrdiff_t n, ptrdiff_t step, int c, real *restrict sum)
{
    for (ptrdiff_t i = 0; i < n; i++)
        for (int k = 0; k < c; k++)
            sum[k] += x[i * step + k];
}

static void add_up(const real *part, ptrdiff_t stride, int parts, ptrdiff_t n, real *sum)
{
    for (ptrdiff_t i = 0; i < n; i++)
        sum[i] = part[i];
    for (int p = 1; p < parts; p++)
        for (ptrdiff_t i = 0; i < n; i++)
            sum[i] += part[p * stride + i];
}

static void sgd(real *restrict w, const real *restrict g, real *restrict v, ptrdiff_t n,
                const struct sgd *s)
{
    const struct sgd k = *s;

    for (ptrdiff_t i = 0; i < n; i++) {
        const real gradient = g[i] + k.l2 * w[i];

        v[i] = k.momentum * v[i] + gradient;
        if (k.nesterov) {
            const real ahead = gradient + k.momentum * v[i];

            w[i] -= k.lr * ahead;
        } else {
            w[i] -= k.lr * v[i];
        }
    }
}

static void adam(real *restrict w, const real *restrict g, real *restrict m, real *restrict v,
                 ptrdiff_t n, const struct adam *a)
{
    const struct adam k = *a;

    for (ptrdiff_t i = 0; i < n; i++) {
        const real gradient = g[i] + k.l2 * w[i];
        const real change = gradient * gradient - v[i];
        real moved;

        m[i] += k.beta1c * (gradient - m[i]);
        v[i] += k.beta2c * change;
#ifdef NN_DOUBLE
        moved = m[i] / (sqrt(v[i]) * k.root + k.epsilon);
#else
        moved = m[i] / (sqrtf(v[i]) * k.root + k.epsilon);
#endif
        w[i] -= k.decay * w[i];
        w[i] -= k.rate * moved;
    }
}

const struct kernels TABLE = {
    .name = TABLE_NAME,
    .product = product,
    .outer = outer,
    .channel_sums = channel_sums,
    .channel_products = channel_products,
    .normalize = normalize,
    .normalize_back = normalize_back,
    .relu = relu,
    .relu_back = relu_back,
    .leaky = leaky,
    .leaky_back = leaky_back,
    .max = max,
    .max_back = max_back,
    .mean = mean,
    .mean_back = mean_back,
    .norm_max = norm_max,
    .norm_max_sums = norm_max_sums,
    .norm_max_back = norm_max_back,
    .drop = drop,
    .add_rows = add_rows,
    .add_up = add_up,
    .sgd = sgd,
    .adam = adam,
};
