/* The command line by a program's table of options, and what every program does when it starts. */
#include "options.h"

#include "help.h"
#include "pipeline/base/json.h"
#include "pipeline/base/nearest.h"
#include "pipeline/base/text.h"
#include "pipeline/files/depend.h"
#include "pipeline/files/noted.h"
#include "pipeline/files/output.h"
#include "processors.h"
#include "say.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

const char *const color_words[] = {"auto", "always", "never", NULL};

/* ---- Values ---- */

int usage_error(const char *format, ...)
{
    struct strbuf line = {0};
    char *message = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    text_show(&line, message ? message : format);
    fprintf(stderr, "csvnet %s: %s\nTry 'csvnet %s --help'.\n", program_name, strbuf_shown(&line),
            program_name);
    strbuf_free(&line);
    free(message);
    return EX_USAGE;
}

static int take_number(const struct option_spec *o, const char *text)
{
    char *end;
    double real;
    long long whole;

    errno = 0;
    if (o->kind == OPTION_INT) {
        whole = strtoll(text, &end, 10);
        if (end == text || *end || isspace((unsigned char)*text) || errno ||
            (double)whole < o->min || (double)whole > o->max)
            return usage_error("--%s takes a whole number from %.0f to %.0f, not '%s'", o->name,
                               o->min, o->max, text);
        *(int64_t *)o->value = whole;
        return 0;
    }
    for (int i = 0; o->choices && o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0) {
            *(double *)o->value = -1 - i;
            return 0;
        }
    real = strtod(text, &end);
    if (end == text || *end || isspace((unsigned char)*text) || !(real >= o->min && real <= o->max))
        return usage_error("--%s takes a number from %g to %g%s%s, not '%s'", o->name, o->min,
                           o->max, o->choices ? " or " : "", o->choices ? o->choices[0] : "", text);
    *(double *)o->value = real;
    return 0;
}

