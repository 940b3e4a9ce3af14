/* Help from a table of options: for people, for the manual page, for the completion. */
#include "help.h"

#include "pipeline/base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 79, MDOC_WIDTH = 78 };

static bool is_end(const struct option_spec *o)
{
    return !o->name && o->kind != OPTION_HEADING;
}

/* ---- What is said of an option ---- */

/* Appends the default in brackets, if there is one and the help does not name it. */
static void add_default(struct strbuf *text, const struct option_spec *o)
{
    const char *value;

    switch (o->kind) {
    case OPTION_INT:
        /* A value below the least that can be given means none. */
        if (o->value != &common.threads && (double)*(const int64_t *)o->value >= o->min)
            strbuf_printf(text, " (default %lld)", (long long)*(const int64_t *)o->value);
        break;
    case OPTION_REAL:
        if (!isnan(*(const double *)o->value))
            strbuf_printf(text, " (default %g)", *(const double *)o->value);
        break;
    case OPTION_TEXT:
        value = *(const char *const *)o->value;
        if (value && *value && strcmp(value, "default"))
            strbuf_printf(text, " (default %s)", value);
        break;
    case OPTION_CHOICE:
        strbuf_printf(text, " (default %s)", o->choices[*(const int *)o->value]);
        break;
    case OPTION_FLAG:
    case OPTION_NO:
    case OPTION_INPUT:
    case OPTION_OUTPUT:
    case OPTION_LIST:
    case OPTION_HEADING:
        break;
    }
}

/* Appends the option's choices, if it has any, with a text between. */
static void option_choices(const struct option_spec *o, const char *between, struct strbuf *text)
{
    for (int i = 0; o->choices && o->choices[i]; i++)
        strbuf_printf(text, "%s%s", i ? between : "", o->choices[i]);
}

/* Prints the option's choices. */
static void print_choices(const struct option_spec *o, const char *between)
{
    struct strbuf choices = {0};

    option_choices(o, between, &choices);
    printf("%s", strbuf_shown(&choices));
    strbuf_free(&choices);
}

/* ---- For people ---- */

/* Returns the bytes of the first word; what is in brackets is one. */
static size_t first_word(const char *text, int columns)
{
    const size_t brackets = *text == '[' ? strcspn(text, "]") : 0;

    (void)columns;
    return brackets + strcspn(text + brackets, " ");
}

/* Prints `text` folded into the columns from `column` on; the cursor is at column `at`. */
static void print_folded(const char *text, int column, int at)
{
    while (*text) {
        const size_t size = utf8_line(text, HELP_WIDTH - column, first_word);

        printf("%*s%.*s", column - at, "", (int)size, text);
        text += size + (text[size] == ' ');
        if (*text)
            putchar('\n');
        at = 0;
    }
}

static void print_option(const struct option_spec *o)
{
    struct strbuf text = {0};
    int at;

    if (o->kind == OPTION_HEADING) {
        printf("\n%s:\n", o->help);
        return;
    }
    if (o->letter)
        strbuf_printf(&text, "  -%c, --%s", o->letter, o->name);
    else
        strbuf_printf(&text, "  --%s", o->name);
    if (o->kind == OPTION_CHOICE || o->argument)
        strbuf_puts(&text, " ");
    if (o->kind == OPTION_CHOICE)
        option_choices(o, "|", &text);
    else if (o->argument)
        strbuf_puts(&text, o->argument);
    at = printf("%s", strbuf_shown(&text));
    if (at >= HELP_COLUMN - 1) {
        putchar('\n');
        at = 0;
    }
    strbuf_clear(&text);
    strbuf_puts(&text, o->help);
    add_default(&text, o);
    print_folded(strbuf_shown(&text), HELP_COLUMN, at);
    putchar('\n');
    strbuf_free(&text);
}

static void print_usage(const struct command *c)
{
    const int column = printf("usage: csvnet %s ", c->name);

    print_folded(c->synopsis, column, column);
    printf("\n\n");
}

/* Prints each option with its value on the line, folded as a shell takes it. */
static void print_example(const char *text)
{
    enum { FOLD = 2 }; /* " \\" */
    int at = printf("\nExample:\n  csvnet") - (int)strlen("\nExample:\n");

    while (*text) {
        const char *next = strstr(text, " --");
        int size = (int)strcspn(text, "\n");

        if (next && next - text < size)
            size = (int)(next - text);
        if (at > 0 && at + 1 + size > HELP_WIDTH - FOLD)
            at = printf(" \\\n     ") - FOLD - 1;
        at += printf("%s%.*s", at > 0 ? " " : "", size, text);
        text += size;
        if (*text == '\n') {
            putchar('\n');
            at = 0;
        }
        text += *text != 0;
    }
    putchar('\n');
}

void help_text(const struct command *c)
{
    print_usage(c);
    print_folded(c->summary, 0, 0);
    printf(c->options->kind == OPTION_HEADING ? "\n" : "\n\nOptions:\n");
    for (const struct option_spec *o = c->options; !is_end(o); o++)
        print_option(o);
    printf("  -h, --help              print this text; all else: csvnet help %s\n"
           "  -V, --version           print the version\n",
           c->name);
    if (c->example)
        print_example(c->example);
}

/* ---- For the manual ---- */

/* Prints a word of text, so that nothing in it is taken for a macro or an escape, and options can
 * be copied with their hyphens. Returns the characters printed. */
static int print_word(const char *text, int length)
{
    const bool option = *text == '-';
    int printed = *text == '.' || *text == '\'' ? printf("\\&") : 0;

    for (int i = 0; i < length; i++)
        printed += text[i] == '\\'            ? printf("\\e")
                   : text[i] == '-' && option ? printf("\\-")
                                              : printf("%c", text[i]);
    return printed;
}

