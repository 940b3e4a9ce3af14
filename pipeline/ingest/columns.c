/* Columns of a CSV: the label, the id, pixels. */
#include "columns_private.h"

#include "pipeline/base/text.h"
#include "pipeline/files/folder.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Columns that the user names ---- */

/* Marks the columns that are dropped; those among others can still be said to be the label or id.
 */
int columns_drop(struct decision *d)
{
    const int count = d->columns->count;
    bool *in = calloc((size_t)count, sizeof *in);
    int found, failed = in ? 0 : err_memory(d->err, "the columns", 0);

    for (int i = 0; i < d->options->drop_count && !failed; i++) {
        const char *text = d->options->drop[i];

        found = columns_set(d, "drop", text, in);
        failed = found < 0 && !columns_part_drops(d, text) ? -1 : 0;
        for (int k = 0; k < count && found > 0; k++)
            if (in[k])
                d->roles[k] = found == 1 ? DROPPED : DROPPED_AMONG_OTHERS;
    }
    free(in);
    return failed;
}

/* ---- Labels and ids ---- */

static const char *const label_words[] = {"label", "class", "target", "y", NULL};

const char *const columns_id_words[] = {
    "id",         "image",      "image_id", "ImageId", "img",        "img_id",   "file", "filename",
    "file_name",  "file_path",  "filepath", "file_id", "image_name", "img_name", "name", "path",
    "image_path", "image_file", "img_path", "id_code", "picture",    NULL};

static bool is_one_of(struct cell name, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == name.size && strncasecmp(name.text, *words, name.size) == 0)
            return true;
    return false;
}

static bool name_is(const char *name, const char *const *words)
{
    return is_one_of((struct cell){name, strlen(name), true}, words);
}

bool columns_is_label_name(struct cell name)
{
    return is_one_of(name, label_words);
}

bool columns_is_id_name(struct cell name)
{
    return is_one_of(name, columns_id_words);
}

/* Finds the column that is called one of `words` or, before that, as in the data set to match:
 * *column is -1 if there is none. */
static int find_by_name(const struct decision *d, const char *option, const char *const *words,
                        const char *as_in_like, int *column)
{
    const struct columns *c = d->columns;
    char number[COLUMN_TEXT];

    *column = -1;
    for (int i = 0; c->header && i < c->count; i++)
        if (d->roles[i] == PIXEL && as_in_like && strcmp(c->names[i], as_in_like) == 0)
            *column = i;
    if (*column >= 0)
        return 0;
    for (int i = 0; c->header && i < c->count; i++) {
        if (d->roles[i] != PIXEL || !name_is(c->names[i], words))
            continue;
        if (*column >= 0)
            return csv_reader_fail(d->reader, -1, d->err,
                                   "columns %d ('%.40s') and %d ('%.40s') could both be meant; say "
                                   "--%s %.40s, and --drop the other",
                                   *column + 1, c->names[*column], i + 1, c->names[i], option,
                                   strcmp(c->names[*column], c->names[i])
                                       ? c->names[*column]
                                       : columns_text(d, *column, number));
        *column = i;
    }
    return 0;
}

static int take_column(struct decision *d, const char *option, const char *value, int column,
                       enum role role)
{
    if (d->roles[column] != PIXEL && d->roles[column] != DROPPED_AMONG_OTHERS)
        return csv_reader_fail(d->reader, column, d->err,
                               "--%s %s, but another option takes this column", option, value);
    d->roles[column] = role;
    return 0;
}

/* Leaves out the columns that the option would find, as it says that there is none. */
static void drop_named(struct decision *d, const char *const *words, const char *as_in_like)
{
    const struct columns *c = d->columns;

    for (int i = 0; c->header && i < c->count; i++)
        if (d->roles[i] == PIXEL &&
            (name_is(c->names[i], words) || (as_in_like && strcmp(c->names[i], as_in_like) == 0)))
            d->roles[i] = DROPPED;
}

int columns_choose(struct decision *d, const char *option, const char *value,
                   const char *const *words, const char *as_in_like, enum role role, int *column)
{
    bool none = value && strcmp(value, "none") == 0;

    *column = -1;
    if (value && !none) {
        *column = columns_find(d, option, value);
        return *column < 0 ? -1 : take_column(d, option, value, *column, role);
    }
    if (none) {
        drop_named(d, words, as_in_like);
        return 0;
    }
    if (find_by_name(d, option, words, as_in_like, column))
        return -1;
    if (*column >= 0)
        d->roles[*column] = role;
    return 0;
}

