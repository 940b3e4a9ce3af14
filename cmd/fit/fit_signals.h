#ifndef CMD_FIT_SIGNALS_H
#define CMD_FIT_SIGNALS_H

#include <signal.h>

/* Signals that end a run: it notes them, comes to a good place, and then ends by them. */

/* The signal that came last; 0: none. */
extern volatile sig_atomic_t caught;

/* Has them noted: those of a terminal and of batch systems, which send USR1 or USR2 before the time
 * is up, and XCPU when it is. A closed terminal counts as well. What this program was told to ignore
 * it does: HUP by nohup, INT by a script's &. Where nobody reads its messages any more, as where tee
 * or less has ended, it says no more and goes on. */
void watch_signals(void);
/* Has them end the program again, in a process of which no other is to be told. */
void unwatch_signals(void);
/* Fills in which they are. */
void watched_signals(sigset_t *set);
/* Ends as the signal would have ended the program. */
int end_by_signal(void);

#endif
