#ifndef PIPELINE_CSV_H
#define PIPELINE_CSV_H

#include "pipeline/files/source.h"

/* Rows of a CSV file by RFC 4180, read by libcsv: exact or refused. Commas separate the fields
 * unless the layout says otherwise.
 *
 * Refused: rows of unequal length, quotes inside or text after a quoted field, quotes never closed,
 * NUL, a carriage return that no line feed follows, blank lines before the last row, fields over
 * 64 KiB, UTF-16. Accepted: a UTF-8 byte-order mark, CRLF, a missing last newline, blank lines at
 * the end. Spaces are part of a field. */
struct csv_reader;

struct csv_field {
    uint32_t at;        /* where in the row's text */
    uint32_t size : 31; /* a NUL follows; many fields are kept at a time, so in eight bytes */
    bool quoted : 1;
};

struct csv_row {
    const char *text;
    const struct csv_field *fields;
    int count;
};

/* Keeps a pointer to `source`. */
MUST_CHECK int csv_reader_open(struct csv_reader **reader, struct source *source, struct err *err);
/* Reads the next row: 1 got it, valid until the next call; 0 end; -1 error, and so is every later
 * call. */
MUST_CHECK int csv_reader_next(struct csv_reader *reader, struct csv_row *row, struct err *err);
void csv_reader_close(struct csv_reader *reader);

struct csv_layout {
    char separator;     /* ' ': any number of blanks, and none at a line's ends */
    bool decimal_comma; /* fields as 0,5 are given as 0.5 */
    bool empty_last;    /* rows end in a separator: the empty field after it is none */
};

/* Returns the first bytes, at most 256 KiB; *all: there are no more. Valid until the next call.
 * Call it before the first row, as the next two. */
MUST_CHECK int csv_reader_peek(struct csv_reader *reader, const char **bytes, size_t *size,
                               bool *all, struct err *err);
void csv_reader_set_layout(struct csv_reader *reader, const struct csv_layout *layout);
/* Opens one more reader for the whole lines among the first bytes of `from`, in its layout and of
 * any width. */
MUST_CHECK int csv_reader_open_begin(struct csv_reader **reader, struct csv_reader *from, bool *all,
                                     struct err *err);
struct csv_layout csv_reader_layout(const struct csv_reader *reader);

/* Lets rows have any width from now on; the caller checks: EX_DATAERR if the current row is not as
 * long as the first. */
void csv_reader_allow_ragged(struct csv_reader *reader);
MUST_CHECK int csv_reader_check_width(const struct csv_reader *reader, struct err *err);

/* Returns, to read some rows by other means, what the reader holds of the source after its last
 * row, at most 256 KiB, valid until the next call. */
void csv_reader_rest(const struct csv_reader *reader, const char **bytes, size_t *size);
/* `rows` rows later, one on each line, the reader goes on with the bytes that `read` gives, as
 * source_read() does. `bytes` has to be kept until the reader is closed. */
typedef int64_t csv_read_function(void *bytes, void *buffer, size_t size, struct err *err);
void csv_reader_go_on(struct csv_reader *reader, int64_t rows, csv_read_function *read,
                      void *bytes);

/* Says that the first row was a header: from now on rows are counted from 1 and messages name the
 * columns. Keeps a pointer to names[], one per column. */
void csv_reader_name_columns(struct csv_reader *reader, char *const *names);

/* Returns the current row's number, the header excluded, and the line it begins on, both from 1. */
int64_t csv_reader_row(const struct csv_reader *reader);
int64_t csv_reader_line(const struct csv_reader *reader);
/* Returns the line after the current row. */
int64_t csv_reader_next_line(const struct csv_reader *reader);
const char *csv_reader_name(const struct csv_reader *reader);

/* Fills *err (EX_DATAERR) with "FILE: line L, row R, column C (NAME): ..." for the current row;
 * `column` counts from 0, -1 leaves it out. Returns -1. */
int csv_reader_fail(const struct csv_reader *reader, int column, struct err *err,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

static inline const char *csv_text(const struct csv_row *row, int column)
{
    return row->text + row->fields[column].at;
}

/* A CSV file opened by its name, for small tables; compressed ones too. */
struct csv_file {
    struct source *source;
    struct csv_reader *reader;
};

MUST_CHECK int csv_file_open(struct csv_file *file, const char *path, struct inputs *inputs,
                             const char *role, struct err *err);
/* Closes; a zeroed or closed one is fine. */
void csv_file_close(struct csv_file *file);

#endif
