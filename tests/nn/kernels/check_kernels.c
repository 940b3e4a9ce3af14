#include "nn/kernels/kernels.h"
#include "tests/support/expect.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Every kernel of every table against its plain form. Numbers are small and whole, so that sums
 * are exact in any order and results must be equal. Each operand ends where an unreadable page
 * begins, and outputs are filled beforehand, so that neither a read nor a write too far passes. */

Suite *suite_kernels(void);

enum { MAX_OPERANDS = 24 };
static const float FILL = -77;

static const int sizes[] = {1, 2, 3, 6, 15, 16, 17, 31, 32, 33, 48, 50};
enum { SIZES = sizeof sizes / sizeof *sizes };

static struct {
    void *pages;
    size_t bytes;
} operands[MAX_OPERANDS];
static int operand_count;
static uint64_t drawn;

/* Memory that ends at an unreadable page. */
static void *guarded(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (bytes + page - 1) / page * page;
    char *pages =
        mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert(pages != MAP_FAILED && operand_count < MAX_OPERANDS);
    ck_assert_int_eq(mprotect(pages + whole, page, PROT_NONE), 0);
    operands[operand_count].pages = pages;
    operands[operand_count++].bytes = whole + page;
    return pages + whole - bytes;
}

static void release(void)
{
    while (operand_count > 0) {
        operand_count--;
        munmap(operands[operand_count].pages, operands[operand_count].bytes);
    }
}

/* n whole numbers from -4 to 4. */
static float *numbers(ptrdiff_t n)
{
    const struct nn_random random = {1, 0, 0};
    float *x = guarded((size_t)n * sizeof *x);

    for (ptrdiff_t i = 0; i < n; i++)
        x[i] = (float)nn_random_below(&random, drawn++, 9) - 4;
    return x;
}

static float *filled(ptrdiff_t n)
{
    float *x = guarded((size_t)n * sizeof *x);

    for (ptrdiff_t i = 0; i < n; i++)
        x[i] = FILL;
    return x;
}

static double *sums(int n)
{
    double *x = guarded((size_t)n * sizeof *x);

    for (int i = 0; i < n; i++)
        x[i] = i;
    return x;
}

static void copy(float *to, const float *from, ptrdiff_t n)
{
    memcpy(to, from, (size_t)n * sizeof *to);
}

static int rounded(int columns)
{
    return panels(columns) * LANES;
}

/* ---- Pixels ---- */

static void check_pixels(struct nn_input input, int n, int from)
{
    uint8_t *bytes = guarded((size_t)n);
    float *x = filled(n);

    for (int i = 0; i < n; i++)
        bytes[i] = (uint8_t)(from + i);
    kernels->pixels(bytes, n, &input, x);
    for (int i = 0; i < n; i++) {
        const float scaled = (float)bytes[i] / input.divisor, centred = scaled - input.mean;

        EXPECT(x[i] == centred / input.std, "%s: (%d / %g - %g) / %g is %g", kernels->name,
               bytes[i], (double)input.divisor, (double)input.mean, (double)input.std,
               (double)x[i]);
    }
    release();
}

/* Bit for bit, whichever way a table divides: also by numbers of which the reciprocal is badly
 * rounded. */
START_TEST(pixels_are_rounded_quotients)
{
    const struct nn_random random = {2, 0, 0};

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 100; n++)
        check_pixels((struct nn_input){255, 0, 1}, n, 200);
    for (int i = 0; i < 2000; i++) {
        const float std = i < 100 ? 1 - (float)i * 0x1p-24f
                                  : (float)nn_random_unit(&random, (uint64_t)i) + 0x1p-10f;

        check_pixels((struct nn_input){(float)(i % 300 + 1), 0.1307f * (float)(i % 3), std}, 256,
                     0);
    }
}
END_TEST

/* ---- Products ---- */

/* `wider`: rows and lines of the output lie apart, and of the input and the weights too. */
static void check_gemm(int lines, int rows, int runs, int run, int columns, bool bias, int wider)
{
    struct gemm p = {.lines = lines, .rows = rows, .runs = runs, .run = run, .columns = columns};
    ptrdiff_t w_size;
    float *out = NULL;

    p.x_row = wider ? run + 3 : 1; /* 1: overlapping, as in a convolution */
    p.x_run = rows * p.x_row + 5;
    p.x_line = runs * p.x_run + wider;
    p.w_run = (run + wider) * LANES;
    p.w_panel = runs * p.w_run + wider * LANES;
    p.out_row = columns + wider;
    p.out_line = rows * p.out_row + wider;
    p.x = numbers((lines - 1) * p.x_line + (rows - 1) * p.x_row + (runs - 1) * p.x_run + run);
    w_size = (panels(columns) - 1) * p.w_panel + (runs - 1) * p.w_run + run * LANES;
    p.w = numbers(w_size > 0 ? w_size : 1);
    p.bias = bias ? numbers(rounded(columns)) : NULL;
    p.out = out = filled((lines - 1) * p.out_line + (rows - 1) * p.out_row + columns);
    kernels->gemm(&p);
    for (int l = 0; l < lines; l++)
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < columns + (r + 1 < rows ? wider : 0); o++) {
                const float *x = p.x + l * p.x_line + r * p.x_row;
                const float *w = p.w + o / LANES * p.w_panel + o % LANES;
                const float found = out[l * p.out_line + r * p.out_row + o];
                float expected = p.bias && o < columns ? p.bias[o] : 0;

                for (int i = 0; i < runs && o < columns; i++)
                    for (int k = 0; k < run; k++)
                        expected += x[i * p.x_run + k] * w[i * p.w_run + k * LANES];
                EXPECT(found == (o < columns ? expected : FILL),
                       "%s: %d lines of %d rows, %d runs of %d, %d columns: [%d][%d][%d] is %g, "
                       "not %g",
                       kernels->name, lines, rows, runs, run, columns, l, r, o, found, expected);
            }
    release();
}

