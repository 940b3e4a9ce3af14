#ifndef CMD_SAY_H
#define CMD_SAY_H

#include "line.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/files/inputs.h"

#include <jansson.h>
#include <stdint.h>

/* Messages of a program, all on standard error: data and results alone go to standard output, or,
 * where that is an output's, results to standard error. Each message is one write, so that
 * concurrent programs do not tear each other's, and one line, whatever is in it
 * (pipeline/base/text.h). */

/* Says one line "NAME: ..." unless --quiet. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Does the same; on a terminal folded at commas or blanks to 80 columns or its width, if that is
 * less. */
void say_folded(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says "csvnet NAME: warning: ..."; also under --quiet. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says "csvnet NAME: ..."; also under --quiet: one of several errors. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "csvnet NAME: ERROR" and returns the exit status that err carries. */
int fail(const struct err *err);
/* Does so where there is no memory for `what`. */
int fail_memory(const char *what);

/* Prints a text of a file or a name on standard output, as messages show it (pipeline/base/text.h).
 */
void print_shown(const char *text);
/* Return the name of an output or an input, which - has too. */
const char *output_name(const char *path);
const char *input_name(const char *path);
/* Prints a line of a result, shown in the same way; also under --quiet. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints a line of a table put together piece by piece, and empties it. */
void print_buffer(struct strbuf *line);
/* Returns the exit status after printing on standard output, 0 if all of it was taken. */
int end_of_printing(void);

/* Writes `summary`, which it takes over, to the file of --json; nothing without that option.
 * `inputs`: what it was made from, as in output_commit(); NULL where it tells of an output that is
 * in its place already. Returns the exit status: 0, or that of the failure, which it has printed. */
int write_summary(json_t *summary, const struct inputs *inputs);

#endif
