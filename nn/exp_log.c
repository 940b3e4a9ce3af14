#include "exp_log.h"

#include <stdint.h>
#include <string.h>

/* ln 2 in two parts, the first with 32 zero bits at its end, so that k times it is exact for the k
 * that occur (Cody and Waite, Software Manual for the Elementary Functions, 1980). */
static const double LN2_HIGH = 0x1.62e42feep-1;
static const double LN2_LOW = 0x1.a39ef35793c76p-33;
static const double LOG2_E = 0x1.71547652b82fep+0;

static double from_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* exp(x) = 2^k exp(r), |r| <= ln 2 / 2; the Taylor series of exp(r) to r^13 leaves 4e-18. */
double nn_exp(double x)
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
    /* Adding and taking away 1.5 * 2^52 rounds to the nearest whole number. */
    const double shift = 0x1.8p52;
    double k, r, sum = 0;

    if (!(x >= -708))
        return x < -708 ? 0 : x; /* NaN stays NaN */
    k = x * LOG2_E + shift;
    k -= shift;
    r = (x - k * LN2_HIGH) - k * LN2_LOW;
    for (unsigned i = 0; i < sizeof inverse_factorial / sizeof *inverse_factorial; i++)
        sum = (sum + inverse_factorial[i]) * r;
    return (1 + sum) * from_bits((uint64_t)(int64_t)(k + 1023) << 52);
}

/* log(2^k m) = k ln 2 + log m, sqrt(1/2) <= m < sqrt 2, and log m = 2 artanh(s) with
 * s = (m-1)/(m+1), |s| < 0.172: the series to s^21 leaves 2e-18. */
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