START_TEST(products_are_exact_for_all_sizes)
{
    static const int runs[][2] = {{1, 1}, {1, 7}, {3, 3}, {5, 2}, {2, 33}, {7, 4}};

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int rows = 1; rows <= 30; rows++)
        for (int columns = 1; columns <= 50; columns++) {
            const int i = (rows + columns) % 6;

            check_gemm(1 + columns % 3, rows, runs[i][0], runs[i][1], columns, columns % 2,
                       (rows + i) % 3);
        }
    check_gemm(1, 3, 0, 4, 17, false, 0); /* nothing to add up: zeros */
    check_gemm(2, 3, 2, 0, 17, true, 0);
}
END_TEST

/* pictures x lines x steps terms; `runs` of `run` rows. */
static void check_gemm_weight_grad(int pictures, int lines, int steps, int runs, int run,
                                   int columns, bool add)
{
    struct gemm_weight_grad o = {.pictures = pictures,
                                 .lines = lines,
                                 .steps = steps,
                                 .runs = runs,
                                 .run = run,
                                 .columns = columns,
                                 .add = add};
    const int lanes = rounded(columns), rows = runs * run;
    ptrdiff_t x_size, dy_size, out_size;
    float *before = NULL;

    o.x_step = run > 2 ? run - 2 : run; /* overlapping, as in a convolution */
    o.x_run = steps * o.x_step + run;
    o.x_line = o.x_run + 4;
    o.x_picture = (lines + runs) * o.x_line;
    o.dy_step = columns;
    o.dy_line = steps * columns + 3;
    o.dy_picture = lines * o.dy_line + 1;
    o.out_panel = rows * LANES + 8;
    x_size = (pictures - 1) * o.x_picture + (lines - 1) * o.x_line + (steps - 1) * o.x_step +
             (runs - 1) * o.x_run + run;
    dy_size = (pictures - 1) * o.dy_picture + (lines - 1) * o.dy_line + (steps - 1) * o.dy_step;
    out_size = (panels(columns) - 1) * o.out_panel + rows * LANES;
    o.x = numbers(x_size);
    o.dy = numbers(dy_size + lanes);
    o.out = filled(out_size);
    before = filled(out_size);
    kernels->gemm_weight_grad(&o);
    for (int k = 0; k < rows; k++)
        for (int l = 0; l < lanes; l++) {
            const ptrdiff_t at = l / LANES * o.out_panel + k * LANES + l % LANES;
            float expected = add || l >= columns ? before[at] : 0;

            for (int i = 0; i < pictures * lines * steps && l < columns; i++) {
                const int n = i / (lines * steps), y = i / steps % lines, s = i % steps;

                expected += o.x[n * o.x_picture + y * o.x_line + s * o.x_step + k / run * o.x_run +
                                k % run] *
                            o.dy[n * o.dy_picture + y * o.dy_line + s * o.dy_step + l];
            }
            EXPECT(o.out[at] == expected,
                   "%s: %d x %d x %d steps, %d runs of %d, %d columns: [%d][%d] is %g, not %g",
                   kernels->name, pictures, lines, steps, runs, run, columns, k, l, o.out[at],
                   expected);
        }
    for (int p = 0; p + 1 < panels(columns); p++)
        for (int i = rows * LANES; i < o.out_panel; i++)
            EXPECT(o.out[p * o.out_panel + i] == FILL, "%s: wrote between panels", kernels->name);
    release();
}

START_TEST(sums_of_outer_products_are_exact_for_all_sizes)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int run = 1; run <= 30; run++)
        for (int columns = 1; columns <= 40; columns++) {
            check_gemm_weight_grad(1, 1, 1 + run % 9, 1, run, columns, (run + columns) % 2);
            check_gemm_weight_grad(1 + columns % 2, 3, 1 + run % 5, 1 + (run + columns) % 3, run,
                                   columns, columns % 2);
        }
    for (int runs = 1; runs <= 7; runs++) /* tiles across runs */
        for (int run = 1; run <= 7; run++)
            for (int columns = 1; columns <= 40; columns += 3)
                check_gemm_weight_grad(1, 2, 1 + (run + columns) % 4, runs, run, columns,
                                       columns % 2);
}
END_TEST

/* ---- Products of pairs of bfloat16 numbers ---- */

static uint32_t word_of(float x)
{
    uint32_t word;

    memcpy(&word, &x, sizeof word);
    return word;
}

static float float_of(uint32_t word)
{
    float x;

    memcpy(&x, &word, sizeof x);
    return x;
}

/* Rounds to 8 bits, to nearest even, by halves of the last one; a NaN to a quiet one, what has no
 * leading one to zero. */
static uint32_t plain_bf16(float x)
{
    const uint32_t word = word_of(x), below = word & 0xffff, half = 0x8000;
    uint32_t kept = word >> 16;

    if (isnan(x))
        return kept | 0x40;
    if (fpclassify(x) == FP_SUBNORMAL)
        return kept & 0x8000;
    if (below > half || (below == half && kept % 2))
        kept++; /* up to infinity, from the largest ones */
    return kept;
}

static float odd(float pair)
{
    return float_of(word_of(pair) & 0xffff0000);
}

static float even(float pair)
{
    return float_of(word_of(pair) << 16);
}

/* n pairs of numbers of all signs and of sizes far apart. */
static float *pairs(ptrdiff_t n)
{
    const struct nn_random random = {2, 0, 0};
    float *x = guarded((size_t)n * sizeof *x);

    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t word[2];

        for (int k = 0; k < 2; k++) { /* 2^-7 to 2^9 */
            const uint32_t bits = (uint32_t)nn_random_below(&random, drawn++, 1 << 12);

            word[k] = 0x3c00 + (bits & 0x7ff) + (bits >> 11 << 15);
        }
        x[i] = float_of(word[0] | word[1] << 16);
    }
    return x;
}

/* Adds both products as the instruction does: the odd one first, each sum rounded. */
static float add_pair(float sum, float a, float b)
{
    return fmaf(even(a), even(b), fmaf(odd(a), odd(b), sum));
}