/* Makes several columns the label: a 1 in that of the class. */
static int choose_onehot(struct decision *d, const char *value, const bool *in, int count)
{
    struct columns *c = d->columns;

    c->onehot = calloc((size_t)count, sizeof *c->onehot);
    if (!c->onehot)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < c->count; i++) {
        if (!in[i])
            continue;
        if (take_column(d, "label", value, i, LABEL))
            return -1;
        c->onehot[c->onehot_count++] = i;
    }
    c->label = c->onehot[0];
    return 0;
}

/* Finds the columns of the label, if it is one-hot: as the option says, or as in the data set to
 * match. Returns how many in[] are marked, 0 or 1 if it is not; -1: error. */
static int find_onehot(struct decision *d, bool *in)
{
    const char *value = d->options->label;
    struct decision quiet = *d;
    struct err ignored;
    int count;

    if (value)
        return strcmp(value, "none") ? columns_set(d, "label", value, in) : 0;
    if (!d->like || !d->like->label_column)
        return 0;
    quiet.err = &ignored;
    quiet.names_first = true;
    count = columns_set(&quiet, "label", d->like->label_column, in);
    for (int i = 0; i < d->columns->count && count > 1; i++)
        if (in[i] && d->roles[i] != PIXEL)
            count = 0;
    return count < 0 ? 0 : count;
}

int columns_choose_label(struct decision *d)
{
    const char *value = d->options->label, *in_like = d->like ? d->like->label_column : NULL;
    bool *in = calloc((size_t)d->columns->count, sizeof *in);
    int count = in ? find_onehot(d, in) : err_memory(d->err, "the columns", 0);

    if (count > 1 && choose_onehot(d, value ? value : in_like, in, count))
        count = -1;
    free(in);
    if (count < 0 || count > 1)
        return count < 0 ? -1 : 0;
    return columns_choose(d, "label", value, label_words, in_like, LABEL, &d->columns->label);
}

int columns_choose_group(struct decision *d)
{
    static const char *const none[] = {NULL};

    return columns_choose(d, "group", d->options->group, none,
                          d->like ? d->like->group_column : NULL, GROUP, &d->columns->group);
}

static int choose_roles(struct decision *d)
{
    static const char *const ids[] = {"id", "ImageId", NULL};
    struct columns *c = d->columns;

    return columns_drop(d) || columns_part_match(d) || columns_choose_label(d) ||
           columns_choose_group(d) ||
           columns_choose(d, "id", d->options->id, ids, d->like ? d->like->id_column : NULL, ID,
                          &c->id) ||
           columns_only(d) || columns_cell(d) ||
           (!c->named && c->cell < 0 && c->label < 0 && columns_nameless_label(d));
}

/* ---- Names that should not be there ---- */

/* Tells the name that pandas writes its row numbers under. */
static bool is_leftover(const char *name)
{
    static const char unnamed[] = "Unnamed: ";

    return !*name || strncmp(name, unnamed, sizeof unnamed - 1) == 0;
}

static int refuse_leftovers(const struct decision *d)
{
    const struct columns *c = d->columns;
    char number[COLUMN_TEXT];

    for (int i = 0; c->named && i < c->count; i++)
        if (d->roles[i] == PIXEL && is_leftover(c->names[i]))
            return csv_reader_fail(d->reader, i, d->err,
                                   "'%.40s' looks like a leftover column of row numbers; --drop %s "
                                   "would leave it out",
                                   c->names[i], columns_text(d, i, number));
    return 0;
}

static int refuse_duplicates(const struct decision *d)
{
    const struct columns *c = d->columns;
    bool *ignore;
    int failed;

    if (!c->header)
        return 0;
    ignore = calloc((size_t)c->count, sizeof *ignore);
    if (!ignore)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < c->count; i++)
        ignore[i] = d->roles[i] == DROPPED || d->roles[i] == DROPPED_AMONG_OTHERS;
    failed = header_distinct(d->reader, c->names, ignore, c->count, d->err);
    free(ignore);
    return failed;
}

/* ---- All of it ---- */

static void gather_columns(struct decision *d)
{
    struct columns *c = d->columns;

    for (int k = 0, last = -1; k < c->count; k++) {
        const int i = d->sequence ? d->sequence[k] : k;

        if (d->roles[i] != PIXEL || c->cell >= 0)
            continue;
        if (c->named)
            d->pixel_names[c->pixels] = c->names[i];
        d->pixel_columns[c->pixels++] = i;
        c->reordered = c->reordered || i < last;
        last = i;
    }
    for (int i = 0; i < c->pixels; i++)
        d->order[i] = i;
}

