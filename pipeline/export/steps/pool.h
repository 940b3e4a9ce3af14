/* The largest value of each window, or its mean; around the picture are zeros, which are no
 * largest. */
static void net_pool(const float *in, float *out, int mean, int c, int h, int v, int oh, int ov,
                     int kh, int kv, int sy, int sx, int pad)
{
    int m, y, x, i, j;

    for (m = 0; m < c; m++)
        for (y = 0; y < oh; y++)
            for (x = 0; x < ov; x++) {
                float sum = 0, most = -3.4e38f;

                for (i = 0; i < kh; i++)
                    for (j = 0; j < kv; j++) {
                        const int p = y * sy + i - pad, q = x * sx + j - pad;

                        if (p >= 0 && p < h && q >= 0 && q < v) {
                            const float value = in[(m * h + p) * v + q];

                            sum += value;
                            most = value > most ? value : most;
                        }
                    }
                *out++ = mean ? sum / (float)(kh * kv) : most;
            }
}