static void check_gemm_bf16(int rows, int runs, int run, int columns)
{
    struct gemm p = {.lines = 2, .rows = rows, .runs = runs, .run = run, .columns = columns};
    float *out;

    p.x_row = run + 1;
    p.x_run = rows * p.x_row;
    p.x_line = runs * p.x_run;
    p.w_run = run * LANES;
    p.w_panel = 2 * runs * p.w_run; /* the place of as many floats */
    p.out_row = columns + 1;
    p.out_line = rows * p.out_row;
    p.x = pairs(2 * p.x_line);
    p.w = pairs((2 * panels(columns) - 1) * runs * p.w_run);
    p.bias = numbers(rounded(columns));
    p.out = out = filled(2 * p.out_line);
    kernels->gemm_bf16(&p);
    for (int i = 0; i < 2 * p.out_line; i++) {
        const int o = i % (columns + 1), r = i / (columns + 1) % rows, l = (int)(i / p.out_line);
        const float *x = p.x + l * p.x_line + r * p.x_row;
        const float *w = p.w + o / LANES * p.w_panel + o % LANES;
        float expected = o < columns ? p.bias[o] : FILL;

        for (int k = 0; k < runs * run && o < columns; k++)
            expected = add_pair(expected, x[k / run * p.x_run + k % run],
                                w[k / run * p.w_run + k % run * LANES]);
        EXPECT(word_of(out[i]) == word_of(expected),
               "%s: %d rows, %d runs of %d pairs, %d columns: [%d][%d][%d] is %a, not %a",
               kernels->name, rows, runs, run, columns, l, r, o, out[i], expected);
    }
    release();
}

static void check_gemm_weight_grad_bf16(int steps, int runs, int run, int columns, bool add)
{
    struct gemm_weight_grad o = {.pictures = 2,
                                 .lines = 2,
                                 .steps = steps,
                                 .runs = runs,
                                 .run = run,
                                 .columns = columns,
                                 .add = add};
    const int lanes = rounded(columns), rows = runs * run;

    o.x_step = run;
    o.x_run = steps * run;
    o.x_line = o.x_run + 4;
    o.x_picture = (2 + runs) * o.x_line;
    o.dy_step = columns;
    o.dy_line = steps * columns;
    o.dy_picture = 2 * o.dy_line;
    o.out_panel = rows * LANES;
    o.x = pairs(2 * o.x_picture);
    o.dy = pairs(2 * o.dy_picture + LANES);
    o.out = filled(panels(columns) * o.out_panel);
    kernels->gemm_weight_grad_bf16(&o);
    for (int at = 0; at < rows * lanes; at++) {
        const int l = at % lanes, k = at / lanes;
        const float found = o.out[l / LANES * o.out_panel + k * LANES + l % LANES];
        float expected = add || l >= columns ? FILL : 0;

        for (int i = 0; i < 4 * steps && l < columns; i++) {
            const int n = i / (2 * steps), y = i / steps % 2, s = i % steps;

            expected = add_pair(
                expected,
                o.x[n * o.x_picture + y * o.x_line + s * o.x_step + k / run * o.x_run + k % run],
                o.dy[n * o.dy_picture + y * o.dy_line + s * o.dy_step + l]);
        }
        EXPECT(word_of(found) == word_of(expected),
               "%s: %d steps, %d runs of %d, %d columns: [%d][%d] is %a, not %a", kernels->name,
               steps, runs, run, columns, k, l, found, expected);
    }
    release();
}

/* Bit for bit, also by the table without fused multiply-adds: products of such numbers are exact.
 */
START_TEST(pairs_are_multiplied_as_by_the_instruction)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int rows = 1; rows <= 30; rows++)
        for (int columns = 1; columns <= 50; columns += 1 + columns % 3)
            check_gemm_bf16(rows, 1 + (rows + columns) % 3, 1 + (3 * rows + columns) % 8, columns);
    for (int run = 1; run <= 30; run++)
        for (int columns = 1; columns <= 40; columns += 1 + columns % 3)
            check_gemm_weight_grad_bf16(1 + run % 5, 1 + columns % 3, run, columns, run % 2);
}
END_TEST

static const uint32_t edges[] = {0,          0x7fff,     0x8000,     0x8001,     0x18000,
                                 0x17fff,    0x7f7fffff, 0x7f7f7fff, 0x7f7f8000, 0x7f800000,
                                 0x7f800001, 0x7fffffff, 0x7fc00000, 0x3f808000, 0x3f818000,
                                 0x3f807fff, 0x007fffff, 0x00008000};
enum { EDGES = sizeof edges / sizeof *edges };

static void check_pairs(int n)
{
    const struct nn_random random = {3, 0, 0};
    float *x = guarded((size_t)(2 * n) * sizeof *x), *to = filled(n);

    for (int i = 0; i < 2 * n; i++) {
        const uint64_t word = nn_random_below(&random, drawn++, (uint64_t)1 << 32);

        x[i] = float_of(drawn % 3 ? (uint32_t)word
                                  : edges[word % EDGES] | ((uint32_t)word & 0x80000000));
    }
    kernels->pair_neighbours(x, n, to);
    for (int i = 0; i < n; i++)
        EXPECT(word_of(to[i]) == (plain_bf16(x[2 * i]) | plain_bf16(x[2 * i + 1]) << 16),
               "%s: %a and %a are %x", kernels->name, x[2 * i], x[2 * i + 1], word_of(to[i]));
    kernels->pair_rows(x + n, NULL, n, to);
    for (int i = 0; i < n; i++)
        EXPECT(word_of(to[i]) == plain_bf16(x[n + i]), "%s: %a alone is %x", kernels->name,
               x[n + i], word_of(to[i]));
    memcpy(to, x, (size_t)n * sizeof *to);
    kernels->pair_rows(to, x + n, n, to); /* in place */
    for (int i = 0; i < n; i++)
        EXPECT(word_of(to[i]) == (plain_bf16(x[i]) | plain_bf16(x[n + i]) << 16),
               "%s: %a over %a are %x", kernels->name, x[i], x[n + i], word_of(to[i]));
    release();
}

START_TEST(pairs_are_rounded_to_nearest_even)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 100; n++)
        for (int i = 0; i < 10; i++)
            check_pairs(n);
}
END_TEST

/* ---- Transforms ---- */

