/* Functions that C libraries have as well, but not all with the same last bits. */
#include "exp_log.h"

#include <string.h>

/* ln 2 in two terms, the first with 32 zero bits at its end, so that k times it is exact for the k
 * that occur (Cody and Waite, Software Manual for the Elementary Functions, 1980). */
static const double LN2_HIGH = 0x1.62e42feep-1;
static const double LN2_LOW = 0x1.a39ef35793c76p-33;
static const double LOG2_E = 0x1.71547652b82fep+0;

/* Two at a time, as every processor has it. */
typedef double pair __attribute__((vector_size(16)));
typedef uint64_t pair_bits __attribute__((vector_size(16)));
enum { PAIRS = EXPS / 2 };
#define IN_REGISTERS _Pragma("GCC unroll 4")

static double from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Computes exp(x) = 2^k exp(r), |r| <= ln 2 / 2; the Taylor series of exp(r) to r^13 leaves 4e-18.
 */
void nn_exps(double x[EXPS])
{
    static const double inverse_factorial[] = {
        1.0 / 6227020800,
        1.0 / 479001600,
        1.0 / 39916800,
        1.0 / 3628800,
        1.0 / 362880,
        1.0 / 40320,
        1.0 / 5040,
        1.0 / 720,
        1.0 / 120,
        1.0 / 24,
        1.0 / 6,
        1.0 / 2,
        1.0,
    };
    /* Adding and taking away 1.5 * 2^52 rounds to the nearest whole number, k, and leaves it in the
     * lowest bits. */
    const double shift = 0x1.8p52;
    pair r[PAIRS], sum[PAIRS], power[PAIRS];

    memcpy(r, x, sizeof r);
    IN_REGISTERS
    for (int i = 0; i < PAIRS; i++) {
        const pair k = r[i] * LOG2_E + shift;

        r[i] = (r[i] - (k - shift) * LN2_HIGH) - (k - shift) * LN2_LOW;
        power[i] = (pair)(((pair_bits)k + 1023) << 52); /* 2^k */
        sum[i] = (pair){0};
    }
    for (unsigned n = 0; n < sizeof inverse_factorial / sizeof *inverse_factorial; n++) {
        IN_REGISTERS
        for (int i = 0; i < PAIRS; i++)
            sum[i] = (sum[i] + inverse_factorial[n]) * r[i];
    }
    for (int i = 0; i < EXPS; i++)
        if (x[i] >= -708)
            x[i] = (1 + sum[i / 2][i % 2]) * power[i / 2][i % 2];
        else if (x[i] < -708)
            x[i] = 0; /* NaN stays NaN */
}

/* Computes log(2^k m) = k ln 2 + log m, sqrt(1/2) <= m < sqrt 2, and log m = 2 artanh(s) with s =
 * (m-1)/(m+1), |s| < 0.172: the series to s^21 leaves 2e-18. */
double nn_log(double x)
{
    uint64_t bits;
    int64_t k;
    double m, s, square, sum = 0;

    memcpy(&bits, &x, sizeof bits);
    k = (int64_t)(bits >> 52) - 1023;
    m = from_bits((bits & 0xfffffffffffffu) | (uint64_t)1023 << 52);
    if (m > 0x1.6a09e667f3bcdp0) {
        m *= 0.5;
        k++;
    }
    s = (m - 1) / (m + 1);
    square = s * s;
    for (int n = 21; n >= 3; n -= 2)
        sum = (sum + 1.0 / n) * square;
    return (double)k * LN2_HIGH + (2 * s + (2 * s * sum + (double)k * LN2_LOW));
}

double nn_power(double x, int64_t n)
{
    double power = 1;

    for (; n > 0; n >>= 1, x *= x)
        if (n & 1)
            power *= x;
    return power;
}

/* Sums their series; the rest is below 2^-53. */
void nn_sine_cosine(double x, double *sine, double *cosine)
{
    const double square = x * x;

    *sine = *cosine = 1;
    for (int n = 28; n >= 2; n -= 2) {
        *cosine = 1 - square / ((n - 1) * n) * *cosine;
        *sine = 1 - square / (n * (n + 1)) * *sine;
    }
    *sine *= x;
}
