/* Labels in a CSV of their own, put before the rows of the pictures' CSV. */
#include "paste.h"

#include "columns.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/layout.h"
#include "pipeline/csv/look.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A file, line by line; lines inside quotes are one. */
struct side {
    struct source *source;
    char *bytes; /* [room] */
    size_t at, end, room;
    bool ended;
    int64_t rows;
    bool blank; /* a blank line was met; no row may follow */
    struct csv_look look;
    bool header;
    char separator;
    int key; /* the column that has to be equal in both files, -1: none */
};

struct paste {
    struct side images, labels;
    struct source *labels_source;
    bool name_labels, skip_labels; /* the labels lack a header, or only they have one */
    struct cell name;              /* what was taken for the name of the only column of labels */
    char *out;
    size_t out_at, out_size, out_room;
    struct err failure; /* .status: 0, or it is given again */
};

/* ---- Lines ---- */

static int fill(struct side *s, struct err *err)
{
    enum { MORE = 256 * 1024, MOST = 128 * 1024 * 1024 };
    int64_t got;

    memmove(s->bytes, s->bytes + s->at, s->end - s->at);
    s->end -= s->at;
    s->at = 0;
    if (s->room - s->end < MORE) {
        size_t room = 2 * s->room + MORE;
        char *bytes = room < MOST ? realloc(s->bytes, room) : NULL;

        if (!bytes)
            return err_memory(err, "a row of CSV", room);
        s->bytes = bytes;
        s->room = room;
    }
    got = source_read(s->source, s->bytes + s->end, s->room - s->end, err);
    s->ended = got == 0;
    s->end += got > 0 ? (size_t)got : 0;
    return got < 0 ? -1 : 0;
}

/* The end of the line that begins at `at`, which is that of its row; `end` if it is not there. */
static size_t find_end(const struct side *s)
{
    bool quoted = false;

    for (size_t i = s->at; i < s->end; i++) {
        quoted ^= s->bytes[i] == '"';
        if (s->bytes[i] == '\n' && !quoted)
            return i;
    }
    return s->end;
}

/* The next row without its line end: 1 got it, 0 end, -1 error. */
static int next_line(struct side *s, const char **line, size_t *size, struct err *err)
{
    for (;;) {
        size_t end = find_end(s), length;

        while (end == s->end && !s->ended) {
            if (fill(s, err))
                return -1;
            end = find_end(s);
        }
        if (s->at == s->end)
            return 0;
        *line = s->bytes + s->at;
        length = end - s->at;
        s->at = end < s->end ? end + 1 : end;
        if (length && (*line)[length - 1] == '\r')
            length--;
        *size = length;
        if (length) {
            s->rows++;
            if (!s->blank)
                return 1;
            return err_set(err, EX_DATAERR,
                           "%s: a blank line before row %lld; only at the end are they ignored",
                           source_name(s->source), (long long)s->rows);
        }
        s->blank = true;
    }
}

/* ---- Fields ---- */

/* Returns a field of a line, which lasts as long as that does; without text if there is none. */
static struct cell field_at(const char *line, size_t size, char separator, int column)
{
    const char *end = line + size, *from;
    struct cell field;

    for (;; column--, line++) {
        bool quoted = false;

        while (separator == ' ' && line < end && *line == ' ')
            line++;
        for (from = line; line < end && (quoted || *line != separator); line++)
            quoted ^= *line == '"';
        if (column == 0)
            break;
        if (line == end)
            return (struct cell){0};
    }
    field = cell_trim((struct cell){from, (size_t)(line - from), false});
    if (field.size > 1 && *field.text == '"')
        field = (struct cell){field.text + 1, field.size - 2, true};
    return field;
}

/* Reads a number that a double holds exactly. */
static bool exact_number(struct cell cell, double *value)
{
    enum { DIGITS = 15 };
    char text[DIGITS + 1] = "";

    if (cell.size > DIGITS)
        return false;
    memcpy(text, cell.text, cell.size);
    return cell_number((struct cell){text, cell.size, cell.quoted}, value);
}

/* Tells whether two cells are one text or one number. */
static bool is_same(struct cell a, struct cell b)
{
    double x, y;

    if (a.size == b.size && memcmp(a.text, b.text, a.size) == 0)
        return true;
    return exact_number(a, &x) && exact_number(b, &y) && x == y;
}

/* ---- Both together ---- */

static int add(struct paste *p, const char *bytes, size_t size, struct err *err)
{
    if (p->out_room - p->out_size < size) {
        size_t room = 2 * p->out_size + size;
        char *out = realloc(p->out, room);

        if (!out)
            return err_memory(err, "a row of CSV", room);
        p->out = out;
        p->out_room = room;
    }
    memcpy(p->out + p->out_size, bytes, size);
    p->out_size += size;
    return 0;
}

