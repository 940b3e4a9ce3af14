#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "pipeline/chain/all_fits.h"

#include <stdint.h>

/* Progress of a stage, with its rate and the time left, for stages of more than a second. On a
 * terminal one line is rewritten in place, at most ten times a second. Elsewhere, and next to other
 * runs on the same terminal (--title), it is a line of its own every ten seconds in which nothing
 * else was said, after the first minute every minute. No line is wider than 80 columns or the
 * terminal, whose width is read each time. Colours are not used. */

/* Begins a stage of `total` units, 0: not known. Names of units: "rows". The texts have to last
 * until progress_end(), and may change meanwhile. */
void progress_begin(const char *what, const char *unit, int64_t total);
/* Reports units done. The rate counts from the first call on. */
void progress_update(int64_t done);
/* Does so where the time left follows from the share of the work, 0 to 1, not from the units; below
 * 0: unknown. */
void progress_share(int64_t done, double share);
void progress_end(void); /* removes the line */

/* Has the line say how far all fits of a make are, after what it says of this one; next to other
 * runs only one of them says it, in place of a line of each. `fits` has to last. */
void progress_of_all(struct all_fits *fits);

/* Reports how far several fits are that this process waits for. */
void progress_sum(const struct fits_sum *sum);
/* Has this process, which such a one started, show no line; its messages remove the other's. Call
 * it before the run has a title. */
void progress_leave_to_parent(void);

/* Returns the bytes to write before any other message, "" or those that remove the line. The next
 * update shows it again. */
const char *progress_interrupt(void);
/* Returns the columns for text: 80, or fewer on a narrower terminal. */
int progress_width(void);

/* Returns seconds on a monotonic clock. */
double now(void);

#endif
