/* Each of c channels times its weight, plus its bias. */
static void net_scale(const float *in, float *out, net_const float *w, net_const float *b, int c,
                      int each)
{
    int i;

    for (i = 0; i < c * each; i++)
        out[i] = in[i] * w[i / each] + b[i / each];
}
