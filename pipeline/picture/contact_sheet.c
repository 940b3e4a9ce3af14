/* Contact sheets: pictures with titles in a grid, row by row. */
#include "contact_sheet.h"

#include "font.h"
#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    LARGE = 168, /* pictures are magnified as long as no side gets longer */
    LEAST = 156, /* a cell's least width, for its caption */
    GAP = 16,    /* between cells, and around them */
    FRAME = 1,   /* around a picture */
    ZOOM = 2,    /* of the letters */
    LETTER = ZOOM * (FONT_WIDTH + 1),
    LINE = ZOOM * (FONT_HEIGHT + 2),
    MOST_LINES = 4, /* of a title or of a note */
    SHEET_BYTES = 64 << 20
};

void captioned_free(struct captioned *list, int count)
{
    for (int i = 0; i < count && list; i++) {
        picture_free(&list[i].picture);
        free(list[i].title);
        free(list[i].note);
    }
    free(list);
}

struct layout {
    int zoom;     /* of the pictures */
    int letters;  /* in a line of a caption */
    int lines;    /* of captions, the most of all */
    int64_t w, h; /* of a cell */
    int per_line;
};

static int count_lines(const char *text, int width)
{
    int lines = 0;

    while (text && *text && lines < MOST_LINES) {
        text += utf8_line_cut(text, width);
        text += *text == ' ';
        lines++;
    }
    return lines;
}

static struct layout lay_out(const struct captioned *list, int count)
{
    const struct picture *p = &list[0].picture;
    const int longer = p->w > p->h ? p->w : p->h;
    struct layout l = {.zoom = longer < LARGE ? LARGE / longer : 1, .per_line = 1};

    l.w = (int64_t)p->w * l.zoom + 2 * FRAME;
    l.w = l.w < LEAST ? LEAST : l.w;
    l.letters = (int)((l.w + LETTER / 2) / LETTER);
    for (int i = 0; i < count; i++) {
        const int lines =
            count_lines(list[i].title, l.letters) + count_lines(list[i].note, l.letters);

        l.lines = lines > l.lines ? lines : l.lines;
    }
    l.h = (int64_t)p->h * l.zoom + 2 * FRAME + LINE / 2 + (int64_t)l.lines * LINE;
    while ((int64_t)l.per_line * l.per_line < 2 * (int64_t)count && l.per_line < count)
        l.per_line++; /* five by two for ten */
    return l;
}

/* ---- Drawing ---- */

struct ink {
    uint8_t r, g, b;
};

static void put(struct picture *sheet, int64_t x, int64_t y, struct ink ink)
{
    uint8_t *at = sheet->pixels + 3 * ((size_t)y * sheet->w + (size_t)x);

    if (x >= sheet->w || y >= sheet->h)
        return;
    at[0] = ink.r;
    at[1] = ink.g;
    at[2] = ink.b;
}

static void fill(struct picture *sheet, int64_t x, int64_t y, int64_t w, int64_t h, struct ink ink)
{
    for (int64_t j = 0; j < h; j++)
        for (int64_t i = 0; i < w; i++)
            put(sheet, x + i, y + j, ink);
}

static void draw_picture(struct picture *sheet, const struct picture *p, int zoom, int64_t x0,
                         int64_t y0)
{
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++) {
            const uint8_t *from = p->pixels + ((size_t)y * p->w + x) * p->channels;
            const int other = p->channels == 3;

            fill(sheet, x0 + (int64_t)x * zoom, y0 + (int64_t)y * zoom, zoom, zoom,
                 (struct ink){from[0], from[other], from[2 * other]});
        }
}

static void draw_letter(struct picture *sheet, char c, int64_t x0, int64_t y0, struct ink ink)
{
    for (int y = 0; y < FONT_HEIGHT; y++)
        for (int x = 0; x < FONT_WIDTH; x++)
            if (font_pixel(c, x, y))
                fill(sheet, x0 + x * ZOOM, y0 + y * ZOOM, ZOOM, ZOOM, ink);
}

/* Returns where the next line goes. */
static int64_t draw_text(struct picture *sheet, const char *text, int letters, int64_t x, int64_t y,
                         struct ink ink)
{
    for (int line = 0; text && *text && line < MOST_LINES; line++) {
        const size_t bytes = utf8_line_cut(text, letters);

        for (size_t i = 0; i < bytes; i++)
            draw_letter(sheet, text[i], x + (int64_t)i * LETTER, y, ink);
        text += bytes;
        text += *text == ' ';
        y += LINE;
    }
    return y;
}

static void draw_cell(struct picture *sheet, const struct captioned *c, const struct layout *l,
                      int64_t x, int64_t y)
{
    static const struct ink black = {0, 0, 0}, gray = {110, 110, 110}, red = {190, 0, 0};
    const int64_t w = (int64_t)c->picture.w * l->zoom, h = (int64_t)c->picture.h * l->zoom;

    fill(sheet, x, y, w + 2 * FRAME, h + 2 * FRAME, c->marked ? red : gray);
    draw_picture(sheet, &c->picture, l->zoom, x + FRAME, y + FRAME);
    y = draw_text(sheet, c->title, l->letters, x, y + h + 2 * FRAME + LINE / 2,
                  c->marked ? red : black);
    draw_text(sheet, c->note, l->letters, x, y, gray);
}

int contact_sheet(struct picture *sheet, const struct captioned *list, int count, struct err *err)
{
    const struct layout l = lay_out(list, count);
    const int64_t lines = (count + l.per_line - 1) / l.per_line;
    const int64_t w = GAP + l.per_line * (l.w + GAP), h = GAP + lines * (l.h + GAP);

    if (w > SHEET_BYTES / 3 / h)
        return err_set(err, EX_DATAERR,
                       "a sheet of %d pictures of %dx%d pixels would be too large, with %lldx%lld "
                       "pixels where %d million are the most; pick fewer rows",
                       count, list[0].picture.w, list[0].picture.h, (long long)w, (long long)h,
                       (int)(SHEET_BYTES / 3 / 1000000));
    if (picture_init(sheet, (int)w, (int)h, 3, err))
        return -1;
    memset(sheet->pixels, 255, (size_t)w * (size_t)h * 3);
    for (int i = 0; i < count; i++)
        draw_cell(sheet, &list[i], &l, GAP + i % l.per_line * (l.w + GAP),
                  GAP + i / l.per_line * (l.h + GAP));
    return 0;
}
