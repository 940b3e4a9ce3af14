#ifndef CMD_LINE_H
#define CMD_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* Base of messages, progress and options: the speaker's name, and the common options. */

/* The program's name, set by options_parse(). */
extern const char *program_name;
/* Name of --title, which tells this run from others whose lines come between, or "". */
extern const char *run_title;

/* Values of the options that every program takes: COMMON_OPTIONS of options.h. */
struct common {
    bool quiet;
    const char *json;   /* file for a machine-readable summary, or NULL */
    const char *depend; /* file for a rule that names what was read, or NULL */
    int64_t threads;    /* never 0 after options_parse() */
    enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color; /* of programs with COLOR_OPTION */
};
extern struct common common;

/* Returns the beginning of each line: the program's name and the run's title, "fit a". */
const char *speaker(void);
/* Returns that of an error or a warning, "csvnet fit a": such lines are read in logs of more than
 * csvnet. */
const char *full_speaker(void);
/* Writes the text to standard error as it is, after all that was printed before. */
void write_whole(const char *text);

#endif
