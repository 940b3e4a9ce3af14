/* Tables of scores: figures per class, and the confusion matrix. */
#include "score_tables.h"

#include "cmd/cli/say.h"
#include "field.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/base/short_name.h"
#include "pipeline/base/utf8.h"
#include "terminal.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, NAME_WIDTH = 24, MOST_CLASSES = 15, MOST_CONFUSIONS = 15 };

/* ---- Fields ---- */

static void put_ratio(struct strbuf *line, double value, int width)
{
    char text[SHARE_TEXT];

    strbuf_printf(line, "%*s", width, ratio_text(value, 4, text));
}

/* Classes as the tables name them. */
struct labels {
    char *const *spelt, *const *names;
    int count;
    struct common_part common;
    int limit; /* columns for one label at most */
};

/* Returns the labels; `beside`: columns that a line has besides its labels, of which there are
 * `labels`. Into a pipe or a file none is cut. */
static struct labels find_labels(const struct metrics *m, char *const *spelt, char *const *names,
                                 int beside, int labels)
{
    const struct terminal terminal = terminal_find();
    const int columns = terminal.endless ? INT_MAX : terminal.columns;

    return (struct labels){.spelt = spelt,
                           .names = names,
                           .count = m->classes,
                           .common = common_part_of(names, m->classes),
                           .limit = columns == INT_MAX ? INT_MAX
                                    : (columns - beside) / labels > NAME_WIDTH
                                        ? (columns - beside) / labels
                                        : NAME_WIDTH};
}

static int label_width(const struct labels *l, int k)
{
    return utf8_columns(l->spelt[k]) +
           (strcmp(l->spelt[k], l->names[k]) ? 1 + utf8_columns(l->names[k]) : 0);
}

/* Appends the CSV's spelling, and the name if that is another, shortened where both are too long.
 */