int refuse_choice(const char *option, const char *const *choices, const char *text)
{
    const char *meant = nearest_word(text, choices);
    struct strbuf list = {0};
    int status;

    for (int i = 0; choices[i]; i++)
        strbuf_printf(&list, "%s%s", i ? "|" : "", choices[i]);
    status = usage_error("--%s takes %s, not '%s'%s%s%s", option, strbuf_shown(&list), text,
                         meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
    strbuf_free(&list);
    return status;
}

static int take_choice(const struct option_spec *o, const char *text)
{
    for (int i = 0; o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0) {
            *(int *)o->value = i;
            return 0;
        }
    return refuse_choice(o->name, o->choices, text);
}

/* Writes "-o" or "--json". */
static const char *spelt(const struct option_spec *o, char text[40])
{
    if (o->letter)
        snprintf(text, 40, "-%c", o->letter);
    else
        snprintf(text, 40, "--%s", o->name);
    return text;
}

/* Takes a text. A second file or column to read would be missed, and nothing would say so; other
 * options override those before, as a recipe's. */
static int take_text(const struct option_spec *o, const char *text)
{
    static const char *const single[] = {"FILE", "FOLDER", "COLUMN"};
    const char **value = o->value;
    char name[40];

    for (size_t i = 0; *value && i < sizeof single / sizeof *single; i++)
        if (o->kind != OPTION_OUTPUT && strcmp(o->argument, single[i]) == 0 && strcmp(*value, text))
            return usage_error("%s takes one %s, and is given '%s' and '%s'", spelt(o, name),
                               single[i], *value, text);
    *value = text;
    return 0;
}

static int take_value(const struct option_spec *o, char *text)
{
    struct option_list *list;

    switch (o->kind) {
    case OPTION_FLAG:
    case OPTION_NO:
        *(bool *)o->value = o->kind == OPTION_FLAG;
        return 0;
    case OPTION_TEXT:
    case OPTION_INPUT:
    case OPTION_OUTPUT:
        return take_text(o, text);
    case OPTION_LIST:
        list = o->value;
        list->items[list->count++] = text;
        return 0;
    case OPTION_CHOICE:
        return take_choice(o, text);
    case OPTION_INT:
    case OPTION_REAL:
        return take_number(o, text);
    case OPTION_HEADING:
        break;
    }
    return EX_SOFTWARE;
}

/* ---- Parsing ---- */

static const struct option_spec *parsed; /* the program's table */

enum { FIRST_LONG = 256, HELP = 'h', VERSION = 'V', MAX_OPTIONS = 80 };

/* Gives every list room for as many items as there are arguments; freed by the end of the process.
 */
static int make_lists(const struct option_spec *options, int argc)
{
    for (const struct option_spec *o = options; o->name || o->kind == OPTION_HEADING; o++)
        if (o->kind == OPTION_LIST) {
            struct option_list *list = o->value;

            list->items = calloc((size_t)argc + 1, sizeof *list->items);
            if (!list->items)
                return -1;
        }
    return 0;
}

/* Refuses an unknown letter; getopt may be in the middle of the word, or after it. */
static int refuse_letter(char **words)
{
    for (int i = -1; i < 1; i++)
        if (words[i] && *words[i] == '-' && access(words[i], F_OK) == 0)
            return usage_error("unknown option '-%c'; the file is named by ./%s", optopt, words[i]);
    return usage_error("unknown option '-%c'", optopt);
}

/* Tells whether the help of an option begins with the words of a name, as lr's with those of
 * "learning-rate". */
static bool is_told_by(const char *help, const char *name)
{
    while (*name && (*help == *name || (*help == ' ' && *name == '-'))) {
        help++;
        name++;
    }
    return !*name;
}

/* Returns the option that an unknown name may be meant for: by its letters, else by the help; NULL:
 * it is like none. */
static const char *meant_by(const char *name)
{
    const char *names[MAX_OPTIONS + 1] = {NULL}, *nearest, *told = NULL;
    int count = 0;

    for (const struct option_spec *o = parsed; o->name || o->kind == OPTION_HEADING; o++) {
        if (o->kind == OPTION_HEADING)
            continue;
        names[count++] = o->name;
        if (!told && is_told_by(o->help, name))
            told = o->name;
    }
    nearest = nearest_word(name, names);
    return nearest ? nearest : told;
}

/* Refuses an option that is unknown, short for several, or given a value that it does not take. */
static int refuse_option(char **words, const struct option *table)
{
    const char *text = words[-1], *name = text + 2, *first = NULL, *meant;
    char *bare;
    size_t length;
    bool letter = optopt > 0 && optopt < FIRST_LONG;

    for (const struct option *o = table; o->name; o++)
        letter = letter && o->val != optopt; /* of an option that takes no value */
    if (letter)
        return refuse_letter(words);
    length = strcspn(name, "=");
    for (const struct option *o = table; o->name; o++) {
        if (strncmp(o->name, name, length))
            continue;
        if (first && strlen(o->name) != length)
            return usage_error("'%s' is short for --%s and for --%s", text, first, o->name);
        first = o->name;
        if (strlen(o->name) == length)
            break;
    }
    if (first)
        return usage_error("--%s takes no value", first);
    bare = strndup(name, length);
    meant = bare ? meant_by(bare) : NULL;
    free(bare);
    return usage_error("unknown option '%s'%s%s%s", text, meant ? "; did you mean --" : "",
                       meant ? meant : "", meant ? "?" : "");
}

/* Returns the status of an option that asks for something to be printed, and for nothing else. */
static int answered(void)
{
    const int status = end_of_printing();

    return status ? status : OPTIONS_ANSWERED;
}

/* Prints the help, or one of two other forms of it, from which the manual page and the completion
 * are made. */
static int help(const struct command *c, const char *form)
{
    if (!form)
        help_text(c);
    else if (strcmp(form, "mdoc") == 0)
        help_mdoc(c);
    else if (strcmp(form, "words") == 0)
        help_words(c);
    else
        return usage_error("--help takes no value");
    return answered();
}

/* Parses the whole line before anything is done, so that a late mistake costs nothing. */
static int parse_all(const struct command *c, int argc, char **argv, const struct option *table,
                     const char *letters, const struct option_spec *const *by_code)
{
    int code, status;

    opterr = 0;
    unsetenv(
        "POSIXLY_CORRECT"); /* options come after operands in what is documented, and in rules */
    while ((code = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        if (code == HELP)
            return help(c, optarg);
        if (code == VERSION) {
            printf("csvnet %s\n", CSVNET_VERSION);
            return answered();
        }
        if (code == ':')
            return usage_error("'%s' needs a value", argv[optind - 1]);
        if (code == '?')
            return refuse_option(argv + optind, table);
        status = take_value(by_code[code], optarg);
        if (status)
            return status;
    }
    return 0;
}

/* ---- Outputs ---- */

/* Returns the next option of the table that names an output, from `o` on; NULL: no more. */
static const struct option_spec *next_output(const struct option_spec *o)
{
    while (o->name || o->kind == OPTION_HEADING) {
        if (o->kind == OPTION_OUTPUT && *(const char *const *)o->value)
            return o;
        o++;
    }
    return NULL;
}

static const char *output_of(const struct option_spec *o)
{
    return *(const char *const *)o->value;
}

/* Calls standard output by one name, unless it is a file, which is replaced as any other. */
static void name_standard_output(void)
{
    static const char *const names[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    struct stat status;

    if (fstat(STDOUT_FILENO, &status) || S_ISREG(status.st_mode))
        return;
    for (const struct option_spec *o = next_output(parsed); o; o = next_output(o + 1))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(output_of(o), names[i]) == 0)
                *(const char **)o->value = "-";
}

/* An output that is standard output has it alone. Results are then printed on standard error,
 * unless it is the summary, which says the same, or --quiet wants nothing there. */
static int keep_standard_output(void)
{
    struct err err;

    for (const struct option_spec *o = next_output(parsed); o; o = next_output(o + 1))
        if (strcmp(output_of(o), "-") == 0) {
            const bool nowhere = common.quiet || o->value == &common.json;

            return output_take_standard(nowhere ? -1 : STDERR_FILENO, &err) ? fail(&err) : 0;
        }
    return 0;
}

int outputs_differ(void)
{
    char one[40], other[40];

    for (const struct option_spec *a = next_output(parsed); a; a = next_output(a + 1))
        for (const struct option_spec *b = next_output(a + 1); b; b = next_output(b + 1))
            if (output_same_target(output_of(a), output_of(b)))
                return usage_error("%s and %s write one file, %s", spelt(a, one), spelt(b, other),
                                   output_of(b));
    return 0;
}

/* Tries the outputs that are opened after all work, so that what is wrong with them is said before.
 */
static int try_last_outputs(void)
{
    struct err err;

    if ((common.json && output_try(common.json, &err)) ||
        (common.depend && output_try(common.depend, &err)))
        return fail(&err);
    return 0;
}

/* Refuses an output that is this input. */
static int refuse_input(const char *input)
{
    struct err err;

    if (strcmp(input, "-") == 0 || access(input, F_OK))
        return 0;
    for (const struct option_spec *o = next_output(parsed); o; o = next_output(o + 1))
        if (output_same_target(output_of(o), input)) {
            err_set(&err, EX_USAGE, "%s: is the output and an input (%s) at once", output_of(o),
                    input);
            return fail(&err);
        }
    return 0;
}

/* Compares operands and options that name inputs; others are known once they are open. */
static int check_inputs(char **operands, int count)
{
    int status = 0, standard = 0;

    for (int i = 0; i < count && status == 0; i++) {
        status = refuse_input(operands[i]);
        standard += strcmp(operands[i], "-") == 0;
    }
    for (const struct option_spec *o = parsed; o->name || o->kind == OPTION_HEADING; o++)
        if (status == 0 && o->kind == OPTION_INPUT && *(const char *const *)o->value) {
            status = refuse_input(*(const char *const *)o->value);
            standard += strcmp(*(const char *const *)o->value, "-") == 0;
        }
    return status || standard < 2
               ? status
               : usage_error("- is standard input, which is read once: it is named %d times",
                             standard);
}

int outputs_refuse_inputs(const struct inputs *inputs, struct err *err)
{
    for (const struct option_spec *o = next_output(parsed); o; o = next_output(o + 1))
        if (inputs_refuse_output(inputs, output_of(o), err))
            return -1;
    return 0;
}

int end_of_run(int status)
{
    struct err err;

    if (status == 0)
        status = end_of_printing();
    if (status || !common.depend)
        return status;
    for (const struct option_spec *o = next_output(parsed); o; o = next_output(o + 1))
        if (o->value != &common.depend)
            note_written(output_of(o));
    return depend_write(common.depend, &err) ? fail(&err) : 0;
}

/* Opens closed standard streams as something that can neither be printed to nor read from: else the
 * next file opened would get the number, and with it what is printed. */
static int hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return EX_OSERR;
    return 0;
}

/* Does what every program does before it looks at its arguments. Returns 0, or the exit status. */
static int start_program(const struct command *c)
{
    if (hold_standard_streams())
        return EX_OSERR;
    signal(SIGXFSZ, SIG_IGN); /* a limit on a file's size is an error like a full disk */
    json_memory_watch();
    program_name = c->name;
    common.threads = processors();
    parsed = c->options;
    return 0;
}

int options_read(const struct command *c, int argc, char **argv, char ***operands, int *count)
{
    struct option table[MAX_OPTIONS + 3] = {{"help", optional_argument, NULL, HELP},
                                            {"version", no_argument, NULL, VERSION}};
    const struct option_spec *by_code[FIRST_LONG + MAX_OPTIONS] = {NULL};
    char letters[2 * MAX_OPTIONS + 4] = ":hV";
    size_t letter = 3;
    int n = 2, status = start_program(c);

    if (status)
        return status;
    if (make_lists(c->options, argc))
        return fail_memory("the command line");
    for (const struct option_spec *o = c->options; o->name || o->kind == OPTION_HEADING; o++) {
        bool takes_value = o->kind != OPTION_FLAG && o->kind != OPTION_NO;

        if (o->kind == OPTION_HEADING)
            continue;
        table[n].name = o->name;
        table[n].has_arg = takes_value ? required_argument : no_argument;
        table[n].val = o->letter ? o->letter : FIRST_LONG + n;
        by_code[table[n].val] = o;
        n++;
        if (o->letter) {
            letters[letter++] = o->letter;
            if (takes_value)
                letters[letter++] = ':';
        }
    }
    status = parse_all(c, argc, argv, table, letters, by_code);
    if (status)
        return status;
    if (common.threads == 0)
        common.threads = processors();
    *operands = argv + optind;
    *count = argc - optind;
    if (*count < c->min_operands)
        return usage_error("missing argument; usage: csvnet %s %s", c->name, c->synopsis);
    if (c->max_operands >= 0 && *count > c->max_operands)
        return usage_error("unexpected operand '%s'", (*operands)[c->max_operands]);
    name_standard_output();
    status = outputs_differ();
    if (status == 0)
        status = check_inputs(*operands, *count);
    if (status == 0)
        status = try_last_outputs();
    return status ? status : keep_standard_output();
}

int options_parse(const struct command *c, int argc, char **argv, char ***operands, int *count)
{
    const int status = options_read(c, argc, argv, operands, count);

    if (status == OPTIONS_ANSWERED)
        exit(0);
    return status;
}
