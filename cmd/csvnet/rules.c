/* Where the rules are that a Makefile includes. */
#include "rules.h"

#include "cmd/cli/say.h"
#include "programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rules_print_path(void)
{
    char *path = path_beside("../share/csvnet/Makefile.inc");
    struct err err;
    int status;

    if (!path)
        err_set(&err, EX_UNAVAILABLE,
                "../share/csvnet/Makefile.inc is not there, seen from where csvnet is");
    else if (strpbrk(path, " \t\n"))
        err_set(&err, EX_CANTCREAT,
                "make cannot include %s, for its name has blanks; install csvnet elsewhere", path);
    else
        puts(path);
    status = !path || strpbrk(path, " \t\n") ? fail(&err) : end_of_printing();
    free(path);
    return status;
}
