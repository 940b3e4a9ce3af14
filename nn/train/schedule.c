/* Learning rates by epoch and step. */
#include "nn/base/exp_log.h"
#include "nn/nn.h"

/* PyTorch's OneCycleLR (Smith and Topin 2018) with its defaults: 30 % of the steps from lr / 25 up
 * to lr, the others down to lr / 250,000, both along half a cosine, the momentum the other way
 * round. */
static const double RISE = 0.3, START = 1.0 / 25, END = 1.0 / 25 / 1e4;
static const double LOW_MOMENTUM = 0.85, HIGH_MOMENTUM = 0.95;

/* Computes (1 + cos(2 x)) / 2 as cos(x)^2. */
static double half_cosine(double from, double to, double share)
{
    double sine, cosine;

    nn_sine_cosine(3.14159265358979323846 / 2 * share, &sine, &cosine);
    return to + (from - to) * (cosine * cosine);
}

static double one_cycle(double lr, double step, double steps, double *momentum)
{
    const double top = RISE * steps - 1, last = steps - 1;
    double share;

    if (step <= top) {
        share = top > 0 ? step / top : 1;
        *momentum = half_cosine(HIGH_MOMENTUM, LOW_MOMENTUM, share);
        return half_cosine(lr * START, lr, share);
    }
    share = (step - top) / (last - top);
    *momentum = half_cosine(LOW_MOMENTUM, HIGH_MOMENTUM, share);
    return half_cosine(lr, lr * END, share);
}

double nn_learning_rate(const struct nn_training *t, int epoch, int64_t step, int64_t steps,
                        double *momentum)
{
    const int passed = epoch - 1;

    *momentum = t->optimizer == NN_SGD ? t->momentum : t->beta1;
    switch (t->schedule) {
    case NN_CONSTANT:
        break;
    case NN_STEP:
        return t->lr * nn_power(t->gamma, passed / t->step_epochs);
    case NN_EXPONENTIAL:
        return t->lr * nn_power(t->gamma, passed);
    case NN_COSINE:
        return half_cosine(t->lr, 0, (double)passed / t->epochs);
    case NN_ONE_CYCLE:
        return one_cycle(t->lr, (double)passed * (double)steps + (double)step,
                         (double)t->epochs * (double)steps, momentum);
    }
    return t->lr;
}