static int refuse_counts(struct paste *p, int more_images, int more_labels, struct err *err)
{
    const char *line;
    size_t size;

    while (more_images == 1)
        more_images = next_line(&p->images, &line, &size, err);
    while (more_labels == 1)
        more_labels = next_line(&p->labels, &line, &size, err);
    if (more_images < 0 || more_labels < 0)
        return -1;
    return err_set(err, EX_DATAERR, "%s: %lld row%s where %s has %lld",
                   source_name(p->labels.source), (long long)(p->labels.rows - p->labels.header),
                   plural(p->labels.rows - p->labels.header), source_name(p->images.source),
                   (long long)(p->images.rows - p->images.header));
}

/* Refuses rows of two pictures, and labels whose first was taken for a name. A row that lacks the
 * field is refused by what reads it. */
static int check_row(const struct paste *p, const char *image, size_t image_size, const char *label,
                     size_t label_size, struct err *err)
{
    const struct side *l = &p->labels, *i = &p->images;
    const char *labels = source_name(l->source), *images = source_name(i->source);
    long long row = l->rows - l->header;
    struct cell ours, theirs;
    char one[QUOTED_TEXT], other[QUOTED_TEXT];

    if (row < 1)
        return 0;
    if (l->key >= 0) {
        ours = field_at(label, label_size, l->separator, l->key);
        theirs = field_at(image, image_size, i->separator, i->key);
        if (ours.text && theirs.text && !is_same(ours, theirs))
            return err_set(err, EX_DATAERR,
                           "%s: row %lld, column %d is %s, and column %d of %s is %s: rows belong "
                           "together by their order, so sort both files alike (or leave that "
                           "column out of either, if it is no id)",
                           labels, row, l->key + 1, text_quote(one, ours.text, ours.size),
                           i->key + 1, images, text_quote(other, theirs.text, theirs.size));
    }
    ours = field_at(label, label_size, l->separator, 0);
    if (p->name.text && ours.text && is_same(ours, p->name))
        return err_set(
            err, EX_DATAERR,
            "%s: the first line is %s, and so is the label of row %lld: a label or the "
            "column's name? %s has names, so put a line with a name before it, or say --header yes",
            labels, text_quote(one, ours.text, ours.size), row, images);
    return 0;
}

/* Puts the next row of both into `out`: 1, or 0 at the end. */
static int next_row(struct paste *p, struct err *err)
{
    const char *image, *label = "label";
    size_t image_size, label_size = strlen(label);
    int got = next_line(&p->images, &image, &image_size, err), labels = 1;

    p->out_at = p->out_size = 0;
    if (p->skip_labels)
        labels = next_line(&p->labels, &label, &label_size, err);
    p->skip_labels = false;
    if (!p->name_labels && labels == 1)
        labels = next_line(&p->labels, &label, &label_size, err);
    p->name_labels = false;
    if (got < 0 || labels < 0)
        return -1;
    if (got != labels)
        return refuse_counts(p, got, labels, err);
    if (got == 0)
        return 0;
    if (check_row(p, image, image_size, label, label_size, err))
        return -1;
    return add(p, label, label_size, err) || add(p, &p->images.separator, 1, err) ||
                   add(p, image, image_size, err) || add(p, "\n", 1, err)
               ? -1
               : 1;
}

int64_t paste_read(void *paste, void *buffer, size_t size, struct err *err)
{
    struct paste *p = paste;

    if (p->out_at == p->out_size && p->failure.status == 0) {
        int got = next_row(p, &p->failure);

        if (got == 0)
            return 0;
    }
    if (p->failure.status) {
        *err = p->failure;
        return -1;
    }
    if (size > p->out_size - p->out_at)
        size = p->out_size - p->out_at;
    memcpy(buffer, p->out + p->out_at, size);
    p->out_at += size;
    return (int64_t)size;
}

/* ---- Opening ---- */

/* Keeps the bytes that the file begins with, and looks at its rows. */
static int open_side(struct side *s, struct source *source, char separator, struct err *err)
{
    struct csv_reader *reader = NULL;
    const char *bytes;
    int failed;

    s->source = source;
    failed = csv_reader_open(&reader, source, err) ||
             csv_reader_peek(reader, &bytes, &s->end, &s->ended, err);
    if (!failed) {
        s->room = s->end + 1;
        s->bytes = malloc(s->room);
        failed = s->bytes ? 0 : err_memory(err, "the first rows", s->room);
    }
    if (!failed) {
        memcpy(s->bytes, bytes, s->end);
        failed = csv_layout_find(reader, separator, &s->look, err);
        s->separator = csv_reader_layout(reader).separator;
    }
    if (!failed && s->look.count == 0)
        failed = err_set(err, EX_DATAERR, "%s: no row can be read, or the first has over 256 KiB",
                         source_name(source));
    csv_reader_close(reader);
    return failed ? -1 : 0;
}

static bool is_number(const struct csv_row *row)
{
    double value;

    return cell_number(csv_cell(row, 0), &value);
}

/* Of labels that are words nothing tells but the pictures' file. */
static bool labels_have_header(const struct paste *p)
{
    const struct csv_look *look = &p->labels.look;

    if (is_number(&look->rows[0]))
        return false;
    return look->count > 1 && is_number(&look->rows[1]) ? true : p->images.header;
}

