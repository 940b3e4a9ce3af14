/* Rows of a CSV by libcsv, with the checks that it lacks. */
#include "reader.h"

#include "cell.h"
#include "pipeline/base/magic.h"
#include "pipeline/base/text.h"

#include <csv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER = 256 * 1024,
    MOST_FIELD = 64 * 1024,
    MOST_ROW = 64 * 1024 * 1024,
    MOST_COLUMNS = 512 * 1024,
    MOST_BLANK = 1000000 /* lines after one another; a few bytes of .gz unpack to any number */
};

/* libcsv's callbacks cannot stop it: they note what is wrong here, and csv_reader looks. */
enum fault { FINE, FIELD_TOO_LONG, ROW_TOO_LONG, TOO_MANY_COLUMNS, NO_MEMORY };

struct csv_reader {
    struct source *source;
    csv_read_function *read;
    void *bytes; /* that it reads */
    struct csv_parser parser;
    bool parser_made, begun, failed, ragged;
    struct csv_layout layout;
    char *const *names;

    char *buffer; /* [BUFFER + 1] */
    size_t at, end;
    bool all;      /* the source's end was met while the buffer was first filled */
    bool after_cr; /* the last byte was CR, the next one has to be LF */
    struct {
        bool quoted, begun; /* inside quotes; the line has begun */
        bool blank;         /* and not been written yet */
    } squeeze;

    char *text;
    size_t text_size, text_room;
    struct csv_field *fields;
    int count, room;
    int width; /* fields of the first row; 0 before it */
    enum fault fault;
    bool row_begun, row_done;

    int64_t line;       /* being read, from 1 */
    int64_t row_line;   /* on which the current row begins */
    int64_t rows;       /* read so far, header included */
    int64_t blank_line; /* the first one since the last row, or 0 */
};

/* ---- Faults ---- */

static int fail_at(const struct csv_reader *r, int64_t line, int column, struct err *err,
                   const char *text)
{
    char row[40] = "", place[40] = "", name[QUOTED_TEXT + 4] = "";
    bool in_row = r->row_begun && (r->names || r->rows > 1);

    if (in_row)
        snprintf(row, sizeof row, ", row %lld", (long long)csv_reader_row(r));
    if (column >= 0)
        snprintf(place, sizeof place, ", column %d", column + 1);
    if (column >= 0 && r->names && column < r->width)
        snprintf(name, sizeof name, " (%.80s)", r->names[column]);
    err_set(err, EX_DATAERR, "%s: line %lld%s%s%s: %s", source_name(r->source), (long long)line,
            row, place, name, text);
    err->line = line;
    err->row = in_row ? csv_reader_row(r) : 0;
    err->column = column + 1;
    return -1;
}

int csv_reader_fail(const struct csv_reader *r, int column, struct err *err, const char *format,
                    ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail_at(r, r->row_line, column, err, text);
}

static int report_fault(const struct csv_reader *r, struct err *err)
{
    switch (r->fault) {
    case FIELD_TOO_LONG:
        return csv_reader_fail(r, r->count, err, "a field over 64 KiB; are its quotes closed?");
    case ROW_TOO_LONG:
        return csv_reader_fail(r, -1, err, "a row over 64 MiB; is this a CSV file?");
    case TOO_MANY_COLUMNS:
        return csv_reader_fail(r, -1, err, "more than %d columns", MOST_COLUMNS);
    case NO_MEMORY:
        return err_memory(err, "reading a row of CSV", 0);
    case FINE:
        break;
    }
    return 0;
}

static int report_parser(struct csv_reader *r, struct err *err)
{
    if (csv_error(&r->parser) != CSV_EPARSE)
        return err_memory(err, "reading a field of CSV", 0);
    return fail_at(r, r->line, r->count, err,
                   r->parser.quoted
                       ? "text after a closing quote; quotes inside a quoted field are doubled"
                       : "a quote inside an unquoted field");
}

/* ---- What libcsv calls ---- */

static bool make_room(struct csv_reader *r, size_t size)
{
    if (r->count == r->room) {
        int room = r->room ? 2 * r->room : 1024;
        struct csv_field *fields = realloc(r->fields, (size_t)room * sizeof *fields);

        if (!fields)
            return false;
        r->fields = fields;
        r->room = room;
    }
    if (r->text_room - r->text_size < size) {
        size_t room = 2 * r->text_room + size;
        char *text = realloc(r->text, room);

        if (!text)
            return false;
        r->text = text;
        r->text_room = room;
    }
    return true;
}

