/* Which column is the label, the id, a pixel. */
#include "columns_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Columns that the user names ---- */

static int find_column(const struct decision *d, const char *option, const char *text)
{
    const struct columns *c = d->columns;
    char *end;
    long number;

    for (int i = 0; c->header && i < c->count; i++)
        if (strcmp(c->names[i], text) == 0)
            return i;
    number = strtol(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && number >= 1 && number <= c->count)
        return (int)number - 1;
    return csv_reader_fail(d->reader, -1, d->err, "--%s: no column '%.80s' among the %d column%s%s",
                           option, text, c->count, plural(c->count),
                           c->header ? "" : " (there is no header)");
}

int columns_drop(struct decision *d)
{
    for (int i = 0; i < d->options->drop_count; i++) {
        int column = find_column(d, "drop", d->options->drop[i]);

        if (column < 0)
            return -1;
        d->roles[column] = DROPPED;
    }
    return 0;
}

/* ---- Labels and ids ---- */

static bool one_of(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(name, *words) == 0)
            return true;
    return false;
}

/* The column that is called one of `words` or, before that, as in the data set to match: *column is
 * -1 if there is none. */
static int find_by_name(const struct decision *d, const char *option, const char *const *words,
                        const char *as_in_like, int *column)
{
    const struct columns *c = d->columns;

    *column = -1;
    for (int i = 0; c->header && i < c->count; i++)
        if (d->roles[i] == PIXEL && as_in_like && strcmp(c->names[i], as_in_like) == 0)
            *column = i;
    if (*column >= 0)
        return 0;
    for (int i = 0; c->header && i < c->count; i++) {
        if (d->roles[i] != PIXEL || !one_of(c->names[i], words))
            continue;
        if (*column >= 0)
            return csv_reader_fail(d->reader, -1, d->err,
                                   "columns %d ('%.40s') and %d ('%.40s') could both be meant; say "
                                   "--%s %.40s, and --drop the other",
                                   *column + 1, c->names[*column], i + 1, c->names[i], option,
                                   c->names[*column]);
        *column = i;
    }
    return 0;
}

int columns_choose(struct decision *d, const char *option, const char *value,
                   const char *const *words, const char *as_in_like, enum role role, int *column)
{
    *column = -1;
    if (value && strcmp(value, "none") == 0)
        return 0;
    if (value) {
        *column = find_column(d, option, value);
        if (*column < 0)
            return -1;
        if (d->roles[*column] != PIXEL)
            return csv_reader_fail(d->reader, *column, d->err,
                                   "--%s %s, but another option takes this column", option, value);
    } else if (find_by_name(d, option, words, as_in_like, column)) {
        return -1;
    }
    if (*column >= 0)
        d->roles[*column] = role;
    return 0;
}

/* Without a header the label stands first, or where it stood in the data set to match, if the other
 * columns make a picture. */
static void choose_nameless_label(struct decision *d)
{
    const struct columns_options *w = d->options;
    long long wanted = d->like ? d->like->column_count : (long long)w->c * w->h * w->w;
    int n = 0, column = -1;

    for (int i = d->columns->count - 1; i >= 0; i--)
        if (d->roles[i] == PIXEL) {
            n++;
            column = i;
        }
    if (wanted ? n != wanted + 1 : !columns_square(n - 1))
        return;
    if (d->like && !d->like->columns && d->like->label_column)
        column = (int)strtol(d->like->label_column, NULL, 10) - 1;
    if (column < 0 || column >= d->columns->count || d->roles[column] != PIXEL)
        return;
    d->columns->label = column;
    d->roles[column] = LABEL;
}

int columns_choose_label(struct decision *d)
{
    static const char *const labels[] = {"label", "class", "target", "y", NULL};

    return columns_choose(d, "label", d->options->label, labels,
                          d->like ? d->like->label_column : NULL, LABEL, &d->columns->label);
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
    const struct columns_options *w = d->options;
    struct columns *c = d->columns;

    if (columns_drop(d) || columns_choose_label(d) || columns_choose_group(d) ||
        columns_choose(d, "id", w->id, ids, d->like ? d->like->id_column : NULL, ID, &c->id))
        return -1;
    if (!c->header && !w->label)
        choose_nameless_label(d);
    return 0;
}

