#ifndef CMD_SAY_H
#define CMD_SAY_H

#include "line.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/files/inputs.h"

#include <jansson.h>
#include <stdint.h>

/* Messages of a program, all on standard error: data alone goes to standard output. Each message is
 * one write, so that concurrent programs do not tear each other's, and one line, whatever is in it
 * (pipeline/base/text.h). */

/* Says one line "NAME: ..." unless --quiet. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Does the same; on a terminal folded at commas or blanks to 80 columns or its width, if that is
 * less. */
void say_folded(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Returns the columns of standard error: as COLUMNS says, or those of a terminal; INT_MAX for a pipe
 * or a file. */
int message_columns(void);
/* Says one line without the name unless --quiet: tables. */
void say_plain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says a line put together piece by piece, without the name unless --quiet, and empties it. */
void say_line(struct strbuf *line);
/* Says "NAME: warning: ..."; also under --quiet. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says "NAME: ..."; also under --quiet: one of several errors. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "NAME: ERROR" and returns the exit status that err carries. */
int fail(const struct err *err);

/* Prints a text of a file or a name on standard output, as messages show it (pipeline/base/text.h). */
void print_shown(const char *text);
/* Returns the exit status after printing on standard output, 0 if all of it was taken. */
int end_of_printing(void);

/* Writes `summary` to the file of --json; nothing without that option. `inputs`: what it was made
 * from, as in output_commit(); NULL where it tells of an output that is in its place already.
 * Returns the exit status: 0, or that of the failure, which it has printed. */
int write_summary(const json_t *summary, const struct inputs *inputs);

#endif
