/* A string that grows: for texts put together piece by piece. */
#include "strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `more` bytes and a NUL. */
static bool grow(struct strbuf *s, size_t more)
{
    enum { LEAST = 64 };
    size_t room;
    char *text;

    if (s->failed)
        return false;
    if (s->room - s->size > more)
        return true;
    room = s->size + more + 1;
    room += room / 2 + LEAST;
    text = more < SIZE_MAX / 4 ? realloc(s->text, room) : NULL; /* room may have overflowed */
    if (!text) {
        s->failed = true;
        return false;
    }
    s->text = text;
    s->room = room;
    return true;
}

void strbuf_add(struct strbuf *s, const void *bytes, size_t size)
{
    if (!grow(s, size))
        return;
    if (size)
        memcpy(s->text + s->size, bytes, size);
    s->size += size;
    s->text[s->size] = 0;
}

void strbuf_puts(struct strbuf *s, const char *text)
{
    strbuf_add(s, text, strlen(text));
}

void strbuf_printf(struct strbuf *s, const char *format, ...)
{
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0) {
        s->failed = true;
        return;
    }
    if (!grow(s, (size_t)size))
        return;
    va_start(args, format);
    vsnprintf(s->text + s->size, s->room - s->size, format, args);
    va_end(args);
    s->size += (size_t)size;
}

void strbuf_count(struct strbuf *s, int64_t count)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%lld", (long long)count);

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            strbuf_puts(s, ",");
        strbuf_add(s, digits + i, 1);
    }
}

void strbuf_fill(struct strbuf *s, char c, int count)
{
    const size_t size = count > 0 ? (size_t)count : 0;

    if (!grow(s, size))
        return;
    memset(s->text + s->size, c, size);
    s->size += size;
    s->text[s->size] = 0;
}

const char *strbuf_text(const struct strbuf *s)
{
    return s->text ? s->text : "";
}

const char *strbuf_shown(const struct strbuf *s)
{
    return s->failed ? "(out of memory)" : strbuf_text(s);
}

char *strbuf_take(struct strbuf *s)
{
    char *text = NULL;

    strbuf_add(s, "", 0); /* an empty text is one too */
    if (!s->failed) {
        text = s->text;
        s->text = NULL;
    }
    strbuf_free(s);
    return text;
}

void strbuf_clear(struct strbuf *s)
{
    s->size = 0;
    if (s->text)
        *s->text = 0;
}

void strbuf_free(struct strbuf *s)
{
    free(s->text);
    memset(s, 0, sizeof *s);
}
