#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Abilities of standard output. */
struct terminal {
    int columns;
    bool endless; /* nobody said how wide: a pipe or a file, whose lines need no fold */
    enum { COLOUR_NONE, COLOUR_256, COLOUR_TRUE } colour;
    bool utf8; /* else ASCII alone */
};

/* Reads the environment. Columns: as COLUMNS states, else the terminal's, else 80. Colours: as
 * --color has it, else on a terminal only, as TERM and COLORTERM say, none with NO_COLOR
 * (no-color.org). UTF-8: by the
 * locale, which it sets for characters alone. */
struct terminal terminal_find(void);

/* ---- Text in columns ---- */

/* Returns the columns that `text` takes, shown as pipeline/base/text.h has it; characters that the
 * locale lacks are shown as '?'. */
int text_columns(const char *text);
/* Prints `text` on standard output in `width` columns: its middle cut with "..." if it is longer,
 * padded after, or before if `right`. */
void print_text(const char *text, int width, bool right);
/* Prints all of it. */
void print_clean(const char *text);
/* Prints as much of `text` as fits in `width` columns, up to a blank if there is one, without
 * padding, and returns its columns; *next is where the rest begins, NULL at the end. */
int print_line_of(const char *text, int width, const char **next);
/* Prints all of it in lines of the terminal's width, the later ones indented by two. */
void print_wrapped(const struct terminal *terminal, const char *text);
/* Does the same with all lines indented by `indent`. */
void print_indented(const struct terminal *terminal, const char *text, int indent);

#endif
