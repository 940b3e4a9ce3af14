/* Separation of a file's fields: commas, tabs, semicolons or blanks, and decimal commas. */
#include "layout.h"

#include <string.h>

/* ---- The first two lines ---- */

struct lines {
    const char *at[2];
    size_t size[2];
    int count;
};

static struct lines first_lines(const char *bytes, size_t size)
{
    struct lines lines = {.count = 0};

    while (size && lines.count < 2) {
        const char *newline = memchr(bytes, '\n', size);
        size_t length = newline ? (size_t)(newline - bytes) : size,
               whole = length + (newline != NULL);

        if (length && bytes[length - 1] == '\r')
            length--;
        if (length) {
            lines.at[lines.count] = bytes;
            lines.size[lines.count++] = length;
        }
        bytes += whole;
        size -= whole;
    }
    return lines;
}

/* Counts how often `c` separates in a line: outside quotes, and blanks only between other
 * characters. */
static int count_in(const char *line, size_t size, char c)
{
    bool quoted = false, blank = false;
    int n = 0;

    if (c == ' ')
        while (size && line[size - 1] == ' ')
            size--;
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '"')
            quoted = !quoted;
        if (quoted || line[i] != c || (c == ' ' && (blank || i == 0 || line[i - 1] == ' ')))
            continue;
        n++;
    }
    return n;
}

static int count(const struct lines *lines, char c)
{
    int n = 0;

    for (int i = 0; i < lines->count; i++)
        n += count_in(lines->at[i], lines->size[i], c);
    return n;
}

/* Tells whether every comma of the two lines is inside a number, and both have as many fields. */
static bool only_decimal_commas(const struct lines *lines, char separator)
{
    for (int i = 0; i < lines->count; i++) {
        const char *at = lines->at[i], *end = at + lines->size[i];

        while (at < end) {
            const char *next = memchr(at, separator, (size_t)(end - at));
            size_t size = (size_t)((next ? next : end) - at);

            if (memchr(at, ',', size) && !cell_decimal_comma((struct cell){at, size, false}))
                return false;
            at = next ? next + 1 : end;
        }
    }
    return lines->count < 2 || count_in(lines->at[0], lines->size[0], separator) ==
                                   count_in(lines->at[1], lines->size[1], separator);
}

/* Tells whether a name stands over a cell of several numbers: the only column's, of whole pictures.
 */
static bool is_list_under_name(const struct lines *lines)
{
    return lines->count == 2 && count_in(lines->at[0], lines->size[0], ' ') == 0 &&
           cell_is_list((struct cell){lines->at[1], lines->size[1], false});
}

static int find_separator(const struct csv_reader *reader, const struct lines *lines,
                          char *separator, struct err *err)
{
    bool commas = count(lines, ',') > 0, tabs = count(lines, '\t') > 0;
    bool semicolons = count(lines, ';') > 0;

    *separator = ',';
    if (tabs && semicolons && !commas)
        return csv_reader_fail(reader, -1, err,
                               "fields separated by tabs or by semicolons? say --separator tab or "
                               "--separator ';'");
    if (tabs != semicolons && (!commas || only_decimal_commas(lines, tabs ? '\t' : ';')))
        *separator = tabs ? '\t' : ';';
    else if (!commas && !tabs && !semicolons && count(lines, ' ') > 0 && !is_list_under_name(lines))
        *separator = ' ';
    return 0;
}

/* ---- All rows looked at ---- */

/* Tells decimal commas by more than one number of a row, so that it is not one odd text. */
static bool has_decimal_commas(const struct csv_look *look)
{
    for (int i = 0; i < look->count && i < 100; i++) {
        int found = 0;

        for (int k = 0; k < look->rows[i].count && found < 2; k++)
            found += cell_decimal_comma(csv_cell(&look->rows[i], k));
        if (found == 2)
            return true;
    }
    return false;
}

/* Tells whether every row ends with a separator, as do the names or they are one fewer. */
static bool has_empty_last(const struct csv_look *look)
{
    for (int i = 0; i < look->count; i++) {
        const struct csv_row *row = &look->rows[i];
        const struct csv_field *last = &row->fields[row->count - 1];
        bool empty = row->count > 1 && last->size == 0 && !last->quoted;

        if (!empty && (i > 0 || look->count == 1 || row->count + 1 != look->rows[1].count))
            return false;
    }
    return look->count > 0;
}

int csv_layout_find(struct csv_reader *reader, char separator, struct csv_look *look,
                    struct err *err)
{
    struct csv_layout layout = {separator, false, false};
    struct csv_look first;
    struct lines lines;
    const char *bytes;
    size_t size;
    bool all;

    if (csv_reader_peek(reader, &bytes, &size, &all, err))
        return -1;
    lines = first_lines(bytes, size);
    if (!separator && find_separator(reader, &lines, &layout.separator, err))
        return -1;
    csv_reader_set_layout(reader, &layout);
    if (csv_look_open(&first, reader, err))
        return -1;
    layout.decimal_comma = layout.separator != ',' && has_decimal_commas(&first);
    layout.empty_last = has_empty_last(&first);
    csv_reader_set_layout(reader, &layout);
    if (look && !layout.decimal_comma && !layout.empty_last) {
        *look = first;
        return 0;
    }
    csv_look_close(&first);
    return look ? csv_look_open(look, reader, err) : 0;
}

/* ---- Names ---- */

const char *csv_separator_name(char separator, char name[2])
{
    name[0] = separator;
    name[1] = 0;
    return separator == '\t' ? "tab" : separator == ' ' ? "space" : name;
}

char csv_separator_parse(const char *text)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        return '\t';
    if (strcmp(text, "space") == 0)
        return ' ';
    if (*text < ' ' && *text != '\t')
        return 0;
    if (!*text || text[1] || strchr("\"+-.", *text) || (*text >= '0' && *text <= '9') ||
        (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z') || *text == 0x7f)
        return 0;
    return *text;
}
