/* value * factor / 2^shift, rounded and within +-2^29. */
static int32_t net_scaled(int32_t value, int32_t factor, int shift)
{
    const int64_t product = (int64_t)value * factor, half = (int64_t)1 << (shift - 1);
    const int64_t result = product < 0 ? -((half - product) >> shift) : (product + half) >> shift;
    const int32_t most = (int32_t)1 << 29;

    return result > most ? most : result < -most ? -most : (int32_t)result;
}