enum { SIDE = 6, FINITE = SIDE - 1 };
static const double points[FINITE] = {0, 0.75, -0.75, 1.5, -1.5};

/* Of the polynomial that vanishes at all points but number j, the coefficients; its value there. */
static double vanishing(int j, double coefficient[SIDE])
{
    double value = 1;
    int degree = 0;

    for (int i = 0; i < SIDE; i++)
        coefficient[i] = i == 0;
    for (int k = 0; k < FINITE; k++)
        if (k != j) {
            degree++;
            for (int i = degree; i >= 0; i--)
                coefficient[i] = (i ? coefficient[i - 1] : 0) - points[k] * coefficient[i];
            value *= j < FINITE ? points[j] - points[k] : 1;
        }
    return value;
}

/* What a polynomial with `terms` terms gets from term i at point j. */
static double power(int i, int j, int terms)
{
    return j < FINITE ? pow(points[j], i) : i == terms - 1;
}

struct transform {
    const char *name;
    void (*run)(const struct winograd *);
    int from, to;
};

/* Row `to`, column `from` of its matrix. */
static double factor(int transform, int to, int from)
{
    double coefficient[SIDE];

    switch (transform) {
    case 0:
        vanishing(to, coefficient);
        return coefficient[from];
    case 1:
        return power(from, to, 3) / vanishing(to, coefficient);
    case 2:
        return power(to, from, 4);
    case 3:
        return power(from, to, 4);
    default:
        return power(to, from, 3) / vanishing(from, coefficient);
    }
}

static double transformed(int number, const struct winograd *w, int y, int x, int c)
{
    double sum = w->bias ? (double)w->bias[c] : 0;

    for (int i = w->in.top; i < w->in.bottom; i++)
        for (int j = w->in.left; j < w->in.right; j++)
            sum += factor(number, y, i) * factor(number, x, j) *
                   (double)w->from[i * w->in.row + j * w->in.column + c];
    return sum;
}

/* Part `cut` of a square that `size` numbers are long. */
static struct square cut_square(int cut, int size, int channels)
{
    struct square square = {0, channels + cut % 3, 0, size, 0, size};

    square.row = size * square.column + cut % 2;
    square.top = cut % 3 == 1;
    square.bottom -= cut % 4;
    square.left = cut / 2 % 3;
    square.right -= cut / 3 % 2;
    return square;
}

static void check_transform(int number, const struct transform *t, int channels, int cut)
{
    struct winograd w = {.in = cut_square(cut, t->from, channels),
                         .out = cut_square(cut / 12, t->to, channels),
                         .bias = cut % 2 ? numbers(channels) : NULL,
                         .channels = channels};
    float *out = filled((t->to - 1) * (w.out.row + w.out.column) + channels);

    w.from = numbers((w.in.bottom - 1) * w.in.row + (w.in.right - 1) * w.in.column + channels);
    w.to = out;
    t->run(&w);
    for (int y = 0; y < t->to; y++)
        for (int x = 0; x < t->to; x++)
            for (int c = 0; c < channels; c++) {
                const bool inside =
                    y >= w.out.top && y < w.out.bottom && x >= w.out.left && x < w.out.right;
                const double found = (double)out[y * w.out.row + x * w.out.column + c];
                const double expected = inside ? transformed(number, &w, y, x, c) : (double)FILL;

                EXPECT(fabs(found - expected) <= 2e-5 * (1 + fabs(expected)),
                       "%s: %s, cut %d, channel %d of %d: [%d][%d] is %g, not %g", kernels->name,
                       t->name, cut, c, channels, y, x, found, expected);
            }
    release();
}

START_TEST(transforms_are_their_matrices)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    const struct transform all[] = {{"input", kernels->winograd_input, 6, 6},
                                    {"weights", kernels->winograd_weights, 3, 6},
                                    {"output", kernels->winograd_output, 6, 4},
                                    {"output back", kernels->winograd_output_back, 4, 6},
                                    {"weights back", kernels->winograd_weights_back, 6, 3}};

    for (int number = 0; number < 5; number++)
        for (int cut = 0; cut < 144; cut++)
            check_transform(number, &all[number], cut % 5 ? LANES + cut % 7 : 3 * LANES, cut);
}
END_TEST

/* Makes pairs by the transform to numbers and the plain rounding. */
struct to_pairs {
    const char *name;
    void (*run)(const struct winograd *), (*plain)(const struct winograd *);
    int from;
    bool tiles; /* else neighbouring channels */
};

/* Returns what the transform to numbers gives at all points, [y][x][channel]. */
static float *plain_points(const struct to_pairs *t, const float *from, const struct square *in,
                           int channels)
{
    float *out = filled(SIDE * SIDE * channels);

    t->plain(&(struct winograd){.from = from,
                                .in = *in,
                                .to = out,
                                .out = {SIDE * channels, channels, 0, SIDE, 0, SIDE},
                                .channels = channels});
    return out;
}

static void check_pairs_of_transform(const struct to_pairs *t, int channels, int cut, bool odd)
{
    const int pairs = t->tiles ? channels : channels / 2;
    struct winograd w = {.in = cut_square(cut, t->from, channels),
                         .in_odd = cut_square(cut / 12, t->from, channels),
                         .out = cut_square(cut / 12, SIDE, pairs),
                         .channels = channels};
    float *out = filled((SIDE - 1) * (w.out.row + w.out.column) + pairs), *even_points, *odd_points;

    w.from = numbers((w.in.bottom - 1) * w.in.row + (w.in.right - 1) * w.in.column + channels);
    even_points = plain_points(t, w.from, &w.in, channels);
    odd_points = filled(SIDE * SIDE * channels);
    memset(odd_points, 0, (size_t)(SIDE * SIDE * channels) * sizeof *odd_points);
    if (odd && t->tiles) {
        w.from_odd = numbers((w.in_odd.bottom - 1) * w.in_odd.row +
                             (w.in_odd.right - 1) * w.in_odd.column + channels);
        odd_points = plain_points(t, w.from_odd, &w.in_odd, channels);
    }
    w.to = out;
    t->run(&w);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int c = 0; c < pairs; c++) {
                const bool inside =
                    y >= w.out.top && y < w.out.bottom && x >= w.out.left && x < w.out.right;
                const int at = (y * SIDE + x) * channels + (t->tiles ? c : 2 * c);
                const uint32_t expected =
                    inside ? plain_bf16(even_points[at]) |
                                 plain_bf16(t->tiles ? odd_points[at] : even_points[at + 1]) << 16
                           : word_of(FILL);

                EXPECT(word_of(out[y * w.out.row + x * w.out.column + c]) == expected,
                       "%s: %s, cut %d, pair %d of %d: [%d][%d]", kernels->name, t->name, cut, c,
                       pairs, y, x);
            }
    release();
}

