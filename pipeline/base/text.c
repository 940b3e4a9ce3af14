#include "text.h"

#include <stdio.h>
#include <string.h>

/* Bytes of the character that begins with `lead`, 0 if none does, and the bounds of its second byte
 * (RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF). */
static size_t utf8_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0x80)
        return 1;
    return lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

static bool is_utf8(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + size;

    while (at < end) {
        unsigned char low, high;
        const size_t length = utf8_length(*at, &low, &high);

        if (length == 0 || length > (size_t)(end - at))
            return false;
        for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf)
            if (at[i] < low || at[i] > high)
                return false;
        at += length;
    }
    return true;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool text_is_clean(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (is_control(text[i]))
            return false;
    return is_utf8(text, size);
}

const char *text_quote(char quoted[QUOTED_TEXT], const char *text, size_t size)
{
    enum { MOST = 40 };
    bool cut = size > MOST, clean;
    size_t used = 0, room = QUOTED_TEXT - sizeof "...'";

    if (cut)
        for (size = MOST; size > MOST - 4 && ((unsigned char)text[size] & 0xc0) == 0x80;)
            size--; /* not inside a character of several bytes */
    clean = is_utf8(text, size);
    quoted[used++] = '\'';
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (is_control(text[i]) || (c >= 0x80 && !clean)) {
            if (used + 4 >= room) {
                cut = true;
                break;
            }
            used += (size_t)snprintf(quoted + used, 5, "\\x%02x", c);
        } else if (used + 1 < room) {
            quoted[used++] = text[i];
        }
    }
    snprintf(quoted + used, QUOTED_TEXT - used, "%s'", cut ? "..." : "");
    return quoted;
}
