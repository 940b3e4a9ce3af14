/* A CSV that names pictures: which column does, and which file each row means. */
#include "columns_private.h"
#include "private.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Columns ---- */

/* Returns the cell there, without the ./ of a path. */
static struct cell name_at(const struct csv_row *row, int column)
{
    const struct csv_field *field = &row->fields[column];
    struct cell name = cell_trim((struct cell){csv_text(row, column), field->size, field->quoted});

    while (name.size > 2 && name.text[0] == '.' && name.text[1] == '/') {
        name.text += 2;
        name.size -= 2;
    }
    return name;
}

static bool names_picture(const struct ingest *in, const struct csv_row *row, int column)
{
    const struct cell name = name_at(row, column);
    int two[2];

    return folder_find(&in->pictures->folder, name.text, name.size, two) != -1;
}

/* Counts the columns that nothing else is; *last is one of them. With a row, only those that name a
 * picture in it. */
static int count_free(const struct ingest *in, const struct decision *d, const struct csv_row *row,
                      int *last)
{
    int count = 0;

    for (int i = 0; i < d->columns->count; i++)
        if (d->roles[i] == PIXEL && (!row || (i < row->count && names_picture(in, row, i)))) {
            *last = i;
            count++;
        }
    return count;
}

/* Says why no column was chosen. */
static int refuse_choice(const struct ingest *in, const struct decision *d,
                         const struct csv_row *row)
{
    const struct columns *c = d->columns;
    struct strbuf names = {0};
    int failed, count = 0;

    for (int i = 0; i < c->count && i < row->count && names.size < 400; i++)
        if (d->roles[i] == PIXEL && names_picture(in, row, i)) {
            strbuf_printf(&names, "%s%d", count++ ? ", " : "", i + 1);
            if (c->header)
                strbuf_printf(&names, " (%.80s)", c->names[i]);
        }
    if (count)
        failed = csv_reader_fail(d->reader, -1, d->err,
                                 "each of the columns %s names a picture of %s (--id says which is "
                                 "meant)",
                                 strbuf_text(&names), in->pictures->folder.path);
    else
        failed =
            csv_reader_fail(d->reader, -1, d->err,
                            "no column names a picture of %s in the first row (--id says which "
                            "does)",
                            in->pictures->folder.path);
    strbuf_free(&names);
    return failed;
}

/* Chooses, without --id, the column that names a picture in the first row of data, or if there is
 * more than one or none, that which is called as such columns are, or the only one. */
static int choose_name(struct ingest *in, struct decision *d, const struct csv_row *row)
{
    struct columns *c = d->columns;
    int only;

    if (d->options->id && strcmp(d->options->id, "none") == 0)
        return err_set(d->err, EX_USAGE, "--id none, but the pictures are found by their names");
    if (!d->options->id && count_free(in, d, row, &only) == 1) {
        d->roles[c->id = only] = ID;
        return 0;
    }
    if (columns_choose(d, "id", d->options->id, columns_id_words, NULL, ID, &c->id))
        return -1;
    if (c->id < 0 && count_free(in, d, NULL, &only) == 1)
        d->roles[c->id = only] = ID;
    return c->id < 0 ? refuse_choice(in, d, row) : 0;
}

static int refuse_unnamed_label(const struct decision *d)
{
    const struct columns *c = d->columns;
    struct strbuf names = {0};
    int failed;

    for (int i = 0; i < c->count && names.size < 400; i++)
        if (d->roles[i] == PIXEL && c->header)
            strbuf_printf(&names, "%s%.80s", names.size ? ", " : "", c->names[i]);
        else if (d->roles[i] == PIXEL)
            strbuf_printf(&names, "%s%d", names.size ? ", " : "", i + 1);
    failed = csv_reader_fail(d->reader, -1, d->err,
                             "no column is called label, class, target or y: --label says which is "
                             "it (%s), or none",
                             strbuf_text(&names));
    strbuf_free(&names);
    return failed;
}

/* Besides the name's, the only column is the label's. */
static int settle_label(const struct ingest *in, struct decision *d)
{
    struct columns *c = d->columns;
    int only = 0, others = count_free(in, d, NULL, &only);

    if (c->label >= 0 || d->options->label || d->like || others == 0)
        return 0;
    if (others > 1)
        return refuse_unnamed_label(d);
    d->roles[c->label = only] = LABEL;
    return 0;
}

/* Decides that the row is a header if it looks like one, but not if it names a picture and no
 * column by a known word. */
static void decide_header(const struct ingest *in, struct columns_options *options,
                          const struct csv_row *row)
{
    if (options->header != HEADER_AUTO)
        return;
    for (int i = 0; i < row->count; i++) {
        const struct cell cell = name_at(row, i);

        for (const char *const *word = columns_id_words; *word; word++)
            if (strcasecmp(cell.text, *word) == 0) {
                options->header = HEADER_YES;
                return;
            }
        if (names_picture(in, row, i))
            options->header = HEADER_NO;
    }
}

