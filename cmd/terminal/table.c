/* Small tables in columns, in Markdown and in LaTeX. */
#include "table.h"

#include "field.h"
#include "pipeline/base/utf8.h"

#include <stdio.h>
#include <string.h>

void table_cell(struct table *table, const char *text)
{
    strbuf_add(&table->cells, text, strlen(text) + 1);
}

void table_free(struct table *table)
{
    strbuf_free(&table->cells);
}

/* Appends the text with what means something in Markdown or LaTeX escaped. */
static void escape(struct strbuf *to, const char *text, enum table_kind kind)
{
    static const char *const latex[][2] = {{"\\", "\\textbackslash{}"},
                                           {"~", "\\textasciitilde{}"},
                                           {"^", "\\textasciicircum{}"},
                                           {"\302\261", "$\\pm$"},
                                           {"<", "$<$"},
                                           {">", "$>$"}};
    const char *special = kind == TABLE_LATEX ? "&%$#_{}" : "\\|`*_<[";

    while (*text) {
        size_t i = 0, count = kind == TABLE_LATEX ? sizeof latex / sizeof *latex : 0;

        while (i < count && strncmp(text, latex[i][0], strlen(latex[i][0])))
            i++;
        if (i < count) {
            strbuf_puts(to, latex[i][1]);
            text += strlen(latex[i][0]);
            continue;
        }
        if (kind != TABLE_PLAIN && strchr(special, *text))
            strbuf_add(to, "\\", 1);
        strbuf_add(to, text++, 1);
    }
}

/* Copies the cells, escaped; and finds the widest of each of up to MOST columns. */
enum { MOST = 16 };
static void prepare(const struct table *t, enum table_kind kind, struct strbuf *cells,
                    int widths[MOST])
{
    const char *text = strbuf_text(&t->cells);

    for (int i = 0; text < strbuf_text(&t->cells) + t->cells.size; i++, text += strlen(text) + 1) {
        const size_t begin = cells->size;
        int columns;

        escape(cells, text, kind);
        strbuf_add(cells, "", 1);
        if (cells->failed)
            return;
        columns = utf8_columns(cells->text + begin);
        if (columns > widths[i % t->columns])
            widths[i % t->columns] = columns;
    }
}

static void print_rule(const struct table *t, enum table_kind kind, const int widths[MOST])
{
    if (kind == TABLE_LATEX)
        puts("\\midrule");
    if (kind == TABLE_MARKDOWN) {
        for (int c = 0; c < t->columns; c++) {
            printf(c ? " " : "|");
            for (int i = 0; i < widths[c] + 2 * (c == 0); i++)
                putchar('-');
            printf(c ? ":|" : "|");
        }
        putchar('\n');
    }
}

static const char *print_row(const struct table *t, enum table_kind kind, const char *cell,
                             const int widths[MOST], struct strbuf *line)
{
    strbuf_clear(line);
    for (int c = 0; c < t->columns; c++, cell += strlen(cell) + 1) {
        const bool last = c + 1 == t->columns;

        strbuf_puts(line, kind == TABLE_MARKDOWN ? c ? " " : "| "
                          : c == 0               ? ""
                          : kind == TABLE_LATEX  ? " & "
                                                 : "  ");
        field_text(line, cell, widths[c], c > 0);
        strbuf_puts(line, kind == TABLE_MARKDOWN        ? " |"
                          : kind == TABLE_LATEX && last ? " \\\\"
                                                        : "");
    }
    puts(strbuf_shown(line));
    return cell;
}

int table_print(const struct table *t, enum table_kind kind, struct err *err)
{
    struct strbuf cells = {0}, line = {0};
    int widths[MOST] = {0};
    const char *cell;

    prepare(t, kind, &cells, widths);
    if (t->cells.failed || cells.failed) {
        strbuf_free(&cells);
        return err_memory(err, "a table", 0);
    }
    if (kind == TABLE_LATEX) {
        printf("\\begin{tabular}{l");
        for (int c = 1; c < t->columns; c++)
            putchar('r');
        puts("}\n\\toprule");
    }
    cell = strbuf_text(&cells);
    cell = print_row(t, kind, cell, widths, &line);
    print_rule(t, kind, widths);
    while (cell < cells.text + cells.size)
        cell = print_row(t, kind, cell, widths, &line);
    if (kind == TABLE_LATEX)
        puts("\\bottomrule\n\\end{tabular}");
    strbuf_free(&cells);
    strbuf_free(&line);
    return 0;
}
