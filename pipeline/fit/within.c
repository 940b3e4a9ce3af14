/* The plan of a training that has to end in time. */
#include "within.h"

#include <math.h>

/* Share of the time that is left unused; how often the rate is measured anew: after such a share of
 * all the time, or near the end of what is left, but no more often than in so many seconds. */
static const double MARGIN = 0.005, LOOK = 0.02, LOOK_LEFT = 0.2, LOOK_LEAST = 0.01;
enum { FEW = 2 }; /* steps that say little of the rate: so many times as long is waited for more */
/* How many times its usual deviation the rate may be off until it is measured again, and how much
 * of the rate that may be. */
static const double DEVIATIONS = 2, DOUBT_MOST = 1;

/* Follows a quantity that may not be taken too low: up at once, down slowly. */
static double follow(double was, double now)
{
    return now > was ? now : (7 * was + now) / 8;
}

/* Returns the seconds that follow the last step. */
static double after_steps(const struct within *w)
{
    return w->last_scorings * w->scoring + w->end;
}

static double left_for_steps(const struct within *w, double time)
{
    return fmax(w->seconds * (1 - MARGIN) - time - after_steps(w), 0);
}

static double until_next_look(const struct within *w, double time)
{
    return fmax(fmin(LOOK * w->seconds, LOOK_LEFT * left_for_steps(w, time)), LOOK_LEAST);
}

int64_t within_steps(const struct within *w, double time, int64_t done)
{
    const double doubt = fmin(DEVIATIONS * w->spread, DOUBT_MOST);
    const double left =
        left_for_steps(w, time) - doubt * (until_next_look(w, time) + after_steps(w));
    const double each = w->step + w->scoring / (double)w->epoch_steps;
    const double fit = each > 0 && left > 0 ? floor(left / each) : 0;
    int64_t steps = done + (fit < 1 ? 1 : fit < 1e12 ? (int64_t)fit : (int64_t)1e12);

    return w->most && steps > w->most && w->most > done ? w->most : steps;
}

void within_scored(struct within *w, double seconds)
{
    w->scored += seconds;
    w->scoring = follow(w->scoring, seconds);
}

int64_t within_look(struct within *w, double time, int64_t done, int64_t planned)
{
    const int64_t since = done - w->looked_step, left = planned - done;
    const double wait = until_next_look(w, time) * (since < FEW ? FEW : 1);
    double measured;
    int64_t steps;

    if (time - w->looked < wait || since < 1 || left < 1)
        return planned;
    measured = (time - w->looked - w->scored) / (double)since;
    if (w->step > 0)
        w->spread = follow(w->spread, fabs(measured / w->step - 1));
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
