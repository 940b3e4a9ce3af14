/* Abilities of the terminal: width, colours, UTF-8. */
#include "terminal.h"

#include "cmd/cli/line.h"
#include "pipeline/base/text.h"
#include "pipeline/base/utf8.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LEAST_COLUMNS = 20, MOST_COLUMNS = 1000, USUAL_COLUMNS = 80 };

/* Returns the columns that COLUMNS or the terminal states; 0: neither does. */
static int stated_columns(void)
{
    const char *columns_text = getenv("COLUMNS");
    long columns = columns_text ? strtol(columns_text, NULL, 10) : 0;
    struct winsize window;

    if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
        columns = window.ws_col;
    if (columns <= 0)
        return 0;
    return columns < LEAST_COLUMNS  ? LEAST_COLUMNS
           : columns > MOST_COLUMNS ? MOST_COLUMNS
                                    : (int)columns;
}

static bool set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

/* Finds the colours; many terminals that have all say so by COLORTERM alone. */
static int find_colour(void)
{
    const char *term = getenv("TERM"), *depth = getenv("COLORTERM");

    const bool forced = !set("NO_COLOR") && (set("FORCE_COLOR") || set("CLICOLOR_FORCE"));
    const bool always = common.color == COLOR_ALWAYS || forced;

    if (common.color == COLOR_NEVER)
        return COLOUR_NONE;
    if (!always &&
        (!isatty(STDOUT_FILENO) || set("NO_COLOR") || !term || strcmp(term, "dumb") == 0))
        return COLOUR_NONE;
    if ((term && strstr(term, "direct")) ||
        (depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0)))
        return COLOUR_TRUE;
    return always || strstr(term, "256color") ? COLOUR_256 : COLOUR_NONE;
}

static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct terminal terminal_find(void)
{
    const int columns = stated_columns();
    struct terminal t = {.columns = columns ? columns : USUAL_COLUMNS,
                         .endless = columns == 0 && !isatty(STDOUT_FILENO),
                         .colour = find_colour()};

    setlocale(LC_CTYPE, "");
    t.utf8 = is_utf8();
    return t;
}

/* ---- Text in columns ---- */

struct character {
    size_t bytes; /* 0: the text is at its end */
    int columns;
    char instead[TEXT_SHOWN]; /* what is printed in place of its bytes, or "" */
};

static struct character first_of(const char *text)
{
    enum { LONGEST = 128 };
    const size_t size = strnlen(text, LONGEST);
    const bool locale_has = (unsigned char)*text < 0x80 || is_utf8();
    struct character c = {.bytes = text_cluster(text, size), .columns = 0, .instead = ""};

    if (c.bytes > 0 && locale_has) {
        c.columns = utf8_columns_within(text, c.bytes);
    } else if (size > 0) {
        c.bytes = text_character(text, size, c.instead);
        if (!locale_has && strncmp(c.instead, text, c.bytes) == 0)
            strcpy(c.instead, "?");
        c.columns = utf8_columns(c.instead);
    }
    return c;
}

int text_columns(const char *text)
{
    int columns = 0;

    for (struct character c = first_of(text); c.bytes; c = first_of(text)) {
        columns += c.columns;
        text += c.bytes;
    }
    return columns;
}

/* Prints characters up to `end`, or to the text's if that is NULL, while they fit. Returns their
 * columns. */
static int print_part(const char *text, const char *end, int width)
{
    int columns = 0;

    for (struct character c = first_of(text);
         c.bytes && (!end || text < end) && columns + c.columns <= width; c = first_of(text)) {
        if (*c.instead)
            fputs(c.instead, stdout);
        else
            fwrite(text, 1, c.bytes, stdout);
        columns += c.columns;
        text += c.bytes;
    }
    return columns;
}

/* Returns what is left of the text after so many of its columns. */
static const char *last_columns(const char *text, int columns)
{
    for (struct character c = first_of(text); c.bytes && columns > 0; c = first_of(text)) {
        columns -= c.columns;
        text += c.bytes;
    }
    return text;
}

void print_text(const char *text, int width, bool right)
{
    static const char dots[] = "...";
    const int columns = text_columns(text), mark = width > 6 ? (int)sizeof dots - 1 : 0;
    const int tail = columns > width ? (width - mark) / 2 : 0;
    int printed;

    if (right && columns < width)
        printf("%*s", width - columns, "");
    printed = print_part(text, NULL, columns > width ? width - mark - tail : width);
    if (columns > width) {
        printed += mark ? printf("%s", dots) : 0;
        printed += print_part(last_columns(text, columns - tail), NULL, tail);
    }
    if (!right || columns > width)
        printf("%*s", width - printed, "");
}

void print_clean(const char *text)
{
    print_part(text, NULL, INT_MAX - 2);
}

int print_line_of(const char *text, int width, const char **next)
{
    const char *at = text, *blank = NULL;
    int columns = 0;

    for (struct character c = first_of(at); c.bytes; c = first_of(at)) {
        if (columns + c.columns > width && columns > 0) {
            *next = blank ? blank + 1 : at;
            return print_part(text, blank ? blank : at, width);
        }
        if (*at == ' ' && at > text)
            blank = at;
        columns += c.columns;
        at += c.bytes;
    }
    *next = NULL;
    return print_part(text, NULL, width);
}

static void print_lines(const struct terminal *t, const char *text, int first, int later)
{
    int indent = first;

    while (text) {
        printf("%*s", indent, "");
        print_line_of(text, t->columns - indent, &text);
        putchar('\n');
        indent = later;
    }
}

void print_wrapped(const struct terminal *t, const char *text)
{
    print_lines(t, text, 0, 2);
}

void print_indented(const struct terminal *t, const char *text, int indent)
{
    print_lines(t, text, indent, indent);
}
