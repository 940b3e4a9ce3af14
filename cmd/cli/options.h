#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One table per program feeds the parser, the help text, the manual page and the completion. */

enum option_kind {
    OPTION_FLAG,   /* value: bool *; set to true */
    OPTION_NO,     /* value: bool *; set to false (--no-stratify) */
    OPTION_TEXT,   /* value: const char ** */
    OPTION_INPUT,  /* value: const char **, a file that is read; no output may be that file */
    OPTION_OUTPUT, /* value: const char **, a file that is written; no two may be one file */
    OPTION_INT,    /* value: int64_t *, range min..max */
    OPTION_REAL,   /* value: double *, range min..max */
    OPTION_LIST,   /* value: struct option_list *; may be given several times */
    OPTION_CHOICE, /* value: int *, index into `choices` */
    OPTION_HEADING /* `help` is a heading in the help text */
};

struct option_list {
    const char **items;
    int count;
};

struct option_spec {
    enum option_kind kind;
    const char *name; /* long name; a single letter in `letter` or 0 */
    char letter;
    const char *argument; /* what the help calls the value */
    void *value;          /* its initial value is the default that the help prints */
    double min, max;      /* OPTION_INT, OPTION_REAL */
    /* NULL at the end. OPTION_CHOICE: all that it takes; OPTION_TEXT: some that it takes, or NULL;
     * OPTION_REAL: words for -1, -2, ..., or NULL */
    const char *const *choices;
    const char *help;
};

struct command {
    const char *name;                  /* "ingest" */
    const char *synopsis;              /* "IN -o OUT [options]" */
    const char *summary;               /* a sentence or two */
    const struct option_spec *options; /* kind OPTION_FLAG with name NULL at the end */
    int min_operands, max_operands;    /* max < 0: any number */
    const char *example;               /* shown at the end of the help */
};

/* Options in one line of a table. LETTER: 0 for none. */
#define OPTION(kind, name, letter, argument, value, min, max, choices, help)                       \
    {                                                                                              \
        kind, name, letter, argument, value, min, max, choices, help                               \
    }
#define HEADING(help)            OPTION(OPTION_HEADING, NULL, 0, NULL, NULL, 0, 0, NULL, help)
#define FLAG(name, value, help)  OPTION(OPTION_FLAG, name, 0, NULL, value, 0, 0, NULL, help)
#define NO(name, value, help)    OPTION(OPTION_NO, name, 0, NULL, value, 0, 0, NULL, help)
#define INPUT(name, value, help) OPTION(OPTION_INPUT, name, 0, "FILE", value, 0, 0, NULL, help)
#define TEXT(name, argument, value, help)                                                          \
    OPTION(OPTION_TEXT, name, 0, argument, value, 0, 0, NULL, help)
#define OUTPUT(name, letter, value, help)                                                          \
    OPTION(OPTION_OUTPUT, name, letter, "FILE", value, 0, 0, NULL, help)
#define LIST(name, argument, value, help)                                                          \
    OPTION(OPTION_LIST, name, 0, argument, value, 0, 0, NULL, help)
#define INT(name, argument, value, min, max, help)                                                 \
    OPTION(OPTION_INT, name, 0, argument, value, min, max, NULL, help)
#define REAL(name, argument, value, min, max, help)                                                \
    OPTION(OPTION_REAL, name, 0, argument, value, min, max, NULL, help)
#define CHOICE(name, value, choices, help)                                                         \
    OPTION(OPTION_CHOICE, name, 0, NULL, value, 0, 0, choices, help)
#define END_OF_OPTIONS OPTION(OPTION_FLAG, NULL, 0, NULL, NULL, 0, 0, NULL, NULL)

/* Options that every program takes, in struct common. */
#define COMMON_OPTIONS COMMON_OPTIONS_QUIET("print errors only")
/* The same where --quiet does something else. */
#define COMMON_OPTIONS_QUIET(quiet_help)                                                           \
    HEADING("Common options"),                                                                     \
        OPTION(OPTION_INT, "threads", 'T', "N", &common.threads, 0, 1024, NULL,                    \
               "threads to use; 0, the default: one for each processor it may use"),               \
        OPTION(OPTION_FLAG, "quiet", 'q', NULL, &common.quiet, 0, 0, NULL, quiet_help),            \
        OUTPUT("json", 0, &common.json,                                                            \
               "write a summary of the run as JSON; - is standard output"),                        \
        OUTPUT("depend", 0, &common.depend,                                                        \
               "write what was read as a rule for make, as compilers do by -MMD -MF"),             \
        END_OF_OPTIONS

#define COLOR_OPTION                                                                               \
    CHOICE("color", &common.color, color_words,                                                    \
           "colours on standard output; auto: on a terminal, unless NO_COLOR is set")

#define TITLE_OPTION                                                                               \
    TEXT(                                                                                          \
        "title", "NAME", &run_title,                                                               \
        "prefix messages with NAME, to tell concurrent runs apart; no progress line is rewritten")

extern const char *const color_words[];

/* No exit status: what was asked for is printed, and there is nothing else to do. */
enum { OPTIONS_ANSWERED = -1 };

/* Parses argv; operands, the inputs, are left in (*operands)[0..*count). Returns 0, or EX_USAGE
 * after a mistake, which it has printed: also if two outputs, or an output and an operand or an
 * OPTION_INPUT, are one file. Ends the program after --help and --version. */
int options_parse(const struct command *command, int argc, char **argv, char ***operands,
                  int *count);
/* Does the same, but returns OPTIONS_ANSWERED after --help and --version, in place of the end. */
int options_read(const struct command *command, int argc, char **argv, char ***operands,
                 int *count);

/* Ends a run whose exit status so far is `status`: after a success what was printed has to be
 * taken, then the file of --depend is written. Returns the exit status. */
int end_of_run(int status);

/* Refuses two outputs of the table parsed that are one file, as options_parse() does; for whoever
 * renames them later. Returns 0 or EX_USAGE. */
int outputs_differ(void);

/* Fails with EX_USAGE if a file named by an OPTION_OUTPUT of the table parsed is among the inputs;
 * to be called once they are open. */
MUST_CHECK int outputs_refuse_inputs(const struct inputs *inputs, struct err *err);

/* Prints "csvnet NAME: MESSAGE" and a pointer to --help on standard error; returns 64. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Refuses a text that is none of an option's choices: the sentence names them, and the nearest. */
int refuse_choice(const char *option, const char *const *choices, const char *text);

#endif
