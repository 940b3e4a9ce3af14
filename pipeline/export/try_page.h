#ifndef PIPELINE_TRY_PAGE_H
#define PIPELINE_TRY_PAGE_H

#include "pipeline/base/strbuf.h"
#include "plain.h"

/* Appends a page to draw on, with the network in JavaScript, its weights as base64 and how its
 * training pictures are framed; it loads nothing. `source` names the model. EX_DATAERR: pictures
 * are neither gray nor colour. */
MUST_CHECK int try_page(struct strbuf *html, const struct model *model, const struct plain *plain,
                        const char *source, struct err *err);

#endif
