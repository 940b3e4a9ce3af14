#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "options.h"

/* Help from a table of options, on standard output. */

/* Prints the text of --help. */
void help_text(const struct command *command);
/* Prints mdoc for the manual page: blocks that each begin with a line, "@synopsis", "@summary" and
 * "@options"; cmd/man/fill.awk puts them into the page. */
void help_mdoc(const struct command *command);
/* Prints a line for completion for each option, "--optimizer WORD sgd adam adamw", "-o FILE",
 * "--quiet": the value's name, and words that it may be. */
void help_words(const struct command *command);

#endif
