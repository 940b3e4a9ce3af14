/* Contact sheets: pictures with titles in a grid, row by row. */
#include "contact_sheet.h"

#include "lettering.h"

#include <stdlib.h>
#include <string.h>

enum {
    LARGE = 168, /* pictures are magnified as long as no side gets longer */
    LEAST = 156, /* a cell's least width, for its caption */
    GAP = 16,    /* between cells, and around them */
    FRAME = 1,   /* around a picture */
    MOST_LINES = 4, /* of a title or of a note */
    SHEET_BYTES = 64 << 20
};

static const struct ink gray = {110, 110, 110}, red = {190, 0, 0};

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
    int64_t w, h; /* of a cell, which has room for the longest captions */
    int per_line;
};

/* Draws a title and a note, and moves the paper below them. */
static int draw_captions(const struct font *font, const struct captioned *c, int64_t width,
                         struct paper *paper, struct err *err)
{
    static const struct ink black = {0, 0, 0};

    paper->ink = c->marked ? red : black;
    if (lettering(font, c->title, (int)width, MOST_LINES, paper, err))
        return -1;
    paper->ink = gray;
    return lettering(font, c->note, (int)width, MOST_LINES, paper, err);
}

static int lay_out(struct layout *l, const struct font *font, const struct captioned *list,
                   int count, struct err *err)
{
    const struct picture *p = &list[0].picture;
    const int longer = p->w > p->h ? p->w : p->h;
    int64_t captions = 0;

    *l = (struct layout){.zoom = longer < LARGE ? LARGE / longer : 1, .per_line = 1};
    l->w = (int64_t)p->w * l->zoom + 2 * FRAME;
    l->w = l->w < LEAST ? LEAST : l->w;
    for (int i = 0; i < count; i++) {
        struct paper none = {.y = 0};

        if (draw_captions(font, &list[i], l->w, &none, err))
            return -1;
        captions = none.y > captions ? none.y : captions;
    }
    l->h = (int64_t)p->h * l->zoom + 2 * FRAME + LETTERING_LINE / 2 + captions;
    while ((int64_t)l->per_line * l->per_line < 2 * (int64_t)count && l->per_line < count)
        l->per_line++; /* five by two for ten */
    return 0;
}

/* ---- Drawing ---- */

static void fill(struct picture *sheet, int64_t x, int64_t y, int64_t w, int64_t h, struct ink ink)
{
    const struct paper paper = {.sheet = sheet, .ink = ink};

    for (int64_t j = 0; j < h; j++)
        for (int64_t i = 0; i < w; i++)
            lettering_dot(&paper, x + i, y + j);
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

static int draw_cell(struct picture *sheet, const struct font *font, const struct captioned *c,
                     const struct layout *l, int64_t x, int64_t y, struct err *err)
{
    const int64_t w = (int64_t)c->picture.w * l->zoom, h = (int64_t)c->picture.h * l->zoom;
    struct paper paper = {sheet, x, y + h + 2 * FRAME + LETTERING_LINE / 2, gray};

    fill(sheet, x, y, w + 2 * FRAME, h + 2 * FRAME, c->marked ? red : gray);
    draw_picture(sheet, &c->picture, l->zoom, x + FRAME, y + FRAME);
    return draw_captions(font, c, l->w, &paper, err);
}

static int draw_sheet(struct picture *sheet, const struct font *font, const struct captioned *list,
                      int count, struct err *err)
{
    struct layout l;
    int64_t w, h;

    if (lay_out(&l, font, list, count, err))
        return -1;
    w = GAP + l.per_line * (l.w + GAP);
    h = GAP + (count + l.per_line - 1) / l.per_line * (l.h + GAP);
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
        if (draw_cell(sheet, font, &list[i], &l, GAP + i % l.per_line * (l.w + GAP),
                      GAP + i / l.per_line * (l.h + GAP), err))
            return -1;
    return 0;
}

int contact_sheet(struct picture *sheet, const struct captioned *list, int count, struct err *err)
{
    struct font font;
    int result;

    if (font_open(&font, err))
        return -1;
    result = draw_sheet(sheet, &font, list, count, err);
    font_close(&font);
    return result;
}
