/* Dropout as nn/kernels/elementwise.h has it: each item draws for four numbers of a row. */
#include "nn/device/functions.cl"

struct drop {
    struct device_grid from, to;
    u64 seed;
    i64 position; /* of picture 0 within the epoch */
    u32 purpose, epoch, threshold;
    float scale;
    int n;
};

#ifdef ON_DEVICE
KERNEL(drop, drop)
{
    const int row = a.from.w * a.from.c, blocks = (row + 3) / 4;
    const int block = ITEM() % blocks, y = ITEM() / blocks % a.from.h, p = ITEM() / blocks / a.from.h;
    u32 bits[4];

    if (p >= a.n)
        return;
    random_bits(a.seed, a.purpose, a.epoch,
                (u64)((a.position + p) * a.from.h + y) * (u64)blocks + (u64)block, bits);
    for (int i = 0; i < 4 && 4 * block + i < row; i++)
        *number(memory, a.to, p, y, 0, 4 * block + i) =
            bits[i] < a.threshold ? 0 : *number(memory, a.from, p, y, 0, 4 * block + i) * a.scale;
}
#endif
