/* The order of pixel columns: by the numbers in their names, or by another data set's. */
#include "columns_private.h"

#include "pipeline/base/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* ---- The pixels' order ---- */

static int refuse_odd_columns(const struct decision *d, const bool *in, int count, const bool *odd)
{
    int pixel = 0;

    while (odd[pixel])
        pixel++;
    return columns_ask(d, in, count, "not named as a pixel, as '%.40s' is", d->pixel_names[pixel]);
}

static int refuse_odd(const struct decision *d)
{
    const struct columns *c = d->columns;
    bool *odd = calloc((size_t)c->pixels, sizeof *odd), *in = calloc((size_t)c->count, sizeof *in);
    int count = 0, failed;

    if (!odd || !in) {
        failed = err_memory(d->err, "the columns", 0);
    } else {
        numbering_odd(d->pixel_names, c->pixels, odd);
        for (int i = 0; i < c->pixels; i++)
            if (odd[i]) {
                in[d->pixel_columns[i]] = true;
                count++;
            }
        failed = refuse_odd_columns(d, in, count, odd);
    }
    free(odd);
    free(in);
    return failed;
}

/* Returns the number that ends a pixel's name. */
static const char *number_of(const char *name)
{
    const char *number = name + strlen(name);

    while (number > name && number[-1] >= '0' && number[-1] <= '9')
        number--;
    return number;
}

/* Writes how pandas puts columns back that were left out, as those that are 0 in all rows: up to
 * the square that the highest number is in. */
static void reindex_text(const struct decision *d, struct strbuf *text)
{
    const struct columns *c = d->columns;
    const char *name = d->pixel_names[0];
    const long long first = c->numbering.first;
    long long highest = c->numbering.missing, side = 1;
    size_t zeros = 0; /* digits of numbers that begin with a zero, as in pixel007 */

    strbuf_puts(text, "reindex(columns=[");
    for (int i = 0; i < c->count; i++)
        if (d->roles[i] != PIXEL)
            strbuf_printf(text, "'%s', ", c->names[i]); /* a name cut short is another column */
    for (int i = 0; i < c->pixels; i++) {
        const char *number = number_of(d->pixel_names[i]);
        const long long value = strtoll(number, NULL, 10);

        highest = value > highest ? value : highest;
        if (number[0] == '0' && number[1])
            zeros = strlen(number);
    }
    while (side * side < highest + (first == 0))
        side++;
    strbuf_printf(text, "*(f'%.*s{i", (int)(number_of(name) - name), name);
    if (zeros)
        strbuf_printf(text, ":0%zu", zeros);
    strbuf_puts(text, "}' for i in range(");
    if (first == 0 || side * side == highest)
        strbuf_printf(text, "%lld, %lld))], fill_value=0)", first, first + side * side);
    else
        strbuf_printf(text,
                      "N, N + %lld))], fill_value=0), where the first pixel of all has number N, "
                      "0 or 1",
                      side * side);
}

static int refuse_gap(const struct decision *d)
{
    const struct columns *c = d->columns;
    struct strbuf reindex = {0};

    if (c->numbering.kind == NUMBERING_GRID)
        return csv_reader_fail(
            d->reader, -1, d->err,
            "the %d pixel columns are named by row and column, as '%.40s' is, but "
            "do not fill a grid",
            c->pixels, d->pixel_names[0]);
    reindex_text(d, &reindex);
    csv_reader_fail(d->reader, -1, d->err,
                    "the %d pixel columns are numbered as '%.40s' is, but number %d is missing; "
                    "pandas puts back columns of zeros: %s",
                    c->pixels, d->pixel_names[0], c->numbering.missing, strbuf_shown(&reindex));
    strbuf_free(&reindex);
    return -1;
}

static int refuse_doubtful(const struct decision *d)
{
    const int at = d->columns->numbering.doubtful;
    static const char way_out[] = "without its names (sed 1d FILE | csvnet ingest - --header no) "
                                  "a file is read in its own order";

    if (d->columns->numbering.kind == NUMBERING_GRID)
        return csv_reader_fail(d->reader, d->pixel_columns[at], d->err,
                               "'%.40s' does not say which number is the row, as r0c0 and x0y0 do; "
                               "%s, and --transpose, column by column",
                               d->pixel_names[at], way_out);
    if (at == 0)
        return csv_reader_fail(d->reader, d->pixel_columns[at], d->err,
                               "'%.40s' says the column before the row, and what is before them is "
                               "not the same in all names; %s, and --transpose, column by column",
                               d->pixel_names[at], way_out);
    return csv_reader_fail(d->reader, d->pixel_columns[at], d->err,
                           "'%.40s' comes after '%.40s': the columns do not lie in the order of "
                           "their numbers; %s",
                           d->pixel_names[at], d->pixel_names[at - 1], way_out);
}

