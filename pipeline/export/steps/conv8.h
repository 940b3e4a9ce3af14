/* A convolution of in[h][v][c] into out[oh][ov][o]: of each output channel b is the bias, f / 2^s
 * the factor to the output's bytes. */
static void net_conv8(const int8_t *in, int8_t *out, net_const int8_t *w, net_const int32_t *b,
                      net_const int32_t *f, net_const uint8_t *s, int zero, int to, int c, int h,
                      int v, int o, int oh, int ov, int kh, int kv, int sy, int sx, int pad)
{
    int y, x, n;

    for (y = 0; y < oh; y++)
        for (x = 0; x < ov; x++)
            for (n = 0; n < o; n++) {
                const int32_t sum = b[n] + net_sum8(in, w + n * kh * kv * c, zero, c, h, v, kh, kv,
                                                    y * sy - pad, x * sx - pad);

                *out++ = net_byte(to + net_scaled(sum, f[n], s[n]));
            }
}
