/* The name under which a program speaks, and whole writes to standard error. */
#include "line.h"

#include "pipeline/base/text.h"
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
    static char text[MOST * TEXT_SHOWN + 40];
    size_t used, left = utf8_fit(run_title, MOST);

    used = (size_t)snprintf(text, sizeof text, "%.32s%s", program_name, left ? " " : "");
    for (const char *at = run_title; left > 0 && used + TEXT_SHOWN < sizeof text;) {
        const size_t taken = text_character(at, left, text + used);

        used += strlen(text + used);
        at += taken;
        left -= taken;
    }
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
