/* Arithmetic for open.c to compare with the processor's. */
#include "dialect.h"

enum { TEST_FLOATS = 6, TEST_DOUBLES = 6 };

struct self_test {
    i64 floats;  /* [cases][3] */
    i64 doubles; /* [cases][3] */
    i64 words;   /* [cases] indices of random bits */
    i64 to_floats, to_doubles, to_words; /* [cases][TEST_FLOATS], [TEST_DOUBLES], [4] */
    int cases;
};

#ifdef ON_DEVICE
KERNEL(self_test, self_test)
{
    const int i = ITEM();

    if (i >= a.cases)
        return;
    __global const float *f = FLOAT(a.floats) + 3 * i;
    __global float *to = FLOAT(a.to_floats) + TEST_FLOATS * i;
    __global const double *d = DOUBLE(a.doubles) + 3 * i;
    __global double *wide = DOUBLE(a.to_doubles) + TEST_DOUBLES * i;
    u32 bits[4];

    to[0] = FUSED(f[0], f[1], f[2]);
    to[1] = f[0] / f[1];
    to[2] = sqrt(fabs(f[0]));
    to[3] = f[0] * f[1] + f[2]; /* two roundings */
    to[4] = (float)d[0];
    to[5] = (float)(int)(f[0] * 1000.0f);
    wide[0] = d[0] * d[1] + d[2];
    wide[1] = d[0] / d[1];
    wide[2] = sqrt(fabs(d[0]));
    wide[3] = (double)f[0];
    wide[4] = exp_of(-fabs(d[2]));
    wide[5] = log_of(1 + fabs(d[2]));
    random_bits(0x123456789abcdefUL, 3u, 7u, AT(u64, a.words)[i], bits);
    for (int k = 0; k < 4; k++)
        AT(u32, a.to_words)[4 * i + k] = bits[k];
}
#endif
