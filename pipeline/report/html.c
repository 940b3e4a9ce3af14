/* HTML as text: escaped, clipped at whole characters. */
#include "html.h"

#include "pipeline/base/utf8.h"

#include <string.h>

/* ---- Characters ---- */

/* Says whether a page can hold the character; U+FFFE and U+FFFF are no characters of XML. */
static bool allowed(uint32_t c)
{
    return c >= ' ' && !(c >= 0x7f && c < 0xa0) && c != 0xfffe && c != 0xffff;
}

/* Reads the next character of the text, a bad byte or one that is not allowed as U+FFFD; returns
 * the bytes to skip, 0 at the end. */
static size_t next(const char *at, uint32_t *character)
{
    size_t size;

    if (*at == 0)
        return 0;
    size = utf8_decode(at, strnlen(at, 4), character);
    if (size == 0 || !allowed(*character))
        *character = 0xfffd;
    return size ? size : 1;
}

static void put_character(struct strbuf *html, uint32_t c, const char *bytes, size_t size)
{
    switch (c) {
    case '&':
        strbuf_puts(html, "&amp;");
        break;
    case '<':
        strbuf_puts(html, "&lt;");
        break;
    case '>':
        strbuf_puts(html, "&gt;");
        break;
    case '"':
        strbuf_puts(html, "&quot;");
        break;
    case '\'':
        strbuf_puts(html, "&#39;");
        break;
    case 0xfffd:
        strbuf_puts(html, "\xef\xbf\xbd");
        break;
    default:
        strbuf_add(html, bytes, size);
    }
}

/* Writes text[0..size). */
static void put_text(struct strbuf *html, const char *text, size_t size)
{
    const char *end = text + size;
    uint32_t c;

    for (size_t length; text < end && (length = next(text, &c)) > 0; text += length)
        put_character(html, c, text, length);
}

void html_clipped(struct strbuf *html, const char *text, int most)
{
    size_t head, tail;
    const bool cut = utf8_cut_middle(text, most, 1, &head, &tail);

    put_text(html, text, head);
    if (cut)
        strbuf_puts(html, "…");
    html_text(html, text + tail);
}

void html_text(struct strbuf *html, const char *text)
{
    put_text(html, text, strlen(text));
}

/* ---- Numbers and pictures ---- */

void html_base64(struct strbuf *html, const void *data, size_t size)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *byte = data;

    for (size_t i = 0; i < size; i += 3) {
        const unsigned two = i + 1 < size ? byte[i + 1] : 0, three = i + 2 < size ? byte[i + 2] : 0;
        const char four[4] = {digit[byte[i] >> 2], digit[(byte[i] & 3) << 4 | two >> 4],
                              i + 1 < size ? digit[(two & 15) << 2 | three >> 6] : '=',
                              i + 2 < size ? digit[three & 63] : '='};

        strbuf_add(html, four, sizeof four);
    }
}
