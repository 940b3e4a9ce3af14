/* Reads a sample submission: its header, then its ids row by row. */
#include "sample.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>
#include <string.h>

/* ---- The first line ---- */

static int copy_header(struct sample *s, struct err *err)
{
    char is[QUOTED_TEXT];

    s->header = calloc((size_t)s->row.count, sizeof *s->header);
    s->columns = s->header ? s->row.count : 0;
    if (!s->header)
        return err_memory(err, "the header", 0);
    for (int i = 0; i < s->columns; i++) {
        if (!text_is_clean(csv_text(&s->row, i), s->row.fields[i].size))
            return csv_reader_fail(s->file.reader, i, err,
                                   "named %s, which is not plain UTF-8 text",
                                   text_quote(is, csv_text(&s->row, i), s->row.fields[i].size));
        s->header[i] = strdup(csv_text(&s->row, i));
        if (!s->header[i])
            return err_memory(err, "the header", 0);
    }
    return 0;
}

static int refuse_name(const struct sample *s, int column, const char *own, struct err *err)
{
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];

    return csv_reader_fail(s->file.reader, column, err, "named %s where the submission has %s",
                           text_quote(is, s->header[column], strlen(s->header[column])),
                           text_quote(wanted, own, strlen(own)));
}

/* Refuses a column whose name no class has: the option that says which class has. */
static int refuse_class(const struct sample *s, int column, const struct predictions *predictions,
                        struct err *err)
{
    enum { LISTED = 12 };
    const int count = predictions->class_count;
    struct strbuf list = {0};
    char is[QUOTED_TEXT];

    for (int k = 0; k < count && k < LISTED; k++)
        strbuf_printf(&list, "%s%.40s", k ? ", " : "", predictions->classes[k]);
    if (count > LISTED)
        strbuf_puts(&list, ", ...");
    csv_reader_fail(s->file.reader, column, err,
                    "named %s, as no class is; --header %.60s,NAME,NAME,... says the columns' "
                    "names in the order of the classes: %s",
                    text_quote(is, s->header[column], strlen(s->header[column])), s->header[0],
                    strbuf_text(&list));
    strbuf_free(&list);
    return -1;
}

static int find_name(char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static int place_classes(struct sample *s, const struct predictions *predictions,
                         const struct submission_format *format, char *const *own, struct err *err)
{
    const int classes = s->columns - 1;

    s->class_at = calloc((size_t)classes, sizeof *s->class_at);
    if (!s->class_at)
        return err_memory(err, "the columns", 0);
    for (int i = 0; i < classes; i++) {
        s->class_at[i] = find_name(own + 1, classes, s->header[1 + i]);
        if (s->class_at[i] < 0)
            return format->header ? refuse_name(s, 1 + i, own[1 + i], err)
                                  : refuse_class(s, 1 + i, predictions, err);
        for (int j = 0; j < i; j++)
            if (s->class_at[j] == s->class_at[i])
                return csv_reader_fail(s->file.reader, 1 + i, err, "named as column %d is", 2 + j);
    }
    return 0;
}

int sample_open(struct sample *s, const char *path, struct inputs *inputs, struct err *err)
{
    int got;

    if (csv_file_open(&s->file, path, inputs, "sample", err))
        return -1;
    got = csv_reader_next(s->file.reader, &s->row, err);
    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: empty", csv_reader_name(s->file.reader));
    return got < 0 ? -1 : copy_header(s, err);
}

/* Returns what a number of columns may come from, or "". */
static const char *why_columns(const struct sample *s, const struct predictions *predictions)
{
    if (s->columns == 1 && strpbrk(s->header[0], ";\t"))
        return " (submissions are separated by commas, and so are their samples)";
    if (!*s->header[0])
        return " (the first has no name: row numbers, as pandas leaves without index=False)";
    if (s->columns == 1 + predictions->class_count)
        return " (--probabilities writes one for each class)";
    return "";
}

int sample_match(struct sample *s, const struct predictions *predictions,
                 const struct submission_format *format, char *const *own, int columns,
                 struct err *err)
{
    if (s->columns != columns)
        return csv_reader_fail(s->file.reader, -1, err, "%d column%s where the submission has %d%s",
                               s->columns, plural(s->columns), columns,
                               why_columns(s, predictions));
    for (int i = 0; i < columns && format->header; i++)
        if (strcmp(s->header[i], own[i]) && (i == 0 || !format->probabilities))
            return refuse_name(s, i, own[i], err);
    if (format->probabilities && place_classes(s, predictions, format, own, err))
        return -1;
    csv_reader_name_columns(s->file.reader, s->header);
    return 0;
}

/* ---- Rows ---- */

int sample_next(struct sample *s, struct err *err)
{
    struct csv_reader *reader = s->file.reader;
    char is[QUOTED_TEXT];
    int got = csv_reader_next(reader, &s->row, err), fresh;

    if (got <= 0)
        return got;
    s->rows++;
    s->id = csv_text(&s->row, 0);
    s->id_size = s->row.fields[0].size;
    if (s->id_size == 0)
        return csv_reader_fail(reader, 0, err, "empty where an id is expected");
    if (!text_is_clean(s->id, s->id_size))
        return csv_reader_fail(reader, 0, err, "id %s is not plain UTF-8 text",
                               text_quote(is, s->id, s->id_size));
    fresh = idset_add(&s->ids, idset_key(s->id, s->id_size), err);
    if (fresh == 0)
        return csv_reader_fail(reader, 0, err, "duplicate id %s",
                               text_quote(is, s->id, s->id_size));
    return fresh;
}

void sample_close(struct sample *s)
{
    csv_file_close(&s->file);
    texts_free(s->header, s->columns);
    free(s->class_at);
    idset_free(&s->ids);
    *s = (struct sample){0};
}