/* ---- Names that should not be there ---- */

/* What pandas writes its row numbers under. */
static bool is_leftover(const char *name)
{
    static const char unnamed[] = "Unnamed: ";

    return !*name || strncmp(name, unnamed, sizeof unnamed - 1) == 0;
}

static int refuse_leftovers(const struct decision *d)
{
    const struct columns *c = d->columns;

    for (int i = 0; c->header && i < c->count; i++)
        if (d->roles[i] == PIXEL && is_leftover(c->names[i]))
            return csv_reader_fail(d->reader, i, d->err,
                                   "'%.40s' looks like a leftover column of row numbers; --drop %d "
                                   "would leave it out",
                                   c->names[i], i + 1);
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
        ignore[i] = d->roles[i] == DROPPED;
    failed = header_distinct(d->reader, c->names, ignore, c->count, d->err);
    free(ignore);
    return failed;
}

/* ---- All of it ---- */

static int gather_pixels(struct decision *d)
{
    struct columns *c = d->columns;
    size_t room = (size_t)c->count;

    d->pixel_columns = calloc(room, sizeof *d->pixel_columns);
    d->order = calloc(room, sizeof *d->order);
    if (c->header)
        d->pixel_names = calloc(room, sizeof *d->pixel_names);
    if (!d->pixel_columns || !d->order || (c->header && !d->pixel_names))
        return err_memory(d->err, "the columns", 0);
    c->pixels = 0;
    for (int i = 0; i < c->count; i++)
        if (d->roles[i] == PIXEL) {
            if (c->header)
                d->pixel_names[c->pixels] = c->names[i];
            d->order[c->pixels] = c->pixels;
            d->pixel_columns[c->pixels++] = i;
        }
    if (c->pixels == 0)
        return csv_reader_fail(d->reader, -1, d->err, "no column is left for the pixels");
    if (c->header && numbering_find(&c->numbering, d->pixel_names, c->pixels, d->order))
        return err_memory(d->err, "the columns", 0);
    return 0;
}

int columns_take_names(struct decision *d, const struct csv_row *first)
{
    struct columns *c = d->columns;

    c->count = first->count;
    c->label = c->id = c->group = -1;
    c->numbering = (struct numbering){.odd = -1, .missing = -1};
    if (header_decide(&c->header, d->reader, first, d->options->header, d->err))
        return -1;
    if (c->header) {
        c->names = header_names(d->reader, first, d->err);
        if (!c->names)
            return -1;
    }
    c->position = calloc((size_t)c->count, sizeof *c->position);
    d->roles = calloc((size_t)c->count, sizeof *d->roles);
    return c->position && d->roles ? 0 : err_memory(d->err, "the columns", 0);
}

static int refuse_delimiter(const struct decision *d, const struct csv_row *first)
{
    const char *text = csv_text(first, 0);
    bool semicolon = strchr(text, ';') != NULL;

    if (first->count == 1 && (semicolon || strchr(text, '\t')))
        return csv_reader_fail(d->reader, -1, d->err,
                               "the fields seem to be separated by %s; only commas are read: "
                               "tr '%s' , <FILE | csvnet ingest - ...",
                               semicolon ? "semicolons" : "tabs", semicolon ? ";" : "\\t");
    return 0;
}

int columns_decide(struct columns *columns, const struct csv_reader *reader,
                   const struct csv_row *first, const struct columns_options *options,
                   const char *like_path, const struct dataset_info *like, struct err *err)
{
    struct decision d = {.columns = columns,
                         .reader = reader,
                         .options = options,
                         .like_path = like_path,
                         .like = like,
                         .err = err};
    int failed = refuse_delimiter(&d, first) || columns_take_names(&d, first) || choose_roles(&d) ||
                 refuse_leftovers(&d) || refuse_duplicates(&d) || gather_pixels(&d) ||
                 columns_order(&d) || columns_shape(&d);

    if (!failed)
        columns_place(&d);
    free(d.roles);
    free(d.pixel_columns);
    free(d.pixel_names);
    free(d.order);
    return failed ? -1 : 0;
}

void columns_free(struct columns *columns)
{
    header_free(columns->names, columns->count);
    free(columns->position);
    memset(columns, 0, sizeof *columns);
}
