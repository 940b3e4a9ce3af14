/* The order of pixel columns: by the numbers in their names, or by another data set's. */
#include "columns_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- The pixels' order ---- */

static int refuse_odd(const struct decision *d)
{
    const struct columns *c = d->columns;
    int column = d->pixel_columns[c->numbering.odd];
    const char *name = c->names[column];
    const char *pixel = d->pixel_names[c->numbering.odd == 0 ? c->pixels - 1 : 0];

    return csv_reader_fail(d->reader, column, d->err,
                           "'%.40s' is not a pixel's name as '%.40s' is; say what it is by --label "
                           "%d or --id %d, or leave it out by --drop %d",
                           name, pixel, column + 1, column + 1, column + 1);
}

static int refuse_gap(const struct decision *d)
{
    const struct columns *c = d->columns;

    if (c->numbering.kind == NUMBERING_GRID)
        return csv_reader_fail(d->reader, -1, d->err,
                               "the %d pixel columns are named ROWxCOLUMN but do not fill a grid",
                               c->pixels);
    return csv_reader_fail(d->reader, -1, d->err,
                           "the %d pixel columns are numbered as '%.40s' is, but number %d is "
                           "missing",
                           c->pixels, d->pixel_names[0], c->numbering.missing);
}

static int order_by_own_names(struct decision *d)
{
    const struct columns *c = d->columns;

    if (!c->header)
        return 0;
    if (c->numbering.odd >= 0)
        return refuse_odd(d);
    if (c->numbering.missing >= 0)
        return refuse_gap(d);
    return 0;
}

/* ---- The order of another data set ---- */

static int refuse_count(const struct decision *d)
{
    return csv_reader_fail(d->reader, -1, d->err, "%d pixel columns where %s has %d",
                           d->columns->pixels, d->like_path, d->like->column_count);
}

/* Numbered names compare by position: pixel0.. and pixel1.. are the same columns. `places` says
 * where in the picture each number stands in the other data set. */
static int match_numbers(struct decision *d, const int *places)
{
    const struct columns *c = d->columns;
    int *where;

    if (order_by_own_names(d))
        return -1;
    if (c->pixels != d->like->column_count)
        return refuse_count(d);
    where = calloc((size_t)c->pixels, sizeof *where);
    if (!where)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < c->pixels; i++)
        where[places[i]] = i;
    for (int i = 0; i < c->pixels; i++)
        d->order[i] = where[d->order[i]];
    free(where);
    return 0;
}

static int match_names(struct decision *d)
{
    const struct columns *c = d->columns;
    const struct dataset_info *like = d->like;
    struct header_entry *theirs = header_sort(like->columns, like->column_count);
    struct header_entry *ours = header_sort(d->pixel_names, c->pixels);
    int failed = theirs && ours ? 0 : err_memory(d->err, "the columns", 0);

    for (int i = 0; i < c->pixels && !failed; i++) {
        const char *name = d->pixel_names[i];

        d->order[i] = header_find(theirs, like->column_count, name);
        if (d->order[i] < 0)
            failed = csv_reader_fail(d->reader, d->pixel_columns[i], d->err,
                                     "%s has no column '%.80s'; --drop %d would leave it out",
                                     d->like_path, name, d->pixel_columns[i] + 1);
    }
    for (int i = 0; i < like->column_count && !failed; i++)
        if (header_find(ours, c->pixels, like->columns[i]) < 0)
            failed = csv_reader_fail(d->reader, -1, d->err, "no column '%.80s', which %s has",
                                     like->columns[i], d->like_path);
    free(theirs);
    free(ours);
    return failed;
}

static int order_by_like(struct decision *d)
{
    struct columns *c = d->columns;
    const struct dataset_info *like = d->like;
    struct numbering theirs;
    int *places, failed;

    if (!c->header || !like->columns) {
        if (order_by_own_names(d))
            return -1;
        return c->pixels == like->column_count ? 0 : refuse_count(d);
    }
    places = calloc((size_t)like->column_count, sizeof *places);
    if (!places || numbering_find(&theirs, like->columns, like->column_count, places))
        failed = err_memory(d->err, "the columns", 0);
    else if (numbering_whole(&theirs) && c->numbering.kind != NUMBERING_NONE)
        failed = match_numbers(d, places);
    else
        failed = match_names(d);
    free(places);
    return failed;
}

