#ifndef CMD_SAY_H
#define CMD_SAY_H

#include "../pipeline/err.h"

#include <jansson.h>
#include <stdint.h>

/* What a program says, all on standard error: data alone goes to standard output. */

/* The program's name, set by options_parse(). */
extern const char *program_name;

/* One line "NAME: ..." unless --quiet. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One line without the name unless --quiet: tables. */
void say_plain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: warning: ..."; also under --quiet. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: ..."; also under --quiet: one of several errors. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "NAME: ERROR" and returns the exit status that err carries. */
int fail(const struct err *err);

/* A line that is rewritten in place on a terminal, at most ten times a second, and absent
 * elsewhere. `total` 0: not known. The rate is counted from progress_begin(). Names of units:
 * "rows". */
void progress_begin(const char *what, const char *unit, int64_t total);
void progress_update(int64_t done);
void progress_end(void); /* removes the line; say() and friends do so too */

/* Seconds on a monotonic clock. */
double now(void);

/* Writes `summary` to the file of --json; nothing without that option. Returns the exit status:
 * 0, or that of the failure, which it has printed. */
int write_summary(const json_t *summary);

#endif
