#ifndef PIPELINE_SETTING_H
#define PIPELINE_SETTING_H

#include <jansson.h>

/* Settings as tensor files record them, in words. */

enum { SETTING_NAME = 64 };

/* Writes the key as a command line has it: "weight-decay" of "weight_decay". */
void setting_name(const char *key, char name[SETTING_NAME]);
/* Returns numbers, texts and lists of them as they are, "yes" and "no", "none" of null. NULL: out
 * of memory; the caller frees it. */
char *setting_value(const json_t *value);

#endif
