#ifndef PIPELINE_SETTINGS_LINE_H
#define PIPELINE_SETTINGS_LINE_H

#include "pipeline/base/err.h"
#include "pipeline/base/strbuf.h"

#include <jansson.h>

/* The options of fit that make a training's record again. */

/* Appends " WORD", in quotes where a shell needs them. */
void shell_word_add(struct strbuf *line, const char *word);
/* Appends the network and the settings of a model's record as options, those alone that are not the
 * default: " --arch lenet5 --lr 0.01". EX_DATAERR: a setting that no option of fit sets. */
MUST_CHECK int settings_line(struct strbuf *line, const json_t *record, struct err *err);

#endif
