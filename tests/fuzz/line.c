#include "fuzz.h"
#include "pipeline/ingest/fast_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The fast lane on one line, next to a plain reading of the same line: the line is the lane's if,
 * and only if, every cell is good, and the values are the same. */

enum { MOST_PIXELS = 16, MOST_COLUMNS = MOST_PIXELS + 4 };

static const char *here; /* the line under test */

/* ---- The columns, from two bytes ---- */

struct layout {
    struct columns columns;
    enum dtype pixel;
    int position[MOST_COLUMNS];
};

/* The first byte: type, which of label, id and a dropped column there are, the pixels' order. The
 * second: how many pixels, and where those columns are. */
static void make_layout(struct layout *l, uint8_t kinds, uint8_t places)
{
    struct columns *c = &l->columns;
    bool backwards = kinds & 16;
    int n = 0, pixels = places % MOST_PIXELS + 1, at = places / MOST_PIXELS % (pixels + 1);

    *l = (struct layout){.pixel = kinds & 1 ? DTYPE_F32 : DTYPE_U8};
    *c = (struct columns){
        .label = -1, .id = -1, .group = -1, .pixels = pixels, .position = l->position};
    for (int i = 0; i <= pixels; i++) {
        if (i == at && kinds & 2)
            c->label = c->count++;
        if (i == at && kinds & 4)
            c->id = c->count++;
        if (i == pixels && kinds & 8)
            c->count++;
        if (i < pixels)
            l->position[c->count++] = ++n;
    }
    for (int i = 0; i < c->count; i++)
        l->position[i] = !l->position[i] ? -1
                         : backwards     ? pixels - l->position[i]
                                         : l->position[i] - 1;
}

/* ---- The plain reading ---- */

struct reading {
    size_t taken;
    double pixels[MOST_PIXELS];
    const char *label, *id;
    size_t label_size, id_size;
    char number[40]; /* a label that is spelt anew */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* [+-]digits[.digits][e[+-]digits], all of the text */
static bool is_number(const char *text)
{
    text += *text == '+' || *text == '-';
    if (!count_digits(text))
        return false;
    text += count_digits(text);
    if (*text == '.') {
        if (!count_digits(text + 1))
            return false;
        text += 1 + count_digits(text + 1);
    }
    if (*text == 'e' || *text == 'E') {
        text += 1 + (text[1] == '+' || text[1] == '-');
        if (!count_digits(text))
            return false;
        text += count_digits(text);
    }
    return *text == 0;
}

/* Any spelling of a whole number from 0 to 255, by the digits alone: 2.55e+02. */
static bool read_u8(const char *text, double *value)
{
    enum { FAR = 1000000 }; /* an exponent beyond any number of digits */
    char all[4096], *first = all;
    const char *at = text + (*text == '+' || *text == '-');
    long exponent = 0;
    size_t n = 0;

    *value = 0;
    if (!is_number(text))
        return false;
    for (; *at && *at != 'e' && *at != 'E'; at++)
        if (*at != '.')
            all[n++] = *at;
    all[n] = 0;
    if (*at)
        exponent = strtol(at + 1, NULL, 10);
    exponent = exponent > FAR ? FAR : exponent < -FAR ? -FAR : exponent;
    if (strchr(text, '.'))
        exponent -= (long)count_digits(strchr(text, '.') + 1);
    while (*first == '0')
        first++;
    for (n = strlen(first); n && first[n - 1] == '0'; exponent++)
        first[--n] = 0;
    if (n == 0)
        return true;
    if (*text == '-' || exponent < 0 || (long)n + exponent > 3)
        return false;
    *value = atof(first);
    for (; exponent; exponent--)
        *value *= 10;
    return *value <= 255;
}

static bool read_f32(const char *text, double *value)
{
    *value = (double)strtof(text, NULL);
    return is_number(text) && isfinite(*value);
}

/* How many bytes the UTF-8 character at `text` has, 0: it is none. RFC 3629. */
static int utf8_bytes(const unsigned char *text)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = *text < 0x80             ? 1
            : (*text & 0xe0) == 0xc0 ? 2
            : (*text & 0xf0) == 0xe0 ? 3
            : (*text & 0xf8) == 0xf0 ? 4
                                     : 0;
    unsigned code = n > 1 ? *text & (0x7fu >> n) : *text;

    for (int i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    return n && code >= least[n] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? n : 0;
}

static bool is_plain_text(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c += utf8_bytes(c))
        if (*c < 0x20 || *c == 0x7f || !utf8_bytes(c))
            return false;
    return true;
}

/* The text of a label or an id. */
static bool read_text(const char *cell, const char *trimmed, const char **text, size_t *size,
                      const char *line)
{
    if (!*trimmed || !is_plain_text(trimmed))
        return false;
    if (strlen(trimmed) != strlen(cell) && !(is_number(trimmed) && isfinite(strtod(trimmed, NULL))))
        return false;
    *text = line + strspn(cell, " \t");
    *size = strlen(trimmed);
    return true;
}

