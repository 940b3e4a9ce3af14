#ifndef CMD_UNPACK_H
#define CMD_UNPACK_H

#include "pipeline/base/err.h"

/* Writes the rules that this one file of all programs carries, with links by which they find it, to
 * the user's folder for caches, or where that cannot be, to this folder; nothing that is there
 * already. Returns the path of Makefile.inc for free(), NULL after an error: EX_CANTCREAT. */
char *unpack_rules(struct err *err);

#endif
