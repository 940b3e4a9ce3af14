#ifndef PIPELINE_HTML_H
#define PIPELINE_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A page being written, in memory. Markup is ours and goes in as it is; what comes from files or
 * the command line goes through html_text(), in elements, in attributes (in double quotes) and in
 * SVG alike. When memory runs out the rest is dropped and `failed` says so: ask once, at the end.
 */
struct html {
    char *text; /* owned; html_free() */
    size_t used, room;
    bool failed;
};

void html_raw(struct html *html, const char *markup);
/* No %s of a foreign text. */
void html_printf(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for elements and attributes. What is not UTF-8, and control characters, which XML does
 * not allow, become U+FFFD. */
void html_text(struct html *html, const char *text);
/* The same, and where the text takes more than `most` columns cut there, with an ellipsis. */
void html_clipped(struct html *html, const char *text, int most);
/* Columns that a text takes: East Asian characters two, others one. */
int html_columns(const char *text);
/* "42,000" */
void html_count(struct html *html, int64_t count);
/* Base64 (RFC 4648), for data: addresses. */
void html_base64(struct html *html, const void *data, size_t size);
void html_free(struct html *html);

#endif