/* Finds what separates fields, but no blanks that were not requested: names have them. */
static int find_layout(struct ingest *in, char separator, struct err *err)
{
    if (csv_layout_find(in->reader, separator, NULL, err))
        return -1;
    if (!separator && csv_reader_layout(in->reader).separator == ' ')
        csv_reader_set_layout(in->reader, &(struct csv_layout){.separator = ','});
    return 0;
}

/* Names the columns that are left out. */
static int list_others(struct ingest_pictures *p, const struct decision *d)
{
    enum { MOST = 200 };
    const struct columns *c = d->columns;
    struct strbuf names = {0};
    bool all = true;

    for (int i = 0; i < c->count; i++) {
        if (d->roles[i] != PIXEL)
            continue;
        all = names.size < MOST;
        if (all && c->header)
            strbuf_printf(&names, "%s%.80s", p->others ? ", " : "", c->names[i]);
        else if (all)
            strbuf_printf(&names, "%s%d", p->others ? ", " : "", i + 1);
        p->others++;
    }
    strbuf_puts(&names, all ? "" : ", ...");
    p->others_named = strbuf_take(&names);
    return p->others_named ? 0 : err_memory(d->err, "the columns", 0);
}

/* Decides by the first row and that after a header, which then waits in in->row. */
static int choose_columns(struct ingest *in, struct decision *d, struct columns_options *options)
{
    struct columns *c = d->columns;
    int got = csv_reader_next(in->reader, &in->row, d->err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(d->err, EX_DATAERR, "%s: the file is empty", in->name);
    decide_header(in, options, &in->row);
    if (columns_take_names(d, &in->row))
        return -1;
    in->row_waits = true;
    if (c->header) {
        csv_reader_name_columns(in->reader, c->names);
        csv_reader_allow_ragged(in->reader);
        got = csv_reader_next(in->reader, &in->row, d->err);
        if (got < 0)
            return -1;
        in->row_waits = got > 0;
    }
    if (!in->row_waits)
        return err_set(d->err, EX_DATAERR, "%s: a header and no rows", in->name);
    if (columns_drop(d) || columns_choose_label(d) || columns_choose_group(d) ||
        choose_name(in, d, &in->row) || columns_only(d) || settle_label(in, d) ||
        ingest_open_onehot(in, d->err))
        return -1;
    return list_others(in->pictures, d);
}

/* ---- Rows ---- */

/* Finds the picture whose number a spreadsheet has shortened, 7 for 0007; -1: there is none. */
static int find_zeros(const struct folder *f, struct cell name)
{
    enum { MOST = 16 };
    static const char zeros[] = "0000000000000000";
    char text[2 * MOST + 1];
    int two[2], number = -1;

    if (name.size == 0 || name.size > MOST || strspn(name.text, "0123456789") < name.size)
        return -1;
    for (int n = 1; n <= MOST && number < 0; n++)
        number = folder_find(
            f, text,
            (size_t)snprintf(text, sizeof text, "%.*s%.*s", n, zeros, (int)name.size, name.text),
            two);
    return number;
}

/* Finds the picture of the same name but for what follows its last point; -1: there is none. */
static int find_other_ending(const struct folder *f, struct cell name)
{
    size_t end = name.size;
    int two[2];

    while (end > 0 && name.text[end - 1] != '.')
        end--;
    return end > 1 ? folder_find(f, name.text, end - 1, two) : -1;
}

/* Says where a picture is that a name does not reach, "" if nowhere. */
static const char *elsewhere(const struct folder *f, struct cell name, char text[QUOTED_TEXT + 120])
{
    size_t begin = name.size;
    char quoted[QUOTED_TEXT];
    int two[2], number = find_zeros(f, name);
    const char *why = ": as it seems the zeros before the number were lost, as in a spreadsheet";

    if (number < 0) {
        number = find_other_ending(f, name);
        why = ", with another ending";
    }
    while (begin > 0 && !strchr("/\\", name.text[begin - 1]))
        begin--;
    if (number < 0 && begin > 0) {
        number = folder_find(f, name.text + begin, name.size - begin, two);
        why = ", but paths begin at the folder of --pictures and have /";
    }
    *text = 0;
    if (number >= 0)
        snprintf(text, QUOTED_TEXT + 120, "; %s is there%s",
                 text_quote(quoted, f->files[number].path, strlen(f->files[number].path)), why);
    return text;
}

static enum taking refuse_name(struct ingest *in, const char *text, struct err *err)
{
    const struct fault fault = {.kind = FAULT_PICTURE,
                                .column = in->columns.id + 1,
                                .expected = "the name of a picture",
                                .text = (char *)text};

    return ingest_refuse(in, &fault, err);
}

/* Returns which of a name's last letters, its ending's, have the other case in `text`. */
static uint8_t other_case(const char *text, struct cell name)
{
    uint8_t letters = 0;

    for (size_t i = 0; i < name.size && i < 8; i++)
        if (text[name.size - 1 - i] != name.text[name.size - 1 - i])
            letters |= (uint8_t)(1u << i);
    return letters;
}

/* Finds the picture that the current row names. */
static enum taking take_name(struct ingest *in, struct picture_row *row, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    const struct cell name = name_at(&in->row, in->columns.id);
    char text[4 * QUOTED_TEXT + 300], quoted[QUOTED_TEXT], one[QUOTED_TEXT], other[QUOTED_TEXT];
    char where[QUOTED_TEXT + 120];
    const char *path, *slash;
    int two[2];

    row->file = folder_find(&p->folder, name.text, name.size, two);
    if (row->file >= 0 && !key_cell((struct cell){name.text, name.size, true}, &(struct cell){0}))
        row->file = -1;
    text_quote(quoted, name.text, name.size);
    if (row->file == -1) {
        snprintf(text, sizeof text,
                 "no picture %s in %.200s, with or without .png, .jpg or .jpeg%s%s", quoted,
                 p->folder.path, elsewhere(&p->folder, name, where),
                 in->columns.count == 1 && strcspn(name.text, " ;|\t") < name.size
                     ? "; --separator says what separates fields"
                     : "");
        return refuse_name(in, text, err);
    }
    if (row->file == -2) {
        const char *a = p->folder.files[two[0]].path, *b = p->folder.files[two[1]].path;

        snprintf(text, sizeof text, "%s could be %s or %s in %.200s", quoted,
                 text_quote(one, a, strlen(a)), text_quote(other, b, strlen(b)), p->folder.path);
        return refuse_name(in, text, err);
    }
    if (p->row_of[row->file]) {
        snprintf(text, sizeof text, "%s is the picture of row %d already", quoted,
                 p->row_of[row->file]);
        return refuse_name(in, text, err);
    }
    p->row_of[row->file] = row->row;
    path = p->folder.files[row->file].path;
    slash = memchr(name.text, '/', name.size) ? NULL : strrchr(path, '/');
    row->id = slash ? (uint16_t)(slash + 1 - path) : 0;
    row->id_bytes = (uint16_t)name.size;
    row->other_case = other_case(path + row->id, name);
    return TAKEN;
}

static enum taking take_row(struct ingest *in, struct picture_row *row, struct err *err)
{
    struct err why;
    enum taking label = TAKEN, name;

    *row = (struct picture_row){.label = -1,
                                .row = (int)csv_reader_row(in->reader),
                                .line = (int)csv_reader_line(in->reader)};
    if (csv_reader_check_width(in->reader, &why))
        return ingest_refuse_width(in, &why, err);
    if (in->columns.only_count && !ingest_is_wanted(in))
        return ingest_note_unwanted(in, err) == FAILED ? FAILED : REFUSED;
    if (ingest_check_listed_row(in, err))
        return FAILED;
    if (ingest_leaves_out(in))
        return REFUSED;
    row->number = (int)in->number;
    if (in->columns.label >= 0)
        label = ingest_take_label(in, &row->label, err);
    if (in->columns.label >= 0 && label == TAKEN && ingest_relabel(in, &row->label, err))
        return FAILED;
    if (label != FAILED && in->columns.group >= 0) {
        const enum taking group = ingest_take_key(in, in->columns.group, in->groups, err);

        label = group == TAKEN ? label : group;
    }
    if (label == FAILED)
        return FAILED;
    name = take_name(in, row, err);
    return name == TAKEN ? label : name;
}

static int make_room(struct ingest_pictures *p, struct err *err)
{
    const int room = p->room ? 2 * p->room : 1024;
    struct picture_row *rows;

    if (p->count < p->room)
        return 0;
    rows = realloc(p->rows, (size_t)room * sizeof *rows);
    if (!rows)
        return err_memory(err, "the names of pictures", (size_t)room * sizeof *rows);
    p->rows = rows;
    p->room = room;
    return 0;
}

static int take_rows(struct ingest *in, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    int got = 1;

    csv_reader_allow_ragged(in->reader);
    while (got == 1) {
        enum taking taken;

        if (make_room(p, err))
            return -1;
        taken = take_row(in, &p->rows[p->count], err);
        if (taken == FAILED)
            return -1;
        p->count += taken == TAKEN;
        got = csv_reader_next(in->reader, &in->row, err);
    }
    return got;
}

int ingest_picture_table(struct ingest *in, const struct ingest_options *options, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    struct columns_options decided = options->columns;
    struct decision d = {.columns = &in->columns,
                         .reader = in->reader,
                         .options = &decided,
                         .like_path = in->like_path,
                         .like = in->like_path ? &in->like : NULL,
                         .err = err};
    int failed =
        find_layout(in, options->separator, err) || choose_columns(in, &d, &decided) ? -1 : 0;

    free(d.roles);
    if (failed)
        return -1;
    in->row_waits = false;
    if (in->columns.group >= 0 && key_column_open(&in->groups, "-", false, err))
        return -1;
    p->row_of = calloc((size_t)p->folder.count + 1, sizeof *p->row_of);
    if (!p->row_of)
        return err_memory(err, "the names of pictures", 0);
    return take_rows(in, err);
}
