/* Display names of classes, read from a CSV. */
#include "class_names.h"

#include "classes.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/layout.h"
#include "pipeline/csv/look.h"

#include <stdlib.h>
#include <string.h>

static int grow(struct names *names, struct err *err)
{
    int room = names->room ? 2 * names->room : 64;
    char **classes = realloc(names->classes, (size_t)room * sizeof *classes), **texts;

    if (classes)
        names->classes = classes;
    texts = realloc(names->names, (size_t)room * sizeof *texts);
    if (texts)
        names->names = texts;
    if (!classes || !texts)
        return err_memory(err, "the classes' names", 0);
    names->room = room;
    return 0;
}

/* Adds a row's class, from its first cell, and its name; `name` becomes ours. */
static int add(struct names *names, struct cell class, char *name, struct err *err)
{
    char number[LABEL_NUMBER];

    class = label_number(class, number);
    names->classes[names->count] = strndup(class.text, class.size);
    names->names[names->count++] = name;
    return names->classes[names->count - 1] && name ? 0 : err_memory(err, "the classes' names", 0);
}

/* Whether the row is of one of EMNIST's mappings: a class and, after blanks, the codes of the
 * characters it stands for: 10 65, or 1 65 97. */
static bool has_codes(const struct csv_reader *reader, const struct csv_row *row)
{
    uint8_t code;

    if (csv_reader_layout(reader).separator != ' ')
        return false;
    for (int i = 1; i < row->count; i++)
        if (!cell_u8(csv_cell(row, i), &code) || code <= ' ' || code >= 0x7f)
            return false;
    return true;
}

/* Returns those characters as text; NULL: out of memory. */
static char *take_codes(const struct csv_row *row)
{
    char *text = calloc((size_t)row->count, 1);
    uint8_t code;

    for (int i = 1; text && i < row->count; i++)
        if (cell_u8(csv_cell(row, i), &code))
            text[i - 1] = (char)code;
    return text;
}

static int take_row(struct names *names, const struct csv_reader *reader, const struct csv_row *row,
                    struct err *err)
{
    struct cell cells[2];
    char *name;

    if (row->count < 2)
        return csv_reader_fail(reader, -1, err, "%d field%s where rows of names have CLASS,NAME",
                               row->count, plural(row->count));
    if (names->count == names->room && grow(names, err))
        return -1;
    for (int i = 0; i < 2; i++) {
        int column = i ? row->count - 1 : 0;

        cells[i] = cell_trim(csv_cell(row, column));
        if (cells[i].size == 0 || !text_is_clean(cells[i].text, cells[i].size))
            return csv_reader_fail(reader, column, err, "an empty cell, or not plain UTF-8 text");
    }
    name = has_codes(reader, row) ? take_codes(row) : strndup(cells[1].text, cells[1].size);
    return add(names, cells[0], name, err);
}

static int check_distinct(struct names *names, const struct csv_reader *reader, struct err *err)
{
    names->sorted = header_sort(names->classes, names->count);
    if (!names->sorted)
        return err_memory(err, "the classes' names", 0);
    for (int i = 1; i < names->count; i++)
        if (strcmp(names->sorted[i].name, names->sorted[i - 1].name) == 0)
            return err_set(err, EX_DATAERR, "%s: rows %d and %d both name class '%.40s'",
                           csv_reader_name(reader), names->sorted[i - 1].column + 1,
                           names->sorted[i].column + 1, names->sorted[i].name);
    return 0;
}

int names_read(struct names *names, const char *path, struct inputs *inputs, struct err *err)
{
    struct source *source = NULL;
    struct csv_reader *reader = NULL;
    struct csv_row row;
    int got = -1;

    *names = (struct names){0};
    if (source_open(&source, path, inputs, "names", err) || csv_reader_open(&reader, source, err) ||
        csv_layout_find(reader, 0, NULL, err))
        goto out;
    while ((got = csv_reader_next(reader, &row, err)) == 1)
        if (take_row(names, reader, &row, err)) {
            got = -1;
            break;
        }
    if (got == 0)
        got = check_distinct(names, reader, err);
out:
    csv_reader_close(reader);
    source_close(source);
    if (got < 0)
        names_free(names);
    return got;
}

int names_place(const struct names *names, const char *class)
{
    char text[LABEL_NUMBER];
    const struct cell form = label_number((struct cell){class, strlen(class), true}, text);

    return header_find(names->sorted, names->count, form.text);
}

const char *names_of(const struct names *names, const char *class)
{
    const int at = names_place(names, class);

    return at < 0 ? NULL : names->names[at];
}

void names_free(struct names *names)
{
    header_free(names->classes, names->count);
    header_free(names->names, names->count);
    free(names->sorted);
    *names = (struct names){0};
}
