/* The process that has the device of all members, and how they join it. */
#include "fit_shared_device.h"

#include "cmd/cli/device.h"
#include "cmd/cli/say.h"
#include "fit_signals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the device's process says first. */
struct opened {
    int status; /* to end with, unless 0 */
    bool there; /* false: --device means this processor */
};

/* The device's process. It outlives a signal that ends the members, which save their state. */
_Noreturn static void have_device(const char *where, int door, int members, bool verbose)
{
    struct nn_device *device = NULL;
    struct nn_device_served served;
    struct opened opened;
    sigset_t watched;

    watched_signals(&watched);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    opened.status = device_open(&device, where);
    opened.there = device != NULL;
    fflush(NULL);
    if (send(door, &opened, sizeof opened, MSG_NOSIGNAL) == sizeof opened && device) {
        nn_device_serve(device, door, members, &served);
        if (verbose)
            say("device %s: kernels ran %" PRId64 " times, in %" PRId64 " launches",
                nn_device_info(device).name, served.kernels, served.launches);
    }
    nn_device_close(device);
    fflush(NULL);
    _exit(0);
}

int shared_device_open(struct shared_device *shared, const char *where, int members, bool verbose)
{
    struct opened opened = {0};
    pid_t process = -1;
    int pair[2];

    *shared = (struct shared_device){.door = -1};
    if (!device_possible(where))
        return 0;
    fflush(NULL);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0)
        process = fork();
    if (process < 0) {
        complain("--device %s: no process can be started: %s", where, strerror(errno));
        return EX_OSERR;
    }
    if (process == 0) {
        close(pair[0]);
        have_device(where, pair[1], members, verbose);
    }
    close(pair[1]);
    *shared = (struct shared_device){process, pair[0]};
    if (recv(shared->door, &opened, sizeof opened, 0) != sizeof opened) {
        complain("--device %s: the device's driver ended the process that was to have it", where);
        opened.status = EX_IOERR;
    }
    if (!opened.there)
        shared_device_close(shared);
    return opened.status;
}

int shared_device_join(struct shared_device *shared, struct nn_device **device)
{
    struct nn_error error;
    struct err err;

    if (shared->process == 0)
        return 0;
    *device = nn_device_join(shared->door, &error);
    close(shared->door);
    if (*device)
        return 0;
    if (error.out_of_memory)
        return fail_memory("the device");
    err_set(&err, EX_IOERR, "%s", error.text);
    return fail(&err);
}

void shared_device_close(struct shared_device *shared)
{
    if (shared->process == 0)
        return;
    close(shared->door);
    while (waitpid(shared->process, NULL, 0) < 0 && errno == EINTR)
        ;
    *shared = (struct shared_device){.door = -1};
}