static int order_by_own_names(struct decision *d)
{
    const struct columns *c = d->columns;

    if (c->numbering.odd >= 0)
        return refuse_odd(d);
    if (c->numbering.missing >= 0)
        return refuse_gap(d);
    return c->numbering.doubtful >= 0 ? refuse_doubtful(d) : 0;
}

/* ---- The order of another data set ---- */

static int refuse_count(const struct decision *d)
{
    return csv_reader_fail(d->reader, -1, d->err, "%d pixel columns where %s has %d%s",
                           d->columns->pixels, d->like_path, d->like->column_count,
                           d->columns->pixels > d->like->column_count
                               ? "; --label, --id and --drop say which are none, here too"
                               : "");
}

/* Matches numbered names, which compare by position: pixel0.. and pixel1.. are the same columns.
 * `places` says where in the picture each number stands in the other data set. */
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
        char number[COLUMN_TEXT];

        d->order[i] = header_find(theirs, like->column_count, name);
        if (d->order[i] < 0)
            failed =
                csv_reader_fail(d->reader, d->pixel_columns[i], d->err,
                                "%s has no column '%.80s'; --drop %s would leave it out",
                                d->like_path, name, columns_text(d, d->pixel_columns[i], number));
    }
    for (int i = 0; i < like->column_count && !failed; i++)
        if (header_find(ours, c->pixels, like->columns[i]) < 0)
            failed = csv_reader_fail(d->reader, -1, d->err, "no column '%.80s', which %s has",
                                     like->columns[i], d->like_path);
    free(theirs);
    free(ours);
    return failed;
}

static bool names_moved(const struct decision *d)
{
    for (int i = 0; i < d->columns->pixels; i++)
        if (d->order[i] != i)
            return true;
    return false;
}

/* Orders pixels where at most one of the files has names: where these change the order nothing says
 * whether the other file's pixels lie in the old or in the new one. */
static int order_without_theirs(struct decision *d)
{
    const struct columns *c = d->columns;
    const bool grid = c->numbering.kind == NUMBERING_GRID;

    if (order_by_own_names(d))
        return -1;
    if (c->pixels != d->like->column_count)
        return refuse_count(d);
    if (d->like->reordered)
        return csv_reader_fail(
            d->reader, -1, d->err,
            "its pixels have no names, and those of %s were put in another order "
            "by theirs: a first row with the names would tell",
            d->like_path);
    if (grid && (d->like->transposed || names_moved(d)))
        return csv_reader_fail(
            d->reader, -1, d->err,
            "names as '%.40s' put the pixels row by row, and without names %s may have them column "
            "by column; sed 1d FILE | csvnet ingest - --header no reads them as there",
            d->pixel_names[0], d->like_path);
    return 0;
}

/* Refuses plain numbers where the other data set's columns were not in the order of theirs: nothing
 * says along which axis they count. */
static int refuse_line(const struct decision *d)
{
    return csv_reader_fail(d->reader, -1, d->err,
                           "'%.40s' does not say a row and a column, as '%.40s' of %s does, whose "
                           "columns came in another order",
                           d->pixel_names[0], d->like->columns[0], d->like_path);
}

