#ifndef PIPELINE_LETTERING_H
#define PIPELINE_LETTERING_H

#include "font.h"
#include "picture.h"

/* Text on pictures, in any script: right to left where it is, Arabic letters joined, marks over their
 * letters. Indic conjuncts show their parts, with the sign that joins them. */

struct ink {
    uint8_t r, g, b;
};
/* A place on a picture of three channels. Without a picture nothing is drawn. */
struct paper {
    struct picture *sheet;
    int64_t x, y;
    struct ink ink;
};
enum { LETTERING_LINE = FONT_HEIGHT + 2, LETTERING_LETTER = 8 /* the width of Latin ones */ };

/* Draws `text` in lines of `width` pixels, at most `most`, cut with an ellipsis where more would follow,
 * and moves paper->y below them. NULL: none. */
MUST_CHECK int lettering(const struct font *font, const char *text, int width, int most,
                         struct paper *paper, struct err *err);

/* Colours one pixel; beyond the picture it does nothing. */
void lettering_dot(const struct paper *paper, int64_t x, int64_t y);

#endif
