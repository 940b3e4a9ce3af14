/* The sum of one output at (y, x) of a convolution of in[h][v][c]; a value stands for
 * (byte - zero) times a factor. */
static int32_t net_sum8(const int8_t *in, net_const int8_t *w, int zero, int c, int h, int v,
                        int kh, int kv, int y, int x)
{
    const int first = y < 0 ? -y : 0, last = h - y < kh ? h - y : kh;
    const int left = x < 0 ? -x : 0, right = v - x < kv ? v - x : kv;
    const int size = right > left ? (right - left) * c : 0;
    int32_t sum = 0;
    int i, k;

    for (i = first; i < last && size; i++) {
        const int8_t *from = in + ((y + i) * v + x + left) * c;
        net_const int8_t *by = w + (i * kv + left) * c;

        for (k = 0; k < size; k++)
            sum += (int32_t)(int16_t)(from[k] - zero) * (int16_t)by[k]; /* as 16 bits: faster */
    }
    return sum;
}
