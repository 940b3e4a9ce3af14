/* The optimizers' steps and the average, as nn/kernels/update.h has them. */
#include "nn/device/dialect.h"

struct step_on_device {
    i64 weights, gradients, first, second, average; /* average -1: none */
    int begin, end;                                 /* of the numbers of each */
    float rate, momentum, l2, decay;                /* rate: SGD's lr */
    float beta1c, beta2c, root, epsilon;
    float average_rate;
    int nesterov;
};

#ifdef ON_DEVICE
void move_average(MEMORY, const struct step_on_device *a, int i, float weight)
{
    if (a->average < 0)
        return;
    const float average = FLOAT(a->average)[i];

    FLOAT(a->average)[i] = FUSED(a->average_rate, weight - average, average);
}

KERNEL(step_sgd, step_on_device)
{
    const int i = a.begin + ITEM();

    if (i >= a.end)
        return;
    const float w = FLOAT(a.weights)[i], gradient = FUSED(a.l2, w, FLOAT(a.gradients)[i]);
    const float v = FUSED(a.momentum, FLOAT(a.first)[i], gradient);
    const float ahead = a.nesterov ? FUSED(a.momentum, v, gradient) : v;
    const float moved = FUSED(-a.rate, ahead, w);

    FLOAT(a.first)[i] = v;
    FLOAT(a.weights)[i] = moved;
    move_average(memory, &a, i, moved);
}

KERNEL(step_adam, step_on_device)
{
    const int i = a.begin + ITEM();

    if (i >= a.end)
        return;
    const float w = FLOAT(a.weights)[i], gradient = FUSED(a.l2, w, FLOAT(a.gradients)[i]);
    const float m = FLOAT(a.first)[i], v = FLOAT(a.second)[i];
    const float change = FUSED(gradient, gradient, -v);
    const float mean = FUSED(a.beta1c, gradient - m, m), square = FUSED(a.beta2c, change, v);
    const float kept = FUSED(-a.decay, w, w);
    const float moved = FUSED(-a.rate, mean / FUSED(sqrt(square), a.root, a.epsilon), kept);

    FLOAT(a.first)[i] = mean;
    FLOAT(a.second)[i] = square;
    FLOAT(a.weights)[i] = moved;
    move_average(memory, &a, i, moved);
}
#endif
