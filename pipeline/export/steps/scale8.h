/* Each of c channels times its weight, plus its bias. */
static void net_scale8(const int8_t *in, int8_t *out, net_const int8_t *w, net_const int32_t *b,
                       net_const int32_t *f, net_const uint8_t *s, int zero, int to, int c,
                       int each)
{
    int i, n;

    for (i = 0; i < each; i++)
        for (n = 0; n < c; n++) {
            const int32_t sum = b[n] + (*in++ - zero) * (int32_t)w[n];

            *out++ = net_byte(to + net_scaled(sum, f[n], s[n]));
        }
}
