/* Texts found in files, as messages show them. */
#include "text.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool text_is_clean(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (is_control(text[i]))
            return false;
    return utf8_is_valid(text, size);
}

const char *text_quote(char quoted[QUOTED_TEXT], const char *text, size_t size)
{
    enum { MOST = 40 };
    bool cut = size > MOST, clean;
    size_t used = 0, room = QUOTED_TEXT - sizeof "...'";

    if (cut)
        for (size = MOST; size > MOST - 4 && ((unsigned char)text[size] & 0xc0) == 0x80;)
            size--; /* not inside a character of several bytes */
    clean = utf8_is_valid(text, size);
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
