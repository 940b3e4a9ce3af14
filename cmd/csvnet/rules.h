#ifndef CMD_RULES_H
#define CMD_RULES_H

#include "pipeline/model/built_in.h"

/* The rules that Makefiles include, Makefile.inc and the budgets, as this executable carries them:
 * by their paths from that folder, sorted, name NULL at the end. */
extern const struct built_in rules[];
/* The manual page csvnet-tensor-file as plain text. */
extern const struct built_in tensor_file_page;

/* csvnet --inc: prints where the rules are. Returns the exit status. */
int rules_print_path(void);

#endif
