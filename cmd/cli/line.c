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

/* The longest title that is shown, in columns; and room for it with the names before it. */
enum { TITLE_MOST = 60, SPEAKER_TEXT = TITLE_MOST * TEXT_SHOWN + 48 };

/* Writes whose program it is, its name and the run's title. */
static const char *name_speaker(const char *whose, char text[SPEAKER_TEXT])
{
    size_t used, left = utf8_fit(run_title, TITLE_MOST);

    used = (size_t)snprintf(text, SPEAKER_TEXT, "%s%.32s%s", whose, program_name, left ? " " : "");
    for (const char *at = run_title; left > 0 && used + TEXT_SHOWN < SPEAKER_TEXT;) {
        const size_t taken = text_character(at, left, text + used);

        used += strlen(text + used);
        at += taken;
        left -= taken;
    }
    return text;
}

const char *speaker(void)
{
    static char text[SPEAKER_TEXT];

    return name_speaker("", text);
}

const char *full_speaker(void)
{
    static char text[SPEAKER_TEXT];

    return name_speaker(strcmp(program_name, "csvnet") ? "csvnet " : "", text);
}

void write_whole(const char *text)
{
    size_t left = strlen(text);

    fflush(stdout); /* whose errors end_of_printing() finds */
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