/* Prints lines of text, each sentence on lines of its own, as mdoc wants it. */
static void print_text(const char *text)
{
    int at = 0;

    while (*text) {
        const int word = (int)strcspn(text, " ");

        if (at > 0 && (at + 1 + word > MDOC_WIDTH || text[-2] == '.')) {
            putchar('\n');
            at = 0;
        }
        if (at > 0)
            at += printf(" ");
        at += print_word(text, word);
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

/* Prints a word of the synopsis, an option or a value, after the text `before`. */
static void print_synopsis_word(const char *before, const char *word, int length)
{
    const bool many = length > 3 && strncmp(word + length - 3, "...", 3) == 0;

    if (*word == '-')
        printf("%sFl %.*s", before, length - 1, word + 1);
    else if (strncmp(word, "options", (size_t)length) == 0)
        printf("%sAr option ...", before);
    else
        printf("%sAr %.*s%s", before, many ? length - 3 : length, word, many ? " ..." : "");
}

/* Prints a line of mdoc for a word of the synopsis or for words in brackets; returns what follows
 * them. */
static const char *print_synopsis_part(const char *text)
{
    const bool optional = *text == '[';
    int word;

    printf(optional ? ".Op" : ".");
    text += optional;
    do {
        word = (int)strcspn(text, " ]");
        print_synopsis_word(optional ? " " : "", text, word);
        text += word;
        if (*text == ' ')
            text++;
        else
            break;
    } while (optional);
    if (strncmp(text, "]...", 4) == 0)
        printf(" ...");
    putchar('\n');
    return text + (*text == ']' ? strcspn(text, " ") : 0);
}

static void print_synopsis(const struct command *c)
{
    char other[40];
    const char *text = c->synopsis;

    snprintf(other, sizeof other, "or csvnet %s ", c->name);
    printf("@synopsis\n.Nm \"csvnet %s\"\n", c->name);
    while (*text) {
        if (strncmp(text, other, strlen(other)) == 0) {
            printf(".Nm \"csvnet %s\"\n", c->name);
            text += strlen(other);
        }
        text = print_synopsis_part(text);
        text += *text == ' ';
    }
}

static void print_range(const struct option_spec *o)
{
    enum { WORTH_SAYING = 1000000000 };
    const char *kind = o->kind == OPTION_INT ? "whole number" : "number";

    if (o->kind != OPTION_INT && o->kind != OPTION_REAL)
        return;
    if (o->max < WORTH_SAYING)
        printf("A %s from %g to %.10g.\n", kind, o->min, o->max);
    else if (o->min > -WORTH_SAYING)
        printf("A %s from %g on.\n", kind, o->min);
    else
        printf("A %s.\n", kind);
}

/* Prints the tag of an option: its names, and its value or what that may be. */
static void print_tag(const struct option_spec *o)
{
    printf(".It ");
    if (o->letter)
        printf("Fl %c , ", o->letter);
    printf("Fl -%s", o->name);
    if (o->kind == OPTION_CHOICE) {
        printf(" Cm ");
        print_choices(o, " | ");
    } else if (o->argument) {
        printf(" Ar %s", o->argument);
    }
    putchar('\n');
}

static void print_item(const struct option_spec *o)
{
    const size_t first = strspn(o->help, "abcdefghijklmnopqrstuvwxyz");
    struct strbuf text = {0};

    print_tag(o);
    if (first && o->help[first] == ' ')
        strbuf_printf(&text, "%c%s", toupper((unsigned char)*o->help), o->help + 1);
    else
        strbuf_puts(&text, o->help);
    add_default(&text, o);
    strbuf_puts(&text, ".");
    print_text(strbuf_shown(&text));
    print_range(o);
    if (o->kind == OPTION_TEXT && o->choices) {
        strbuf_clear(&text);
        option_choices(o, ", ", &text);
        strbuf_puts(&text, ".");
        printf("Built in:\n");
        print_text(strbuf_shown(&text));
    }
    strbuf_free(&text);
}

void help_mdoc(const struct command *c)
{
    static const char list[] = ".Bl -tag -width Ds\n";
    bool open = false;

    print_synopsis(c);
    printf("@summary\n");
    print_text(c->summary);
    printf("@options\n");
    for (const struct option_spec *o = c->options; !is_end(o); o++) {
        if (o->kind == OPTION_HEADING) {
            printf("%s.Ss %s\n", open ? ".El\n" : "", o->help);
            open = false;
            continue;
        }
        printf("%s", open ? "" : list);
        open = true;
        print_item(o);
    }
    printf("%s.It Fl h , Fl -help\nPrint the synopsis and the options.\n"
           ".It Fl V , Fl -version\nPrint the version.\n.El\n",
           open ? "" : list);
}

/* ---- For completion ---- */

static void print_words(const struct option_spec *o, const char *prefix, const char *name)
{
    printf("%s%s", prefix, name);
    if (o->kind == OPTION_CHOICE)
        printf(" WORD");
    else if (o->argument)
        printf(" %s", o->argument);
    if (o->choices) {
        putchar(' ');
        print_choices(o, " ");
    }
    putchar('\n');
}

void help_words(const struct command *c)
{
    for (const struct option_spec *o = c->options; !is_end(o); o++) {
        if (o->kind == OPTION_HEADING)
            continue;
        print_words(o, "--", o->name);
        if (o->letter)
            print_words(o, "-", (const char[]){o->letter, 0});
    }
    printf("--help\n-h\n--version\n-V\n");
}
