static void net_add8(const int8_t *in, const int8_t *side, int8_t *out, int zero, int side_zero,
                     int to, int32_t f, int32_t g, int s, int size)
{
    int i;

    for (i = 0; i < size; i++)
        out[i] = net_byte(to + net_scaled((in[i] - zero) * f + (side[i] - side_zero) * g, 1, s));
}
