/* The maps of winograd.h's transforms in one direction, of vectors in the processor's kernels and
 * of floats on devices. They leave out the last factors of their results, which are multiplied as a
 * bias is added. Who includes this defines NUMBER, what is mapped, MAP, how a map begins, and
 * plus(c, a, b) = c + a * b, rounded once. */
#ifdef ON_DEVICE
#define NUMBER float
#define MAP
typedef float real;
float plus(float c, float a, float b)
{
    return FUSED(a, b, c);
}
#endif

#define P  ((real)0.75)
#define P2 (P * P)
#define P4 (P2 * P2)

/* B^T: coefficients of the polynomials that vanish at all points but one. */
#define INPUT_FACTORS 1, 1, 1, 1, 1, 1
MAP void map_input(const NUMBER *d, NUMBER *v)
{
    const NUMBER even_p = plus(d[4], -4 * P2, d[2]), odd_p = plus(d[3], -4 * P2, d[1]);
    const NUMBER even_2p = plus(d[4], -P2, d[2]), odd_2p = plus(d[3], -P2, d[1]);
    const NUMBER even_0 = plus(even_2p, -4 * P2, d[2]), even_infinity = plus(d[5], -4 * P2, d[3]);

    v[0] = plus(even_0, 4 * P4, d[0]);
    v[1] = plus(even_p, P, odd_p);
    v[2] = plus(even_p, -P, odd_p);
    v[3] = plus(even_2p, 2 * P, odd_2p);
    v[4] = plus(even_2p, -2 * P, odd_2p);
    v[5] = plus(even_infinity, -P2, odd_p);
}

/* A^T: powers of the points. */
#define OUTPUT_FACTORS 1, P, P2, 1
MAP void map_output(const NUMBER *m, NUMBER *y)
{
    const NUMBER even_p = m[1] + m[2], odd_p = m[1] - m[2];
    const NUMBER even_2p = m[3] + m[4], odd_2p = m[3] - m[4];

    y[0] = (m[0] + even_p) + even_2p;
    y[1] = plus(odd_p, 2, odd_2p);
    y[2] = plus(even_p, 4, even_2p);
    y[3] = plus(m[5], P2 * P, plus(odd_p, 8, odd_2p));
}

/* A */
#define OUTPUT_BACK_FACTORS 1, 1, 1, 1, 1, 1
MAP void map_output_back(const NUMBER *y, NUMBER *m)
{
    const NUMBER even_p = plus(y[0], P2, y[2]), odd_p = plus(y[1], P2, y[3]);
    const NUMBER even_2p = plus(y[0], 4 * P2, y[2]), odd_2p = plus(y[1], 4 * P2, y[3]);

    m[0] = y[0];
    m[1] = plus(even_p, P, odd_p);
    m[2] = plus(even_p, -P, odd_p);
    m[3] = plus(even_2p, 2 * P, odd_2p);
    m[4] = plus(even_2p, -2 * P, odd_2p);
    m[5] = y[3];
}

/* G: powers of the points, over what their polynomial of B^T is there. */
#define WEIGHTS_FACTORS 1 / (4 * P4), -1 / (6 * P4), -1 / (6 * P4), 1 / (24 * P4), 1 / (24 * P4), 1
MAP void map_weights(const NUMBER *w, NUMBER *u)
{
    const NUMBER even_p = plus(w[0], P2, w[2]), even_2p = plus(w[0], 4 * P2, w[2]);

    u[0] = w[0];
    u[1] = plus(even_p, P, w[1]);
    u[2] = plus(even_p, -P, w[1]);
    u[3] = plus(even_2p, 2 * P, w[1]);
    u[4] = plus(even_2p, -2 * P, w[1]);
    u[5] = w[2];
}

/* G^T */
#define WEIGHTS_BACK_FACTORS 1 / (6 * P4), P / (6 * P4), 1
MAP void map_weights_back(const NUMBER *u, NUMBER *w)
{
    const NUMBER even_p = u[1] + u[2], odd_p = u[1] - u[2];
    const NUMBER even_2p = u[3] + u[4], odd_2p = u[3] - u[4];
    const NUMBER even = plus(-even_p, (real)1.5, u[0]);

    w[0] = plus(even, (real)0.25, even_2p);
    w[1] = plus(-odd_p, (real)0.5, odd_2p);
    w[2] = plus(u[5], P2 / (6 * P4), even_2p - even_p);
}
