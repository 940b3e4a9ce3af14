/* Networks by the shape of pictures, where nobody names one. */
#include "networks.h"

#include <math.h>

enum {
    CHANNELS = 8,  /* of the first convolution of the two smallest networks, then doubled */
    HIDDEN = 32,   /* units of the smallest network, then doubled */
    LEAST = 4,     /* pixels of a side that a pool leaves, and that convolutions are for */
    LARGE = 64,    /* above it the first convolution has stride 2 */
    INPUTS = 4096, /* of the last layer at most: beyond that a global pool comes before it */
    WIDEST = 256   /* channels */
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static void add_convolution(struct strbuf *net, int channels, const char *kernel)
{
    strbuf_printf(net, "%sconv %d %s, batchnorm, relu", net->size ? ", " : "", channels, kernel);
}

const char *network_for(struct nn_shape shape, int size, struct pool *pool)
{
    struct strbuf net = {0};
    int h = shape.h, w = shape.w, channels = CHANNELS << (size > 0 ? size - 1 : 0);

    if (smaller(h, w) < LEAST)
        return pool_text(pool, "flatten, linear %d, relu, linear %d, relu, linear", HIDDEN << size,
                         HIDDEN << size);
    if (smaller(h, w) > LARGE) {
        add_convolution(&net, channels, "5x5 stride 2 pad 2");
        h = (h + 1) / 2;
        w = (w + 1) / 2;
    } else {
        add_convolution(&net, channels, smaller(h, w) >= 12 ? "5x5 pad 2" : "3x3 pad 1");
    }
    for (;;) {
        if (smaller(h, w) >= 2 * LEAST) {
            strbuf_puts(&net, ", maxpool 2");
            h /= 2;
            w /= 2;
        }
        channels = smaller(2 * channels, WIDEST);
        add_convolution(&net, channels, "3x3 pad 1");
        if (size > 0)
            add_convolution(&net, channels, "3x3 pad 1");
        if (smaller(h, w) < 2 * LEAST)
            break;
    }
    strbuf_puts(&net, (int64_t)channels * h * w > INPUTS ? ", globalpool, flatten, linear"
                                                         : ", flatten, linear");
    return pool_take(pool, &net);
}

const char *augment_for(struct nn_shape shape, struct pool *pool)
{
    const int side = smaller(shape.h, shape.w);

    return side < 12 ? ""
                     : pool_text(pool, "shift %d, rotate 10, scale 0.1", side / 14 + (side < 14));
}

int epochs_least(int64_t rows)
{
    const double epochs = ceil(3000.0 * 64 / (double)(rows > 0 ? rows : 1));

    return (int)fmin(fmax(epochs, 8), 100);
}

int epochs_most(int64_t rows)
{
    return smaller(8 * epochs_least(rows), 300);
}