/* A label that is a whole number with a point is that number: 5.0 is 5. */
static void respell(const char *trimmed, struct reading *r)
{
    const char *digits = trimmed + (*trimmed == '+' || *trimmed == '-');
    const double number = strtod(trimmed, NULL);

    if (!strchr(trimmed, '.') || !is_number(trimmed) ||
        (*digits == '0' && count_digits(digits) > 1) || number != floor(number) ||
        fabs(number) >= 9007199254740992.0)
        return;
    r->label = r->number;
    r->label_size = (size_t)snprintf(r->number, sizeof r->number, "%.0f", number + 0.0);
}

static bool read_cell(const struct layout *l, int column, const char *cell, const char *in_line,
                      struct reading *r)
{
    char trimmed[4096];
    size_t begin = strspn(cell, " \t"), end = strlen(cell);
    int position = l->position[column];

    while (end > begin && is_space(cell[end - 1]))
        end--;
    memcpy(trimmed, cell + begin, end - begin);
    trimmed[end - begin] = 0;
    if (column == l->columns.label) {
        if (!read_text(cell, trimmed, &r->label, &r->label_size, in_line) ||
            !label_is_clean((struct cell){trimmed, strlen(trimmed), true}))
            return false;
        respell(trimmed, r);
        return true;
    }
    if (column == l->columns.id)
        return read_text(cell, trimmed, &r->id, &r->id_size, in_line) && r->id_size <= KEY_MOST;
    if (position < 0)
        return true;
    return l->pixel == DTYPE_U8 ? read_u8(trimmed, &r->pixels[position])
                                : read_f32(trimmed, &r->pixels[position]);
}

/* Whether the text begins with a good line. */
static bool read_plainly(const struct layout *l, const char *text, size_t size, struct reading *r)
{
    const char *newline = memchr(text, '\n', size);
    size_t line = newline ? (size_t)(newline - text) : size, at = 0;
    char cell[4096];

    r->taken = newline ? line + 1 : size;
    if (newline && line && text[line - 1] == '\r')
        line--;
    if (line == 0 || memchr(text, 0, line) || memchr(text, '"', line) || memchr(text, '\r', line))
        return false;
    for (int i = 0; i < l->columns.count; i++, at++) {
        const char *comma = at < line ? memchr(text + at, ',', line - at) : NULL;
        size_t end = comma ? (size_t)(comma - text) : line;

        if (at > line || (i == l->columns.count - 1) != !comma)
            return false;
        memcpy(cell, text + at, end - at);
        cell[end - at] = 0;
        if (!read_cell(l, i, cell, text + at, r))
            return false;
        at = end;
    }
    return true;
}

/* ---- Both ---- */

static void compare(const struct layout *l, const struct lane_rows *rows, const struct reading *r)
{
    for (int i = 0; i < l->columns.pixels; i++) {
        double ours = l->pixel == DTYPE_U8 ? ((uint8_t *)rows->images)[i]
                                           : (double)((float *)rows->images)[i];

        HOLDS(memcmp(&ours, &r->pixels[i], sizeof ours) == 0, "pixel %d is %.17g, not %.17g: %s", i,
              ours, r->pixels[i], here);
    }
    HOLDS(l->columns.id < 0 || (rows->ids[0].text == r->id && rows->ids[0].size == r->id_size),
          "another id than '%.*s'", (int)r->id_size, r->id);
    if (l->columns.label >= 0) {
        const char *label = rows->classes.list[rows->labels[0]].text;

        HOLDS(strlen(label) == r->label_size && memcmp(label, r->label, r->label_size) == 0,
              "label '%s': %s", label, here);
    }
}

/* The text lies at the end of its memory, as far as the lane may look. */
static char *place_text(const uint8_t *data, size_t size)
{
    static const char garbage[LANE_PADDING] = {0, ',', '1', ',', '\n', '2', ',', '3'};
    char *text = malloc(size + LANE_PADDING);

    HOLDS(text, "memory");
    memcpy(text, data, size);
    memcpy(text + size, garbage, sizeof garbage);
    return text;
}

void fuzz_line(const uint8_t *data, size_t size)
{
    float images[MOST_PIXELS], in_file_order[MOST_PIXELS];
    int32_t label;
    struct cell id;
    struct lane_rows rows = {
        .room = 1, .images = images, .in_file_order = in_file_order, .labels = &label, .ids = &id};
    struct reading reading = {0};
    struct layout layout;
    struct lane lane;
    struct err err;
    size_t taken;
    char *text;

    if (size < 3 || size > 2048)
        return;
    make_layout(&layout, data[0], data[1]);
    HOLDS(lane_init(&lane, &layout.columns, layout.pixel, NULL, &err) == 0, "%s", err.text);
    text = place_text(data + 2, size - 2);
    here = text;
    taken = lane_row(&lane, text, size - 2, &rows);
    if (!read_plainly(&layout, text, size - 2, &reading))
        reading.taken = 0;
    HOLDS(taken == reading.taken, "%zu bytes taken, not %zu: %s", taken, reading.taken, text);
    HOLDS(rows.count == (taken > 0), "%lld rows", (long long)rows.count);
    if (taken)
        compare(&layout, &rows, &reading);
    classes_free(&rows.classes);
    lane_free(&lane);
    free(text);
}
