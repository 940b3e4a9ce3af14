/* Fields of tables: texts and counts in columns. */
#include "field.h"

#include "pipeline/base/utf8.h"

void field_text(struct strbuf *line, const char *text, int width, bool right)
{
    const size_t size = utf8_fit(text, width);
    const int blanks = width - utf8_columns_within(text, size);
    size_t length;

    strbuf_fill(line, ' ', right ? blanks : 0);
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
    strbuf_fill(line, ' ', right ? 0 : blanks);
}

void field_count(struct strbuf *line, int64_t count, int width)
{
    strbuf_printf(line, "%*lld", width, (long long)count);
}