START_TEST(transforms_to_pairs_round_what_the_others_give)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    const struct to_pairs all[] = {
        {"input", kernels->winograd_input_bf16, kernels->winograd_input, 6, false},
        {"input tiles", kernels->winograd_input_tiles_bf16, kernels->winograd_input, 6, true},
        {"output back tiles", kernels->winograd_output_back_tiles_bf16,
         kernels->winograd_output_back, 4, true}};

    for (int number = 0; number < 3; number++)
        for (int cut = 0; cut < 144; cut++)
            check_pairs_of_transform(&all[number], LANES * (1 + cut % 4) + cut % 3 * 4, cut,
                                     cut % 5 > 0);
}
END_TEST

/* ---- Per channel ---- */

/* These arrays are read in whole vectors, so they have LANES numbers more. */
static struct norm make_norm(int c, float before, float after)
{
    return (struct norm){numbers(c + LANES),
                         numbers(c + LANES),
                         numbers(c + LANES),
                         numbers(c + LANES),
                         numbers(c + LANES),
                         numbers(c + LANES),
                         before,
                         after};
}

static void check_channels(int n, int c, float before, float after)
{
    const ptrdiff_t all = (ptrdiff_t)n * c;
    const struct norm norm = make_norm(c, before, after);
    float *x = numbers(all), *dy = numbers(all), *y = filled(all);
    float *dx = filled(all);
    double *sum = sums(c), *square = sums(c), *sum_dy = sums(c), *product = sums(c);

    kernels->channel_sums(x, before, n, c, sum, square);
    kernels->normalize(&norm, x, n, c, y);
    kernels->normalize_sums(&norm, dy, x, n, c, sum_dy, product);
    kernels->normalize_back(&norm, dy, x, n, c, dx);
    for (int k = 0; k < c; k++) {
        double expected[4] = {k, k, k, k};

        for (int i = k; i < all; i += c) {
            const float r = fmaxf(x[i], before), from_mean = r - norm.mean[k];
            const float z = from_mean * norm.scale[k] + norm.shift[k];
            const float d = z > after ? dy[i] : 0;
            const float back = norm.a[k] * d + (norm.b[k] * from_mean + norm.c[k]);

            expected[0] += (double)r;
            expected[1] += (double)(r * r);
            expected[2] += (double)d;
            expected[3] += (double)(d * from_mean);
            EXPECT(y[i] == fmaxf(z, after), "%s: number %d of %d", kernels->name, i, n);
            EXPECT(dx[i] == (x[i] > before ? back : 0), "%s: number %d of %d", kernels->name, i, n);
        }
        EXPECT(sum[k] == expected[0] && square[k] == expected[1] && sum_dy[k] == expected[2] &&
                   product[k] == expected[3],
               "%s: channel %d of %d, %d numbers", kernels->name, k, c, n);
    }
    release();
}

START_TEST(channel_kernels_are_exact_for_all_sizes)
{
    static const int n[] = {1, 2, 7, 28, 63, 64, 65, 130};

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int i = 0; i < 8; i++)
        for (int c = 0; c < SIZES; c++)
            for (int floors = 0; floors < 4; floors++)
                check_channels(n[i], sizes[c], floors & 1 ? 0 : -INFINITY,
                               floors & 2 ? 0 : -INFINITY);
}
END_TEST

/* ---- Elementwise ---- */

START_TEST(relus_and_their_gradients_are_exact)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 70; n++) {
        float *x = numbers(n), *y = filled(n), *dy = numbers(n), *dx = filled(n);

        kernels->relu(x, n, y);
        kernels->relu_back(dy, y, n, dx);
        for (int i = 0; i < n; i++) {
            EXPECT(y[i] == fmaxf(x[i], 0), "%s: number %d of %d", kernels->name, i, n);
            EXPECT(dx[i] == (x[i] > 0 ? dy[i] : 0), "%s: number %d of %d", kernels->name, i, n);
        }
        kernels->leaky_relu(x, 0.25f, n, y);
        kernels->leaky_relu_back(dy, y, 0.25f, n, dx);
        for (int i = 0; i < n; i++) {
            EXPECT(y[i] == (x[i] > 0 ? x[i] : 0.25f * x[i]), "%s: number %d of %d", kernels->name,
                   i, n);
            EXPECT(dx[i] == (x[i] > 0 ? dy[i] : 0.25f * dy[i]), "%s: number %d of %d",
                   kernels->name, i, n);
        }
        kernels->leaky_relu(x, 0.25f, n, x); /* in place */
        kernels->leaky_relu_back(dy, x, 0.25f, n, dy);
        ck_assert_mem_eq(x, y, (size_t)n * sizeof *x);
        ck_assert_mem_eq(dy, dx, (size_t)n * sizeof *dy);
        kernels->relu(x, n, y);
        kernels->relu(x, n, x);
        kernels->relu_back(dy, y, n, dx);
        kernels->relu_back(dy, x, n, dy);
        ck_assert_mem_eq(x, y, (size_t)n * sizeof *x);
        ck_assert_mem_eq(dy, dx, (size_t)n * sizeof *dy);
        release();
    }
}
END_TEST

