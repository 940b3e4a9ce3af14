static void net_linear(const float *in, float *out, net_const float *w, net_const float *b, int c,
                       int o)
{
    int n, i;

    for (n = 0; n < o; n++) {
        float sum = b[n];

        for (i = 0; i < c; i++)
            sum += in[i] * w[n * c + i];
        out[n] = sum;
    }
}
