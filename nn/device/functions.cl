/* What several kernels call: random numbers, exp and log, as nn/base/ has them, and sums of
 * products, as nn/kernels/. */
#include "dialect.h"

#ifdef ON_DEVICE
/* Draws as nn_random_bits(). */
void random_bits(u64 seed, u32 purpose, u32 epoch, u64 index, u32 bits[4])
{
    u32 key0 = (u32)seed, key1 = (u32)(seed >> 32);
    u32 c0 = (u32)index, c1 = (u32)(index >> 32), c2 = epoch, c3 = purpose;

    for (int round = 0; round < 10; round++) {
        const u64 p0 = (u64)0xD2511F53u * c0, p1 = (u64)0xCD9E8D57u * c2;

        c0 = (u32)(p1 >> 32) ^ c1 ^ key0;
        c1 = (u32)p1;
        c2 = (u32)(p0 >> 32) ^ c3 ^ key1;
        c3 = (u32)p0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    bits[0] = c0;
    bits[1] = c1;
    bits[2] = c2;
    bits[3] = c3;
}

/* ln 2 in two terms, and 1 / ln 2, as nn/base/exp_log.c spells them in hexadecimal. */
#define LN2_HIGH DOUBLE_OF(0x3fe62e42fee00000L)
#define LN2_LOW  DOUBLE_OF(0x3dea39ef35793c76L)
#define LOG2_E   DOUBLE_OF(0x3ff71547652b82feL)

/* Computes as nn_exps(). */
double exp_of(double x)
{
    const double inverse_factorial[13] = {
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
        1.0 / 40320,      1.0 / 5040,      1.0 / 720,      1.0 / 120,     1.0 / 24,
        1.0 / 6,          1.0 / 2,         1.0};
    const double shift = 6755399441055744.0; /* 1.5 * 2^52 */
    const double k = x * LOG2_E + shift;
    const double r = (x - (k - shift) * LN2_HIGH) - (k - shift) * LN2_LOW;
    const double power = DOUBLE_OF((i64)((u64)(BITS_OF(k) + 1023) << 52));
    double sum = 0;

    for (int n = 0; n < 13; n++)
        sum = (sum + inverse_factorial[n]) * r;
    return x >= -708 ? (1 + sum) * power : x < -708 ? 0 : x;
}

/* Computes as nn_log(). */
double log_of(double x)
{
    const i64 bits = BITS_OF(x);
    i64 k = (i64)((u64)bits >> 52) - 1023;
    double m = DOUBLE_OF((bits & 0xfffffffffffffL) | (1023L << 52)), s, square, sum = 0;

    if (m > DOUBLE_OF(0x3ff6a09e667f3bcdL)) {
        m *= 0.5;
        k++;
    }
    s = (m - 1) / (m + 1);
    square = s * s;
    for (int n = 21; n >= 3; n -= 2)
        sum = (sum + 1.0 / n) * square;
    return (double)k * LN2_HIGH + (2 * s + (2 * s * sum + (double)k * LN2_LOW));
}

/* Rounds to bfloat16 where `bf16`, as nn/kernels/pairs.h. */
float operand(float x, int bf16)
{
    const u32 word = WORD_OF(x), sign = word & 0x80000000u, up = word + 0x7fff + (word >> 16 & 1);
    const u32 large = (word ^ sign) > 0x7f800000u ? word | 0x400000u : up;

    return bf16 ? FLOAT_OF(((word & 0x7f800000u) ? large : sign) & 0xffff0000u) : x;
}

/* Adds n products of numbers so far apart from each other; of bfloat16 numbers a pair is the odd
 * one first, and the last one of an odd number is paired with zero. */
float add_products(__global const float *x, int x_step, __global const float *w, int w_step, int n,
                   int bf16, float sum)
{
    for (int i = 0; i < n && !bf16; i++)
        sum = FUSED(x[i * x_step], w[i * w_step], sum);
    for (int i = 0; i < n && bf16; i += 2) {
        const int odd = i + 1 < n;

        sum = FUSED(odd ? x[(i + 1) * x_step] : 0, odd ? w[(i + 1) * w_step] : 0, sum);
        sum = FUSED(x[i * x_step], w[i * w_step], sum);
    }
    return sum;
}

/* Adds n products to each sum of a square as add_products() does: of rows of numbers x, a NULL one's
 * left as it is, and of columns that lie side by side in w. */
void add_square(__global const float *const x[SQUARE], int x_step, __global const float *w,
                int w_step, int n, int bf16, float sum[SQUARE][SQUARE])
{
    for (int at = 0; at < (bf16 ? n + n % 2 : n); at++) {
        const int i = bf16 ? at ^ 1 : at, there = i < n;
        float column[SQUARE];

        for (int c = 0; c < SQUARE; c++)
            column[c] = there ? w[i * w_step + c] : 0;
        for (int r = 0; r < SQUARE; r++)
            if (x[r]) {
                const float row = there ? x[r][i * x_step] : 0;

                for (int c = 0; c < SQUARE; c++)
                    sum[r][c] = FUSED(row, column[c], sum[r][c]);
            }
    }
}

/* Fills in a square's rows, which lie `apart`: so many as there are. */
void rows_at(__global const float *from, int apart, int rows, __global const float *x[SQUARE])
{
    for (int r = 0; r < SQUARE; r++)
        x[r] = r < rows ? from + r * apart : 0;
}

/* Stores what there is of a square, in rows that lie `apart`. */
void put_square(float sum[SQUARE][SQUARE], __global float *to, int apart, int rows, int columns)
{
    for (int r = 0; r < SQUARE && r < rows; r++)
        for (int c = 0; c < SQUARE && c < columns; c++)
            to[r * apart + c] = sum[r][c];
}
#endif