static void put_class(struct strbuf *line, const struct labels *l, int k, int width)
{
    const int code = utf8_columns(l->spelt[k]) + 1;
    struct strbuf text = {0};

    strbuf_puts(&text, l->spelt[k]);
    if (strcmp(l->spelt[k], l->names[k])) {
        strbuf_puts(&text, " ");
        short_name(&text, l->names[k], l->common, width > code ? width - code : 1, "...");
    }
    field_text(line, strbuf_shown(&text), width, false);
    strbuf_free(&text);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

/* Returns the columns for the labels under the heading `title`. */
static int name_column(const struct labels *l, const char *title)
{
    int width = utf8_columns(title);

    for (int k = 0; k < l->count; k++)
        if (label_width(l, k) > width)
            width = label_width(l, k);
    return at_most(width, l->limit);
}

/* ---- Tables ---- */

static void class_table(const struct metrics *m, char *const *classes, char *const *names)
{
    const struct labels labels = find_labels(m, classes, names, 37, 1);
    const int first = name_column(&labels, "class");
    struct strbuf line = {0};

    field_text(&line, "class", first, false);
    strbuf_puts(&line, "  precision  recall      F1      rows");
    print_buffer(&line);
    for (int k = 0; k < m->classes; k++) {
        put_class(&line, &labels, k, first);
        put_ratio(&line, metrics_precision(m, k), 11);
        put_ratio(&line, metrics_recall(m, k), 8);
        put_ratio(&line, metrics_f1(m, k), 8);
        field_count(&line, metrics_support(m, k), 10);
        print_buffer(&line);
    }
    strbuf_free(&line);
}

static int digits(int64_t count)
{
    return count < 10 ? 1 : 1 + digits(count / 10);
}

/* Returns the columns of one cell: the largest count, or the longest class as far as there is room;
 * 0: the matrix is too wide for the terminal. */
static int cell_width(const struct metrics *m, char *const *classes, int first)
{
    int room = (WIDTH - first) / m->classes - 1, longest = 1, needed = 1;

    for (size_t i = 0; i < (size_t)m->classes * m->classes; i++)
        if (digits(m->confusion[i]) > needed)
            needed = digits(m->confusion[i]);
    for (int k = 0; k < m->classes; k++)
        if (utf8_columns(classes[k]) > longest)
            longest = utf8_columns(classes[k]);
    if (m->classes > MOST_CLASSES || needed > room)
        return 0;
    return longest > needed ? at_most(longest, room) : needed;
}

static void matrix(const struct metrics *m, const struct labels *labels, int first, int width)
{
    char *const *classes = labels->spelt;
    struct strbuf line = {0};

    print_line("%s", "");
    print_line("Confusion matrix, a row for each true class:");
    field_text(&line, "", first, false);
    for (int k = 0; k < m->classes; k++) {
        strbuf_fill(&line, ' ', 1);
        field_text(&line, classes[k], width, true);
    }
    print_buffer(&line);
    for (int truth = 0; truth < m->classes; truth++) {
        put_class(&line, labels, truth, first);
        for (int k = 0; k < m->classes; k++) {
            int64_t rows = m->confusion[(size_t)truth * m->classes + k];

            strbuf_fill(&line, ' ', 1);
            if (rows || truth == k)
                field_count(&line, rows, width);
            else
                field_text(&line, ".", width, true);
        }
        print_buffer(&line);
    }
    strbuf_free(&line);
}

static void confusion_list(const struct metrics *m, char *const *classes, char *const *names)
{
    const struct labels labels = find_labels(m, classes, names, 12, 2);
    const int first = name_column(&labels, "true class");
    const int second = name_column(&labels, "predicted as");
    struct confusion list[MOST_CONFUSIONS];
    int count = metrics_confusions(m, list, MOST_CONFUSIONS);
    struct strbuf line = {0};

    if (count == 0)
        return;
    print_line("%s", "");
    print_line("Confused most often:");
    field_text(&line, "true class", first + 2, false);
    field_text(&line, "predicted as", second, false);
    strbuf_puts(&line, "      rows");
    print_buffer(&line);
    for (int i = 0; i < count; i++) {
        put_class(&line, &labels, list[i].truth, first);
        strbuf_fill(&line, ' ', 2);
        put_class(&line, &labels, list[i].predicted, second);
        field_count(&line, list[i].rows, 10);
        print_buffer(&line);
    }
    strbuf_free(&line);
}

void score_tables(const struct metrics *m, char *const *classes, char *const *names)
{
    struct labels labels = find_labels(m, classes, names, 0, 1);
    int first, width;

    /* the matrix has the codes at its other edge too, and the table above it the whole names */
    if (name_column(&labels, "") > NAME_WIDTH)
        labels.names = classes;
    labels.limit = NAME_WIDTH;
    first = name_column(&labels, "");
    width = cell_width(m, classes, first);
    class_table(m, classes, names);
    if (width)
        matrix(m, &labels, first, width);
    else
        confusion_list(m, classes, names);
}

/* ---- JSON ---- */

static json_t *class_json(const struct metrics *m, int k, const char *class, const char *name)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:I}", "class", class, "name", name,
                     "precision", json_real_or_null(metrics_precision(m, k)), "recall",
                     json_real_or_null(metrics_recall(m, k)), "f1",
                     json_real_or_null(metrics_f1(m, k)), "rows", (json_int_t)metrics_support(m, k),
                     "predicted", (json_int_t)metrics_predicted(m, k));
}

static json_t *matrix_row(const struct metrics *m, int truth)
{
    json_t *row = json_array();

    for (int k = 0; k < m->classes; k++)
        json_array_append_new(
            row, json_integer((json_int_t)m->confusion[(size_t)truth * m->classes + k]));
    return row;
}

json_t *metrics_json(const struct metrics *m, char *const *classes, char *const *names)
{
    const struct score score = metrics_score(m);
    json_t *json = score_json(&score), *per_class = json_array(), *rows = json_array();

    for (int k = 0; k < m->classes; k++) {
        json_array_append_new(per_class, class_json(m, k, classes[k], names[k]));
        json_array_append_new(rows, matrix_row(m, k));
    }
    json_object_set_new(json, "classes", per_class);
    json_object_set_new(json, "confusion", rows);
    return json;
}
