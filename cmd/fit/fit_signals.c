/* Signals that end a run of fit. */
#include "fit_signals.h"

#include "cmd/cli/hold.h"

#include <stddef.h>
#include <sysexits.h>

volatile sig_atomic_t caught;

static const int signals[] = {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGHUP};
enum { SIGNALS = sizeof signals / sizeof *signals };

static void note_signal(int signal)
{
    caught = signal;
}

void watch_signals(void)
{
    const struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    struct sigaction before;

    for (size_t i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void unwatch_signals(void)
{
    struct sigaction now;

    for (size_t i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == note_signal)
            signal(signals[i], SIG_DFL);
}

void watched_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(set, signals[i]);
}

int end_by_signal(void)
{
    release_outputs();
    signal(caught, SIG_DFL);
    raise(caught);
    return EX_SOFTWARE;
}
