/* One plain line of digits and commas to bytes, or the answer that it is not plain. */
#include "fast_line.h"

#include <stdlib.h>
#include <string.h>

enum span_kind { PIXELS, LABEL, ID, GROUP, DROPPED };

struct lane_span {
    enum span_kind kind;
    int columns;
};

enum { MOST_CELL = 64 * 1024 }; /* of libcsv's lane */

/* ---- One cell ---- */

/* Bytes at which a cell ends, or which make a line not the lane's. The text's end is a NUL. */
static const bool stops[256] = {
    [','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true, [0] = true};

/* Finds the cell that begins at `at`, of whatever sort; returns where it ends: at a comma, a line
 * end or the text's end. NULL: a quote, a NUL, a lone carriage return, or too long. */
static const char *find_cell(const char *at, const char *end, struct cell *cell)
{
    const char *p = at;

    while (!stops[(unsigned char)*p])
        p++;
    *cell = (struct cell){at, (size_t)(p - at), false};
    if (*p == '"' || (*p == 0 && p != end) || (*p == '\r' && p[1] != '\n') ||
        cell->size > MOST_CELL)
        return NULL;
    return p;
}

/* ---- Pixels of one to three digits, two by two ---- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Loads eight bytes, the first one lowest. */
static uint64_t load(const char *at)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

/* Returns the number of up to three digits in the top bytes, the last one highest: at most 255.
 * Each digit times its place value meets the others in byte 2; what lies over them begins at byte
 * 3. */
static uint8_t number_of(uint64_t digits)
{
    return (uint8_t)((uint32_t)(digits >> 40) * UINT32_C(0x640a01) >> 16);
}

/* Returns not 0 if it is over 255: the first digit is the highest when the bytes are swapped. */
static uint64_t over_255(uint64_t digits)
{
    return (UINT64_C(0x020505) - __builtin_bswap64(digits)) >> 63;
}

static const uint64_t four_zeros = UINT64_C(0x2c302c302c302c30); /* "0,0,0,0," */

/* Takes a run of cells that are 0, at least the two that the eight bytes at *text begin with.
 * Writes eight pixels at a time, of which those after the run are still to come; room is left for
 * that and for the row's last cell. Returns how many pixels there are now. */
static int take_zeros(const char **text, uint8_t *pixels, int i, int room)
{
    const char *at = *text;
    uint64_t other = load(at) ^ four_zeros, next;
    int zeros;

    do {
        next = load(at + 8) ^ four_zeros;
        memset(pixels + i, 0, 8);
        zeros = other ? __builtin_ctzll(other) / 16 : next ? 4 + __builtin_ctzll(next) / 16 : 8;
        i += zeros;
        at += 2 * zeros;
        other = load(at) ^ four_zeros;
    } while (zeros == 8 && i < room);
    *text = at;
    return i;
}

/* Takes pixels by twos: two cells of one to three digits and their commas fit in eight bytes. Bit 4
 * tells digits from commas; whether they really are is checked at the end, where nothing waits for
 * the answer. Takes pixels from number `i` on and leaves what is doubtful, and what may be the
 * row's last cell: returns how many pixels there are now, and moves *text after their commas. */
static int take_digits(const char **text, const char *end, uint8_t *pixels, int i, int count)
{
    const char *at = *text;

    while (at < end && i + 2 < count) {
        uint64_t bytes = load(at), commas = ~bytes & EACH(0x10), second = commas & (commas - 1);
        uint64_t digits, a, b, wrong;
        unsigned a_end, b_end; /* in bits */

        if ((uint32_t)bytes == (uint32_t)four_zeros && i + 8 < count) {
            i = take_zeros(&at, pixels, i, count - 8);
            continue;
        }
        if (!second)
            break;
        a_end = (unsigned)__builtin_ctzll(commas) - 4;
        b_end = (unsigned)__builtin_ctzll(second) - 4;
        if (a_end - 8 > 16 || b_end - a_end - 16 > 16)
            break;
        digits = bytes ^ EACH('0') ^ (commas >> 4) * ('0' ^ ','); /* and commas are 0 */
        a = digits << (64 - a_end);
        b = digits >> a_end >> 8 << (72 + a_end - b_end);
        wrong = ((digits + EACH(6)) | digits) & EACH(0xf0); /* over 9 */
        wrong |= digits & (commas - (commas >> 4));         /* a comma that is none */
        if (wrong << (56 - b_end) | over_255(a) | over_255(b))
            break;
        pixels[i++] = number_of(a);
        pixels[i++] = number_of(b);
        at += b_end / 8 + 1;
    }
    *text = at;
    return i;
}

/* ---- Spans of columns ---- */

/* One line being taken. */
struct line {
    const char *at, *end; /* after the last cell's comma, or at the line's end; the text's end */
    bool last;            /* no cell follows */
    struct cell label;
};

/* Finds the next cell; false if there is none, or none that is the lane's. */
static bool next_cell(struct line *line, struct cell *cell)
{
    const char *p = line->last ? NULL : find_cell(line->at, line->end, cell);

    if (!p)
        return false;
    line->last = p == line->end || *p != ',';
    line->at = p + !line->last;
    return true;
}

static bool take_u8(struct line *line, uint8_t *pixels, int count)
{
    struct cell cell;

    for (int i = 0; i < count; i++) {
        if (!line->last)
            i = take_digits(&line->at, line->end, pixels, i, count);
        if (!next_cell(line, &cell) || !cell_u8(cell, &pixels[i]))
            return false;
    }
    return true;
}

static bool take_f32(struct line *line, float *pixels, int count)
{
    struct cell cell;

    for (int i = 0; i < count; i++)
        if (!next_cell(line, &cell) || !cell_f32(cell, &pixels[i]))
            return false;
    return true;
}

static bool take_label(struct line *line)
{
    struct cell found;
    double value;

    if (!next_cell(line, &found))
        return false;
    line->label = cell_trim(found);
    if (line->label.size < found.size && !cell_number(line->label, &value))
        return false; /* spaces are ignored around numbers only */
    return line->label.size > 0;
}

static bool take_span(const struct lane *lane, const struct lane_span *span, struct line *line,
                      void *pixels, int from, struct lane_rows *rows)
{
    struct cell cell;

    switch (span->kind) {
    case PIXELS:
        return lane->pixel == DTYPE_U8 ? take_u8(line, (uint8_t *)pixels + from, span->columns)
                                       : take_f32(line, (float *)pixels + from, span->columns);
    case LABEL:
        return take_label(line);
    case ID:
        return next_cell(line, &cell) && key_cell(cell, &rows->ids[rows->count]);
    case GROUP:
        return next_cell(line, &cell) && key_cell(cell, &rows->groups[rows->count]);
    case DROPPED:
        for (int i = 0; i < span->columns; i++)
            if (!next_cell(line, &cell))
                return false;
        return true;
    }
    return false;
}

/* ---- One line ---- */

/* Returns the number of the line's label, a new one perhaps; -1: it is not the lane's. */
static int number_label(const struct lane *lane, struct cell label, struct lane_rows *rows)
{
    struct classes *classes = &rows->classes;
    char text[LABEL_NUMBER];
    struct cell form;
    int number = classes_find_label(lane->known ? lane->known : classes, label, &form, text);

    if (lane->known)
        return number;
    if (number < 0 && label_is_clean(form))
        number = classes_add(classes, form.text, form.size, rows->count);
    return number < 0 || classes_note(classes, number, label, form) ? -1 : number;
}

static void put_in_place(const struct lane *lane, void *image, const void *in_file_order)
{
    for (int i = 0; i < lane->pixels; i++)
        if (lane->pixel == DTYPE_U8)
            ((uint8_t *)image)[lane->place[i]] = ((const uint8_t *)in_file_order)[i];
        else
            ((float *)image)[lane->place[i]] = ((const float *)in_file_order)[i];
}

static bool take_line(const struct lane *lane, struct line *line, void *pixels,
                      struct lane_rows *rows)
{
    int from = 0;

    if (*line->at == '\n' || *line->at == '\r') /* blank, even where one empty cell would do */
        return false;
    for (int i = 0; i < lane->span_count; i++) {
        const struct lane_span *span = &lane->spans[i];

        if (!take_span(lane, span, line, pixels, from, rows))
            return false;
        from += span->kind == PIXELS ? span->columns : 0;
    }
    return line->last;
}

size_t lane_row(const struct lane *lane, const char *text, size_t size, struct lane_rows *rows)
{
    size_t image_bytes = (size_t)lane->pixels * dtype_size(lane->pixel);
    char *image = (char *)rows->images + (size_t)rows->count * image_bytes;
    struct line line = {.at = text, .end = text + size};

    if (!take_line(lane, &line, lane->place ? rows->in_file_order : image, rows))
        return 0;
    if (lane->labelled) {
        int number = number_label(lane, line.label, rows);

        if (number < 0)
            return 0;
        rows->labels[rows->count] = number;
    }
    if (lane->place)
        put_in_place(lane, image, rows->in_file_order);
    rows->count++;
    if (line.at < line.end)
        line.at += *line.at == '\r' ? 2 : 1;
    return (size_t)(line.at - text);
}

/* ---- Opening ---- */

static enum span_kind kind_of(const struct columns *columns, int column)
{
    if (column == columns->label)
        return LABEL;
    if (column == columns->id)
        return ID;
    if (column == columns->group)
        return GROUP;
    return columns->position[column] >= 0 ? PIXELS : DROPPED;
}

static void fill_spans(struct lane *lane, const struct columns *columns)
{
    lane->shortest = (size_t)columns->count - 1;
    for (int i = 0; i < columns->count; i++) {
        enum span_kind kind = kind_of(columns, i);

        if (i == 0 || lane->spans[lane->span_count - 1].kind != kind)
            lane->spans[lane->span_count++].kind = kind;
        lane->spans[lane->span_count - 1].columns++;
        lane->shortest += kind != DROPPED;
    }
}

static void fill_places(struct lane *lane, const struct columns *columns)
{
    int n = 0;

    for (int i = 0; i < columns->count; i++)
        if (columns->position[i] >= 0) {
            if (columns->position[i] != n)
                lane->place = lane->places;
            lane->places[n++] = columns->position[i];
        }
}

int lane_init(struct lane *lane, const struct columns *columns, enum dtype pixel,
              const struct classes *known, struct err *err)
{
    size_t count = (size_t)columns->count;

    *lane = (struct lane){
        .pixel = pixel, .pixels = columns->pixels, .labelled = columns->label >= 0, .known = known};
    lane->spans = calloc(count, sizeof *lane->spans);
    lane->places = calloc(count, sizeof *lane->places);
    if (!lane->spans || !lane->places) {
        lane_free(lane);
        return err_memory(err, "the columns", 0);
    }
    fill_spans(lane, columns);
    fill_places(lane, columns);
    return 0;
}

void lane_free(struct lane *lane)
{
    free(lane->spans);
    free(lane->places);
    *lane = (struct lane){0};
}
