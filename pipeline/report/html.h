#ifndef PIPELINE_HTML_H
#define PIPELINE_HTML_H

#include "pipeline/base/strbuf.h"

#include <stdint.h>

/* A page is written in memory, in a strbuf. Markup is ours and goes in as it is, by strbuf_puts()
 * and strbuf_printf(); what comes from files or the command line goes through html_text(), in
 * elements, in attributes (in double quotes) and in SVG alike. */

/* Escapes a text for elements and attributes. Bytes that are not UTF-8, and control characters,
 * which XML does not allow, become U+FFFD. */
void html_text(struct strbuf *html, const char *text);
/* Does the same; a text of more than `most` columns has an ellipsis in its middle. */
void html_clipped(struct strbuf *html, const char *text, int most);
/* Writes base64 (RFC 4648), for data: addresses. */
void html_base64(struct strbuf *html, const void *data, size_t size);

#endif
