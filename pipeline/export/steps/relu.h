static void net_relu(const float *in, float *out, int size, float slope)
{
    int i;

    for (i = 0; i < size; i++)
        out[i] = in[i] > 0 ? in[i] : in[i] * slope;
}
