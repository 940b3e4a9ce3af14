/* fit --within: measures steps by the clock and has the training end in time. */
#include "fit_within.h"

#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "fit_team.h"

#include <math.h>
#include <stdio.h>

/* Seconds for writing the model and ending. */
static const double END = 0.1;
/* Share of the time that is spent on measuring, but so many seconds at most, for no signal ends it,
 * and the steps that it takes at least, for the first one is slow: unless they take too long. */
static const double MEASURE = 0.02, MEASURE_MOST = 2, TOO_LONG = 0.1;
enum { STEPS = 3 };
/* Epochs at most where no number is given: a model records figures of each. */
enum { EPOCHS = 1000 };

/* Writes seconds as they were given, and to a digit that matters what other fits left of them. */
static const char *seconds_text(double seconds, char text[32])
{
    snprintf(text, 32, seconds < 100 ? "%.3g" : "%.0f", seconds);
    return text;
}

static int64_t done(const struct training *t)
{
    const struct nn_progress *p = nn_trainer_progress(t->trainer);

    return (p->epoch - 1) * nn_trainer_steps(t->trainer) + p->step;
}

/* Tells whether another step is to be measured, after so many since `start`, the second of them at
 * `begin`. */
static bool measures_on(const struct within *w, int64_t steps, double start, double begin)
{
    if (steps < STEPS)
        return steps == 0 || now() - start < TOO_LONG * w->seconds;
    return now() - begin < fmin(MEASURE * w->seconds, MEASURE_MOST);
}

/* Takes steps from the beginning for a while: of a team by the first process's clock. */
static int measure_steps(struct within *w, struct training *t, struct err *err)
{
    const struct nn_team *team = t->settings.nn.team;
    const double start = now();
    double begin = start;
    int64_t steps = 0;

    nn_trainer_begin_epoch(t->trainer, 1);
    while (fit_team_tell(team, measures_on(w, steps, start, begin))) {
        const int got = nn_trainer_step(t->trainer);

        if (got < 0)
            return training_not_finite(t, "the loss", err);
        if (got == 0)
            nn_trainer_begin_epoch(t->trainer, 1);
        else if (++steps == 1 && nn_trainer_settle(t->trainer) == 0)
            begin = now();
    }
    if (nn_trainer_settle(t->trainer))
        return training_not_finite(t, "the loss", err);
    w->step = steps > 1 ? (now() - begin) / (double)(steps - 1) : now() - start;
    return 0;
}

static int measure(struct within *w, struct training *t, struct nn_score *scores, struct err *err)
{
    struct nn_weights *weights = nn_weights_new(t->model.net);
    double begin;
    int result;

    if (!weights)
        return err_memory(err, "the weights", 0);
    nn_weights_copy(weights, t->model.weights);
    result = measure_steps(w, t, err);
    begin = now();
    if (result == 0 && t->scored_count > 0)
        result = training_score(t, scores, err);
    else if (result == 0)
        nn_trainer_estimate(t->trainer);
    *(t->scored_count > 0 ? &w->scoring : &w->end) += now() - begin;
    if (result == 0)
        result = training_begin_anew(t, weights, err);
    nn_weights_free(weights);
    return result;
}

int fit_within_plan(struct fit_within *f, struct training *t, struct nn_score *scores,
                    const struct fit_options *o, double begin, struct err *err)
{
    const int64_t epoch_steps = nn_trainer_steps(t->trainer);
    const int wanted = t->settings.free_epochs ? EPOCHS : t->settings.nn.epochs;
    const int most = training_epochs_most(t);
    const bool resumed = nn_trainer_progress(t->trainer)->epoch > 0;
    struct within *w = &f->plan;
    char seconds[32];
    double needed;
    int64_t steps;

    if (!(t->settings.within > 0) || o->settings.nn.bends > 0 || t->settings.nn.epochs == 0)
        return 0;
    *f = (struct fit_within){
        .plan = {.seconds = fmin(t->settings.within,
                                 isnan(o->time_left) ? t->settings.within : o->time_left),
                 .most = (wanted < most ? wanted : most) * epoch_steps,
                 .epoch_steps = epoch_steps,
                 .last_scorings = 1 + t->has_validation, /* once more to be judged */
                 .end = END},
        .begin = begin};
    if (!resumed && measure(w, t, scores, err))
        return -1;
    w->looked = now() - begin;
    if (resumed) {
        w->looked_step = done(t);
        return 0;
    }
    steps = fit_team_tell(t->settings.nn.team, within_steps(w, w->looked, 0));
    say("within %s s: %lld step%s of %.2g s, %.2f epoch%s", seconds_text(w->seconds, seconds),
        (long long)steps, plural(steps), w->step, (double)steps / (double)epoch_steps,
        steps == epoch_steps ? "" : "s");
    needed = w->looked + (double)steps * w->step + w->last_scorings * w->scoring + w->end;
    if (steps == 1 && needed > w->seconds)
        warn("--within %ss is too little: with one step it takes about %.2g s", seconds, needed);
    if (t->settings.free_epochs || steps < wanted * epoch_steps)
        course_bend(&t->settings.nn, 0, steps);
    return training_bend(t, err);
}

int fit_within_look(struct fit_within *f, struct training *t, struct err *err)
{
    const int64_t at = done(t), epoch_steps = nn_trainer_steps(t->trainer);
    const int64_t planned = nn_training_steps(&t->settings.nn, at, epoch_steps);
    int64_t steps;

    if (!(f->plan.seconds > 0))
        return 0;
    steps =
        fit_team_tell(t->settings.nn.team, within_look(&f->plan, now() - f->begin, at, planned));
    if (steps == planned || !course_bend(&t->settings.nn, at, steps))
        return 0;
    return training_bend(t, err) ? -1 : 1;
}

void fit_within_scored(struct fit_within *f, double seconds)
{
    within_scored(&f->plan, seconds);
}

void fit_within_say(const struct fit_within *f, const struct training *t)
{
    const int64_t at = done(t);
    char seconds[32];

    if (!(f->plan.seconds > 0))
        return;
    say_folded("within %s s: %lld step%s in %.1f s, %.2f epochs",
               seconds_text(f->plan.seconds, seconds), (long long)at, plural(at), now() - f->begin,
               (double)at / (double)nn_trainer_steps(t->trainer));
    if (t->settings.nn.bends)
        say_folded("--within %gs --epochs %d --steps %s takes the same steps without a clock",
                   t->settings.within, t->settings.nn.epochs, t->course);
}
