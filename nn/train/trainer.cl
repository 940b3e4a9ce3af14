/* The optimizers' steps and the average, as nn/kernels/update.h has them. */
#include "nn/device/dialect.h"

/* Parameters that lie side by side, as all of a layer, and where their gradients are: so many sums
 * to add up; from number `given` on they are 0. */
struct piece_on_device {
    i64 gradients;
    int begin, end, groups, given, tuned;
};

enum { PIECES = 24 }; /* with SIDES pointers less than the 1024 bytes that any device takes */
struct step_on_device {
    i64 weights, first, second, average; /* average -1: none */
    float rate[2], decay[2];             /* of all, of the tuned ones; SGD's lr */
    float momentum, l2, beta1c, beta2c, root, epsilon;
    float average_rate;
    int adam, nesterov, pieces;
    struct piece_on_device piece[PIECES];
};

#ifdef ON_DEVICE
/* Finds the piece that an item is of, and its number there, *at. Returns `pieces`: of none. */
int piece_of(const struct step_on_device *a, int item, int *at)
{
    int i = 0;

    for (*at = item; i < a->pieces && *at >= a->piece[i].end - a->piece[i].begin; i++)
        *at -= a->piece[i].end - a->piece[i].begin;
    return i;
}

float gradient_of(MEMORY, const struct piece_on_device *piece, int at)
{
    float sum = at < piece->given ? FLOAT(piece->gradients)[at] : 0;

    for (int g = 1; g < piece->groups && at < piece->given; g++)
        sum += FLOAT(piece->gradients)[(i64)g * (piece->end - piece->begin) + at];
    return sum;
}

KERNEL(update, step_on_device)
{
    int at;
    const int number = piece_of(&a, ITEM(), &at);

    if (number == a.pieces)
        return;
    const struct piece_on_device piece = a.piece[number];
    const int i = piece.begin + at;
    const float w = FLOAT(a.weights)[i], rate = a.rate[piece.tuned];
    const float gradient = FUSED(a.l2, w, gradient_of(memory, &piece, at));
    __global float *first = FLOAT(a.first) + i, *second = FLOAT(a.second) + i;
    float moved;

    if (a.adam) {
        const float change = FUSED(gradient, gradient, -*second);

        *first = FUSED(a.beta1c, gradient - *first, *first);
        *second = FUSED(a.beta2c, change, *second);
        moved = FUSED(-rate, *first / FUSED(sqrt(*second), a.root, a.epsilon),
                      FUSED(-a.decay[piece.tuned], w, w));
    } else {
        *first = FUSED(a.momentum, *first, gradient);
        moved = FUSED(-rate, a.nesterov ? FUSED(a.momentum, *first, gradient) : *first, w);
    }
    FLOAT(a.weights)[i] = moved;
    if (a.average >= 0) {
        const float average = FLOAT(a.average)[i];

        FLOAT(a.average)[i] = FUSED(a.average_rate, moved - average, average);
    }
}
#endif
