/* Text on pictures, in any script. */
#include "lettering.h"

#include "pipeline/base/text.h"
#include "pipeline/base/utf8.h"

#include <fribidi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tells characters that only steer how others look: joiners, what FriBidi puts in the place of a
 * letter that it joined, selectors of variants. */
static bool is_unseen(uint32_t c)
{
    return c == 0x200c || c == 0x200d || c == FRIBIDI_CHAR_FILL || (c >= 0xfe00 && c <= 0xfe0f);
}

/* Returns the characters that show `text`, with "U+1F600" for one that the font lacks, and their
 * number in *count; NULL: out of memory. */
static FriBidiChar *characters_of(const struct font *font, const char *text, int *count)
{
    struct strbuf shown = {0};
    char name[sizeof "U+10FFFF"];
    FriBidiChar *list;
    struct glyph glyph;

    *count = 0;
    text_show(&shown, text);
    list = shown.failed ? NULL : calloc(shown.size * sizeof name + 1, sizeof *list);
    for (const char *at = strbuf_text(&shown); list && *at;) {
        uint32_t c;

        at += utf8_decode(at, strlen(at), &c);
        if (is_unseen(c) || font_glyph(font, c, &glyph)) {
            list[(*count)++] = c;
            continue;
        }
        snprintf(name, sizeof name, "U+%04X", (unsigned)c);
        for (size_t i = 0; name[i]; i++)
            list[(*count)++] = (unsigned char)name[i];
    }
    strbuf_free(&shown);
    return list;
}

/* Returns the pixels by which a character moves what follows: none for a mark over the one before. */
static int advance_of(const struct font *font, uint32_t c, bool first)
{
    struct glyph glyph;

    return !is_unseen(c) && (first || !utf8_is_mark(c)) && font_glyph(font, c, &glyph) ? glyph.width
                                                                                      : 0;
}

/* Returns how many of c[0..count) make a line of `width` pixels, up to a blank if there is one; at least
 * a letter with its marks. `any`: up to any letter. */
static int line_of(const struct font *font, const FriBidiChar *c, int count, int width, bool any)
{
    int used = 0, line = 0, next, state = 0;

    for (int i = 0; i < count; i = next) {
        used += advance_of(font, c[i], i == 0);
        for (next = i + 1; next < count && utf8_joins(c[next - 1], c[next], &state); next++)
            used += advance_of(font, c[next], false);
        if (used > width && i > 0)
            return line ? line : i;
        if (any || (next < count && c[next] == ' '))
            line = next;
    }
    return count;
}

/* ---- Drawing ---- */

void lettering_dot(const struct paper *paper, int64_t x, int64_t y)
{
    const struct picture *sheet = paper->sheet;
    uint8_t *at;

    if (x < 0 || y < 0 || x >= sheet->w || y >= sheet->h)
        return;
    at = sheet->pixels + 3 * ((size_t)y * sheet->w + (size_t)x);
    at[0] = paper->ink.r;
    at[1] = paper->ink.g;
    at[2] = paper->ink.b;
}

static void draw_glyph(const struct paper *paper, const struct glyph *glyph, int64_t x)
{
    for (int j = 0; j < FONT_HEIGHT; j++)
        for (int i = 0; i < glyph->width; i++)
            if (glyph_pixel(glyph, i, j))
                lettering_dot(paper, x + i, paper->y + j);
}

/* Draws a line of characters in the order in which they are seen. Unifont's marks end where their
 * letters end, but for those that enclose a letter, which have its middle. */
static void draw_line(const struct font *font, const FriBidiChar *c, int count,
                      const struct paper *paper)
{
    int64_t x = paper->x;
    int letter = 0; /* the width of the one before */

    for (int i = 0; i < count; i++) {
        const int advance = advance_of(font, c[i], i == 0);
        struct glyph glyph;

        if (is_unseen(c[i]) || !font_glyph(font, c[i], &glyph))
            continue;
        if (advance == 0) {
            const int over = letter < glyph.width ? (letter + glyph.width) / 2 : glyph.width;

            draw_glyph(paper, &glyph, x - over);
            continue;
        }
        draw_glyph(paper, &glyph, x);
        x += advance;
        letter = advance;
    }
}

/* Puts the characters of a line in the order in which they are seen. FriBidi, which crashes where
 * it gets no memory, is asked only about scripts that run from the right. */
static bool order(FriBidiChar *line, int count, FriBidiParType *direction, FriBidiChar *seen)
{
    bool backwards = FRIBIDI_IS_RTL(*direction), letters = false;

    for (int i = 0; i < count && !backwards; i++) {
        const FriBidiCharType type = fribidi_get_bidi_type(line[i]);

        backwards = FRIBIDI_IS_RTL(type);
        letters |= FRIBIDI_IS_STRONG(type);
    }
    if (backwards)
        return fribidi_log2vis(line, count, direction, seen, NULL, NULL, NULL) > 0;
    if (letters)
        *direction = FRIBIDI_PAR_LTR;
    memcpy(seen, line, (size_t)count * sizeof *seen);
    return true;
}

int lettering(const struct font *font, const char *text, int width, int most, struct paper *paper,
              struct err *err)
{
    static const FriBidiChar ellipsis = 0x2026;
    FriBidiParType direction = FRIBIDI_PAR_ON; /* that of the first letter that has one */
    int count = 0, line;
    FriBidiChar *list = characters_of(font, text ? text : "", &count);
    FriBidiChar *seen = calloc((size_t)count + 1, sizeof *seen);
    bool drawn = list && seen;

    for (int i = 0; drawn && i < count; i += line + (i + line < count && list[i + line] == ' ')) {
        line = line_of(font, list + i, count - i, width, false);
        if (--most == 0 && i + line < count) {
            line = line_of(font, list + i, count - i, width - LETTERING_LETTER, true);
            list[i + line++] = ellipsis;
            count = i + line;
        }
        drawn = order(list + i, line, &direction, seen);
        if (drawn && paper->sheet)
            draw_line(font, seen, line, paper);
        paper->y += LETTERING_LINE;
    }
    free(list);
    free(seen);
    return drawn ? 0 : err_memory(err, "a caption", 0);
}