START_TEST(sums_are_exact)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 70; n++) {
        float *a = numbers(n), *b = numbers(n), *y = filled(n), *z = filled(n);

        kernels->add(a, b, n, y);
        kernels->add_relu(a, b, n, z);
        for (int i = 0; i < n; i++) {
            EXPECT(y[i] == a[i] + b[i], "%s: number %d of %d", kernels->name, i, n);
            EXPECT(z[i] == fmaxf(a[i] + b[i], 0), "%s: number %d of %d", kernels->name, i, n);
        }
        kernels->add(a, b, n, a); /* in place */
        ck_assert_mem_eq(a, y, (size_t)n * sizeof *a);
        kernels->add(b, b, n, b);
        kernels->add_relu(b, b, n, b);
        a[0] = NAN;
        kernels->add_relu(a, y, n, y); /* a lost weight shows */
        EXPECT(isnan(y[0]), "%s: not a number is lost", kernels->name);
        release();
    }
}
END_TEST

/* Windows side by side that overlap by a column where there is one to share. */
struct windows {
    int side, count, c, taps;
    ptrdiff_t stride, offset[25], offset_dx[25];
    float *x, *dy, *dx, *expected;
    ptrdiff_t end; /* of dx */
};

static struct windows make_windows(int side, int count, int c)
{
    const int stride = side > 1 ? side - 1 : 1, columns = (count - 1) * stride + side;
    const int row = (columns + 1) * c, row_dx = (columns + 3) * c;
    struct windows w = {
        .side = side, .count = count, .c = c, .taps = side * side, .stride = (ptrdiff_t)stride * c};

    for (int t = 0; t < w.taps; t++) {
        w.offset[t] = t / side * row + t % side * c;
        w.offset_dx[t] = t / side * row_dx + t % side * c;
    }
    w.end = (ptrdiff_t)(side - 1) * row_dx + columns * c;
    w.x = numbers((ptrdiff_t)(side - 1) * row + columns * c);
    w.dy = numbers(count * c);
    w.dx = numbers(w.end);
    w.expected = filled(w.end);
    copy(w.expected, w.dx, w.end);
    return w;
}

static void check_maxpool(int side, int count, int c)
{
    struct windows w = make_windows(side, count, c);
    float *y = filled(count * c);

    kernels->maxpool(w.x, w.offset, w.taps, count, w.stride, c, y);
    kernels->maxpool_back(w.dy, w.x, w.offset, w.offset_dx, w.taps, count, w.stride, c, w.dx);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < c; k++) {
            const float *x = w.x + i * w.stride + k;
            int best = 0;

            for (int t = 1; t < w.taps; t++)
                if (x[w.offset[t]] > x[w.offset[best]])
                    best = t;
            EXPECT(y[i * c + k] == x[w.offset[best]], "%s: window %d of %d", kernels->name, i,
                   count);
            w.expected[i * w.stride + w.offset_dx[best] + k] += w.dy[i * c + k];
        }
    ck_assert_mem_eq(w.dx, w.expected, (size_t)w.end * sizeof *w.dx);
    release();
}

static void check_avgpool(int side, int count, int c)
{
    struct windows w = make_windows(side, count, c);
    float *y = filled(count * c);

    kernels->avgpool(w.x, w.offset, w.taps, count, w.stride, 0.25f, c, y);
    kernels->avgpool_back(w.dy, w.offset_dx, w.taps, count, w.stride, 0.25f, c, w.dx);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < c; k++) {
            double sum = 0;

            for (int t = 0; t < w.taps; t++) {
                sum += (double)w.x[i * w.stride + w.offset[t] + k];
                w.expected[i * w.stride + w.offset_dx[t] + k] += 0.25f * w.dy[i * c + k];
            }
            ck_assert_double_eq_tol((double)y[i * c + k], 0.25 * sum, 1e-5);
        }
    for (ptrdiff_t i = 0; i < w.end; i++)
        ck_assert_double_eq_tol((double)w.dx[i], (double)w.expected[i], 1e-5);
    release();
}

/* Among so few values most windows have several largest. */
START_TEST(pools_are_exact_and_the_first_of_equals_gets_the_gradient)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int side = 1; side <= 5; side++)
        for (int c = 0; c < SIZES; c++)
            check_maxpool(side, 1 + (side + c) % 3, sizes[c]);
}
END_TEST

START_TEST(mean_pools_take_and_give_equal_shares)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int side = 1; side <= 5; side++)
        for (int c = 0; c < SIZES; c++)
            check_avgpool(side, 1 + (side + c) % 3, sizes[c]);
}
END_TEST

/* Normalization, rectifiers and pooling in one, against the kernels that do fewer of them each. */
static void check_norm_maxpool(int side, int count, int c, const struct norm *norm)
{
    struct windows w = make_windows(side, count, c);
    const ptrdiff_t pooled = count * c;
    float *x = numbers(w.end), *dy = numbers(pooled), *y = filled(pooled);
    float *centred = filled(pooled), *dx = filled(w.end), *plain = filled(w.end);
    float *z = filled(w.end), *expected = filled(pooled), *dz = filled(w.end);
    lane_int *winner = guarded((size_t)pooled * sizeof *winner);
    double sum[33] = {0}, product[33] = {0}, plain_sum[33] = {0}, plain_product[33] = {0};

    kernels->norm_maxpool(&(struct norm_maxpool){norm, x, w.offset_dx, w.taps, count, w.stride, c,
                                                 y, winner, centred});
    kernels->norm_maxpool_back(&(struct norm_maxpool_back){
        norm, dy, winner, x, w.offset_dx, w.offset_dx, w.taps, count, w.stride, c, dx});
    /* The same in steps: normalize and rectify, pool, and back. */
    if (norm->mean)
        kernels->normalize(norm, x, w.end / c, c, z);
    else if (norm->after == 0)
        kernels->relu(x, w.end, z);
    else
        copy(z, x, w.end);
    kernels->maxpool(z, w.offset_dx, w.taps, count, w.stride, c, expected);
    ck_assert_mem_eq(y, expected, (size_t)pooled * sizeof *y);
    for (ptrdiff_t i = 0; i < w.end; i++)
        dz[i] = 0;
    kernels->maxpool_back(dy, z, w.offset_dx, w.offset_dx, w.taps, count, w.stride, c, dz);
    if (norm->mean) {
        kernels->norm_maxpool_sums(dy, winner, centred, count, c, sum, product);
        kernels->normalize_sums(norm, dz, x, w.end / c, c, plain_sum, plain_product);
        kernels->normalize_back(norm, dz, x, w.end / c, c, plain);
    } else if (norm->after < 0) {
        copy(plain, dz, w.end);
    } else {
        kernels->relu_back(dz, z, w.end, plain);
    }
    for (int k = 0; k < c; k++) {
        ck_assert_double_eq_tol(sum[k], plain_sum[k], 1e-5);
        ck_assert_double_eq_tol(product[k], plain_product[k], 1e-5);
    }
    for (int i = 0; i < count; i++)
        for (int t = 0; t < w.taps; t++)
            for (int k = 0; k < c; k++) {
                const ptrdiff_t at = i * w.stride + w.offset_dx[t] + k;

                ck_assert(dx[at] == plain[at]);
            }
    /* Nothing is kept in prediction. */
    kernels->norm_maxpool(&(struct norm_maxpool){norm, x, w.offset_dx, w.taps, count, w.stride, c,
                                                 expected, NULL, NULL});
    ck_assert_mem_eq(y, expected, (size_t)pooled * sizeof *y);
    release();
}

