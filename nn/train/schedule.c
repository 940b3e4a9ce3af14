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

/* ---- Bent ---- */

int64_t nn_training_steps(const struct nn_training *t, int64_t done, int64_t steps)
{
    int64_t all = t->epochs * steps;

    for (int i = 0; i < t->bends && t->bend[i].step <= done; i++)
        all = t->bend[i].steps;
    return all;
}

/* Returns how much of a bent training is over after `done` of all steps, 0 to 1. */
static double bent_share(const struct nn_training *t, int64_t done, int64_t steps)
{
    const double planned = (double)t->epochs * (double)steps;
    double share = t->bend[0].step > 0 ? (double)t->bend[0].step / planned : 0;

    for (int i = 0; i < t->bends && t->bend[i].step < done; i++) {
        const bool last = i + 1 == t->bends || t->bend[i + 1].step >= done;
        const int64_t from = t->bend[i].step, to = last ? done : t->bend[i + 1].step;

        share += (1 - share) * (double)(to - from) / (double)(t->bend[i].steps - from);
    }
    return share < 1 ? share : 1;
}

/* Constant until COOLDOWN is left, then down a straight line (Haegele et al. 2024, "Scaling laws
 * and compute-optimal training beyond fixed training durations": as good as a cosine, and its
 * length can be chosen late). */
static double cooled(double lr, double share)
{
    const double COOLDOWN = 0.2, left = 1 - share;

    return left < COOLDOWN ? lr * (left / COOLDOWN) : lr;
}

static double bent_rate(const struct nn_training *t, double lr, int64_t done, int64_t steps,
                        double *momentum)
{
    const double share = bent_share(t, done, steps);
    const double all = (double)nn_training_steps(t, done, steps);

    if (t->schedule == NN_COSINE)
        return half_cosine(t->lr, 0, share);
    if (t->schedule == NN_ONE_CYCLE)
        return one_cycle(t->lr, share * all, all, momentum);
    return cooled(lr, share);
}

/* ---- The rate ---- */

static double planned_rate(const struct nn_training *t, int epoch, int64_t step, int64_t steps,
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

double nn_learning_rate(const struct nn_training *t, int epoch, int64_t step, int64_t steps,
                        double *momentum)
{
    const int64_t done = (epoch - 1) * steps + step;
    const double lr = planned_rate(t, epoch, step, steps, momentum);

    return t->bends && done >= t->bend[0].step ? bent_rate(t, lr, done, steps, momentum) : lr;
}
