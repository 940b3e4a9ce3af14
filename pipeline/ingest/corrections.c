/* Rows to relabel or to leave out, from a CSV that names them. */
#include "corrections.h"

#include "pipeline/csv/first_row.h"
#include "pipeline/csv/layout.h"
#include "pipeline/csv/look.h"
#include "pipeline/dataset/keys.h"

#include <stdlib.h>
#include <string.h>

/* Columns of the file, -1: not there. */
struct found {
    int row, id, suggested, given, set;
};

static int column_of(char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static int find_columns(struct found *found, struct csv_reader *reader, bool relabel,
                        struct err *err)
{
    struct csv_row row;
    char **names;
    const int got = csv_reader_next(reader, &row, err);

    if (got <= 0)
        return got < 0 ? -1
                       : err_set(err, EX_DATAERR, "%s: the file is empty", csv_reader_name(reader));
    names = header_names(reader, &row, err);
    if (!names)
        return -1;
    found->row = column_of(names, row.count, "row");
    found->suggested = relabel ? column_of(names, row.count, "suggested") : -1;
    found->given = column_of(names, row.count, "given");
    found->id = column_of(names, row.count, "id");
    found->set = column_of(names, row.count, "set");
    header_free(names, row.count);
    if (found->row < 0 || (relabel && found->suggested < 0))
        return csv_reader_fail(reader, -1, err,
                               "no column is called %s; what csvnet audit writes has it, and so "
                               "may a CSV with the header row%s",
                               found->row < 0 ? "row" : "suggested", relabel ? ",suggested" : "");
    return 0;
}

/* ---- Lines ---- */

static struct cell cell_at(const struct csv_row *row, int column)
{
    return column < 0 ? (struct cell){"", 0, false} : cell_trim(csv_cell(row, column));
}

static bool is(struct cell cell, const char *text)
{
    return cell.size == strlen(text) && memcmp(cell.text, text, cell.size) == 0;
}

static int grow(struct corrections *c, struct err *err)
{
    const int64_t room = c->room ? 2 * c->room : 256;
    struct correction *list = realloc(c->list, (size_t)room * sizeof *list);

    if (!list)
        return err_memory(err, "the rows to correct", (size_t)room * sizeof *list);
    c->list = list;
    c->room = room;
    return 0;
}

static int take_line(struct corrections *c, const struct found *found,
                     const struct csv_reader *reader, const struct csv_row *row, struct err *err)
{
    const struct cell set = cell_at(row, found->set), label = cell_at(row, found->suggested);
    const struct cell given = cell_at(row, found->given), id = cell_at(row, found->id);
    struct correction *one;
    int64_t number;

    if (!cell_id(cell_at(row, found->row), &number) || number < 1)
        return csv_reader_fail(reader, found->row, err, "the number of a row, from 1, is expected");
    if (id.size > KEY_MOST)
        return csv_reader_fail(reader, found->id, err, "no id is as long");
    if (label.size > KEY_MOST || given.size > KEY_MOST)
        return csv_reader_fail(reader, label.size > KEY_MOST ? found->suggested : found->given, err,
                               "no label is as long");
    if (is(set, "test") || (found->suggested >= 0 && label.size == 0)) {
        c->passed_over++;
        return 0;
    }
    if (c->count == c->room && grow(c, err))
        return -1;
    one = &c->list[c->count++];
    *one = (struct correction){.row = number, .line = csv_reader_line(reader)};
    if (found->suggested >= 0)
        one->label = strndup(label.text, label.size);
    if (given.size)
        one->given = strndup(given.text, given.size);
    if (id.size)
        one->id = strndup(id.text, id.size);
    return (found->suggested < 0 || one->label) && (given.size == 0 || one->given) &&
                   (id.size == 0 || one->id)
               ? 0
               : err_memory(err, "the rows to correct", 0);
}

static int by_row(const void *a, const void *b)
{
    const struct correction *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static void drop(struct correction *one)
{
    free(one->label);
    free(one->given);
    free(one->id);
}

/* Sorts the rows and leaves each there once. */
static int settle(struct corrections *c, struct err *err)
{
    int64_t kept = 0;

    if (c->count)
        qsort(c->list, (size_t)c->count, sizeof *c->list, by_row);
    for (int64_t i = 1; i < c->count; i++) {
        const struct correction *one = &c->list[i], *before = &c->list[i - 1];

        if (one->row == before->row && one->label && strcmp(one->label, before->label))
            return err_set(err, EX_DATAERR,
                           "%s: lines %lld and %lld suggest '%.80s' and '%.80s' for row %lld; keep "
                           "one of them",
                           c->path, (long long)before->line, (long long)one->line, before->label,
                           one->label, (long long)one->row);
    }
    for (int64_t i = 0; i < c->count; i++)
        if (kept > 0 && c->list[i].row == c->list[kept - 1].row)
            drop(&c->list[i]);
        else
            c->list[kept++] = c->list[i];
    c->count = kept;
    return 0;
}

int corrections_read(struct corrections *c, const char *path, bool relabel, struct inputs *inputs,
                     struct err *err)
{
    struct csv_file file = {0};
    struct csv_row row;
    struct found found = {0};
    int got = -1;

    *c = (struct corrections){.path = path};
    if (csv_file_open(&file, path, inputs, relabel ? "relabel" : "without", err) == 0 &&
        csv_layout_find(file.reader, 0, NULL, err) == 0 &&
        find_columns(&found, file.reader, relabel, err) == 0)
        while ((got = csv_reader_next(file.reader, &row, err)) > 0)
            if (take_line(c, &found, file.reader, &row, err)) {
                got = -1;
                break;
            }
    csv_file_close(&file);
    if (got == 0 && settle(c, err) == 0)
        return 0;
    corrections_free(c);
    return -1;
}

const struct correction *corrections_peek(const struct corrections *c, int64_t row)
{
    return c->at < c->count && c->list[c->at].row == row ? &c->list[c->at] : NULL;
}

const struct correction *corrections_next(struct corrections *c, int64_t row)
{
    const struct correction *one = corrections_peek(c, row);

    c->at += one != NULL;
    return one;
}

void corrections_free(struct corrections *c)
{
    for (int64_t i = 0; i < c->count; i++)
        drop(&c->list[i]);
    free(c->list);
    *c = (struct corrections){.path = NULL};
}
