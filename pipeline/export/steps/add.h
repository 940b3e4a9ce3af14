static void net_add(const float *in, const float *side, float *out, int size)
{
    int i;

    for (i = 0; i < size; i++)
        out[i] = in[i] + side[i];
}
