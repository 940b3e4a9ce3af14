/* Fields of tables: texts and counts in columns. */
#include "field.h"

#include "pipeline/base/utf8.h"

#include <string.h>

static void put_clean(struct strbuf *line, const char *text, size_t size)
{
    size_t length;

    for (size_t i = 0; i < size; i += length) {
        uint32_t character;

        length = utf8_decode(text + i, size - i, &character);
        if (length == 0 || character < ' ' || character == 0x7f) {
            strbuf_puts(line, "?");
            length = 1;
        } else {
            strbuf_add(line, text + i, length);
        }
    }
}

void field_text(struct strbuf *line, const char *text, int width, bool right)
{
    static const char dots[] = "...";
    const int mark = width > 2 * (int)strlen(dots) ? (int)strlen(dots) : 0;
    size_t head, tail;
    const bool cut = utf8_cut_middle(text, width, mark, &head, &tail);
    const int blanks = width - utf8_columns_within(text, head) - utf8_columns(text + tail) -
                       (cut ? mark : 0);

    strbuf_fill(line, ' ', right ? blanks : 0);
    put_clean(line, text, head);
    strbuf_puts(line, cut && mark ? dots : "");
    put_clean(line, text + tail, strlen(text + tail));
    strbuf_fill(line, ' ', right ? 0 : blanks);
}

void field_count(struct strbuf *line, int64_t count, int width)
{
    strbuf_printf(line, "%*lld", width, (long long)count);
}
