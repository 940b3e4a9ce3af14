#ifndef CMD_OWN_SIGNALS_H
#define CMD_OWN_SIGNALS_H

#include <signal.h>

/* This program's signals while a library is loaded that takes them for itself, as a compiler within
 * a driver does: its threads get none of those that end a program, and what is to happen at a
 * signal is afterwards what it was. */
enum { SIGNALS_MOST = 31 };
struct own_signals {
    sigset_t blocked;
    struct sigaction action[SIGNALS_MOST + 1];
};
/* Keeps what there is, and has signals that end a program wait. */
void own_signals_keep(struct own_signals *own);
/* Restores it; a signal that came meanwhile comes now. */
void own_signals_restore(const struct own_signals *own);

#endif
