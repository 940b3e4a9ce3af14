/* The plan of a training that has to end in time. */
#include "within.h"

#include <math.h>

/* Share of the time that is left unused, as the last steps may be slower than the others; and how
 * often the rate is measured anew. */
static const double MARGIN = 0.01, LOOK = 0.02;

int64_t within_steps(const struct within *w, double time, int64_t done)
{
    const double left = w->seconds * (1 - MARGIN) - time - w->end - w->scoring;
    const double each = w->step + w->scoring / (double)w->epoch_steps;
    const double fit = each > 0 && left > 0 ? floor(left / each) : 0;
    int64_t steps = done + (fit < 1 ? 1 : fit < 1e12 ? (int64_t)fit : (int64_t)1e12);

    return w->most && steps > w->most && w->most > done ? w->most : steps;
}

int64_t within_look(struct within *w, double time, int64_t done, int64_t planned)
{
    const int64_t since = done - w->looked_step, left = planned - done;
    double measured;
    int64_t steps;

    if (time - w->looked < LOOK * w->seconds || since < 1 || left < 1)
        return planned;
    measured = (time - w->looked - w->scored) / (double)since;
    w->step = w->step > 0 ? (3 * w->step + measured) / 4 : measured;
    w->looked = time;
    w->looked_step = done;
    w->scored = 0;
    steps = within_steps(w, time, done);
    /* Fewer as soon as it would be late; more where that is worth it, and not at the end, where
     * the learning rate is low already. */
    if (steps < planned && (planned - steps) * 20 > left)
        return steps;
    if (steps > planned && (steps - planned) * 10 > left && left * 8 > planned)
        return steps;
    return planned;
}