int columns_order(struct decision *d)
{
    return d->like ? order_by_like(d) : order_by_own_names(d);
}

/* ---- The picture's shape ---- */

int columns_parse_shape(const char *text, struct columns_options *options)
{
    enum { MOST = 4096 };
    int size[3], count = 0;

    for (char *end;; text = end + 1) {
        long number = strtol(text, &end, 10);

        if (*text < '0' || *text > '9' || number < 1 || number > MOST || count == 3)
            return -1;
        size[count++] = (int)number;
        if (*end != 'x') {
            if (*end || count < 2)
                return -1;
            break;
        }
    }
    options->c = count == 3 ? size[0] : 1;
    options->h = size[count - 2];
    options->w = size[count - 1];
    return 0;
}

int columns_square(int n)
{
    int side = (int)lround(sqrt((double)n));

    return n > 0 && (long long)side * side == n ? side : 0;
}

static int refuse_shape(const struct decision *d)
{
    int n = d->columns->pixels, side;
    char hint[80] = "";

    if (n % 3 == 0 && (side = columns_square(n / 3)) != 0)
        snprintf(hint, sizeof hint, ", here perhaps --shape 3x%dx%d", side, side);
    else if (!d->columns->header && n % 3 == 1 && (side = columns_square(n / 3)) != 0)
        snprintf(hint, sizeof hint, ", here perhaps --shape 3x%dx%d and one label", side, side);
    else if ((side = columns_square(n - 1)) != 0)
        snprintf(hint, sizeof hint, "; without a label column they would be %dx%d (--label)", side,
                 side);
    return csv_reader_fail(d->reader, -1, d->err,
                           "%d pixel columns make no square picture; say --shape CxHxW%s", n, hint);
}

int columns_shape(struct decision *d)
{
    const struct columns_options *w = d->options;
    struct columns *c = d->columns;
    int side = columns_square(c->pixels);

    if (w->h) {
        c->c = w->c;
        c->h = w->h;
        c->w = w->w;
        if ((long long)c->c * c->h * c->w != c->pixels)
            return csv_reader_fail(d->reader, -1, d->err,
                                   "%d pixel columns, but --shape %dx%dx%d has %lld", c->pixels,
                                   c->c, c->h, c->w, (long long)c->c * c->h * c->w);
    } else if (d->like) {
        c->c = d->like->c;
        c->h = d->like->h;
        c->w = d->like->w;
    } else if (c->numbering.kind == NUMBERING_GRID) {
        c->c = 1;
        c->h = c->numbering.h;
        c->w = c->numbering.w;
    } else if (side) {
        c->c = 1;
        c->h = c->w = side;
    } else {
        return refuse_shape(d);
    }
    if (d->like && (c->c != d->like->c || c->h != d->like->h || c->w != d->like->w))
        return csv_reader_fail(d->reader, -1, d->err,
                               "--shape %dx%dx%d, but the pictures of %s are %dx%dx%d", c->c, c->h,
                               c->w, d->like_path, d->like->c, d->like->h, d->like->w);
    return 0;
}

void columns_place(struct decision *d)
{
    struct columns *c = d->columns;
    int plane = c->h * c->w;
    bool by_names = d->like && d->like->columns && c->header;

    c->transposed = !by_names && (d->options->transpose || (d->like && d->like->transposed));
    for (int i = 0; i < c->count; i++)
        c->position[i] = -1;
    for (int i = 0; i < c->pixels; i++) {
        int place = d->order[i], in_plane = place % plane;

        if (c->transposed)
            place += in_plane % c->h * c->w + in_plane / c->h - in_plane;
        c->position[d->pixel_columns[i]] = place;
    }
}