/* Takes a field. libcsv keeps `quoted` in a variable of its own while it parses and stores it on
 * return; feed() cuts the bytes so that the stored one is always this field's. */
static void take_field(void *text, size_t size, void *data)
{
    struct csv_reader *r = data;
    struct csv_field *field;

    if (r->fault)
        return;
    if (size > MOST_FIELD)
        r->fault = FIELD_TOO_LONG;
    else if (r->text_size + size + 1 > MOST_ROW)
        r->fault = ROW_TOO_LONG;
    else if (r->count == MOST_COLUMNS)
        r->fault = TOO_MANY_COLUMNS;
    else if (!make_room(r, size + 1))
        r->fault = NO_MEMORY;
    if (r->fault)
        return;
    field = &r->fields[r->count++];
    field->at = (uint32_t)r->text_size;
    field->size = (uint32_t)size;
    field->quoted = r->parser.quoted != 0;
    memcpy(r->text + r->text_size, text, size);
    r->text[r->text_size + size] = 0;
    if (r->layout.decimal_comma &&
        cell_decimal_comma((struct cell){r->text + r->text_size, size, false}))
        *(char *)memchr(r->text + r->text_size, ',', size) = '.';
    r->text_size += size + 1;
}

static void take_row(int end, void *data)
{
    struct csv_reader *r = data;

    (void)end;
    r->row_done = true;
}

/* Spaces belong to the field: so libcsv's strict mode refuses them around quotes, and the cell's
 * own grammar decides elsewhere. */
static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* ---- Bytes to fields ---- */

static int parse(struct csv_reader *r, const char *bytes, size_t size, struct err *err)
{
    size_t taken = csv_parse(&r->parser, bytes, size, take_field, take_row, r);

    if (r->fault)
        return report_fault(r, err);
    if (taken < size)
        return report_parser(r, err);
    if (r->parser.entry_pos > MOST_FIELD + 1) { /* and a quote that may close it */
        r->fault = FIELD_TOO_LONG;
        return report_fault(r, err);
    }
    return 0;
}

/* Feeds the bytes of one line, up to its end or that of the buffer. Where quotes are about, they
 * are cut before each separator and line end, for take_field(). */
static int feed(struct csv_reader *r, const char *bytes, size_t size, struct err *err)
{
    if (!r->parser.quoted && !memchr(bytes, '"', size))
        return parse(r, bytes, size, err);
    while (size) {
        size_t piece = 1;

        while (piece < size && bytes[piece] != r->layout.separator && bytes[piece] != '\r' &&
               bytes[piece] != '\n')
            piece++;
        if (parse(r, bytes, piece, err))
            return -1;
        bytes += piece;
        size -= piece;
    }
    return 0;
}

static const char lone_cr[] = "a carriage return without a line feed; lines end in LF or CRLF";

/* Finds what libcsv lets pass: NUL, and a carriage return as a line end of its own. Returns the
 * bytes before the first such fault, which may well have a fault of their own; all of them if
 * *fault stays NULL. */
static size_t good_bytes(struct csv_reader *r, const char *bytes, size_t size, const char **fault)
{
    const char *nul = memchr(bytes, 0, size), *end = nul ? nul : bytes + size;

    if (r->after_cr && *bytes != '\n') {
        *fault = lone_cr;
        return 0;
    }
    r->after_cr = false;
    if (nul)
        *fault = "a NUL byte; is this a text file?";
    for (const char *cr = bytes; (cr = memchr(cr, '\r', (size_t)(end - cr))) != NULL; cr++) {
        if (cr + 1 == bytes + size) {
            r->after_cr = true;
            break;
        }
        if (cr[1] != '\n') {
            *fault = lone_cr;
            return (size_t)(cr + 1 - bytes);
        }
    }
    return (size_t)(end - bytes);
}

static int begin_row(struct csv_reader *r, struct err *err)
{
    if (r->blank_line)
        return fail_at(r, r->blank_line, -1, err,
                       "a blank line, and rows follow; only at the end are they ignored");
    r->row_begun = true;
    r->row_line = r->line;
    r->rows++;
    return 0;
}

static int take_line(struct csv_reader *r, struct err *err)
{
    const char *bytes = r->buffer + r->at;
    const char *newline = memchr(bytes, '\n', r->end - r->at);
    size_t size = newline ? (size_t)(newline - bytes) + 1 : r->end - r->at;
    const char *fault = NULL;

    if (!r->row_begun && *bytes != '\r' && *bytes != '\n' && begin_row(r, err))
        return -1;
    if (feed(r, bytes, good_bytes(r, bytes, size, &fault), err))
        return -1;
    if (fault)
        return fail_at(r, r->line, -1, err, fault);
    r->at += size;
    if (newline) {
        if (!r->row_begun && !r->blank_line)
            r->blank_line = r->line;
        if (!r->row_begun && r->line - r->blank_line >= MOST_BLANK)
            return fail_at(r, r->line, -1, err, "a million blank lines before it; is this a CSV file?");
        r->line++;
    }
    return 0;
}

