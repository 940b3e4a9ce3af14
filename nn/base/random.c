/* Counter-based random numbers by Philox, see nn.h. */
#include "exp_log.h"
#include "nn/nn.h"
#include "philox.h"

#include <math.h>

void nn_random_bits(const struct nn_random *random, uint64_t index, uint32_t bits[4])
{
    uint32_t key0 = (uint32_t)random->seed, key1 = (uint32_t)(random->seed >> 32);
    uint32_t c0 = (uint32_t)index, c1 = (uint32_t)(index >> 32);
    uint32_t c2 = random->epoch, c3 = random->purpose;

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t p0 = (uint64_t)PHILOX_MULTIPLIER_0 * c0, p1 = (uint64_t)PHILOX_MULTIPLIER_1 * c2;

        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ key0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ key1;
        c3 = (uint32_t)p0;
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
    }
    bits[0] = c0;
    bits[1] = c1;
    bits[2] = c2;
    bits[3] = c3;
}

static uint64_t random_64(const struct nn_random *random, uint64_t index)
{
    uint32_t bits[4];

    nn_random_bits(random, index, bits);
    return (uint64_t)bits[1] << 32 | bits[0];
}

double nn_random_unit(const struct nn_random *random, uint64_t index)
{
    return (double)(random_64(random, index) >> 11) * 0x1p-53;
}

/* Draws by Marsaglia's polar method (1964): a point in the unit disc; a try succeeds with
 * probability pi / 4, and 64 tries belong to each index. */
double nn_random_normal(const struct nn_random *random, uint64_t index)
{
    for (uint64_t try = 64 * index;; try++) {
        uint32_t bits[4];
        double x, y, square;

        nn_random_bits(random, try, bits);
        x = (double)(int32_t)bits[0] * 0x1p-31;
        y = (double)(int32_t)bits[1] * 0x1p-31;
        square = x * x + y * y;
        if (square > 0 && square < 1)
            return x * sqrt(-2 * nn_log(square) / square);
    }
}

uint64_t nn_random_below(const struct nn_random *random, uint64_t index, uint64_t bound)
{
    return (uint64_t)((unsigned __int128)random_64(random, index) * bound >> 64);
}
