/* Columns that options name: by name, by number, in ranges. */
#include "columns_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_COLUMN = -1, TWO_COLUMNS = -2 };

/* Returns the number that is all of the text after a @, or 0. */
static long number_of(const char *text)
{
    const char *digits = text + (*text == '@');
    char *end;
    long number = strtol(digits, &end, 10);

    return *digits >= '0' && *digits <= '9' && !*end ? number : 0;
}

/* Finds the column of this name, or else of this number. */
static int look_up(const struct decision *d, const char *text)
{
    const struct columns *c = d->columns;
    long number = number_of(text);
    bool is_number = number >= 1 && number <= c->count;

    for (int i = 0; c->header && i < c->count; i++)
        if (strcmp(c->names[i], text) == 0)
            return is_number && number != i + 1 && !d->names_first ? TWO_COLUMNS : i;
    return is_number ? (int)number - 1 : NO_COLUMN;
}

/* Tells whether --drop names the empty column after the last separator, which is none. */
static bool is_empty_last(const struct decision *d, const char *option, const char *text)
{
    return csv_reader_layout(d->reader).empty_last && strcmp(option, "drop") == 0 &&
           number_of(text) == d->columns->count + 1L;
}

static int refuse_name(const struct decision *d, const char *option, const char *text, int found)
{
    const struct columns *c = d->columns;
    int number = (int)number_of(text), named = 0;

    if (found == NO_COLUMN)
        return csv_reader_fail(
            d->reader, -1, d->err, "--%s: no column '%.80s' among the %d column%s%s", option, text,
            c->count, plural(c->count), c->header ? "" : " (there is no header)");
    while (strcmp(c->names[named], text) != 0)
        named++;
    return csv_reader_fail(d->reader, -1, d->err,
                           "--%s %s: column %d is called '%s', and number %d is '%.40s'; say --%s "
                           "@%d or --%s @%d",
                           option, text, named + 1, text, number, c->names[number - 1], option,
                           named + 1, option, number);
}

int columns_find(const struct decision *d, const char *option, const char *text)
{
    int found = look_up(d, text);

    return found >= 0 ? found : refuse_name(d, option, text, found);
}

/* Marks a range FIRST-LAST: whichever hyphen leaves a column on either side. */
static int mark_range(const struct decision *d, const char *option, char *text, bool *in)
{
    for (char *hyphen = text; (hyphen = strchr(hyphen, '-')) != NULL; hyphen++) {
        int first, last;

        *hyphen = 0;
        first = look_up(d, text);
        last = look_up(d, hyphen + 1);
        if (first == TWO_COLUMNS && last != NO_COLUMN)
            return refuse_name(d, option, text, TWO_COLUMNS);
        if (last == TWO_COLUMNS && first != NO_COLUMN)
            return refuse_name(d, option, hyphen + 1, TWO_COLUMNS);
        *hyphen = '-';
        if (first < 0 || last < first)
            continue;
        for (int i = first; i <= last; i++)
            in[i] = true;
        return 0;
    }
    return refuse_name(d, option, text, NO_COLUMN);
}

static int mark(const struct decision *d, const char *option, char *text, bool *in)
{
    int found = look_up(d, text);

    if (found == TWO_COLUMNS)
        return refuse_name(d, option, text, found);
    if (found == NO_COLUMN)
        return is_empty_last(d, option, text) ? 0 : mark_range(d, option, text, in);
    in[found] = true;
    return 0;
}

int columns_set(const struct decision *d, const char *option, const char *text, bool *in)
{
    int whole = look_up(d, text), failed = 0, count = 0;
    char *copy, *rest = NULL;

    memset(in, 0, (size_t)d->columns->count * sizeof *in);
    if (whole >= 0) {
        in[whole] = true;
        return 1;
    }
    copy = strdup(text);
    if (!copy)
        return err_memory(d->err, "the columns", 0);
    if (!*text)
        failed = refuse_name(d, option, text, NO_COLUMN);
    for (char *one = strtok_r(copy, ",", &rest); one && !failed; one = strtok_r(NULL, ",", &rest))
        failed = mark(d, option, one, in);
    free(copy);
    for (int i = 0; i < d->columns->count; i++)
        count += in[i];
    return failed ? -1 : count;
}

/* ---- Rows by a column's value ---- */

int columns_only(struct decision *d)
{
    const struct columns_options *w = d->options;
    struct columns *c = d->columns;

    if (w->only_count == 0)
        return 0;
    c->only = calloc((size_t)w->only_count, sizeof *c->only);
    if (!c->only)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < w->only_count; i++) {
        const char *equals = strchr(w->only[i], '=');
        char *name;
        int column;

        if (!equals)
            return csv_reader_fail(d->reader, -1, d->err, "--only takes COLUMN=VALUE, not '%.80s'",
                                   w->only[i]);
        name = strndup(w->only[i], (size_t)(equals - w->only[i]));
        column = name ? columns_find(d, "only", name) : err_memory(d->err, "the columns", 0);
        free(name);
        if (column < 0)
            return -1;
        if (d->roles[column] == PIXEL)
            d->roles[column] = DROPPED;
        c->only[c->only_count++] = (struct only){column, equals + 1};
    }
    return 0;
}
