/* Tables of scores: figures per class, and the confusion matrix. */
#include "score_tables.h"

#include "cmd/cli/say.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, NAME_WIDTH = 24, MOST_CLASSES = 15, MOST_CONFUSIONS = 15 };

const char *score_text(const struct metrics *m, char text[SCORE_TEXT])
{
    char loss[32] = "";

    if (!isnan(metrics_loss(m)))
        snprintf(loss, sizeof loss, "loss %.4f, ", metrics_loss(m));
    snprintf(text, SCORE_TEXT, "accuracy %.2f %% +- %.2f %%, %s%lld of %lld wrong",
             100 * metrics_accuracy(m), 100 * metrics_standard_error(m), loss,
             (long long)(m->rows - m->correct), (long long)m->rows);
    return text;
}

/* ---- Fields of a table ---- */

struct line {
    char text[1024]; /* room for 80 characters of UTF-8 and more */
    size_t used;
};

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

static int characters(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += !continues((unsigned char)*text);
    return n;
}

static void put(struct line *line, const char *text, size_t size)
{
    if (line->used + size < sizeof line->text) {
        memcpy(line->text + line->used, text, size);
        line->used += size;
    }
    line->text[line->used] = 0;
}

static void pad(struct line *line, int spaces)
{
    while (spaces-- > 0)
        put(line, " ", 1);
}

/* `text` in `width` columns, cut at whole characters; what would steer a terminal shows as '?'. */
static void put_text(struct line *line, const char *text, int width, bool right)
{
    int n = characters(text) < width ? characters(text) : width;

    pad(line, right ? width - n : 0);
    for (int i = 0; i < n; i++) {
        size_t size = 1;

        while (continues((unsigned char)text[size]))
            size++;
        if ((unsigned char)*text < ' ' || *text == 127)
            put(line, "?", 1);
        else
            put(line, text, size);
        text += size;
    }
    pad(line, right ? 0 : width - n);
}

static void put_count(struct line *line, int64_t count, int width)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)count);
    put_text(line, text, width, true);
}

static void put_ratio(struct line *line, double value, int width)
{
    char text[24] = "-";

    if (!isnan(value))
        snprintf(text, sizeof text, "%.4f", value);
    put_text(line, text, width, true);
}

static void put_class(struct line *line, const char *class, const char *name, int width)
{
    char text[512];

    if (strcmp(class, name) == 0)
        snprintf(text, sizeof text, "%s", class);
    else
        snprintf(text, sizeof text, "%s %s", class, name);
    put_text(line, text, width, false);
}

static int class_width(const char *class, const char *name)
{
    return characters(class) + (strcmp(class, name) ? 1 + characters(name) : 0);
}

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

/* Columns for the classes' names under the heading `title`. */
static int name_column(int classes, char *const *spelt, char *const *names, const char *title)
{
    int width = characters(title);

    for (int k = 0; k < classes; k++)
        if (class_width(spelt[k], names[k]) > width)
            width = class_width(spelt[k], names[k]);
    return at_most(width, NAME_WIDTH);
}

/* ---- Tables ---- */

static void class_table(const struct metrics *m, char *const *classes, char *const *names)
{
    int first = name_column(m->classes, classes, names, "class");
    struct line line = {.used = 0};

    put_text(&line, "class", first, false);
    say_plain("%s  precision  recall      F1      rows", line.text);
    for (int k = 0; k < m->classes; k++) {
        line.used = 0;
        put_class(&line, classes[k], names[k], first);
        put_ratio(&line, metrics_precision(m, k), 11);
        put_ratio(&line, metrics_recall(m, k), 8);
        put_ratio(&line, metrics_f1(m, k), 8);
        put_count(&line, metrics_support(m, k), 10);
        say_plain("%s", line.text);
    }
}

static int digits(int64_t count)
{
    return count < 10 ? 1 : 1 + digits(count / 10);
}

/* Columns of one cell: the largest count, or the longest class as far as there is room; 0: the
 * matrix is too wide for the terminal. */
