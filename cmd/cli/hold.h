#ifndef CMD_HOLD_H
#define CMD_HOLD_H

#include <stdbool.h>

/* Holds outputs until the program ends, so that no other run makes them meanwhile: one that does it
 * already is named, and waited for. To be called before signals are caught and anything is opened.
 * Returns 0, or the exit status. */
int hold_outputs(const char *const *paths, int count);
/* Tells whether it had to wait for another run, which then has just made what it did. */
bool waited_for_outputs(void);
/* Lets go of them; by itself at the end, but for an end by a signal that the program catches. */
void release_outputs(void);

#endif
