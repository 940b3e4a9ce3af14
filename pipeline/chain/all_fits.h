#ifndef PIPELINE_ALL_FITS_H
#define PIPELINE_ALL_FITS_H

#include "pipeline/base/err.h"

#include <stdbool.h>

/* How far the fits are that one make has to do. Each writes its share to a file next to its note,
 * which it holds locked while it runs, so that every one of them can add up what all have done; the
 * first of those that run is to say it. */
struct all_fits;

struct fits_sum {
    int done, count;
    int running, before; /* this one with them; those before it, -1: it is none of the list */
    double share; /* of the work of all, 0 to 1 */
    double left;  /* seconds; NAN: not known yet */
};

/* `text`: a word of make's own, the fit's note, the threads that make gave it (0: it gave none),
 * how many run side by side or "all", and chain_due_fits(). The file is written from the first
 * share on. */
MUST_CHECK int all_fits_open(struct all_fits **fits, const char *text, struct err *err);
/* Notes how much of this fit is done, and the seconds that took. Nothing fails by it. */
void all_fits_note(struct all_fits *fits, double share, double seconds);
/* Adds up. Returns whether this fit is the one to say it. */
bool all_fits_sum(struct all_fits *fits, struct fits_sum *sum);
/* Tells whether make divides the processors among the fits. */
bool all_fits_lend(const struct all_fits *fits);
/* Returns how many threads this fit is to use: those that make gave it, and its part of all
 * processors once no other waits to begin, so that none idles while the last ones run. */
int all_fits_threads(struct all_fits *fits, int threads, int processors);
/* Removes the file unless the fit is finished: then make's note of it does. NULL is fine. */
void all_fits_close(struct all_fits *fits, bool finished);

#endif
