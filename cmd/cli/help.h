#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "options.h"

/* What a table of options says of itself, on standard output. */

/* For people: --help. */
void help_text(const struct command *command);
/* For the manual page, in mdoc: blocks that each begin with a line, "@synopsis", "@summary" and
 * "@options"; cmd/man/fill.awk puts them into the page. */
void help_mdoc(const struct command *command);
/* For completion: a line for each option, "--optimizer WORD sgd adam adamw", "-o FILE", "--quiet":
 * what the value is called, and words that it may be. */
void help_words(const struct command *command);

#endif
