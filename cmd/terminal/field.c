/* Fields of tables: texts and counts in columns. */
#include "field.h"

#include "pipeline/base/text.h"
#include "pipeline/base/utf8.h"

#include <string.h>

void field_text(struct strbuf *line, const char *text, int width, bool right)
{
    static const char dots[] = "...";
    const int mark = width > 2 * (int)strlen(dots) ? (int)strlen(dots) : 0;
    struct strbuf shown = {0};
    size_t head, tail;
    int blanks;
    bool cut;

    text_show(&shown, text);
    line->failed |= shown.failed;
    text = strbuf_text(&shown);
    cut = utf8_cut_middle(text, width, mark, &head, &tail);
    blanks = width - utf8_columns_within(text, head) - utf8_columns(text + tail) - (cut ? mark : 0);
    strbuf_fill(line, ' ', right ? blanks : 0);
    strbuf_add(line, text, head);
    strbuf_puts(line, cut && mark ? dots : "");
    strbuf_puts(line, text + tail);
    strbuf_fill(line, ' ', right ? 0 : blanks);
    strbuf_free(&shown);
}

void field_count(struct strbuf *line, int64_t count, int width)
{
    strbuf_printf(line, "%*lld", width, (long long)count);
}
