/* Softmax, loss and gradient of a row, as layer_softmax.c has them. */
#include "nn/device/functions.cl"

struct softmax_rows {
    struct device_grid in, out, din;
    i64 labels; /* [row][classes] bytes, or floats where `soft`; -1: no loss */
    i64 class_weights, loss, correct, probabilities; /* -1: none */
    i64 order;                                       /* -1: first + i */
    i64 first;
    double weight, smoothing;
    int n, soft;
};

#ifdef ON_DEVICE
double share_of(MEMORY, const struct softmax_rows *a, i64 row, int k)
{
    const i64 at = row * a->in.c + k;

    return a->soft ? (double)FLOAT(a->labels)[at] : (double)AT(u8, a->labels)[at];
}

double target_of(MEMORY, const struct softmax_rows *a, i64 row, int k)
{
    const double weight = a->class_weights < 0 ? 1 : DOUBLE(a->class_weights)[k];

    return weight * ((1 - a->smoothing) * share_of(memory, a, row, k) + a->smoothing / a->in.c);
}

KERNEL(softmax_rows, softmax_rows)
{
    const int i = ITEM(), classes = a.in.c;

    if (i >= a.n)
        return;
    __global const float *logits = number(memory, a.in, i, 0, 0, 0);
    __global float *p = number(memory, a.out, i, 0, 0, 0);
    const i64 row = a.order < 0 ? a.first + i : AT(i64, a.order)[i];
    double sum = 0, all = 0, loss = 0;
    int best = 0, truth = 0;

    for (int k = 1; k < classes; k++)
        if (logits[k] > logits[best])
            best = k;
    for (int k = 0; k < classes; k++) {
        const double e = exp_of((double)logits[k] - (double)logits[best]);

        sum += e;
        p[k] = (float)e;
    }
    for (int k = 0; k < classes; k++)
        p[k] = (float)((double)p[k] / sum);
    if (a.probabilities >= 0)
        for (int k = 0; k < classes; k++)
            FLOAT(a.probabilities)[(i64)i * classes + k] = p[k];
    if (a.labels < 0)
        return;
    const double log_sum = log_of(sum) + (double)logits[best];

    for (int k = 0; k < classes; k++) {
        const double target = target_of(memory, &a, row, k);

        all += target;
        if (target != 0)
            loss += target * (log_sum - (double)logits[k]);
        if (share_of(memory, &a, row, k) > share_of(memory, &a, row, truth))
            truth = k;
    }
    DOUBLE(a.loss)[i] = loss;
    AT(u8, a.correct)[i] = best == truth;
    for (int k = 0; k < classes && a.din.at >= 0; k++) {
        const double product = all * (double)p[k];

        *number(memory, a.din, i, 0, 0, k) =
            a.weight > 0 ? (float)((product - target_of(memory, &a, row, k)) / a.weight) : 0;
    }
}
#endif
