#ifndef CMD_SETTING_H
#define CMD_SETTING_H

#include <jansson.h>

/* What tensor files record of the options, in words. */

enum { SETTING_NAME = 64 };

/* As it would be given on a command line: "weight-decay" of "weight_decay". */
void setting_name(const char *key, char name[SETTING_NAME]);
/* Numbers, texts and lists of them as they are, "yes" and "no", "none" of null. NULL: out of
 * memory; the caller frees it. */
char *setting_value(const json_t *value);

#endif
