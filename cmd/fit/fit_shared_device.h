#ifndef CMD_FIT_SHARED_DEVICE_H
#define CMD_FIT_SHARED_DEVICE_H

#include "nn/nn.h"

#include <sys/types.h>

/* The device of all members of a family: a process of its own has it, so that what several train at
 * the same time is one launch. */
struct shared_device {
    pid_t process; /* 0: there is none, all compute on this processor */
    int door;
};

/* Has a process open what --device names. Returns 0, or the exit status, the mistake having been
 * printed. */
int shared_device_open(struct shared_device *shared, const char *where, int members, bool verbose);
/* Joins it, in a member. Returns 0, or the exit status. */
int shared_device_join(struct shared_device *shared, struct nn_device **device);
/* Ends with it, when all members have. */
void shared_device_close(struct shared_device *shared);

#endif
