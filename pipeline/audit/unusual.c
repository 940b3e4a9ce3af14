/* Pictures that are empty, inverted or cut. */
#include "unusual.h"

#include "pipeline/base/memory.h"

#include <math.h>
#include <stdlib.h>

static bool is_empty(const struct pictures *p, int64_t at)
{
    const size_t count = (size_t)(p->c * p->h * p->w);
    const double value = picture_value(p, at, 0);

    for (size_t i = 1; i < count; i++)
        if (picture_value(p, at, i) != value)
            return false;
    return true;
}

/* Tells whether a quarter or more of an edge is no ground: `count` pixels, `step` apart. */
static bool is_along(const float *pixels, int count, size_t step, const struct framed *f)
{
    const double part = 0.25; /* of the way from ground to ink, and of the edge */
    int ink = 0;

    for (int i = 0; i < count; i++)
        ink += fabs((double)pixels[(size_t)i * step] - f->ground) >= part * fabs(f->ink - f->ground);
    return ink >= part * count;
}

static bool is_cut(const struct pictures *p, const float *pixels, const struct framed *f)
{
    const size_t w = (size_t)p->w, last = (size_t)(p->h - 1) * w;

    return is_along(pixels, p->w, 1, f) || is_along(pixels + last, p->w, 1, f) ||
           is_along(pixels, p->h, w, f) || is_along(pixels + w - 1, p->h, w, f);
}

/* Tells how a picture of one channel differs from those that `framing` was measured on. */
static int look(const struct pictures *p, int64_t at, const struct framing *framing, float *pixels,
                uint8_t *kind, struct err *err)
{
    const size_t count = (size_t)(p->h * p->w);
    struct framed f;

    for (size_t i = 0; i < count; i++)
        pixels[i] = (float)picture_value(p, at, i);
    if (framing_look(&f, pixels, p->h, p->w, 1, err))
        return -1;
    if (f.plain && fabs(f.ground - framing->ink) < fabs(f.ground - framing->ground))
        *kind = UNUSUAL_INVERTED;
    else if (is_cut(p, pixels, &f))
        *kind = UNUSUAL_CUT;
    return 0;
}

int unusual_find(uint8_t *kinds, bool *cut_is_usual, const struct pictures *p,
                 const struct framing *framing, const struct data_range *range, struct err *err)
{
    enum { USUAL_FROM = 50 }; /* a cut picture in so many */
    const bool plain = p->c == 1 && framing_is_plain(framing, range);
    float *pixels = rows_alloc((int64_t)p->h * p->w, sizeof *pixels, "a picture", err);
    int result = pixels ? 0 : -1;
    int64_t cut = 0;

    for (int64_t i = 0; i < p->n && result == 0; i++) {
        kinds[i] = is_empty(p, i) ? UNUSUAL_EMPTY : USUAL;
        if (plain && kinds[i] == USUAL)
            result = look(p, i, framing, pixels, &kinds[i], err);
        cut += kinds[i] == UNUSUAL_CUT;
    }
    *cut_is_usual = cut > p->n / USUAL_FROM;
    for (int64_t i = 0; i < p->n && *cut_is_usual; i++)
        if (kinds[i] == UNUSUAL_CUT)
            kinds[i] = USUAL;
    free(pixels);
    return result;
}
