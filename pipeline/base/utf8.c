/* UTF-8: characters, their columns, and lines of so many columns. */
#include "utf8.h"

#include <string.h>
#include <utf8proc.h>

size_t utf8_decode(const char *text, size_t size, uint32_t *character)
{
    utf8proc_int32_t got;
    const utf8proc_ssize_t length =
        size ? utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &got) : 0;

    if (length <= 0)
        return 0;
    *character = (uint32_t)got;
    return (size_t)length;
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

int utf8_columns_of(uint32_t character)
{
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)character);

    switch (property->category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF: return 0;
    default: break;
    }
    if (property->boundclass == UTF8PROC_BOUNDCLASS_V || property->boundclass == UTF8PROC_BOUNDCLASS_T)
        return 0;
    return utf8proc_charwidth((utf8proc_int32_t)character) == 2 ? 2 : 1;
}

bool utf8_is_mark(uint32_t character)
{
    switch (utf8proc_category((utf8proc_int32_t)character)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return true;
    default: return false;
    }
}

bool utf8_joins(uint32_t before, uint32_t character, int *state)
{
    return !utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)character,
                                             state);
}

size_t utf8_cluster(const char *text, size_t size, int *columns)
{
    uint32_t before, character;
    size_t cluster = utf8_decode(text, size, &before), length;
    int state = 0;

    *columns = cluster ? utf8_columns_of(before) : 1;
    if (cluster == 0)
        return size > 0;
    while ((length = utf8_decode(text + cluster, size - cluster, &character)) > 0 &&
           utf8_joins(before, character, &state)) {
        *columns += utf8_columns_of(character);
        before = character;
        cluster += length;
    }
    return cluster;
}

int utf8_columns_within(const char *text, size_t size)
{
    int columns = 0, more;

    for (size_t i = 0; i < size; columns += more)
        i += utf8_cluster(text + i, size - i, &more);
    return columns;
}

int utf8_columns(const char *text)
{
    return utf8_columns_within(text, strlen(text));
}

size_t utf8_fit(const char *text, int columns)
{
    const size_t size = strlen(text);
    size_t fit = 0;

    while (fit < size) {
        int more;
        const size_t length = utf8_cluster(text + fit, size - fit, &more);

        columns -= more;
        if (columns < 0)
            break;
        fit += length;
    }
    return fit;
}

size_t utf8_whole(const char *text, size_t size, size_t most)
{
    size_t whole = 0, next;
    int columns;

    while ((next = whole + utf8_cluster(text + whole, size - whole, &columns)) <= most && whole < next)
        whole = next;
    return whole;
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
        *tail += utf8_cluster(text + *tail, strlen(text + *tail), &more);
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
    return fit ? fit : utf8_cluster(text, strlen(text), &wide);
}
