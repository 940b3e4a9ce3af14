/* Looks for what should not be on a picture of one thing: by its separate strokes, on a coarse
 * grid, by its edges, and by its grays. Each limit is where it is certain, not where it may begin.
 */
#include "odd.h"

#include "pipeline/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 96 }; /* cells of the grid's longer side at most: nearer strokes are one */

/* Shares of ink: less is ground, or a gray that is neither. */
static const float INK = 0.25F, FAINT = 0.125F;
/* A stroke of two has at least that share of all ink, and of the box's height; the box is so much
 * wider than high. A speck has less of the ink, and without it the box's longer side is shorter. */
static const double SECOND = 0.2, HIGH = 0.5, WIDE = 1.2, SPECK = 0.02, SHORTER = 0.85;
/* Share of an edge, and of the picture, from which light is uneven. */
static const double ALONG = 0.25, GRAY = 0.2;

struct stroke {
    int left, top, right, bottom, cells; /* in cells; right, bottom after it */
};

struct grid {
    int h, w, block; /* pixels of a cell's side */
    bool *ink;       /* [h][w] not taken yet */
    int *waiting;    /* [h * w] cells of a stroke whose neighbours are still to be taken */
};

static int make_grid(struct grid *g, const float *pixels, int h, int w, struct err *err)
{
    g->block = ((h > w ? h : w) + SIDE - 1) / SIDE;
    g->h = (h + g->block - 1) / g->block;
    g->w = (w + g->block - 1) / g->block;
    g->ink = calloc((size_t)g->h * (size_t)g->w, sizeof *g->ink);
    g->waiting = rows_alloc((int64_t)g->h * g->w, sizeof *g->waiting, "a picture", err);
    if (!g->ink || !g->waiting)
        return err_memory(err, "a picture", 0);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            if (pixels[(size_t)y * (size_t)w + (size_t)x] >= INK)
                g->ink[y / g->block * g->w + x / g->block] = true;
    return 0;
}

/* Widens a stroke to one more cell or stroke. */
static void widen(struct stroke *s, const struct stroke *by)
{
    s->left = by->left < s->left ? by->left : s->left;
    s->top = by->top < s->top ? by->top : s->top;
    s->right = by->right > s->right ? by->right : s->right;
    s->bottom = by->bottom > s->bottom ? by->bottom : s->bottom;
    s->cells += by->cells;
}

/* Takes a cell and all that it touches off the grid. */
static struct stroke take_stroke(struct grid *g, int cell)
{
    struct stroke s = {g->w, g->h, 0, 0, 0};
    int count = 0;

    g->ink[cell] = false;
    g->waiting[count++] = cell;
    while (count > 0) {
        const int at = g->waiting[--count], x = at % g->w, y = at / g->w;

        widen(&s, &(struct stroke){x, y, x + 1, y + 1, 1});
        for (int ny = y > 0 ? y - 1 : 0; ny <= y + 1 && ny < g->h; ny++)
            for (int nx = x > 0 ? x - 1 : 0; nx <= x + 1 && nx < g->w; nx++)
                if (g->ink[ny * g->w + nx]) {
                    g->ink[ny * g->w + nx] = false;
                    g->waiting[count++] = ny * g->w + nx;
                }
    }
    return s;
}

static int longer(const struct stroke *s)
{
    return s->right - s->left > s->bottom - s->top ? s->right - s->left : s->bottom - s->top;
}

static struct odd_box box_of(const struct grid *g, const struct stroke *s)
{
    return (struct odd_box){(s->right - s->left) * g->block, (s->bottom - s->top) * g->block};
}

/* Compares two strokes that hold all ink but specks. */
static void look_at_two(struct odd *odd, const struct grid *g, const struct stroke *a,
                        const struct stroke *b)
{
    const struct stroke *left = a->left < b->left ? a : b, *right = left == a ? b : a;
    struct stroke all = *a;
    double least;

    widen(&all, b);
    least = HIGH * (all.bottom - all.top);
    if (left->right > right->left || left->bottom - left->top < least ||
        right->bottom - right->top < least || all.right - all.left < WIDE * (all.bottom - all.top))
        return;
    odd->left = box_of(g, left);
    odd->right = box_of(g, right);
}

