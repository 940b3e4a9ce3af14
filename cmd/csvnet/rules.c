/* Where the rules are that a Makefile includes. */
#include "rules.h"

#include "cmd/cli/say.h"
#include "programs.h"
#include "unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the path of Makefile.inc for free(), NULL: error. */
static char *find_rules(struct err *err)
{
    char *path;

    if (programs->main)
        return unpack_rules(err);
    path = path_beside("../share/csvnet/Makefile.inc");
    if (!path)
        err_set(err, EX_UNAVAILABLE,
                "../share/csvnet/Makefile.inc is not there, seen from where csvnet is");
    else if (strpbrk(path, " \t\n"))
        err_set(err, EX_CANTCREAT,
                "make cannot include %s, for its name has blanks; install csvnet elsewhere", path);
    else
        return path;
    free(path);
    return NULL;
}

int rules_print_path(void)
{
    struct err err;
    char *path = find_rules(&err);

    if (!path)
        return fail(&err);
    puts(path);
    free(path);
    return end_of_printing();
}
