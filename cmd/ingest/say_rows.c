/* The line with the rows of each class. */
#include "say_rows.h"

#include "cmd/cli/say.h"
#include "pipeline/base/err.h"
#include "pipeline/base/utf8.h"

void say_rows(int64_t rows, char *const *classes, const int64_t *class_rows, int count,
              double seconds)
{
    enum { MOST = 320, NAME = 40 }; /* bytes of the line, columns of a class */
    struct strbuf text = {0};
    int k = 0;

    for (; classes && k < count && text.size < MOST; k++)
        strbuf_printf(&text, "%s%.*s: %lld", k ? ", " : "", (int)utf8_fit(classes[k], NAME),
                      classes[k], (long long)class_rows[k]);
    if (classes)
        say("%lld row%s, %d class%s (%s%s), %.2f s", (long long)rows, plural(rows), count,
            count == 1 ? "" : "es", strbuf_shown(&text), k < count ? ", ..." : "", seconds);
    else
        say("%lld row%s, no labels, %.2f s", (long long)rows, plural(rows), seconds);
    strbuf_free(&text);
}
