/* The name under which a program speaks, and whole writes to standard error. */
#include "line.h"

#include "pipeline/base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *program_name = "csvnet", *run_title = "";
struct common common;

const char *speaker(void)
{
    enum { MOST = 60 };
    static char text[MOST * 4 + 40];

    snprintf(text, sizeof text, "%s%s%.*s", program_name, *run_title ? " " : "",
             (int)utf8_fit(run_title, MOST), run_title);
    return text;
}

void write_whole(const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        const ssize_t wrote = write(STDERR_FILENO, text, left);

        if (wrote < 0 && errno != EINTR)
            return;
        if (wrote > 0) {
            text += wrote;
            left -= (size_t)wrote;
        }
    }
}