static void find_strokes(struct odd *odd, struct grid *g)
{
    const int cells = g->h * g->w;
    struct stroke most[2] = {{0}}, rest = {g->w, g->h, 0, 0, 0}, specks = rest, all, first = {0};
    int count = 0, ink = 0;

    for (int i = 0; i < cells; i++)
        ink += g->ink[i];
    for (int i = 0; i < cells; i++) {
        struct stroke s;

        if (!g->ink[i])
            continue;
        s = take_stroke(g, i);
        if (s.cells < SPECK * ink) {
            first = specks.cells ? first : s;
            widen(&specks, &s);
            continue;
        }
        widen(&rest, &s);
        if (s.cells >= SECOND * ink && count < 2)
            most[count++] = s;
    }
    if (count == 2 && most[0].cells + most[1].cells + specks.cells == ink)
        look_at_two(odd, g, &most[0], &most[1]);
    all = rest;
    widen(&all, &specks);
    if (specks.cells && rest.cells && longer(&rest) <= SHORTER * longer(&all)) {
        odd->without = box_of(g, &rest);
        odd->speck_x = first.left * g->block;
        odd->speck_y = first.top * g->block;
    }
}

/* Tells whether much of an edge is ink: of `count` pixels, `step` apart. */
static bool is_along(const float *pixels, int count, size_t step)
{
    int ink = 0;

    for (int i = 0; i < count; i++)
        ink += pixels[(size_t)i * step] >= INK;
    return ink >= ALONG * count;
}

static void look_at_light(struct odd *odd, const float *pixels, int h, int w,
                          const struct framed *framed)
{
    const size_t row = (size_t)w, area = (size_t)h * row;
    size_t gray = 0;

    odd->edge = framed->left == 0 && is_along(pixels, h, row)                           ? "left"
                : framed->right == w && is_along(pixels + w - 1, h, row)                ? "right"
                : framed->top == 0 && is_along(pixels, w, 1)                            ? "upper"
                : framed->bottom == h && is_along(pixels + (size_t)(h - 1) * row, w, 1) ? "lower"
                                                                                        : NULL;
    for (size_t i = 0; i < area; i++)
        gray += pixels[i] >= FAINT && pixels[i] < INK;
    odd->gray = (double)gray >= GRAY * (double)area ? (int)(100 * gray / area) : 0;
}

int odd_find(struct odd *odd, const float *pixels, int h, int w, const struct framed *framed,
             struct err *err)
{
    struct grid grid = {0};
    int result = make_grid(&grid, pixels, h, w, err);

    *odd = (struct odd){.edge = NULL};
    if (result == 0) {
        look_at_light(odd, pixels, h, w, framed);
        if (!odd->edge)
            find_strokes(odd, &grid);
    }
    free(grid.ink);
    free(grid.waiting);
    return result;
}

bool odd_any(const struct odd *odd)
{
    return odd->left.w || odd->without.w || odd->edge || odd->gray;
}

void odd_text(const struct odd *odd, struct strbuf *text)
{
    if (odd->edge)
        strbuf_printf(text,
                      "; its %s edge is ink for a quarter or more: cut off there, or in a shadow",
                      odd->edge);
    if (odd->gray)
        strbuf_printf(text, "; %d %% of it is neither ground nor ink: uneven light", odd->gray);
    if (odd->left.w)
        strbuf_printf(text,
                      "; two separate strokes side by side, %dx%d and %dx%d: two characters need "
                      "a picture each",
                      odd->left.h, odd->left.w, odd->right.h, odd->right.w);
    if (odd->without.w)
        strbuf_printf(text, "; a speck at %d, %d widens the box, which is %dx%d without it",
                      odd->speck_y, odd->speck_x, odd->without.h, odd->without.w);
}
