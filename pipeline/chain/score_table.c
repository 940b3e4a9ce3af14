/* The tables of scores: texts of their columns, and the options beside or below. */
#include "score_table.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/utf8.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <string.h>

/* ---- Options, what all have in common left out ---- */

/* Returns the bytes of the option at `text` with its value: up to the next one. */
static size_t option_size(const char *text)
{
    for (const char *next = text; (next = strstr(next + 1, " -"));)
        if (next[2] == '-' || isalpha((unsigned char)next[2]))
            return (size_t)(next - text);
    return strlen(text);
}

/* Tells whether the options have that one. */
static bool has_option(const char *options, const char *option, size_t size)
{
    for (const char *at = options; *at; at += option_size(at), at += *at == ' ')
        if (option_size(at) == size && memcmp(at, option, size) == 0)
            return true;
    return false;
}

/* Returns those of the options that the others have, or those that they have not. */
static const char *filter_options(struct chain *c, const char *options, const char *others,
                                  bool have)
{
    const char *kept = "";

    for (const char *at = options; *at; at += option_size(at), at += *at == ' ')
        if (has_option(others, at, option_size(at)) == have)
            kept =
                pool_text(&c->pool, "%s%s%.*s", kept, *kept ? " " : "", (int)option_size(at), at);
    return kept;
}

/* ---- The tables ---- */

static const char *number(struct chain *c, double value, int decimals)
{
    return isfinite(value) ? pool_text(&c->pool, "%.*f", decimals, value) : "-";
}

static const char *ratio(struct chain *c, double value)
{
    char text[SHARE_TEXT];

    return pool_text(&c->pool, "%s", ratio_text(value, 4, text));
}

void score_row_print(struct chain *c, struct score_row *row, const char *options)
{
    const struct model_line *line = &row->line;
    const char *mark = relation_mark(row->kind);
    char accuracy[ACCURACY_TEXT], loss[LOSS_TEXT];
    const char *wrong = line->rows > 0 ? pool_text(&c->pool, "%lld/%lld", (long long)line->wrong,
                                                   (long long)line->rows)
                                       : "-";
    const char *epochs = number(c, line->epochs, line->epochs == floor(line->epochs) ? 0 : 1);

    row->accuracy = pool_text(&c->pool, "%s%s%s",
                              accuracy_text(line->accuracy, (double)line->rows, "+-", accuracy),
                              *mark ? " " : "", mark);
    row->spread_text =
        row->seeds ? pool_text(&c->pool, "%d: %.2f %%", row->seeds, 100 * row->spread) : "";
    row->rest = pool_text(&c->pool, "  %s%6s  %12s  %6s  %7s", line->at_least ? ">" : " ",
                          loss_text(line->loss, loss), wrong, epochs, number(c, line->seconds, 1));
    row->options = options;
}

/* Widths of the columns before the options, after the longest of their texts. */
struct widths {
    int name, accuracy, seeds;
};

static int longer(int width, const char *text)
{
    return utf8_columns(text) > width ? utf8_columns(text) : width;
}

static struct widths find_widths(const struct chain *c, const struct score_row *rows)
{
    struct widths w = {8, 17, 0};

    for (int m = 0; m <= c->model_count; m++) {
        w.name = longer(w.name, rows[m].name);
        w.accuracy = longer(w.accuracy, rows[m].accuracy);
        w.seeds = longer(w.seeds, rows[m].spread_text);
    }
    return w;
}

/* Returns the columns before the options. */
static const char *figures_of(struct chain *c, const struct widths *w, const struct score_row *row)
{
    const char *seeds = w->seeds ? pool_text(&c->pool, "  %-*s", w->seeds, row->spread_text) : "";

    return pool_text(&c->pool, "%-*s  %-*s%s%s  ", w->name, row->name, w->accuracy, row->accuracy,
                     seeds, row->rest);
}

