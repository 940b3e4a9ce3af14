#ifndef CMD_FIT_MEMBERS_H
#define CMD_FIT_MEMBERS_H

#include "fit_options.h"

/* Several folds or seeds by one command: the data is read once, then each member is a process of
 * its own that does what a command for it alone would do, with the same bytes. As many run side by
 * side as there are threads, which they share, the last ones those of all; or on a device up to
 * NN_DEVICE_SIDES, in the same launches. */

/* Starts the members that `options` has, and returns in each of them, with its own options: 0 to go
 * on, or the exit status to end with. The process that called it ends here when all have ended,
 * with the status of the first of them that failed. A command that is one training goes on at once.
 */
int fit_members_start(struct fit_options *options);
/* Tells whether no other member has asked before, so that what is alike in all is said once; always
 * where there are none. */
enum fit_once { ONCE_SETTINGS, ONCE_MISTAKE, ONCE_ROOM, ONCE_COUNT };
bool fit_member_first(enum fit_once what);
/* Gives a member the device that all have, or NULL. Returns false where this process is none, and
 * opens its own; *status: to end with, unless 0. */
bool fit_member_device(struct nn_device **device, int *status);
/* Tells whether this member failed because the device has no room for it beside others, and notes
 * it: then it has to end in silence, and is begun anew when others have ended. */
bool fit_member_gives_way(const struct nn_device *device);
/* Notes how much of this member's training is done, 0 to 1, for the line that all have. */
void fit_member_note(double share);
/* Returns how many threads this member is to use: those of members that ended, too, once none waits
 * to begin. */
int fit_member_threads(void);
/* Returns how many all members have; 0: there are none. */
int fit_member_threads_most(void);

#endif
