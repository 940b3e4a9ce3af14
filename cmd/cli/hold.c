/* Locks on a program's outputs, held until it ends. */
#include "hold.h"

#include "pipeline/base/path.h"
#include "pipeline/files/lock.h"
#include "say.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    struct lock *list;
    int count;
    bool waited;
} held;

bool waited_for_outputs(void)
{
    return held.waited;
}

void release_outputs(void)
{
    for (int i = 0; i < held.count; i++)
        lock_release(&held.list[i]);
}

/* Ends as the signal would have ended the program. */
static void end_by_signal(int number)
{
    release_outputs();
    signal(number, SIG_DFL);
    raise(number);
}

/* Has signals that would end the program release its outputs; those that are ignored stay so. */
static void catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
    const struct sigaction action = {.sa_handler = end_by_signal};
    struct sigaction before;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(signals[i], &action, NULL);
}

/* Says who holds an output: "fit a, process 4711 on HOST, since 2026-11-29 14:02:10". */
static void describe(char who[LOCK_TEXT])
{
    char host[64] = "?", since[32] = "?";
    const time_t now = time(NULL);
    struct tm tm;

    (void)!gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &tm))
        strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", &tm);
    snprintf(who, LOCK_TEXT, "%.60s, process %ld on %s, since %s", speaker(), (long)getpid(), host,
             since);
}

/* Takes one, waiting as long as it has to. A writer that looks for what others left holds a lock
 * for an instant, of which nothing is said. */
static void hold(struct lock *lock, const char *path, const char *who)
{
    static const struct timespec instant = {0, 20000000};
    char holder[LOCK_TEXT];

    for (int i = 0; i < 5; i++) {
        if (lock_take(lock, path, who, false, holder))
            return;
        nanosleep(&instant, NULL);
    }
    say("%s: is being made by %s; waiting for that", path, *holder ? holder : "another process");
    (void)lock_take(lock, path, who, true, holder);
    held.waited = true;
}

/* Compares paths by the files' names first, which do not depend on how the folder is spelt. */
static int by_name(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    const int order = strcmp(path_name(one), path_name(other));

    return order ? order : strcmp(one, other);
}

int hold_outputs(const char *const *paths, int count)
{
    char who[LOCK_TEXT];
    const char **sorted = calloc((size_t)count + 1, sizeof *sorted);

    held.list = calloc((size_t)count + 1, sizeof *held.list);
    if (!sorted || !held.list) {
        free(sorted);
        return fail_memory("the outputs' locks");
    }
    memcpy(sorted, paths, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted,
          by_name); /* so that no two runs wait for each other */
    describe(who);
    catch_signals();
    atexit(release_outputs);
    for (int i = 0; i < count; i++) {
        hold(&held.list[i], sorted[i], who);
        held.count = i + 1;
    }
    free(sorted);
    return 0;
}
