/* The name under which a program speaks, and whole writes to standard error. */
#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *program_name = "csvnet", *run_title = "";
struct common common;

const char *speaker(void)
{
    static char text[100];

    snprintf(text, sizeof text, "%s%s%.60s", program_name, *run_title ? " " : "", run_title);
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