/* ---- Reading ---- */

/* Makes one of every run of blanks, and none where a line begins or ends, of the bytes from `from`
 * up to the buffer's end; there is room for one more before them. */
static void squeeze_blanks(struct csv_reader *r, size_t from)
{
    char *to = r->buffer + r->at;

    for (size_t i = from; i < r->end; i++) {
        char c = r->buffer[i];
        bool ends = c == '\n' || c == '\r';

        if (c == ' ' && !r->squeeze.quoted) {
            r->squeeze.blank = r->squeeze.begun;
            continue;
        }
        if (r->squeeze.blank && !ends)
            *to++ = ' ';
        r->squeeze.blank = false;
        r->squeeze.quoted ^= c == '"';
        r->squeeze.begun = !ends || r->squeeze.quoted;
        *to++ = c;
    }
    r->end = (size_t)(to - r->buffer);
}

static int refill(struct csv_reader *r, struct err *err)
{
    int64_t got = r->read(r->bytes, r->buffer + 1, BUFFER, err);

    if (got < 0)
        return -1;
    r->at = 1;
    r->end = (size_t)got + 1;
    if (r->layout.separator == ' ') {
        r->at = 0;
        squeeze_blanks(r, 1);
    }
    return got > 0;
}

/* Fills the buffer, however small the parts that a stream comes in, so that what is decided by the
 * first rows does not depend on those. A source that failed fails again when it is read on. */
static int look_at_start(struct csv_reader *r, struct err *err)
{
    enum { MARK = 3 };
    struct err failure;

    r->begun = true;
    while (r->end < BUFFER && !r->all) {
        int64_t got = r->read(r->bytes, r->buffer + r->end, BUFFER - r->end, &failure);

        if (got < 0 && r->end == 0) {
            *err = failure;
            return -1;
        }
        if (got < 0)
            break;
        r->all = got == 0;
        r->end += (size_t)got;
    }
    if (magic_refuse(source_name(r->source), r->buffer, r->end, EXPECT_CSV, err))
        return -1;
    if (r->end >= MARK && memcmp(r->buffer, "\xef\xbb\xbf", MARK) == 0)
        r->at = MARK;
    return 0;
}

/* Ends the last row, which may lack its newline. After a fault libcsv's csv_fini() would hand over
 * half a row and forget the fault; this is reached only without one. */
static int finish(struct csv_reader *r, struct err *err)
{
    if (r->after_cr)
        return fail_at(r, r->line, -1, err, lone_cr);
    if (csv_fini(&r->parser, take_field, take_row, r))
        return csv_reader_fail(r, r->count, err, "a quote that is never closed");
    return report_fault(r, err);
}

static int check_width(struct csv_reader *r, struct err *err)
{
    if (r->width == 0)
        r->width = r->count;
    return r->ragged ? 0 : csv_reader_check_width(r, err);
}

int csv_reader_check_width(const struct csv_reader *r, struct err *err)
{
    if (r->count == r->width)
        return 0;
    return csv_reader_fail(r, -1, err, "%d field%s where %s %d", r->count, plural(r->count),
                           r->names ? "the header has" : "the first row has", r->width);
}

static int read_row(struct csv_reader *r, struct csv_row *row, struct err *err)
{
    r->count = 0;
    r->text_size = 0;
    r->row_begun = r->row_done = false;
    if (!r->begun && look_at_start(r, err))
        return -1;
    /* CRLF ends a row at the CR already, perhaps at the buffer's end: its LF is still to come */
    while (!r->row_done || r->after_cr) {
        int more = r->at < r->end ? 1 : refill(r, err);

        if (more < 0)
            return -1;
        if (more && r->at == r->end)
            continue; /* blanks only */
        if (more == 0) {
            if (finish(r, err))
                return -1;
            if (!r->row_done)
                return 0;
            break;
        }
        if (take_line(r, err))
            return -1;
    }
    if (r->layout.empty_last && r->count > 1 && r->fields[r->count - 1].size == 0 &&
        !r->fields[r->count - 1].quoted)
        r->count--;
    if (check_width(r, err))
        return -1;
    row->text = r->text;
    row->fields = r->fields;
    row->count = r->count;
    return 1;
}