/* Where both files are in sight, whichever of their rows are more. */
static bool counts_tell(const struct paste *p, bool *header)
{
    int more = p->images.look.count - p->labels.look.count;

    *header = more == 1;
    return p->images.look.all && p->labels.look.all && is_number(&p->labels.look.rows[0]) &&
           (more == 0 || more == 1);
}

static int decide_headers(struct paste *p, enum header_choice choice, struct err *err)
{
    struct csv_reader *reader;

    struct err unclear;
    int failed;

    if (csv_reader_open(&reader, p->images.source, err))
        return -1;
    failed = header_decide(&p->images.header, reader, &p->images.look.rows[0], choice, &unclear);
    csv_reader_close(reader);
    if (failed && !counts_tell(p, &p->images.header)) {
        *err = unclear;
        return -1;
    }
    p->labels.header = choice == HEADER_AUTO ? labels_have_header(p) : choice == HEADER_YES;
    p->name_labels = p->images.header && !p->labels.header;
    p->skip_labels = p->labels.header && !p->images.header;
    return 0;
}

enum { KEY_ROWS = 100 }; /* that are looked at, where no names are */

static bool has_value(const struct side *s, int column, struct cell value, int rows)
{
    for (int i = 0; i < rows && i < s->look.count; i++)
        if (column < s->look.rows[i].count && is_same(csv_cell(&s->look.rows[i], column), value))
            return true;
    return false;
}

/* Tells whether a column has words, another one in each of the first rows, as names of pictures. */
static bool has_words(const struct side *s, int column)
{
    double number;

    for (int i = 0; i < KEY_ROWS && i < s->look.count; i++) {
        const struct csv_row *row = &s->look.rows[i];

        if (column >= row->count || row->fields[column].size == 0 ||
            cell_number(csv_cell(row, column), &number) ||
            has_value(s, column, csv_cell(row, column), i))
            return false;
    }
    return s->look.count > 1;
}

/* Tells whether a value of an images' column is in one of the labels'. */
static bool share_value(const struct paste *p, int label, int image)
{
    for (int i = 0; i < KEY_ROWS && i < p->images.look.count; i++)
        if (has_value(&p->labels, label, csv_cell(&p->images.look.rows[i], image),
                      p->labels.look.count))
            return true;
    return false;
}

/* Finds such columns without names, by words that are in both files. */
static void find_nameless_keys(struct paste *p)
{
    for (int k = 0; k < p->images.look.rows[0].count; k++)
        for (int i = 0; i < p->labels.look.rows[0].count && has_words(&p->images, k); i++)
            if (has_words(&p->labels, i) && share_value(p, i, k)) {
                p->labels.key = i;
                p->images.key = k;
                return;
            }
}

/* Finds columns of both files, by their names, that say which picture a row is of. */
static void find_keys(struct paste *p)
{
    const struct csv_row *labels = &p->labels.look.rows[0], *images = &p->images.look.rows[0];

    p->labels.key = p->images.key = -1;
    if (!p->labels.header && !p->images.header)
        find_nameless_keys(p);
    if (!p->labels.header || !p->images.header)
        return;
    for (int i = 0; i < labels->count; i++)
        for (int k = 0; k < images->count; k++) {
            struct cell ours = cell_trim(csv_cell(labels, i)),
                        theirs = cell_trim(csv_cell(images, k));
            bool same = ours.size && !columns_is_label_name(ours) && ours.size == theirs.size &&
                        strncasecmp(ours.text, theirs.text, ours.size) == 0;

            if (same ||
                (p->labels.key < 0 && columns_is_id_name(ours) && columns_is_id_name(theirs))) {
                p->labels.key = i;
                p->images.key = k;
                if (same)
                    return;
            }
        }
}

int paste_open(struct paste **paste, struct source *images, const char *labels,
               struct inputs *inputs, char separator, enum header_choice choice, bool *header,
               int *columns, struct err *err)
{
    struct paste *p = *paste = calloc(1, sizeof *p);

    if (!p)
        return err_memory(err, "reading two files", sizeof *p);
    if (source_open(&p->labels_source, labels, inputs, "labels", err) ||
        open_side(&p->images, images, separator, err) ||
        open_side(&p->labels, p->labels_source, separator, err) || decide_headers(p, choice, err))
        return -1;
    *header = p->images.header;
    *columns = p->labels.look.rows[0].count;
    find_keys(p);
    if (choice == HEADER_AUTO && p->labels.header && *columns == 1)
        p->name = cell_trim(csv_cell(&p->labels.look.rows[0], 0));
    if (*columns > 1 && (p->labels.separator != p->images.separator || p->name_labels))
        return err_set(err, EX_DATAERR, "%s: %d columns, which cannot stand before those of %s: %s",
                       labels, *columns, source_name(images),
                       p->name_labels ? "only one of the two has a header"
                                      : "they are separated by another character");
    return 0;
}

void paste_close(struct paste *p)
{
    if (!p)
        return;
    csv_look_close(&p->images.look);
    csv_look_close(&p->labels.look);
    source_close(p->labels_source);
    free(p->images.bytes);
    free(p->labels.bytes);
    free(p->out);
    free(p);
}
