/* Asks what columns are that no option names, and says which options would take them. */
#include "columns_private.h"

#include "pipeline/base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_onehot_row(const struct csv_row *row, const bool *in, int count)
{
    int ones = 0;
    double value;

    for (int i = 0; i < count && i < row->count; i++) {
        if (!in[i])
            continue;
        if (!cell_number(csv_cell(row, i), &value) || (value != 0 && value != 1))
            return false;
        ones += value == 1;
    }
    return ones == 1;
}

bool columns_are_onehot(const struct decision *d, const bool *in)
{
    for (int i = first_data_row(d); i < d->look->count; i++)
        if (!is_onehot_row(&d->look->rows[i], in, d->columns->count))
            return false;
    return d->look->count > first_data_row(d) + 1;
}

const char *columns_set_text(const struct decision *d, const bool *in, char text[SET_TEXT])
{
    const int count = d->columns->count;
    char number[COLUMN_TEXT];
    int used = 0;

    *text = 0;
    for (int i = 0; i < count && used < SET_TEXT - 40; i++) {
        int first = i;

        if (!in[i])
            continue;
        while (i + 1 < count && in[i + 1])
            i++;
        used += snprintf(text + used, SET_TEXT - (size_t)used, "%s%s", used ? "," : "",
                         columns_text(d, first, number));
        if (i > first)
            used +=
                snprintf(text + used, SET_TEXT - (size_t)used, "-%s", columns_text(d, i, number));
    }
    return text;
}

/* Adds "--label 3, --id 3, ": the options that are still free. */
static void add_free_options(struct strbuf *text, const struct decision *d, const char *value)
{
    const struct columns *c = d->columns;

    if (c->label < 0 && !d->options->label)
        strbuf_printf(text, "--label %s, ", value);
    if (c->id < 0 && !d->options->id)
        strbuf_printf(text, "--id %s, ", value);
}

static void add_names(struct strbuf *text, const struct columns *c, const bool *in)
{
    enum { MOST = 160 };

    for (int i = 0, listed = 0; i < c->count && text->size < MOST; i++)
        if (in[i])
            strbuf_printf(text, "%s'%.40s'", listed++ ? ", " : " (", c->names[i]);
    strbuf_puts(text, text->size >= MOST ? ", ...)" : ")");
}

int columns_ask(const struct decision *d, const bool *in, int count, const char *format, ...)
{
    const struct columns *c = d->columns;
    struct strbuf names = {0}, free_options = {0};
    char set[SET_TEXT], why[200];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    columns_set_text(d, in, set);
    if (c->named)
        add_names(&names, c, in);
    add_free_options(&free_options, d, count == 1 ? set : "COLUMN");
    if (count > 1 && c->label < 0 && !d->options->label && columns_are_onehot(d, in))
        csv_reader_fail(d->reader, -1, d->err,
                        "columns %s hold a single 1 in each row: --label %s, if they are the "
                        "labels, or --drop %s",
                        set, set, set);
    else
        csv_reader_fail(d->reader, -1, d->err,
                        "what %s column%s %s%s, %s? %s--only COLUMN=VALUE to take the rows with a "
                        "value, or --drop %s to leave %s out%s",
                        count == 1 ? "is" : "are", plural(count), set, strbuf_text(&names), why,
                        strbuf_text(&free_options), set, count == 1 ? "it" : "them",
                        count > 1 && free_options.size ? ", all but those that other options name"
                                                       : "");
    strbuf_free(&names);
    strbuf_free(&free_options);
    return -1;
}
