#ifndef CMD_CSVNET_HELP_H
#define CMD_CSVNET_HELP_H

#include <stdio.h>

/* Writes the synopsis and the programs. */
void print_usage(FILE *to);
/* csvnet help: shows the manual page of `name`, or where there is none, or nothing that shows it,
 * the short help. NULL: csvnet's own. Returns the exit status. */
int show_help(const char *name);

#endif