/* Leaves out the options that all have, and says them once, where they would not fit. */
static void shorten(struct chain *c, struct score_row *rows, int room, FILE *out)
{
    const char *common;
    int width = 0;

    for (int m = 0; m < c->model_count; m++)
        width = longer(width, rows[m].options);
    if (width <= room || c->model_count < 2)
        return;
    common = rows[0].options;
    for (int m = 1; m < c->model_count; m++)
        common = filter_options(c, common, rows[m].options, true);
    for (int m = 0; m < c->model_count; m++)
        rows[m].options = filter_options(c, rows[m].options, common, false);
    if (*common)
        fprintf(out, "options of all: %s\n\n", common);
}

/* Returns the bytes of what stays in one line: an option, or a word where that is longer. */
static size_t option_in_line(const char *text, int columns)
{
    const size_t size = option_size(text);

    return utf8_columns_within(text, size) <= columns ? size : strcspn(text, " ");
}

/* Prints the line, the options below it where they do not fit. */
static void print_line(struct chain *c, const struct widths *w, const struct score_row *row,
                       int columns, FILE *out)
{
    enum { INDENT = 4 };
    const char *figures = figures_of(c, w, row), *options = row->options;
    const int size = (int)strlen(figures);

    if (*options && (!columns || utf8_columns(figures) + utf8_columns(options) <= columns)) {
        fprintf(out, "%s%s\n", figures, options);
        return;
    }
    fprintf(out, "%.*s\n", size - (int)strlen("  "), figures);
    while (*options) {
        const size_t taken = utf8_line(options, columns - INDENT, option_in_line);

        fprintf(out, "%*s%.*s\n", INDENT, "", (int)taken, options);
        options += taken + (options[taken] == ' ');
    }
}

/* Says what the signs in the table stand for. */
static void print_legend(const struct chain *c, const struct score_row *rows, bool seeds, FILE *out)
{
    const char *last = "";
    bool at_least = false;

    if (seeds)
        fprintf(out, "+-: standard error of the rows; seeds: how many, and the standard deviation "
                     "of their accuracies\n");
    for (int m = 0; m <= c->model_count; m++) {
        const char *mark = relation_mark(rows[m].kind);

        if (*mark && strcmp(mark, last))
            fprintf(out, "%s: %s\n", mark, relation_legend(rows[m].kind));
        last = *mark ? mark : last;
        at_least |= rows[m].line.at_least;
    }
    if (at_least)
        fprintf(out, ">: at least that loss, for probabilities were 0 in 32 bits\n");
}

static void print_table(struct chain *c, struct score_row *rows, int columns, FILE *out)
{
    const struct widths w = find_widths(c, rows);
    struct score_row heading = {.name = "model",
                                .accuracy = "accuracy",
                                .spread_text = "seeds",
                                .rest = "     loss    wrong/rows  epochs  seconds",
                                .options = "options"};
    const int before = utf8_columns(figures_of(c, &w, &heading));
    const int room = columns ? columns - before : INT_MAX;

    shorten(c, rows, room, out);
    for (int m = 0; m < c->model_count; m++)
        if (utf8_columns(rows[m].options) > room)
            heading.options = "";
    print_line(c, &w, &heading, columns, out);
    for (int m = 0; m <= c->model_count; m++)
        print_line(c, &w, &rows[m], columns, out);
    print_legend(c, rows, w.seeds > 0, out);
}

/* Prints what contests also score by, of all models and their mean. */
static void print_contest(struct chain *c, const struct score_row *rows, FILE *out)
{
    const int width = find_widths(c, rows).name;

    fprintf(out, "\n%-*s  %8s  %17s  %6s\n", width, "model", "macro F1", "balanced accuracy",
            "AUC");
    for (int m = 0; m <= c->model_count; m++)
        fprintf(out, "%-*s  %8s  %17s  %6s\n", width, rows[m].name, ratio(c, rows[m].line.macro_f1),
                ratio(c, rows[m].line.balanced_accuracy), ratio(c, rows[m].line.auc));
    if (c->validated.count > c->model_count)
        fprintf(out,
                "AUC: the mean of a model's fits; the other figures are of their rows together\n");
}

void score_table(struct chain *c, struct score_row *rows, int columns, FILE *out)
{
    print_table(c, rows, columns, out);
    print_contest(c, rows, out);
}
