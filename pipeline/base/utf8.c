/* UTF-8: characters, their columns, and lines of so many columns. */
#include "utf8.h"

#include <string.h>

size_t utf8_decode(const char *text, size_t size, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    size_t length;

    if (size == 0)
        return 0;
    *character = *byte;
    if (*byte < 0x80)
        return 1;
    length = (*byte & 0xe0) == 0xc0   ? 2
             : (*byte & 0xf0) == 0xe0 ? 3
             : (*byte & 0xf8) == 0xf0 ? 4
                                      : 0;
    if (length == 0 || length > size)
        return 0;
    *character = *byte & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (byte[i] & 0x3f);
    }
    if (*character < least[length] || *character > 0x10ffff ||
        (*character >= 0xd800 && *character < 0xe000))
        return 0;
    return length;
}

bool utf8_is_valid(const char *text, size_t size)
{
    uint32_t character;

    for (size_t length; size; text += length, size -= length) {
        length = utf8_decode(text, size, &character);
        if (length == 0)
            return false;
    }
    return true;
}

int utf8_columns_of(uint32_t c)
{
    return (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xd7a4) ||
                   (c >= 0xf900 && c < 0xfb00) || (c >= 0xfe30 && c < 0xfe70) ||
                   (c >= 0xff00 && c < 0xff61) || (c >= 0x1f300 && c < 0x1fb00) ||
                   (c >= 0x20000 && c < 0x40000)
               ? 2
               : 1;
}

/* Returns the bytes of the character at `text`, 1 for a byte that is none, and its columns. */
static size_t measure(const char *text, int *columns)
{
    uint32_t character;
    const size_t length = utf8_decode(text, strnlen(text, 4), &character);

    *columns = length ? utf8_columns_of(character) : 1;
    return length ? length : 1;
}

int utf8_columns_within(const char *text, size_t size)
{
    int columns = 0, more;

    for (size_t i = 0; i < size; columns += more)
        i += measure(text + i, &more);
    return columns;
}

int utf8_columns(const char *text)
{
    return utf8_columns_within(text, strlen(text));
}

size_t utf8_fit(const char *text, int columns)
{
    size_t fit = 0;

    while (text[fit]) {
        int more;
        const size_t length = measure(text + fit, &more);

        columns -= more;
        if (columns < 0)
            break;
        fit += length;
    }
    return fit;
}

bool utf8_cut_middle(const char *text, int columns, int mark, size_t *head, size_t *tail)
{
    const int all = utf8_columns(text), room = columns > mark ? columns - mark : 0;
    int more;

    *head = *tail = strlen(text);
    if (all <= columns)
        return false;
    *head = utf8_fit(text, room - room / 2);
    *tail = utf8_fit(text, all - room / 2);
    while (utf8_columns(text + *tail) > room / 2) /* a wide character at the cut */
        *tail += measure(text + *tail, &more);
    return true;
}

size_t utf8_line(const char *text, int columns, utf8_word *word)
{
    size_t line = 0;
    int left = columns;

    for (;;) {
        const size_t blank = line > 0; /* before every word but the first */
        const char *at = text + line + blank;
        const size_t size = word ? word(at, columns) : strcspn(at, " ");

        left -= utf8_columns_within(at - blank, size + blank);
        if (line > 0 && left < 0)
            return line;
        line += blank + size;
        if (text[line] != ' ' || line == 0)
            return line;
    }
}

size_t utf8_line_cut(const char *text, int columns)
{
    const size_t line = utf8_line(text, columns, NULL), fit = utf8_fit(text, columns);
    int wide;

    if (line <= fit)
        return line;
    return fit ? fit : measure(text, &wide);
}
