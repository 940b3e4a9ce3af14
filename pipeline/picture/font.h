#ifndef PIPELINE_FONT_H
#define PIPELINE_FONT_H

#include "pipeline/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* GNU Unifont's bitmaps of Unicode's first 65,536 characters, as they were where the program was built:
 * pictures so have letters of any script, on machines without fonts too, and the same on all. */

enum { FONT_HEIGHT = 16 };
struct font {
    char *text; /* lines in the order of their characters: "0041:" and the rows in hexadecimal, owned */
    size_t size;
};
struct glyph {
    const char *rows; /* from the upper left, four pixels a digit */
    int width;        /* a multiple of eight */
};

MUST_CHECK int font_open(struct font *font, struct err *err);
void font_close(struct font *font);
/* Finds a character; false: the font lacks it. */
bool font_glyph(const struct font *font, uint32_t character, struct glyph *glyph);
/* Tells whether pixel (x, y), from the upper left, belongs to the character. */
bool glyph_pixel(const struct glyph *glyph, int x, int y);

#endif
