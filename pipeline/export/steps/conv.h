/* A convolution of planes in[c][h][v] into out[o][oh][ov]. */
static void net_conv(const float *in, float *out, net_const float *w, net_const float *b, int c,
                     int h, int v, int o, int oh, int ov, int kh, int kv, int sy, int sx, int pad)
{
    int n, y, x, m, i, j;

    for (n = 0; n < o; n++) {
        float *plane = out + n * oh * ov;

        for (x = 0; x < oh * ov; x++)
            plane[x] = b[n];
        for (m = 0; m < c; m++)
            for (i = 0; i < kh; i++)
                for (j = 0; j < kv; j++) {
                    const float k = *w++;
                    const int begin = j < pad ? (pad - j + sx - 1) / sx : 0;
                    int end = (v + pad - j + sx - 1) / sx;

                    end = end < ov ? end : ov;
                    for (y = 0; y < oh; y++) {
                        const int p = y * sy + i - pad;

                        if (p < 0 || p >= h)
                            continue;
                        for (x = begin; x < end; x++)
                            plane[y * ov + x] += k * in[(m * h + p) * v + x * sx + j - pad];
                    }
                }
    }
}
