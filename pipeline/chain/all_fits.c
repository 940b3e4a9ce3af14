/* The shares that the fits of one make have done, each in a file next to its note. */
#include "all_fits.h"

#include "chain.h"
#include "step.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Words before the fits: make, note, threads, lanes, when make began, what it keeps. */
enum { FIRST = 6 };

struct all_fits {
    struct pool pool;
    struct words words;
    struct words shares; /* files, in the order of the fits */
    const char *path;    /* this fit's own */
    int fd;              /* -1: not written yet, or it cannot be */
    double share, seconds;
};

static const char *share_of(struct all_fits *f, const char *note)
{
    return pool_text(&f->pool, "%s.%s" SHARE, note, f->words.list[0]);
}

int all_fits_open(struct all_fits **fits, const char *text, struct err *err)
{
    struct all_fits *f = *fits = calloc(1, sizeof *f);

    if (!f)
        return err_memory(err, "the fits", sizeof *f);
    f->fd = -1;
    f->words = words_of(text, &f->pool);
    if (!f->pool.failed && f->words.count < FIRST)
        return err_set(err, EX_USAGE, "--all-fits %s: not as chain writes it", text);
    for (int i = FIRST; i + 1 < f->words.count; i += 2)
        words_add(&f->shares, &f->pool, share_of(f, f->words.list[i + 1]));
    if (!f->pool.failed)
        f->path = share_of(f, f->words.list[1]);
    return f->pool.failed ? err_memory(err, "the fits", 0) : 0;
}

void all_fits_note(struct all_fits *f, double share, double seconds)
{
    char text[64];
    int size;

    if (f->fd < 0) {
        f->fd = open(f->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (f->fd >= 0)
            (void)flock(f->fd, LOCK_EX); /* a reader holds it for a moment at most */
    }
    f->share = share;
    f->seconds = seconds;
    size = snprintf(text, sizeof text, "%-8.5f %-12.1f\n", share, seconds);
    if (f->fd >= 0 && pwrite(f->fd, text, (size_t)size, 0) != size) {
        close(f->fd);
        f->fd = -1;
        unlink(f->path);
    }
}

/* Reads another fit's share; returns whether it runs. One that stopped has done nothing. */
static bool read_share(const char *path, double *share, double *seconds)
{
    char text[64] = "";
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    bool runs = got > 0 && sscanf(text, "%lf %lf", share, seconds) == 2;
    const bool locked = runs && flock(fd, LOCK_SH | LOCK_NB) != 0;

    if (fd >= 0)
        close(fd);
    if (!runs || (!locked && *share < 1))
        *share = *seconds = 0;
    return locked;
}

bool all_fits_lend(const struct all_fits *f)
{
    return strcmp(f->words.list[2], "0") != 0;
}

bool all_fits_sum(struct all_fits *f, struct fits_sum *sum)
{
    const char *lanes_word = f->words.list[3];
    const double began = strtod(f->words.list[4], NULL);
    double all = 0, done = 0, timed = 0, spent = 0, longest = 0, lanes;

    *sum = (struct fits_sum){.left = NAN, .before = -1};
    for (int i = FIRST; i + 1 < f->words.count; i += 2, sum->count++) {
        const char *note = f->words.list[i + 1];
        const double weight = strtod(f->words.list[i], NULL);
        const bool own = strcmp(note, f->words.list[1]) == 0;
        double share = own ? f->share : 0, seconds = own ? f->seconds : 0;
        bool runs = own;

        all += weight;
        if (!own && fit_has_ended(note, began))
            share = 1;
        else if (!own)
            runs = read_share(f->shares.list[sum->count], &share, &seconds);
        done += weight * share;
        sum->done += share >= 1;
        if (own)
            sum->before = sum->running;
        sum->running += runs;
        if (runs && share > 0) {
            timed += weight * share;
            spent += seconds;
            longest = fmax(longest, seconds * (1 - share) / share);
        }
    }
    sum->share = all > 0 ? done / all : 0;
    lanes = fmin(strcmp(lanes_word, "all") ? fmax(strtod(lanes_word, NULL), 1) : sum->count,
                 fmax(sum->count - sum->done, 1));
    if (timed > 0)
        sum->left = fmax((all - done) * spent / timed / lanes, longest);
    return sum->before == 0;
}

int all_fits_threads(struct all_fits *f, int threads, int processors)
{
    struct fits_sum sum;
    int part;

    if (!all_fits_lend(f))
        return threads;
    all_fits_sum(f, &sum);
    if (sum.before < 0 || sum.done + sum.running < sum.count)
        return threads;
    part = processors / sum.running + (sum.before < processors % sum.running);
    return part > threads ? part : threads;
}

void all_fits_close(struct all_fits *f, bool finished)
{
    if (!f)
        return;
    if (f->fd >= 0) {
        if (finished)
            all_fits_note(f, 1, f->seconds);
        else
            unlink(f->path);
    }
    if (f->fd >= 0)
        close(f->fd);
    pool_free(&f->pool);
    free(f);
}
