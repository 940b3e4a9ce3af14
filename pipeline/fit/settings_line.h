#ifndef PIPELINE_SETTINGS_LINE_H
#define PIPELINE_SETTINGS_LINE_H

#include "pipeline/base/err.h"
#include "pipeline/base/setting.h"
#include "pipeline/base/strbuf.h"

#include <jansson.h>
#include <stdbool.h>

/* The options of fit that make a training's record again. */

/* Tells whether two recorded values are one: 5 and 5.0 are. */
bool setting_equal(const json_t *a, const json_t *b);
/* Returns a value of the record as fit's option takes it, and writes that option's name: of a few
 * the record has another form. NULL: out of memory; the caller frees it. */
char *setting_option(const json_t *record, const char *key, const json_t *value,
                     char name[SETTING_NAME]);
/* Appends " WORD", in quotes where a shell needs them. */
void shell_word_add(struct strbuf *line, const char *word);
/* Appends the network and the settings of a model's record as options, those alone that are not the
 * default: " --arch lenet5 --lr 0.01". EX_DATAERR: a setting that no option of fit sets. */
MUST_CHECK int settings_line(struct strbuf *line, const json_t *record, struct err *err);

#endif
