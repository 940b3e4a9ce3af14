#ifndef PIPELINE_STRBUF_H
#define PIPELINE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A string that grows. A zeroed one is empty. When memory runs out it stays as it is and `failed`
 * is set until strbuf_free(), so callers check once, at the end. */
struct strbuf {
    char *text; /* ends in NUL; NULL while nothing was added */
    size_t size, room;
    bool failed;
};

/* Appends `size` bytes. */
void strbuf_add(struct strbuf *s, const void *bytes, size_t size);
/* Appends a text. */
void strbuf_puts(struct strbuf *s, const char *text);
void strbuf_printf(struct strbuf *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends "42,000". */
void strbuf_count(struct strbuf *s, int64_t count);
/* Appends c `count` times; a count below 0 is 0. */
void strbuf_fill(struct strbuf *s, char c, int count);

/* Returns the text, "" if there is none; valid until the next call. */
const char *strbuf_text(const struct strbuf *s);
/* Returns the text, or "(out of memory)" if memory ran out: for what is only printed. */
const char *strbuf_shown(const struct strbuf *s);
/* Returns the text for free(), NULL if memory ran out; empties s. */
char *strbuf_take(struct strbuf *s);
/* Empties s, keeps its memory and `failed`. */
void strbuf_clear(struct strbuf *s);
void strbuf_free(struct strbuf *s);

#endif
