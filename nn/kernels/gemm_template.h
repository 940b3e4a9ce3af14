/* Part of kernels.c, included by gemm.h once for each width of vectors: tiles of products (gemm)
 * and of sums of outer products (gemm_weight_grad). Parameters, which gemm.h defines and undefines:
 *
 *     VEC         the vector's type
 *     TILE(name)  what a function of this width is called
 *
 * Of each width it takes TILE(all)(x), *x in every lane; TILE(fused)(a, b, c), a * b + c; and
 * TILE(store_part)(to, v, lanes), which stores the first `lanes`. What others call are TILE(gemm)
 * and TILE(weight_grad_rows).
 *
 * A tile holds `rows` times `vecs` accumulators in registers, both constants once inlined. Vector v
 * of a row is part of panel v * lanes / LANES, so a row can reach over two panels. */

enum { TILE(lanes) = sizeof(VEC) / sizeof(real) };

/* Returns where vector v of a row begins among numbers that are [panel][...][LANES]. */
ALWAYS ptrdiff_t TILE(at)(int v, ptrdiff_t panel)
{
    return v * TILE(lanes) / LANES * panel + v * TILE(lanes) % LANES;
}

/* Stores the first `columns` columns. */
ALWAYS void TILE(store)(real *out, ptrdiff_t row, ptrdiff_t panel, VEC sum[][MAX_VECS], int columns,
                        const int vecs, const int rows)
{
    UNROLL
    for (int v = 0; v < vecs; v++) {
        const int left = columns - v * TILE(lanes);
        real *to = out + TILE(at)(v, panel);

        UNROLL
        for (int r = 0; r < rows; r++, to += row)
            if (left >= TILE(lanes))
                *(VEC *)to = sum[r][v];
            else if (left > 0)
                TILE(store_part)(to, sum[r][v], left);
    }
}

ALWAYS void TILE(gemm_tile)(const struct gemm *p, const real *x, const real *w, const real *bias,
                            real *out, int columns, const int vecs, const int rows)
{
    VEC sum[MAX_ROWS][MAX_VECS];
    ptrdiff_t odd_stride[MAX_ROWS / 2];

    UNROLL
    for (int i = 0; 2 * i + 1 < rows; i++)
        odd_stride[i] = (2 * i + 1) * p->x_row * (ptrdiff_t)sizeof(real);
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vecs; v++)
            sum[r][v] = bias ? *(const VEC *)(bias + v * TILE(lanes)) : (VEC){0};
    }
    for (int i = 0; i < p->runs; i++, w += p->w_run) {
        const char *x_tap = (const char *)(x + i * p->x_run);
        const real *w_tap = w;

        for (int k = 0; k < p->run; k++, w_tap += LANES, x_tap += sizeof(real)) {
            UNROLL
            for (int j = 0; 2 * j + 1 < rows; j++)
                KEEP_IN_REGISTER(odd_stride[j]);
            UNROLL
            for (int r = 0; r < rows; r++) {
                const VEC factor = TILE(all)((const real *)(x_tap + row_offset(odd_stride, r)));

                UNROLL
                for (int v = 0; v < vecs; v++)
                    sum[r][v] = TILE(fused)(factor, *(const VEC *)(w_tap + TILE(at)(v, p->w_panel)),
                                            sum[r][v]);
            }
        }
    }
    TILE(store)(out, p->out_row, LANES, sum, columns, vecs, rows);
}

/* Multiplies all rows and lines by the panels that begin at column c. */
ALWAYS void TILE(gemm)(const struct gemm *p, int c, const int vecs, const int most)
{
    const real *w = p->w + c / LANES * p->w_panel, *bias = p->bias ? p->bias + c : NULL;
    const int tile = tile_rows(p->rows, most), columns = p->columns - c;

    for (int line = 0; line < p->lines; line++)
        for (int r = 0; r < p->rows; r += tile) {
            const real *x = p->x + line * p->x_line + r * p->x_row;
            real *out = p->out + line * p->out_line + r * p->out_row + c;
            const int rows = p->rows - r < tile ? p->rows - r : tile;

#define CALL(n) TILE(gemm_tile)(p, x, w, bias, out, columns, vecs, n)
            TILE_OF(rows, most, CALL)
#undef CALL
        }
}

/* Adds the products of `steps` steps. `offset`: where the rows' factors are, NULL: side by side;
 * volatile, since compilers try to hold all of them in registers. A load for each costs less, and
 * little once two steps share it. */
ALWAYS void TILE(add_steps)(VEC sum[][MAX_VECS], const struct gemm_weight_grad *g, const real *x,
                            const volatile int32_t *offset, const real *dy, const int vecs,
                            const int rows, const int steps)
{
    UNROLL
    for (int r = 0; r < rows; r++) {
        const ptrdiff_t at = offset ? offset[r] : r;

        UNROLL
        for (int s = 0; s < steps; s++) {
            const VEC factor = TILE(all)(x + s * g->x_step + at);

            UNROLL
            for (int v = 0; v < vecs; v++)
                sum[r][v] = TILE(fused)(
                    factor, *(const VEC *)(dy + s * g->dy_step + v * TILE(lanes)), sum[r][v]);
        }
    }
}

ALWAYS void TILE(weight_grad_tile)(const struct gemm_weight_grad *g, const real *x,
                                   const volatile int32_t *offset, const real *dy, real *out,
                                   int columns, const int vecs, const int rows)
{
    const int at_once = offset ? 2 : 1;
    VEC sum[MAX_ROWS][MAX_VECS];

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vecs; v++)
            sum[r][v] =
                g->add ? *(const VEC *)(out + r * LANES + TILE(at)(v, g->out_panel)) : (VEC){0};
    }
    for (int i = 0; i < g->pictures; i++)
        for (int line = 0; line < g->lines; line++) {
            const real *xs = x + i * g->x_picture + line * g->x_line;
            const real *dys = dy + i * g->dy_picture + line * g->dy_line;

            for (int s = at_once; s <= g->steps; s += at_once) {
                TILE(add_steps)(sum, g, xs, offset, dys, vecs, rows, at_once);
                xs += at_once * g->x_step;
                dys += at_once * g->dy_step;
            }
            if (g->steps % at_once)
                TILE(add_steps)(sum, g, xs, offset, dys, vecs, rows, 1);
        }
    TILE(store)(out, LANES, g->out_panel, sum, columns, vecs, rows);
}

/* Sums rows `first` to `first + count - 1` for panels that begin at column c: side by side from x
 * on, or `across` the runs. */
ALWAYS void TILE(weight_grad_rows)(const struct gemm_weight_grad *g, const real *x,
                                   const bool across, int first, int count, int c, const int vecs,
                                   const int most)
{
    const int tile = tile_rows(count, most), columns = g->columns - c;

    for (int k = 0; k < count; k += tile) {
        const int rows = count - k < tile ? count - k : tile;
        const real *dy = g->dy + c;
        real *out = g->out + c / LANES * g->out_panel + (ptrdiff_t)(first + k) * LANES;
        int32_t offset[MAX_ROWS];

        for (int r = 0; across && r < rows; r++)
            offset[r] = (int32_t)((k + r) / g->run * g->x_run + (k + r) % g->run);
#define CALL(n)                                                                                    \
    TILE(weight_grad_tile)(g, across ? x : x + k, across ? offset : NULL, dy, out, columns, vecs, n)
        TILE_OF(rows, most, CALL)
#undef CALL
    }
}