START_TEST(normalization_with_pooling_is_what_its_parts_are)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int side = 1; side <= 3; side++)
        for (int c = 1; c <= 33; c++)
            for (int floors = 0; floors < 4; floors++) {
                const float before = floors & 1 ? 0 : -INFINITY, after = floors & 2 ? 0 : -INFINITY;
                const int count = side == 1 ? 3 : 1;
                struct norm norm = make_norm(c, before, after);

                check_norm_maxpool(side, count, c, &norm);
                norm = (struct norm){.before = -INFINITY, .after = after};
                check_norm_maxpool(side, count, c, &norm);
            }
}
END_TEST

START_TEST(dropout_takes_the_words_of_the_random_numbers_in_turn)
{
    const struct nn_random random = {(uint64_t)3 << 40 | 9, NN_RANDOM_DROPOUT | 5 << 8, 77};
    const uint64_t first = UINT32_MAX - 20; /* the index carries into its upper half */

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 200; n += 7) {
        float *x = numbers(n), *y = filled(n);

        kernels->dropout(&random, first, 0x60000000, 1.5f, x, n, y);
        for (int i = 0; i < n; i++) {
            uint32_t bits[4];

            nn_random_bits(&random, first + (uint64_t)i / 4, bits);
            ck_assert(y[i] == (bits[i % 4] < 0x60000000 ? 0 : 1.5f * x[i]));
        }
        release();
    }
}
END_TEST

/* ---- Parameters ---- */

START_TEST(rows_are_added_up_exactly)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int c = 0; c < SIZES; c++)
        for (int n = 1; n <= 9; n++) {
            const int stride = sizes[c] + n % 3;
            float *x = numbers((n - 1) * stride + sizes[c]), *sum = numbers(sizes[c]);
            float *expected = filled(sizes[c]);

            copy(expected, sum, sizes[c]);
            kernels->sum_rows(x, n, stride, sizes[c], sum);
            for (int i = 0; i < n; i++)
                for (int k = 0; k < sizes[c]; k++)
                    expected[k] += x[i * stride + k];
            ck_assert_mem_eq(sum, expected, (size_t)sizes[c] * sizeof *sum);
            release();
        }
}
END_TEST

START_TEST(parts_are_added_up_exactly)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int parts = 1; parts <= 9; parts++)
        for (int n = 1; n <= 70; n += 3) {
            const int stride = n + parts % 3;
            float *part = numbers((parts - 1) * stride + n), *sum = filled(n);

            kernels->sum_parts(part, stride, parts, n, sum);
            for (int i = 0; i < n; i++) {
                float expected = 0;

                for (int p = 0; p < parts; p++)
                    expected += part[p * stride + i];
                EXPECT(sum[i] == expected, "%s: number %d of %d", kernels->name, i, n);
            }
            release();
        }
}
END_TEST

START_TEST(transposed_weights_are_exact)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int rows = 1; rows <= LANES; rows++)
        for (int s = 0; s < SIZES; s++) {
            const int columns = sizes[s], panel = rows * LANES + s % 3;
            float *from = numbers((panels(columns) - 1) * panel + rows * LANES);
            float *to = filled(columns * LANES);

            kernels->transpose(from, panel, rows, columns, to);
            for (int i = 0; i < columns * LANES; i++) {
                const int c = i / LANES, r = i % LANES;

                EXPECT(to[i] == (r < rows ? from[c / LANES * panel + r * LANES + c % LANES] : FILL),
                       "%s: row %d of %d, column %d of %d", kernels->name, r, rows, c, columns);
            }
            release();
        }
}
END_TEST

START_TEST(sgd_steps_are_exact)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 70; n++) {
        const struct sgd sgd = {.lr = 0.25f, .momentum = 0.5f, .l2 = 0.125f, .nesterov = n % 2};
        float *w = numbers(n), *g = numbers(n), *v = numbers(n), *w0 = filled(n), *v0 = filled(n);

        copy(w0, w, n);
        copy(v0, v, n);
        kernels->sgd(w, g, v, n, &sgd);
        for (int i = 0; i < n; i++) {
            const float gradient = g[i] + 0.125f * w0[i];

            EXPECT(v[i] == 0.5f * v0[i] + gradient, "%s: number %d of %d", kernels->name, i, n);
            EXPECT(w[i] == w0[i] - 0.25f * (n % 2 ? gradient + 0.5f * v[i] : v[i]),
                   "%s: number %d of %d", kernels->name, i, n);
        }
        release();
    }
}
END_TEST

