/* Display names of classes, read from a CSV. */
#include "class_names.h"

#include "classes.h"
#include "pipeline/base/text.h"

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

static int take_row(struct names *names, const struct csv_reader *reader, const struct csv_row *row,
                    struct err *err)
{
    char *texts[2] = {NULL, NULL}, number[LABEL_NUMBER];

    if (row->count != 2)
        return csv_reader_fail(reader, -1, err,
                               "%d field%s where rows of names have two, CLASS,NAME", row->count,
                               plural(row->count));
    if (names->count == names->room && grow(names, err))
        return -1;
    for (int i = 0; i < 2; i++) {
        const struct csv_field *field = &row->fields[i];
        struct cell cell = cell_trim((struct cell){csv_text(row, i), field->size, field->quoted});

        if (cell.size == 0 || !text_is_clean(cell.text, cell.size)) {
            free(texts[0]);
            return csv_reader_fail(reader, i, err, "an empty cell, or not plain UTF-8 text");
        }
        if (i == 0)
            cell = label_number(cell, number);
        texts[i] = strndup(cell.text, cell.size);
    }
    names->classes[names->count] = texts[0];
    names->names[names->count++] = texts[1];
    return texts[0] && texts[1] ? 0 : err_memory(err, "the classes' names", 0);
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
    if (source_open(&source, path, inputs, "names", err) || csv_reader_open(&reader, source, err))
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

const char *names_of(const struct names *names, const char *class)
{
    int at = header_find(names->sorted, names->count, class);

    return at < 0 ? NULL : names->names[at];
}

void names_free(struct names *names)
{
    header_free(names->classes, names->count);
    header_free(names->names, names->count);
    free(names->sorted);
    *names = (struct names){0};
}