static int order_by_like(struct decision *d)
{
    struct columns *c = d->columns;
    const struct dataset_info *like = d->like;
    struct numbering theirs;
    int *places, failed;

    if (!d->pixel_names || !like->columns)
        return order_without_theirs(d);
    places = calloc((size_t)like->column_count, sizeof *places);
    if (!places || numbering_find(&theirs, like->columns, like->column_count, places))
        failed = err_memory(d->err, "the columns", 0);
    else if (like->reordered && theirs.kind == NUMBERING_GRID &&
             c->numbering.kind == NUMBERING_LINE)
        failed = refuse_line(d);
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

enum { GRAY = 1, RGB = 3, RGBA = 4 };

static bool may_be_channels(int size)
{
    return size == GRAY || size == RGB || size == RGBA;
}

/* Tells whether three sizes end with the channels; a square makes it clear. -2: they may. */
static int ends_with_channels(const int size[3], enum channel_order channels)
{
    bool first = may_be_channels(size[0]), last = may_be_channels(size[2]);
    bool before = size[0] == size[1] && size[0] > 1, after = size[1] == size[2] && size[1] > 1;

    if (channels != CHANNELS_AUTO)
        return channels == CHANNELS_LAST;
    if (first && last && before != after)
        return before;
    if (size[0] != GRAY && size[2] != GRAY && first && last)
        return -2;
    return last && !first;
}

int columns_parse_shape(const char *text, struct columns_options *options)
{
    int size[3], count = 0, last = 0;

    for (char *end;; text = end + 1) {
        long number = strtol(text, &end, 10);

        if (*text < '0' || *text > '9' || number < 1 || number > PICTURE_MOST_SIDE || count == 3)
            return -1;
        size[count++] = (int)number;
        if (*end != 'x') {
            if (*end || count < 2)
                return -1;
            break;
        }
    }
    if (count == 3)
        last = ends_with_channels(size, options->channels);
    if (last < 0)
        return last;
    options->c = count == 2 ? 1 : size[last ? 2 : 0];
    options->h = size[last ? 0 : count - 2];
    options->w = size[last ? 1 : count - 1];
    if (last && options->c > 1)
        options->channels = CHANNELS_LAST;
    return 0;
}

static bool same_word(const char *a, const char *b)
{
    const size_t size = strcspn(a, "0123456789");

    return size == strcspn(b, "0123456789") && memcmp(a, b, size) == 0;
}

/* Tells by the words before the numbers of three channels whether these lie one after another, r0,
 * r1, ..., g0, or those of a pixel together, r0, g0, b0, r1; else CHANNELS_AUTO. */
static enum channel_order named_channels(const struct decision *d)
{
    char *const *names = d->pixel_names;
    const int n = d->columns->pixels, third = n / 3;
    bool first = true, last = true;

    if (!names || d->columns->numbering.kind != NUMBERING_NONE || n % 3 || third < 2 ||
        same_word(names[0], names[n - 1]))
        return CHANNELS_AUTO;
    for (int i = 0; i < n; i++) {
        first = first && same_word(names[i], names[i / third * third]);
        last = last && same_word(names[i], names[i % 3]);
    }
    return first == last ? CHANNELS_AUTO : first ? CHANNELS_FIRST : CHANNELS_LAST;
}

/* Proposes what fits the number of columns, and would be taken. */
static int refuse_shape(const struct decision *d)
{
    const enum channel_order named = named_channels(d);
    const struct columns *c = d->columns;
    const bool nameless = !c->named && c->cell < 0;
    int n = c->pixels, side, classes;
    char hint[200] = "";

    if (named && (side = columns_square(n / 3)) > 1)
        snprintf(hint, sizeof hint, ", by their names --shape %s%dx%d%s",
                 named == CHANNELS_FIRST ? "3x" : "", side, side,
                 named == CHANNELS_LAST ? "x3" : "");
    else if (n % 3 == 0 && (side = columns_square(n / 3)) > 1)
        snprintf(
            hint, sizeof hint,
            ", here perhaps --shape 3x%dx%d, or --shape %dx%dx3 if the channels of a pixel lie "
            "together",
            side, side, side, side);
    else if (nameless && c->label < 0 && n % 3 == 1 && (side = columns_square(n / 3)) > 1)
        snprintf(
            hint, sizeof hint,
            ", here perhaps --shape 3x%dx%d, or --shape %dx%dx3 if the channels of a pixel lie "
            "together; one more column is the label",
            side, side, side, side);
    else if (nameless && c->label < 0 && (classes = columns_onehot_at_end(d)) != 0)
        snprintf(hint, sizeof hint, "; the last %d hold a single 1 in each row: --label %d-%d",
                 classes, c->count - classes + 1, c->count);
    else if (c->label < 0 && c->cell < 0 && (side = columns_square(n - 1)) > 1)
        snprintf(hint, sizeof hint, "; without a label column they would be %dx%d (--label)", side,
                 side);
    return csv_reader_fail(d->reader, -1, d->err,
                           "%d pixel%s make no square picture; say --shape CxHxW%s", n,
                           c->cell < 0 ? " columns" : "s", hint);
}

/* Sets the shape that follows from the number of pixels, if it is known where the channels are. */
static void shape_by_channels(struct columns *c)
{
    int side = c->pixels % RGB == 0 ? columns_square(c->pixels / RGB) : 0;

    c->c = RGB;
    c->h = c->w = side;
}

/* Refuses --channels where it makes odd channels, or no square, of the sizes that the other end
 * would make colours, or a square, of: 3x8x8 is no 8 channels, 4x4x3 no 4. */
static int check_channels(const struct decision *d)
{
    const struct columns_options *o = d->options;
    const bool last = o->channels == CHANNELS_LAST;
    const int c = last ? o->h : o->w, h = last ? o->w : o->c, w = last ? o->c : o->h;
    const bool square = h == w && h > 1 && o->h != o->w && may_be_channels(c);

    if (!o->h || o->channels == CHANNELS_AUTO ||
        !(square || ((c == GRAY || c == RGB) && !may_be_channels(o->c))))
        return 0;
    return csv_reader_fail(
        d->reader, -1, d->err,
        "--channels %s makes %d channels of --shape's sizes; say --shape %dx%dx%d, or --shape "
        "%dx%dx%d if the channels of a pixel lie together",
        last ? "last" : "first", o->c, c, h, w, h, w, c);
}

static bool both_have_names(const struct decision *d)
{
    return d->like && d->like->columns && d->pixel_names;
}

/* Tells whether the pixels lie column by column, in the file or by its names. */
static bool lies_transposed(const struct decision *d)
{
    return (d->like && d->like->transposed) || (d->options->transpose && !both_have_names(d));
}

static bool lies_interleaved(const struct decision *d)
{
    if (both_have_names(d) || (d->like && d->options->channels == CHANNELS_AUTO))
        return d->like->interleaved;
    return d->options->channels == CHANNELS_LAST;
}

/* Refuses names that say another order of colours. */
static int check_named_channels(const struct decision *d)
{
    const struct columns *c = d->columns;
    const enum channel_order named =
        c->c == 3 && !both_have_names(d) ? named_channels(d) : CHANNELS_AUTO;

    if (!named || (named == CHANNELS_LAST) == lies_interleaved(d))
        return 0;
    return csv_reader_fail(
        d->reader, -1, d->err,
        "names as '%.40s', '%.40s' say that the channels %s: --shape "
        "%s%dx%d%s",
        d->pixel_names[0], d->pixel_names[1],
        named == CHANNELS_LAST ? "of a pixel lie together" : "lie one after another",
        named == CHANNELS_FIRST ? "3x" : "", c->h, c->w, named == CHANNELS_LAST ? "x3" : "");
}

/* Refuses names that say other rows than the shape has. In colours the first of their two numbers
 * may be the channel or the second one count the channels, too. */
static int check_grid(const struct decision *d)
{
    const struct columns *c = d->columns;
    const int lines = lies_transposed(d) ? c->w : c->h, rows = c->numbering.h;
    const int before = c->c > 1 && !lies_interleaved(d) ? c->c : 1;

    if (c->numbering.kind != NUMBERING_GRID || !numbering_whole(&c->numbering) ||
        rows == before * lines || (c->c > 1 && rows == (before > 1 ? before : c->h * c->w)))
        return 0;
    return csv_reader_fail(
        d->reader, -1, d->err, "names as '%.40s' make the pixel columns %dx%d, but %s%s%s %dx%dx%d",
        d->pixel_names[0], rows, c->numbering.w, d->options->h ? "--shape is" : "the pictures of ",
        d->options->h ? "" : d->like_path, d->options->h ? "" : " are", c->c, c->h, c->w);
}

int columns_shape(struct decision *d)
{
    const struct columns_options *w = d->options;
    struct columns *c = d->columns;
    int side = columns_square(c->pixels);

    if (check_channels(d))
        return -1;
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
        c->h = w->transpose ? c->numbering.w : c->numbering.h;
        c->w = w->transpose ? c->numbering.h : c->numbering.w;
    } else if (side) {
        c->c = 1;
        c->h = c->w = side;
    } else if (w->channels != CHANNELS_AUTO) {
        shape_by_channels(c);
    }
    if (!c->h)
        return refuse_shape(d);
    if (d->like && (c->c != d->like->c || c->h != d->like->h || c->w != d->like->w))
        return csv_reader_fail(d->reader, -1, d->err,
                               "--shape %dx%dx%d, but the pictures of %s are %dx%dx%d", c->c, c->h,
                               c->w, d->like_path, d->like->c, d->like->h, d->like->w);
    return check_grid(d) || check_named_channels(d) ? -1 : 0;
}