START_TEST(adam_steps_as_far_as_in_double)
{
    const struct adam adam = {
        .rate = 1e-3f / 0.271f, .beta1c = 0.1f, .beta2c = 1e-3f, .root = 18.27f, .epsilon = 1e-8f};

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 70; n++) {
        float *w = numbers(n), *g = numbers(n), *m = numbers(n), *v = numbers(n);
        float *w0 = filled(n), *m0 = filled(n), *v0 = filled(n);

        for (int i = 0; i < n; i++)
            v[i] *= v[i];
        copy(w0, w, n);
        copy(m0, m, n);
        copy(v0, v, n);
        kernels->adam(w, g, m, v, n, &adam);
        for (int i = 0; i < n; i++) {
            const double gi = (double)g[i] + (double)adam.l2 * (double)w0[i];
            const double moment = (double)m0[i] + (double)adam.beta1c * (gi - (double)m0[i]);
            const double square = (double)v0[i] + (double)adam.beta2c * (gi * gi - (double)v0[i]);
            const double moved = (double)adam.rate * moment /
                                 (sqrt(square) * (double)adam.root + (double)adam.epsilon);

            EXPECT(fabs((double)m[i] - moment) <= 1e-6, "%s: m is %g", kernels->name, (double)m[i]);
            EXPECT(fabs((double)v[i] - square) <= 1e-5, "%s: v is %g", kernels->name, (double)v[i]);
            EXPECT(fabs((double)w[i] - ((double)w0[i] * (1 - (double)adam.decay) - moved)) <=
                       1e-6 * (4 + fabs(moved)),
                   "%s: w is %g", kernels->name, (double)w[i]);
        }
        release();
    }
}
END_TEST

START_TEST(averages_move_by_their_rate)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int n = 1; n <= 70; n++) {
        float *a = numbers(n), *w = numbers(n), *before = filled(n);

        copy(before, a, n);
        kernels->ema(a, w, 0.25f, n);
        for (int i = 0; i < n; i++)
            EXPECT(a[i] == before[i] + (w[i] - before[i]) / 4, "%s: %g", kernels->name,
                   (double)a[i]);
        release();
    }
}
END_TEST

/* ---- Pictures sampled through a map ---- */

/* Far places and bends among them; that values are right, check_augment.c tells. */
static void check_warp(int c, int h, int w, bool bends)
{
    const ptrdiff_t size = (ptrdiff_t)c * h * w, plane = (ptrdiff_t)(h + 3) * (w + 3);
    const ptrdiff_t knots = 2 * knots_along(h) * knots_along(w);
    const float *bend = numbers(knots), *from = numbers(size);
    struct warp warp = {.c = c,
                        .h = h,
                        .w = w,
                        .background = numbers(c),
                        .across = {1.5f, 0.75f, -3},
                        .down = {-0.5f, 2, 1e9f},
                        .knots = bends ? bend : NULL,
                        .moves = numbers((ptrdiff_t)2 * knots_along(h) * rounded(w)),
                        .plane = guarded((size_t)plane + 32),
                        .pairs = guarded(2 * ((size_t)plane + 32)),
                        .numbers = filled(plane)};
    uint8_t *bytes = guarded((size_t)size), *to = guarded((size_t)size + LANES - 1);
    float *to_f32 = filled(size + LANES - 1);

    for (int far = 0; far < 2; far++) {
        kernels->warp_u8(&warp, bytes, to);
        kernels->warp_f32(&warp, from, to_f32);
        for (ptrdiff_t i = 0; far == 0 && i < size; i++)
            EXPECT(to_f32[i] == warp.background[i / h / w], "%s: %g from far away", kernels->name,
                   (double)to_f32[i]);
        warp.down[2] = 1;
    }
    warp.across[0] = NAN; /* leads nowhere, but not out of memory either */
    kernels->warp_u8(&warp, bytes, to);
    kernels->warp_f32(&warp, from, to_f32);
    release();
}

START_TEST(warps_stay_within_their_memory)
{
    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i]), 0);
    for (int w = 1; w <= 70; w++)
        for (int h = 1; h <= 20; h += 1 + h / 2)
            for (int c = 1; c <= 3; c += 2)
                check_warp(c, h, w, (w + h) % 2);
}
END_TEST

Suite *suite_kernels(void)
{
    Suite *suite = suite_create("kernels");
    TCase *tests = tcase_create("tables");
    int tables = 0;

    while (nn_kernels_available()[tables])
        tables++;
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, pixels_are_rounded_quotients, 0, tables);
    tcase_add_loop_test(tests, products_are_exact_for_all_sizes, 0, tables);
    tcase_add_loop_test(tests, sums_of_outer_products_are_exact_for_all_sizes, 0, tables);
    tcase_add_loop_test(tests, pairs_are_multiplied_as_by_the_instruction, 0, tables);
    tcase_add_loop_test(tests, pairs_are_rounded_to_nearest_even, 0, tables);
    tcase_add_loop_test(tests, transforms_are_their_matrices, 0, tables);
    tcase_add_loop_test(tests, transforms_to_pairs_round_what_the_others_give, 0, tables);
    tcase_add_loop_test(tests, channel_kernels_are_exact_for_all_sizes, 0, tables);
    tcase_add_loop_test(tests, relus_and_their_gradients_are_exact, 0, tables);
    tcase_add_loop_test(tests, sums_are_exact, 0, tables);
    tcase_add_loop_test(tests, pools_are_exact_and_the_first_of_equals_gets_the_gradient, 0,
                        tables);
    tcase_add_loop_test(tests, mean_pools_take_and_give_equal_shares, 0, tables);
    tcase_add_loop_test(tests, normalization_with_pooling_is_what_its_parts_are, 0, tables);
    tcase_add_loop_test(tests, dropout_takes_the_words_of_the_random_numbers_in_turn, 0, tables);
    tcase_add_loop_test(tests, rows_are_added_up_exactly, 0, tables);
    tcase_add_loop_test(tests, parts_are_added_up_exactly, 0, tables);
    tcase_add_loop_test(tests, transposed_weights_are_exact, 0, tables);
    tcase_add_loop_test(tests, sgd_steps_are_exact, 0, tables);
    tcase_add_loop_test(tests, adam_steps_as_far_as_in_double, 0, tables);
    tcase_add_loop_test(tests, averages_move_by_their_rate, 0, tables);
    tcase_add_loop_test(tests, warps_stay_within_their_memory, 0, tables);
    suite_add_tcase(suite, tests);
    return suite;
}
