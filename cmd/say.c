#include "say.h"

#include "../pipeline/output.h"
#include "options.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

const char *program_name = "csvnet";

static struct {
    const char *what, *unit;
    int64_t total;
    double begin, shown_at;
    bool active, visible;
} line;

static void clear_line(void)
{
    if (line.visible)
        fputs("\r\033[K", stderr);
    line.visible = false;
}

static void print(const char *prefix, const char *format, va_list args)
{
    clear_line();
    if (prefix)
        fprintf(stderr, "%s: %s", program_name, prefix);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void say(const char *format, ...)
{
    va_list args;

    if (common.quiet)
        return;
    va_start(args, format);
    print("", format, args);
    va_end(args);
}

void say_plain(const char *format, ...)
{
    va_list args;

    if (common.quiet)
        return;
    va_start(args, format);
    print(NULL, format, args);
    va_end(args);
}

void warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print("warning: ", format, args);
    va_end(args);
}

void complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print("", format, args);
    va_end(args);
}

int fail(const struct err *err)
{
    progress_end();
    fprintf(stderr, "%s: %s\n", program_name, err->text);
    return err->status;
}

double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(const char *what, const char *unit, int64_t total)
{
    const char *term = getenv("TERM");

    clear_line();
    line.what = what;
    line.unit = unit;
    line.total = total;
    line.begin = line.shown_at = now();
    line.active = !common.quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* A line that went on to the next row could not be cleared: how much of one to print. */
static int room(void)
{
    struct winsize window;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col - 1
                                                                               : 79;
}

void progress_update(int64_t done)
{
    char text[200];
    double t, rate;
    int used;

    if (!line.active)
        return;
    t = now();
    if (t - line.shown_at < 0.1)
        return;
    line.shown_at = t;
    rate = (double)done / (t - line.begin);
    used = snprintf(text, sizeof text, "%s: %s %lld %s", program_name, line.what, (long long)done,
                    line.unit);
    if (line.total > 0)
        used +=
            snprintf(text + used, sizeof text - (size_t)used, " of %lld", (long long)line.total);
    used += snprintf(text + used, sizeof text - (size_t)used, ", %.0f/s", rate);
    if (line.total > 0 && rate > 0)
        snprintf(text + used, sizeof text - (size_t)used, ", %.0f s left",
                 (double)(line.total - done) / rate);
    fprintf(stderr, "\r\033[K%.*s", room(), text);
    fflush(stderr);
    line.visible = true;
}

void progress_end(void)
{
    clear_line();
    line.active = false;
}

int write_summary(const json_t *summary)
{
    struct output *out = NULL;
    struct err err;
    char *text = NULL;
    int status = 0;

    if (!common.json)
        return 0;
    text = json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    if (!text) {
        err_memory(&err, "the summary", 0);
        return fail(&err);
    }
    if (output_open(&out, common.json, &err) || output_printf(out, &err, "%s\n", text) ||
        output_commit(out, &err))
        status = fail(&err);
    output_close(out);
    free(text);
    return status;
}
