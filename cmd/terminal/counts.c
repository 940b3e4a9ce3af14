/* Class counts as a table with bars. */
#include "counts.h"

#include "cmd/cli/say.h"
#include "field.h"
#include "pipeline/base/utf8.h"

#include <stdio.h>

enum { WIDTH = 80, INDENT = 2, ROWS = 10, MOST_NAME = 24, MOST_CLASS = 8, MOST_BLOCKS = 10 };

struct layout {
    int name, cell; /* widths */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static struct layout lay_out(const struct counts *c)
{
    struct layout layout = {0, 2};

    for (int s = 0; s < c->sets; s++)
        layout.name = larger(layout.name, utf8_columns(c->names[s]));
    for (int i = 0; c->class_rows && i < c->sets * c->classes; i++)
        layout.cell = larger(layout.cell, snprintf(NULL, 0, "%lld", (long long)c->class_rows[i]));
    for (int k = 0; k < c->classes; k++) {
        int columns = utf8_columns(c->class_names[k]);

        layout.cell = larger(layout.cell, columns < MOST_CLASS ? columns : MOST_CLASS);
    }
    if (layout.name > MOST_NAME)
        layout.name = MOST_NAME;
    return layout;
}

/* Prints the classes from..to-1 of one set; set -1: the heads of the columns. */
static void print_set(const struct counts *c, const struct layout *l, int set, int from, int to)
{
    struct strbuf line = {0};

    strbuf_fill(&line, ' ', INDENT);
    field_text(&line, set < 0 ? "" : c->names[set], l->name, false);
    if (set < 0)
        field_text(&line, "rows", ROWS, true);
    else
        field_count(&line, c->rows[set], ROWS);
    for (int k = from; k < to; k++) {
        strbuf_puts(&line, " ");
        if (set < 0)
            field_text(&line, c->class_names[k], l->cell, true);
        else
            field_count(&line, c->class_rows[set * c->classes + k], l->cell);
    }
    print_buffer(&line);
    strbuf_free(&line);
}

void print_counts(const struct counts *c)
{
    const struct layout layout = lay_out(c);
    int per_line = (WIDTH - INDENT - layout.name - ROWS) / (layout.cell + 1);
    int classes = c->class_rows && c->classes <= MOST_BLOCKS * per_line ? c->classes : 0;

    for (int from = 0; from == 0 || from < classes; from += per_line) {
        int to = from + per_line < classes ? from + per_line : classes;

        for (int set = -1; set < c->sets; set++)
            print_set(c, &layout, set, from, to);
    }
}