int csv_reader_next(struct csv_reader *r, struct csv_row *row, struct err *err)
{
    int got = r->failed
                  ? err_set(err, EX_SOFTWARE, "%s: read on after an error", source_name(r->source))
                  : read_row(r, row, err);

    r->failed = got < 0;
    return got;
}

/* ---- Opening and the rest ---- */

static int64_t read_source(void *source, void *buffer, size_t size, struct err *err)
{
    return source_read(source, buffer, size, err);
}

int csv_reader_open(struct csv_reader **reader, struct source *source, struct err *err)
{
    struct csv_reader *r = calloc(1, sizeof *r);

    if (!r)
        return err_memory(err, "reading CSV", 0);
    r->source = source;
    r->read = read_source;
    r->bytes = source;
    r->line = r->row_line = 1;
    r->layout.separator = ',';
    r->buffer = malloc(BUFFER + 1);
    r->parser_made = csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (!r->buffer || !r->parser_made) {
        csv_reader_close(r);
        return err_memory(err, "reading CSV", BUFFER);
    }
    csv_set_space_func(&r->parser, never_space);
    *reader = r;
    return 0;
}

/* Reads the bytes that another reader begins with, in its buffer: whole lines. */
static int64_t read_none(void *bytes, void *buffer, size_t size, struct err *err)
{
    (void)bytes, (void)buffer, (void)size, (void)err;
    return 0;
}

int csv_reader_open_begin(struct csv_reader **reader, struct csv_reader *from, bool *all,
                          struct err *err)
{
    const char *bytes;
    struct csv_reader *r;
    size_t size;

    if (csv_reader_peek(from, &bytes, &size, all, err) || csv_reader_open(&r, from->source, err))
        return -1;
    while (!*all && size && bytes[size - 1] != '\n')
        size--;
    memcpy(r->buffer, bytes, size);
    r->end = size;
    r->read = read_none;
    r->begun = r->ragged = true;
    r->layout = from->layout;
    csv_set_delim(&r->parser, (unsigned char)r->layout.separator);
    *reader = r;
    return 0;
}

int csv_reader_peek(struct csv_reader *r, const char **bytes, size_t *size, bool *all,
                    struct err *err)
{
    if (!r->begun && look_at_start(r, err))
        return -1;
    csv_reader_rest(r, bytes, size);
    *all = r->all;
    return 0;
}

void csv_reader_set_layout(struct csv_reader *r, const struct csv_layout *layout)
{
    if (layout->separator == ' ' && r->layout.separator != ' ')
        squeeze_blanks(r, r->at);
    r->layout = *layout;
    csv_set_delim(&r->parser, (unsigned char)layout->separator);
}

struct csv_layout csv_reader_layout(const struct csv_reader *r)
{
    return r->layout;
}

void csv_reader_close(struct csv_reader *r)
{
    if (!r)
        return;
    if (r->parser_made)
        csv_free(&r->parser);
    free(r->buffer);
    free(r->text);
    free(r->fields);
    free(r);
}

void csv_reader_allow_ragged(struct csv_reader *r)
{
    r->ragged = true;
}

void csv_reader_rest(const struct csv_reader *r, const char **bytes, size_t *size)
{
    *bytes = r->buffer + r->at;
    *size = r->end - r->at;
}

void csv_reader_go_on(struct csv_reader *r, int64_t rows, csv_read_function *read, void *bytes)
{
    r->rows += rows;
    r->line += rows;
    r->read = read;
    r->bytes = bytes;
    r->at = r->end = 0;
}

void csv_reader_name_columns(struct csv_reader *r, char *const *names)
{
    r->names = names;
}

int64_t csv_reader_row(const struct csv_reader *r)
{
    return r->rows - (r->names != NULL);
}

int64_t csv_reader_line(const struct csv_reader *r)
{
    return r->row_line;
}

int64_t csv_reader_next_line(const struct csv_reader *r)
{
    return r->line;
}

const char *csv_reader_name(const struct csv_reader *r)
{
    return source_name(r->source);
}

/* ---- A file by its name ---- */

int csv_file_open(struct csv_file *file, const char *path, struct inputs *inputs, const char *role,
                  struct err *err)
{
    memset(file, 0, sizeof *file);
    if (source_open(&file->source, path, inputs, role, err) == 0 &&
        csv_reader_open(&file->reader, file->source, err) == 0)
        return 0;
    csv_file_close(file);
    return -1;
}

void csv_file_close(struct csv_file *file)
{
    csv_reader_close(file->reader);
    source_close(file->source);
    memset(file, 0, sizeof *file);
}
