/* The progress line: what is shown of it, and when. */
#include "progress.h"

#include "line.h"
#include "pipeline/base/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 80, TEXT = 200 };

static const double first_seconds = 1, rewritten_seconds = 0.1, /* on a terminal */
    plain_seconds = 10, plain_seconds_later = 60;

/* The cursor rests at the line's beginning, where also a terminal that folds its lines again when
 * it is made narrower keeps it: so this removes all that became of the line. */
static const char erase[] = "\r\033[J";

static struct {
    const char *what, *unit;
    int64_t total, first; /* of the first update */
    double begin, said;   /* said: when something was shown last */
    bool active, rewritten, counting, visible;
} line;
static struct all_fits *fits; /* NULL: this run is alone */
static bool left_to_parent;   /* the process that started this one shows a line */
static bool under_line;       /* and rewrites it */

double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int progress_width(void)
{
    struct winsize window;
    const bool narrower = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 &&
                          window.ws_col < WIDTH;

    return narrower ? window.ws_col : WIDTH;
}

/* Tells whether a line can be rewritten, and nobody else writes next to it. */
static bool can_rewrite(void)
{
    const char *term = getenv("TERM");

    return !*run_title && isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

void progress_begin(const char *what, const char *unit, int64_t total)
{
    progress_end();
    line.what = what;
    line.unit = unit;
    line.total = total;
    line.begin = line.said = now();
    line.active = !common.quiet && !left_to_parent;
    line.rewritten = can_rewrite();
    line.counting = false;
}

/* Writes seconds in the unit that people would use. */
static void duration_text(double seconds, char *text, size_t size)
{
    if (seconds < 99.5)
        snprintf(text, size, "%.0f s", seconds);
    else if (seconds < 99.5 * 60)
        snprintf(text, size, "%.0f min", seconds / 60);
    else
        snprintf(text, size, "%.1f h", seconds / 3600);
}

/* Writes "3 of 10 done, 41 %, 2 min left". */
static void sum_text(char text[TEXT], const struct fits_sum *sum)
{
    char time[32];
    int length =
        snprintf(text, TEXT, "%d of %d done, %.0f %%", sum->done, sum->count, 100 * sum->share);

    if (isnan(sum->left))
        return;
    duration_text(sum->left, time, sizeof time);
    snprintf(text + length, TEXT - (size_t)length, ", %s left", time);
}

/* Writes "fit: epoch 2/5, 51200 of 189000 images, 12345/s, 11 s left", or where that does not fit
 * into the columns "fit: epoch 2/5, 27 %, 11 s left". */
static void line_text(char text[TEXT], int columns, int64_t done, double share, double seconds,
                      const char *all)
{
    char of[32] = "", left[48] = "", time[32];
    int length;

    if (line.total > 0)
        snprintf(of, sizeof of, " of %lld", (long long)line.total);
    if (share > 0 && share <= 1) {
        duration_text(seconds * (1 - share) / share, time, sizeof time);
        snprintf(left, sizeof left, ", %s left", time);
    }
    length = snprintf(text, TEXT, "%s: %s %lld%s %s, %.0f/s%s", speaker(), line.what,
                      (long long)done, of, line.unit, (double)(done - line.first) / seconds, left);
    if ((length > columns || *all) && *left)
        length = snprintf(text, TEXT, "%s: %s %.0f %%%s", speaker(), line.what, 100 * share, left);
    if (*all && length < TEXT)
        snprintf(text + length, (size_t)(TEXT - length), "; fits: %s", all);
}

static void show(char text[TEXT], int columns)
{
    char whole[TEXT + 16];

    text[utf8_fit(text, columns)] = 0;
    if (line.rewritten)
        snprintf(whole, sizeof whole, "%s%s\r", erase, text);
    else
        snprintf(whole, sizeof whole, "%s\n", text);
    write_whole(whole);
    line.visible = line.rewritten;
}

static bool due(double time)
{
    const double plain =
        time - line.begin < plain_seconds_later ? plain_seconds : plain_seconds_later;

    if (!line.rewritten)
        return time - line.said >= plain;
    return time - line.begin >= first_seconds && time - line.said >= rewritten_seconds;
}

void progress_share(int64_t done, double share)
{
    const double time = now();
    char text[TEXT], all[TEXT] = "";
    struct fits_sum sum;
    int columns;

    if (!line.active)
        return;
    if (!line.counting) {
        line.counting = true;
        line.first = done;
        return;
    }
    if (!due(time))
        return;
    /* A terminal in whose last column something is written may already have begun the next row. */
    columns = progress_width() - 1;
    line.said = time;
    if (fits && !all_fits_sum(fits, &sum) && *run_title)
        return;
    if (fits)
        sum_text(all, &sum);
    if (fits && *run_title)
        snprintf(text, TEXT, "fits: %s", all);
    else
        line_text(text, columns, done, share, time - line.begin, all);
    show(text, columns);
}

void progress_leave_to_parent(void)
{
    left_to_parent = true;
    under_line = can_rewrite();
}

void progress_sum(const struct fits_sum *sum)
{
    char text[2 * TEXT], all[TEXT];

    if (!line.active || !due(now()))
        return;
    line.said = now();
    sum_text(all, sum);
    snprintf(text, sizeof text, "%.150s: %s", speaker(), all);
    show(text, progress_width() - 1);
}

void progress_of_all(struct all_fits *all)
{
    fits = all;
}

void progress_update(int64_t done)
{
    const int64_t all = line.total - line.first;

    progress_share(done, all > 0 ? (double)(done - line.first) / (double)all : -1);
}

const char *progress_interrupt(void)
{
    const bool visible = line.visible || under_line;

    line.visible = false;
    if (line.rewritten || !fits) /* how far all are no other message says */
        line.said = line.rewritten ? 0 : now();
    return visible ? erase : "";
}

void progress_end(void)
{
    if (line.visible)
        write_whole(erase);
    line.visible = line.active = false;
}
