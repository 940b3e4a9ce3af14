/* A bitmap font of all scripts. */
#include "font.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

/* Unifont's file unifont.hex, compressed. */
__asm__(".section .rodata\n"
        ".globl unifont, unifont_end\n"
        "unifont: .incbin \"" UNIFONT "\"\n"
        "unifont_end: .byte 0\n"
        ".previous\n");
extern const char unifont[], unifont_end[];

int font_open(struct font *font, struct err *err)
{
    const size_t packed = (uintptr_t)unifont_end - (uintptr_t)unifont;
    const unsigned long long size = ZSTD_getFrameContentSize(unifont, packed);
    const bool known = size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR;
    size_t got = 0;

    font->size = (size_t)size;
    font->text = known ? malloc(font->size + 1) : NULL;
    if (known && !font->text)
        return err_memory(err, "the font", size);
    if (known)
        got = ZSTD_decompress(font->text, font->size, unifont, packed);
    if (!known || got != font->size) {
        font_close(font);
        if (ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation)
            return err_memory(err, "the font", 0);
        return err_set(err, EX_SOFTWARE, "the font in this program is damaged");
    }
    font->text[font->size] = 0;
    return 0;
}

void font_close(struct font *font)
{
    free(font->text);
    font->text = NULL;
}

bool font_glyph(const struct font *font, uint32_t character, struct glyph *glyph)
{
    size_t low = 0, high = font->size; /* whole lines */

    while (low < high) {
        size_t begin = low + (high - low) / 2;
        char *rows;
        unsigned long found;
        size_t length;

        while (begin > low && font->text[begin - 1] != '\n')
            begin--;
        found = strtoul(font->text + begin, &rows, 16);
        length = strcspn(rows, "\n");
        if (found == character) {
            *glyph = (struct glyph){rows + 1, (int)((length - 1) * 4 / FONT_HEIGHT)};
            return true;
        }
        if (found > character)
            high = begin;
        else
            low = (size_t)(rows - font->text) + length + 1;
    }
    return false;
}

bool glyph_pixel(const struct glyph *glyph, int x, int y)
{
    const int at = y * glyph->width + x;
    const char digit = glyph->rows[at / 4];

    return (digit <= '9' ? digit - '0' : digit - 'A' + 10) >> (3 - at % 4) & 1;
}
