/* HTML as text: escaped, clipped at whole characters. */
#include "html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Bytes ---- */

static bool grow(struct html *html, size_t more)
{
    size_t room = html->room ? html->room : 1 << 16;
    char *text;

    if (html->failed)
        return false;
    while (room - html->used < more)
        room *= 2;
    if (room == html->room)
        return true;
    text = realloc(html->text, room);
    if (!text) {
        html->failed = true;
        return false;
    }
    html->text = text;
    html->room = room;
    return true;
}

static void put(struct html *html, const char *bytes, size_t size)
{
    if (grow(html, size)) {
        memcpy(html->text + html->used, bytes, size);
        html->used += size;
    }
}

void html_raw(struct html *html, const char *markup)
{
    put(html, markup, strlen(markup));
}

void html_printf(struct html *html, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text)
        html->failed = true;
    else
        put(html, text, (size_t)size);
}

void html_free(struct html *html)
{
    free(html->text);
    *html = (struct html){0};
}

/* ---- Characters ---- */

/* Decodes one character of UTF-8 (RFC 3629); returns its length, or 0 where there is none. */
static size_t decode(const char *at, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)at;
    const size_t size = *byte < 0x80             ? 1
                        : (*byte & 0xe0) == 0xc0 ? 2
                        : (*byte & 0xf0) == 0xe0 ? 3
                        : (*byte & 0xf8) == 0xf0 ? 4
                                                 : 0;

    *character = size < 2 ? *byte : *byte & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (byte[i] & 0x3f);
    }
    if (size && (*character < least[size] || *character > 0x10ffff ||
                 (*character >= 0xd800 && *character < 0xe000)))
        return 0;
    return size;
}

/* What a page can hold; U+FFFE and U+FFFF are no characters of XML. */
static bool allowed(uint32_t c)
{
    return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c != 0xfffe && c != 0xffff;
}

/* The next character of the text, with a bad byte and what is not allowed as U+FFFD; returns what
 * to go on by, 0 at the end. */
static size_t next(const char *at, uint32_t *character)
{
    size_t size;

    if (*at == 0)
        return 0;
    size = decode(at, character);
    if (size == 0 || !allowed(*character))
        *character = 0xfffd;
    return size ? size : 1;
}

/* After Unicode's East Asian Width, in its large blocks. */
static int columns_of(uint32_t c)
{
    return (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xd7a4) ||
                   (c >= 0xf900 && c < 0xfb00) || (c >= 0xfe30 && c < 0xfe70) ||
                   (c >= 0xff00 && c < 0xff61) || (c >= 0x1f300 && c < 0x1fb00) ||
                   (c >= 0x20000 && c < 0x40000)
               ? 2
               : 1;
}

int html_columns(const char *text)
{
    uint32_t c;
    size_t size;
    int columns = 0;

    for (; (size = next(text, &c)) > 0; text += size)
        columns += columns_of(c);
    return columns;
}

static void put_character(struct html *html, uint32_t c, const char *bytes, size_t size)
{
    switch (c) {
    case '&':
        html_raw(html, "&amp;");
        break;
    case '<':
        html_raw(html, "&lt;");
        break;
    case '>':
        html_raw(html, "&gt;");
        break;
    case '"':
        html_raw(html, "&quot;");
        break;
    case '\'':
        html_raw(html, "&#39;");
        break;
    case 0xfffd:
        html_raw(html, "\xef\xbf\xbd");
        break;
    default:
        put(html, bytes, size);
    }
}

void html_clipped(struct html *html, const char *text, int most)
{
    const bool cut = html_columns(text) > most;
    int room = cut ? most - 1 : most;
    uint32_t c;
    size_t size;

    for (; (size = next(text, &c)) > 0; text += size) {
        room -= columns_of(c);
        if (room < 0)
            break;
        put_character(html, c, text, size);
    }
    if (cut)
        html_raw(html, "…");
}

void html_text(struct html *html, const char *text)
{
    uint32_t c;
    size_t size;

    for (; (size = next(text, &c)) > 0; text += size)
        put_character(html, c, text, size);
}

/* ---- Numbers and pictures ---- */

void html_count(struct html *html, int64_t count)
{
    char text[32], *at = text + sizeof text;
    int digits = 0;

    *--at = 0;
    do {
        if (digits && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + count % 10);
        digits++;
    } while (count /= 10);
    html_raw(html, at);
}

void html_base64(struct html *html, const void *data, size_t size)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *byte = data;

    for (size_t i = 0; i < size; i += 3) {
        const unsigned two = i + 1 < size ? byte[i + 1] : 0, three = i + 2 < size ? byte[i + 2] : 0;
        const char four[4] = {digit[byte[i] >> 2], digit[(byte[i] & 3) << 4 | two >> 4],
                              i + 1 < size ? digit[(two & 15) << 2 | three >> 6] : '=',
                              i + 2 < size ? digit[three & 63] : '='};

        put(html, four, sizeof four);
    }
}
