/* Signals kept from libraries, see own_signals.h. */
#include "own_signals.h"

void own_signals_keep(struct own_signals *own)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&set, ending[i]);
    pthread_sigmask(SIG_BLOCK, &set, &own->blocked);
    for (int i = 1; i <= SIGNALS_MOST; i++)
        sigaction(i, NULL, &own->action[i]);
}

void own_signals_restore(const struct own_signals *own)
{
    for (int i = 1; i <= SIGNALS_MOST; i++)
        if (i != SIGKILL && i != SIGSTOP)
            sigaction(i, &own->action[i], NULL);
    pthread_sigmask(SIG_SETMASK, &own->blocked, NULL);
}
