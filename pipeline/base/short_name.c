/* Names shortened so that they still differ. */
#include "short_name.h"

#include "utf8.h"

#include <string.h>

/* Ends of words, before or after which a name may be cut. */
static const char ends[] = " -_./";

static size_t common_head(char *const *names, int count)
{
    size_t head = strlen(names[0]);

    for (int k = 1; k < count; k++)
        for (size_t i = 0; i < head; i++)
            if (names[k][i] != names[0][i])
                head = i;
    while (head > 0 && !strchr(ends, names[0][head - 1]))
        head--;
    return head;
}

static size_t common_tail(char *const *names, int count)
{
    const size_t length = strlen(names[0]);
    size_t tail = length;

    for (int k = 1; k < count; k++) {
        const size_t other = strlen(names[k]);

        tail = tail < other ? tail : other;
        for (size_t i = 0; i < tail; i++)
            if (names[k][other - 1 - i] != names[0][length - 1 - i])
                tail = i;
    }
    while (tail > 0 && !strchr(ends, names[0][length - tail]))
        tail--;
    return tail;
}

struct common_part common_part_of(char *const *names, int count)
{
    struct common_part common = {0, 0};

    if (count > 1)
        common = (struct common_part){common_head(names, count), common_tail(names, count)};
    for (int k = 0; k < count; k++)
        if (strlen(names[k]) < common.head + common.tail) /* as of "a b" and "a b b" */
            common.tail = 0;
    return common;
}

void short_name(struct strbuf *to, const char *name, struct common_part common, int columns,
                const char *mark)
{
    struct strbuf own = {0};
    size_t head, tail;
    bool cut;

    if (utf8_columns(name) <= columns) {
        strbuf_puts(to, name);
        return;
    }
    strbuf_puts(&own, common.head > 0 ? mark : "");
    strbuf_add(&own, name + common.head, strlen(name) - common.head - common.tail);
    strbuf_puts(&own, common.tail > 0 ? mark : "");
    cut = utf8_cut_middle(strbuf_text(&own), columns, utf8_columns(mark), &head, &tail);
    strbuf_add(to, strbuf_text(&own), head);
    strbuf_puts(to, cut ? mark : "");
    strbuf_puts(to, strbuf_text(&own) + tail);
    to->failed |= own.failed;
    strbuf_free(&own);
}
