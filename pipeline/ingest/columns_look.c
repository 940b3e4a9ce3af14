/* Findings about columns in the first rows: whole pictures in a cell, labels without a name,
 * one-hot. */
#include "columns_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_column(const struct csv_row *row, int column)
{
    return column < row->count;
}

/* ---- Whole pictures in a cell ---- */

/* Tells by the first two rows: a single cell with a blank may be a label. */
static bool holds_pictures(const struct decision *d, int column)
{
    const int first = first_data_row(d);

    for (int i = first; i < d->look->count && i < first + 2; i++) {
        const struct csv_row *row = &d->look->rows[i];

        if (!has_column(row, column) || !cell_is_list(csv_cell(row, column)))
            return false;
    }
    return first < d->look->count;
}

/* Counts the first picture's values; -1: some are left out. */
static int count_values(const struct decision *d)
{
    struct cell_list list =
        cell_list(csv_cell(&d->look->rows[first_data_row(d)], d->columns->cell));
    struct cell one;
    int count = 0;

    for (; cell_list_next(&list, &one); count++)
        if (cell_is_left_out(one))
            return csv_reader_fail(d->reader, -1, d->err,
                                   "numpy printed the pictures in column %d with ... for most of "
                                   "their pixels, which are lost: write the file anew after "
                                   "np.set_printoptions(threshold=sys.maxsize)",
                                   d->columns->cell + 1);
    return count;
}

/* Refuses other columns that are nothing. */
static int refuse_others(const struct decision *d)
{
    const struct columns *c = d->columns;
    bool *others = calloc((size_t)c->count, sizeof *others);
    int count = 0, failed = 0;

    if (!others)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < c->count; i++) {
        others[i] = d->roles[i] == PIXEL && i != c->cell;
        count += others[i];
    }
    if (count > 0)
        failed =
            columns_ask(d, others, count, "besides column %d, which holds all pixels", c->cell + 1);
    free(others);
    return failed;
}

int columns_cell(struct decision *d)
{
    struct columns *c = d->columns;
    char one[COLUMN_TEXT], other[COLUMN_TEXT];

    for (int i = 0; i < c->count; i++) {
        if (d->roles[i] != PIXEL || !holds_pictures(d, i))
            continue;
        if (c->cell >= 0)
            return csv_reader_fail(d->reader, -1, d->err,
                                   "columns %d and %d both hold all pixels of a picture; --drop %s "
                                   "or --drop %s",
                                   c->cell + 1, i + 1, columns_text(d, c->cell, one),
                                   columns_text(d, i, other));
        c->cell = i;
    }
    if (c->cell < 0)
        return 0;
    c->pixels = count_values(d);
    return c->pixels < 0 ? -1 : refuse_others(d);
}

/* ---- A label without a name ---- */

enum sort { CONSTANT, VARYING, WORDS, MIXED };

/* Returns the sort of a column's values in the rows looked at. */
static enum sort sort_of(const struct decision *d, int column)
{
    double first = 0, value;
    int numbers = 0, words = 0;
    bool varies = false;

    for (int i = first_data_row(d); i < d->look->count; i++) {
        const struct csv_row *row = &d->look->rows[i];

        if (!has_column(row, column))
            continue;
        if (!cell_number(csv_cell(row, column), &value)) {
            words++;
            continue;
        }
        varies |= numbers && value != first;
        first = value;
        numbers++;
    }
    if (words)
        return numbers ? MIXED : WORDS;
    return varies ? VARYING : CONSTANT;
}

static int take_label(struct decision *d, int label, int rival)
{
    d->columns->label = label;
    d->columns->rival = rival;
    d->roles[label] = LABEL;
    return 0;
}

/* Chooses the label: it is not always the same, and a pixel no word. Where both columns are always
 * the same the rows may be sorted by label: the first column it is then, and what comes later has
 * to bear it out, as it has to wherever the other column is the same so far. */
static int choose_first_or_last(struct decision *d, int first, int last)
{
    enum sort a = sort_of(d, first), b = sort_of(d, last);
    char one[COLUMN_TEXT], other[COLUMN_TEXT];

    if (a == WORDS && b != WORDS)
        return take_label(d, first, -1);
    if (b == WORDS && a != WORDS)
        return take_label(d, last, -1);
    if (b == CONSTANT && a != WORDS)
        return take_label(d, first, last);
    if (a == CONSTANT && b != WORDS)
        return take_label(d, last, first);
    return csv_reader_fail(d->reader, -1, d->err,
                           "no column is named, and the first or the last may be the labels: say "
                           "--label %s or --label %s",
                           columns_text(d, first, one), columns_text(d, last, other));
}

int columns_nameless_label(struct decision *d)
{
    const struct columns_options *w = d->options;
    const struct dataset_info *like = d->like;
    long long wanted = like ? like->column_count : (long long)w->c * w->h * w->w;
    bool none = w->label != NULL;
    int n = 0, first = -1, last = -1, column;
    char *end;

    for (int i = 0; i < d->columns->count; i++)
        if (d->roles[i] == PIXEL) {
            n++;
            first = first < 0 ? i : first;
            last = i;
        }
    if (wanted ? n != wanted + 1 : !columns_square(n - 1))
        return 0;
    if (!like || like->columns || !like->label_column)
        return none ? 0 : choose_first_or_last(d, first, last);
    column = (int)strtol(like->label_column, &end, 10) - 1;
    if (*end || column < 0 || column >= d->columns->count || d->roles[column] != PIXEL)
        return 0;
    if (none)
        d->roles[column] = DROPPED;
    return none ? 0 : take_label(d, column, -1);
}

/* ---- One-hot labels ---- */

int columns_onehot_at_end(const struct decision *d)
{
    enum { MOST = 200 }; /* classes that are looked for */
    const int count = d->columns->count;
    bool *in = calloc((size_t)count, sizeof *in);
    int found = 0;

    for (int n = 1; in && n <= MOST && n < count && !found; n++) {
        in[count - n] = true;
        if (n > 1 && columns_square(count - n) && columns_are_onehot(d, in))
            found = n;
    }
    free(in);
    return found;
}
