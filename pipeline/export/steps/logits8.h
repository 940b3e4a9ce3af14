static void net_logits8(const int8_t *in, int32_t *out, net_const int8_t *w, net_const int32_t *b,
                        net_const int32_t *f, net_const uint8_t *s, int zero, int c, int o)
{
    int n;

    for (n = 0; n < o; n++)
        out[n] = net_scaled(b[n] + net_sum8(in, w + n * c, zero, c, 1, 1, 1, 1, 0, 0), f[n], s[n]);
}
