/* csvnet: the one command on the PATH. It runs the programs, which live in a folder of their own
 * because `split` would shadow another program, or are in this same file. Everything is found from
 * this file's own place, so that an installed tree can be moved. */
#include "cmd/cli/say.h"
#include "cmd/csvnet/devices.h"
#include "cmd/csvnet/help.h"
#include "cmd/csvnet/init.h"
#include "cmd/csvnet/programs.h"
#include "cmd/csvnet/rules.h"
#include "pipeline/base/nearest.h"
#include "pipeline/base/path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Words that take no more arguments, by what they do. */
enum word { NO_WORD, INC, VERSION, USAGE, DEVICES };
static const struct {
    const char *name;
    enum word word;
} words[] = {{"--inc", INC},       {"--version", VERSION}, {"-V", VERSION},
             {"version", VERSION}, {"devices", DEVICES}, {"--help", USAGE},      {"-h", USAGE}};

static enum word word_of(const char *name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].word;
    return NO_WORD;
}

static int refuse_argument(const char *before, const char *name, const char *argument)
{
    struct err err;

    err_set(&err, EX_USAGE, "%s%s takes no argument '%s'; csvnet --help lists what there is",
            before, name, argument);
    return fail(&err);
}

static int refuse(const char *name)
{
    enum { MOST = 20 };
    const char *names[MOST] = {"devices", "help", "init", "version"}, *nearest;
    struct err err;
    int count = 4;

    for (const struct program *p = programs; p->name; p++)
        if (p->does)
            names[count++] = p->name;
    nearest = nearest_word(name, names);
    err_set(&err, EX_USAGE, "there is no program '%s'%s%s%s csvnet --help lists them", name,
            nearest ? "; did you mean " : ", nor a file of that name", nearest ? nearest : "",
            nearest ? "?" : ";");
    return fail(&err);
}

static int do_word(enum word word)
{
    if (word == INC)
        return rules_print_path();
    if (word == DEVICES)
        return devices_print();
    if (word == VERSION)
        printf("csvnet %s\n", CSVNET_VERSION);
    else
        print_usage(stdout);
    return end_of_printing();
}

static int help(int argc, char **argv)
{
    if (argc > 2)
        return refuse_argument("help ", argv[1], argv[2]);
    if (argc > 1 && word_of(argv[1]) == USAGE)
        return do_word(USAGE);
    return show_help(argv[1]);
}

/* Tells whether it can be shown: a file, or a pipe. */
static bool is_shown(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* Runs what argv[0] names. */
static int run(int argc, char **argv)
{
    const char *name = argv[0];
    const struct program *program = program_of(name);
    const enum word word = word_of(name);

    if (program && program->does)
        return program_run(program, argc, argv);
    if (word && argc > 1)
        return refuse_argument("", name, argv[1]);
    if (word)
        return do_word(word);
    if (strcmp(name, "init") == 0)
        return init_main(argc, argv);
    if (strcmp(name, "help") == 0)
        return help(argc, argv);
    return is_shown(name) ? program_run(program_of("show"), argc + 1, argv - 1) : refuse(name);
}

/* Returns the program that this file was called as, if it has all of them: by a link of that name,
 * to which a login shell adds a dash. */
static const struct program *called_as(const char *name)
{
    const struct program *program;

    name = path_name(name);
    program = program_of(name + (*name == '-'));
    return program && program->main ? program : NULL;
}

int main(int argc, char **argv)
{
    const struct program *program = argc > 0 ? called_as(argv[0]) : NULL;

    called_by = argc > 0 ? argv[0] : called_by;
    if (program)
        return program_run(program, argc, argv);
    if (argc > 1)
        return run(argc - 1, argv + 1);
    print_usage(stderr);
    return EX_USAGE;
}
