#ifndef PIPELINE_FIT_WITHIN_H
#define PIPELINE_FIT_WITHIN_H

#include <stdbool.h>
#include <stdint.h>

/* Plan of a training that has to end in time: how many steps fit, by what a step and a scoring
 * were measured to take. The caller has the clock; all times are seconds from its beginning. */
struct within {
    double seconds;       /* for all, 0: no limit */
    int64_t most;         /* steps wanted at most; 0: as many as fit */
    int64_t epoch_steps;  /* after each epoch there is a scoring */
    double step, scoring; /* what they take; 0: not measured yet */
    double spread;        /* of a step's time from look to look, as a share of it */
    int last_scorings;    /* after the last step, one after another */
    double end;           /* what is still to do after them */
    double looked;        /* when within_look() measured last, and which step that was */
    int64_t looked_step;
    double scored; /* spent on scoring since then */
};

/* Takes note of what a scoring took. */
void within_scored(struct within *within, double seconds);

/* Returns how many steps there will be in all if `done` are done at `time`, one more at least. */
int64_t within_steps(const struct within *within, double time, int64_t done);
/* Measures and, where it is worth it, plans anew: returns the new number of all steps, or
 * `planned`. */
int64_t within_look(struct within *within, double time, int64_t done, int64_t planned);

#endif
