/* Functions of single numbers, of one grid or of two. */
#include "nn/device/functions.cl"

enum elementwise_function { RECTIFY, RECTIFY_BACK, LEAKY, LEAKY_BACK, ADD, ADD_RECTIFY, COPY, ROUND };

struct elementwise {
    struct device_grid x, y, to; /* y: of those of two */
    int function, n, size;       /* pictures, numbers of each */
    float slope;
};

#ifdef ON_DEVICE
KERNEL(elementwise, elementwise)
{
    const int u = ITEM() % a.size, p = ITEM() / a.size;

    if (p >= a.n)
        return;
    const float x = *number_flat(memory, a.x, p, u);
    const float y = a.y.at < 0 ? 0 : *number_flat(memory, a.y, p, u);
    __global float *to = number_flat(memory, a.to, p, u);

    switch (a.function) {
    case RECTIFY:
        *to = 0 > x ? 0 : x;
        break;
    case RECTIFY_BACK:
        *to = y > 0 ? x : 0;
        break;
    case LEAKY:
        *to = x > 0 ? x : a.slope * x;
        break;
    case LEAKY_BACK:
        *to = y > 0 ? x : a.slope * x;
        break;
    case ADD:
        *to = x + y;
        break;
    case ADD_RECTIFY:
        *to = 0 > x + y ? 0 : x + y;
        break;
    case COPY:
        *to = x;
        break;
    case ROUND:
        *to = operand(x, 1);
        break;
    }
}
#endif
