#ifndef CMD_FIT_WITHIN_H
#define CMD_FIT_WITHIN_H

#include "fit_options.h"
#include "pipeline/fit/within.h"

/* --within by the clock: what a step takes, measured, and the plan that follows from it; of a team
 * the first process measures and plans for all. */
struct fit_within {
    struct within plan; /* of 0 seconds: the run has no limit, or repeats one that had */
    double begin;       /* of the process */
};

/* Plans the training, which is to be over so many seconds after `begin`. Before its first step it
 * takes some to measure, and forgets them. */
MUST_CHECK int fit_within_plan(struct fit_within *within, struct training *training,
                               struct nn_score *scores, const struct fit_options *options,
                               double begin, struct err *err);
/* Looks, after a step, whether the plan still holds: 1 it is another now, 0 it is as it was. */
MUST_CHECK int fit_within_look(struct fit_within *within, struct training *training,
                               struct err *err);
/* Takes note of a scoring. */
void fit_within_scored(struct fit_within *within, double seconds);
/* Says how the training ended, and how to have it again. */
void fit_within_say(const struct fit_within *within, const struct training *training);

#endif