static int gather_pixels(struct decision *d)
{
    struct columns *c = d->columns;
    size_t room = (size_t)(c->count > c->pixels ? c->count : c->pixels);

    d->pixel_columns = calloc(room, sizeof *d->pixel_columns);
    d->order = calloc(room, sizeof *d->order);
    if (c->named && c->cell < 0)
        d->pixel_names = calloc(room, sizeof *d->pixel_names);
    if (!d->pixel_columns || !d->order || (c->named && c->cell < 0 && !d->pixel_names))
        return err_memory(d->err, "the columns", 0);
    gather_columns(d);
    if (c->pixels == 0)
        return csv_reader_fail(d->reader, -1, d->err,
                               "no column is left for the pixels (if they are in files that the "
                               "ids name: --pictures FOLDER)");
    if (d->pixel_names && numbering_find(&c->numbering, d->pixel_names, c->pixels, d->order))
        return err_memory(d->err, "the columns", 0);
    return 0;
}

/* ---- Files that are no table of pictures ---- */

/* 3 1:0.5 7:1, an index before each value. */
static bool is_libsvm(const struct csv_row *row)
{
    for (int i = 1; i < row->count; i++) {
        const char *text = csv_text(row, i);
        size_t digits = strspn(text, "0123456789");

        if (digits == 0 || text[digits] != ':')
            return false;
    }
    return row->count > 1;
}

/* Whether the rows have one field more than the first one. */
static bool has_row_names(const struct csv_look *look)
{
    for (int i = 1; i < look->count; i++)
        if (look->rows[i].count != look->rows[0].count + 1)
            return false;
    return look->count > 1;
}

/* Refuses a name of a file where a pixel has to be: the pictures may be in such files. */
static int refuse_names_of_files(const struct decision *d)
{
    char quoted[QUOTED_TEXT];

    for (int r = 0; r <= first_data_row(d) && r < d->look->count; r++) {
        const struct csv_row *row = &d->look->rows[r];

        for (int i = 0; i < d->columns->count && i < row->count; i++)
            if (d->roles[i] == PIXEL && folder_takes(csv_text(row, i)))
                return csv_reader_fail(d->reader, -1, d->err,
                                       "column %d names files (%s): --pictures FOLDER reads those, "
                                       "--drop leaves it out",
                                       i + 1,
                                       text_quote(quoted, csv_text(row, i), row->fields[i].size));
    }
    return 0;
}

static int refuse_tables(const struct decision *d, const struct csv_row *first)
{
    const char *text = csv_text(first, 0);

    if (*text == '#' && d->look->count > 1 && d->look->rows[1].count != first->count)
        return csv_reader_fail(d->reader, -1, d->err,
                               "a line of comment; sed 1d FILE | csvnet ingest - leaves it out");
    if (is_libsvm(first))
        return csv_reader_fail(d->reader, -1, d->err,
                               "this looks like LIBSVM's format, INDEX:VALUE; write it as CSV, as "
                               "by load_svmlight_file(FILE)[0].toarray() in Python");
    if (has_row_names(d->look))
        return csv_reader_fail(d->reader, -1, d->err,
                               "%d fields, and the rows have one more: R's row names, as it seems; "
                               "sed '1s/^/row%c/' FILE | csvnet ingest - --drop @1 leaves them out",
                               first->count, csv_reader_layout(d->reader).separator);
    if (first->count == 1 && !(d->like && d->like->column_count == 1) &&
        !cell_is_list(csv_cell(first, 0)) && !d->options->h &&
        (d->look->count < 2 || !cell_is_list(csv_cell(&d->look->rows[1], 0))))
        return csv_reader_fail(d->reader, -1, d->err,
                               "a single column is no picture: does --separator part its fields? "
                               "(labels in a CSV of their own: csvnet ingest IMAGES LABELS)");
    return 0;
}

int columns_decide(struct columns *columns, const struct csv_reader *reader,
                   const struct csv_look *look, const struct csv_row *first,
                   const struct columns_options *options, const char *like_path,
                   const struct dataset_info *like, struct err *err)
{
    struct decision d = {.columns = columns,
                         .reader = reader,
                         .look = look,
                         .options = options,
                         .like_path = like_path,
                         .like = like,
                         .err = err};
    int failed = refuse_tables(&d, first) || columns_take_names(&d, first) || choose_roles(&d) ||
                 refuse_leftovers(&d) || refuse_duplicates(&d) || refuse_names_of_files(&d) ||
                 gather_pixels(&d) || columns_order(&d) || columns_shape(&d) || columns_place(&d);
    free(d.roles);
    free(d.sequence);
    free(d.pixel_columns);
    free(d.pixel_names);
    free(d.order);
    return failed ? -1 : 0;
}

void columns_free(struct columns *columns)
{
    header_free(columns->names, columns->count);
    free(columns->position);
    free(columns->onehot);
    free(columns->places);
    free(columns->only);
    memset(columns, 0, sizeof *columns);
}
