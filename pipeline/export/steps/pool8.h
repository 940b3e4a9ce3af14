/* The largest value of each window, or its sum times f / 2^s, of in[h][v][c]. */
static void net_pool8(const int8_t *in, int8_t *out, int mean, int zero, int to, int32_t f, int s,
                      int c, int h, int v, int oh, int ov, int kh, int kv, int sy, int sx, int pad)
{
    int m, y, x, i, j;

    for (y = 0; y < oh; y++)
        for (x = 0; x < ov; x++)
            for (m = 0; m < c; m++) {
                int32_t sum = 0;
                int8_t most = -128;

                for (i = 0; i < kh; i++)
                    for (j = 0; j < kv; j++) {
                        const int p = y * sy + i - pad, q = x * sx + j - pad;

                        if (p >= 0 && p < h && q >= 0 && q < v) {
                            const int8_t value = in[(p * v + q) * c + m];

                            sum += value - zero;
                            most = value > most ? value : most;
                        }
                    }
                *out++ = mean ? net_byte(to + net_scaled(sum, f, s)) : most;
            }
}
