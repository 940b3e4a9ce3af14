/* Texts found in files, as messages show them. */
#include "text.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>

/* Tells characters that are not seen but steer what shows them: controls (C0, DEL, C1) and Unicode's
 * format characters, such as marks of direction (Unicode Standard Annex #9), ends of lines and
 * paragraphs, joiners and tags. */
static bool steers(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},       {0x600, 0x605},
        {0x61c, 0x61c},   {0x6dd, 0x6dd},   {0x70f, 0x70f},     {0x180e, 0x180e},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfeff, 0xfeff},
        {0xfff9, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f}};

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

size_t text_character(const char *text, size_t size, char shown[TEXT_SHOWN])
{
    uint32_t character;
    const size_t length = utf8_decode(text, size, &character);

    if (length == 0 || (length == 1 && steers(character)))
        snprintf(shown, TEXT_SHOWN, "\\x%02x", (unsigned char)*text);
    else if (steers(character))
        snprintf(shown, TEXT_SHOWN, "\\u%04x", (unsigned)character);
    else
        snprintf(shown, TEXT_SHOWN, "%.*s", (int)length, text);
    return length ? length : 1;
}

size_t text_cluster(const char *text, size_t size)
{
    enum { ARABIC = 0x600, NON_JOINER = 0x200c, JOINER = 0x200d };
    uint32_t character, first = 0;
    int columns;
    const size_t cluster = utf8_cluster(text, size, &columns);

    for (size_t i = 0, length; i < cluster; i += length) {
        length = utf8_decode(text + i, cluster - i, &character);
        first = i ? first : character;
        if (length == 0 || (steers(character) && (i == 0 || first < ARABIC ||
                                                  character < NON_JOINER || character > JOINER)))
            return 0;
    }
    return cluster;
}

void text_show(struct strbuf *to, const char *text)
{
    char shown[TEXT_SHOWN];
    size_t left = strlen(text);

    while (left > 0) {
        size_t taken = text_cluster(text, left);

        strbuf_add(to, text, taken);
        if (taken == 0) {
            taken = text_character(text, left, shown);
            strbuf_puts(to, shown);
        }
        text += taken;
        left -= taken;
    }
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
    return utf8_is_valid(text, size);
}

const char *text_quote(char quoted[QUOTED_TEXT], const char *text, size_t size)
{
    enum { MOST = 40 };
    bool cut = size > MOST, clean;
    size_t used = 0, room = QUOTED_TEXT - sizeof "...'";

    size = utf8_whole(text, size, MOST);
    clean = utf8_is_valid(text, size);
    quoted[used++] = '\'';
    for (size_t taken; size > 0; text += taken, size -= taken) {
        char shown[TEXT_SHOWN];

        taken = text_character(text, clean || (unsigned char)*text < 0x80 ? size : 0, shown);
        if (used + strlen(shown) >= room) {
            cut = true;
            break;
        }
        used += (size_t)snprintf(quoted + used, room - used, "%s", shown);
    }
    snprintf(quoted + used, QUOTED_TEXT - used, "%s'", cut ? "..." : "");
    return quoted;
}