static int cell_width(const struct metrics *m, char *const *classes, int first)
{
    int room = (WIDTH - first) / m->classes - 1, longest = 1, needed = 1;

    for (size_t i = 0; i < (size_t)m->classes * m->classes; i++)
        if (digits(m->confusion[i]) > needed)
            needed = digits(m->confusion[i]);
    for (int k = 0; k < m->classes; k++)
        if (characters(classes[k]) > longest)
            longest = characters(classes[k]);
    if (m->classes > MOST_CLASSES || needed > room)
        return 0;
    return longest > needed ? at_most(longest, room) : needed;
}

static void matrix(const struct metrics *m, char *const *classes, char *const *names, int first,
                   int width)
{
    struct line line = {.used = 0};

    say_plain("\nConfusion matrix, a row for each true class:");
    put_text(&line, "", first, false);
    for (int k = 0; k < m->classes; k++) {
        pad(&line, 1);
        put_text(&line, classes[k], width, true);
    }
    say_plain("%s", line.text);
    for (int truth = 0; truth < m->classes; truth++) {
        line.used = 0;
        put_class(&line, classes[truth], names[truth], first);
        for (int k = 0; k < m->classes; k++) {
            int64_t rows = m->confusion[(size_t)truth * m->classes + k];

            pad(&line, 1);
            if (rows || truth == k)
                put_count(&line, rows, width);
            else
                put_text(&line, ".", width, true);
        }
        say_plain("%s", line.text);
    }
}

static void confusion_list(const struct metrics *m, char *const *classes, char *const *names)
{
    int first = name_column(m->classes, classes, names, "true class");
    int second = name_column(m->classes, classes, names, "predicted as");
    struct confusion list[MOST_CONFUSIONS];
    int count = metrics_confusions(m, list, MOST_CONFUSIONS);
    struct line line = {.used = 0};

    if (count == 0)
        return;
    say_plain("\nConfused most often:");
    put_text(&line, "true class", first + 2, false);
    put_text(&line, "predicted as", second, false);
    say_plain("%s      rows", line.text);
    for (int i = 0; i < count; i++) {
        line.used = 0;
        put_class(&line, classes[list[i].truth], names[list[i].truth], first);
        pad(&line, 2);
        put_class(&line, classes[list[i].predicted], names[list[i].predicted], second);
        put_count(&line, list[i].rows, 10);
        say_plain("%s", line.text);
    }
}

void score_tables(const struct metrics *m, char *const *classes, char *const *names)
{
    int first = name_column(m->classes, classes, names, "");
    int width = cell_width(m, classes, first);

    class_table(m, classes, names);
    if (width)
        matrix(m, classes, names, first, width);
    else
        confusion_list(m, classes, names);
}

/* ---- JSON ---- */

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *class_json(const struct metrics *m, int k, const char *class, const char *name)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:I}", "class", class, "name", name,
                     "precision", number(metrics_precision(m, k)), "recall",
                     number(metrics_recall(m, k)), "f1", number(metrics_f1(m, k)), "rows",
                     (json_int_t)metrics_support(m, k), "predicted",
                     (json_int_t)metrics_predicted(m, k));
}

static json_t *matrix_row(const struct metrics *m, int truth)
{
    json_t *row = json_array();

    for (int k = 0; k < m->classes; k++)
        json_array_append_new(
            row, json_integer((json_int_t)m->confusion[(size_t)truth * m->classes + k]));
    return row;
}

json_t *score_json(const struct metrics *m, char *const *classes, char *const *names)
{
    json_t *per_class = json_array(), *rows = json_array();

    for (int k = 0; k < m->classes; k++) {
        json_array_append_new(per_class, class_json(m, k, classes[k], names[k]));
        json_array_append_new(rows, matrix_row(m, k));
    }
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "rows", (json_int_t)m->rows, "correct",
                     (json_int_t)m->correct, "accuracy", number(metrics_accuracy(m)),
                     "standard_error", number(metrics_standard_error(m)), "loss",
                     number(metrics_loss(m)), "classes", per_class, "confusion", rows);
}
