/* Positive values times f / 2^s, negative ones times g / 2^s. */
static void net_relu8(const int8_t *in, int8_t *out, int zero, int to, int32_t f, int32_t g, int s,
                      int size)
{
    int i;

    for (i = 0; i < size; i++)
        out[i] = net_byte(to + net_scaled(in[i] - zero, in[i] > zero ? f : g, s));
}