/* Returns the place of the pixel that is the i-th in the file's order, or by its name. */
static int place_of(const struct columns *c, int i, bool transposed, bool interleaved)
{
    int plane = c->h * c->w, channel = i / plane, at = i % plane;

    if (interleaved) {
        channel = i % c->c;
        at = i / c->c;
    }
    if (transposed)
        at = at % c->h * c->w + at / c->h;
    return channel * plane + at;
}

int columns_place(struct decision *d)
{
    struct columns *c = d->columns;
    const bool transposed = lies_transposed(d), interleaved = lies_interleaved(d);

    c->transposed = !both_have_names(d) && transposed;
    c->interleaved = !both_have_names(d) && interleaved;
    for (int i = 0; i < c->count; i++)
        c->position[i] = -1;
    if (c->cell < 0) {
        for (int i = 0; i < c->pixels; i++) {
            int place = place_of(c, d->order[i], c->transposed, c->interleaved);

            c->position[d->pixel_columns[i]] = place;
            c->reordered = c->reordered || place != place_of(c, i, transposed, interleaved);
        }
        return 0;
    }
    c->places = calloc((size_t)c->pixels, sizeof *c->places);
    if (!c->places)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < c->pixels; i++)
        c->places[i] = place_of(c, i, c->transposed, c->interleaved);
    return 0;
}
