/* e^x of x <= 0 without libm: halved until a series of ten terms is exact. */
static float net_exp(float x)
{
    double y = x, term = 1, sum = 1;
    int halved = 0, i;

    if (x < -87)
        return 0;
    for (; y < -0.5; halved++)
        y /= 2;
    for (i = 1; i < 12; i++)
        sum += term *= y / i;
    for (; halved > 0; halved--)
        sum *= sum;
    return (float)sum;
}
