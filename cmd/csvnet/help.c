/* csvnet help: manual pages, or the short help. */
#include "help.h"

#include "cmd/cli/say.h"
#include "init.h"
#include "programs.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void print_usage(FILE *to)
{
    fprintf(to, "usage: csvnet PROGRAM ARGUMENTS...\n"
                "       csvnet FILE [OPTIONS...]\n"
                "       csvnet help [NAME]\n"
                "       csvnet init [OPTIONS...]\n"
                "       csvnet devices\n"
                "       csvnet --inc | --version | --help\n"
                "\n"
                "Programs (each explains itself with --help):\n");
    for (const struct program *p = programs; p->name; p++)
        if (p->does)
            fprintf(to, "  %-9s %s\n", p->name, p->does);
    fprintf(to, "\n"
                "  FILE      what `show` says of it\n"
                "  help NAME show a program's manual page, or makefile, tensor-file, clusters\n"
                "  init      write a commented Makefile here that chains them for your CSVs\n"
                "  devices   list what --device can name, and whether it is fit for use\n"
                "  --inc     print where the rules are that such a Makefile includes\n");
}

/* Returns the page, from share/man on, for free(); NULL: there is none of that name. */
static char *find_page(const char *name)
{
    /* What is no program is in csvnet's own page. */
    const bool own = !name || strcmp(name, "init") == 0 || strcmp(name, "help") == 0 ||
                     strcmp(name, "devices") == 0;
    static const char *const forms[] = {"1",    "5",    "7",
                                        "1.gz", "5.gz", "7.gz"}; /* packed by distributions */
    char *found = NULL;

    for (size_t i = 0; i < sizeof forms / sizeof *forms && !found; i++) {
        char *rest = NULL;

        if (asprintf(&rest, "../share/man/man%c/csvnet%s%s.%s", *forms[i], own ? "" : "-",
                     own ? "" : name, forms[i]) < 0)
            return NULL;
        found = path_beside(rest);
        free(rest);
    }
    return found;
}

/* Prints the comment that Makefile.inc begins with. */
static void print_rules(void)
{
    const char *text = rules->text; /* sorted: capitals come first */

    while (*text == '#') {
        const int length = (int)strcspn(text, "\n"), skip = text[1] == ' ' ? 2 : 1;

        printf("%.*s\n", length - skip, text + skip);
        text += length + 1;
    }
}

static int print_short(const char *name)
{
    static char option[] = "--help";
    char *argv[] = {(char *)name, option, NULL};

    if (name && strcmp(name, "init") == 0)
        return init_main(2, argv);
    if (name && program_of(name))
        return program_run(program_of(name), 2, argv);
    if (name && strcmp(name, "makefile") == 0)
        print_rules();
    else if (name && strcmp(name, "tensor-file") == 0)
        fputs(tensor_file_page.text, stdout);
    else
        print_usage(stdout);
    return end_of_printing();
}

static bool has_short(const char *name)
{
    static const char *const names[] = {"devices", "help", "init", "makefile", "tensor-file", "clusters"};

    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return !name || (program_of(name) && program_of(name)->does);
}

int show_help(const char *name)
{
    static const char *const readers[] = {"man", "mandoc"};
    struct err err;
    char *path;

    if (!has_short(name)) {
        err_set(&err, EX_USAGE, "help: there is no page for '%s'; csvnet --help lists the programs",
                name);
        return fail(&err);
    }
    path = find_page(name);
    for (size_t i = 0; path && i < sizeof readers / sizeof *readers; i++)
        execlp(readers[i], readers[i], path, (char *)NULL);
    if (path)
        complain("help: without man or mandoc, which show %s, here is the short help", path);
    else
        complain("help: the manual pages are not next to csvnet; here is the short help");
    free(path);
    return print_short(name);
}
