/* A setting's name and value as text. */
#include "setting.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

void setting_name(const char *key, char name[SETTING_NAME])
{
    snprintf(name, SETTING_NAME, "%s", key);
    for (char *c = name; *c; c++)
        if (*c == '_')
            *c = '-';
}

char *setting_value(const json_t *value)
{
    char number[32];

    if (json_is_number(value)) {
        snprintf(number, sizeof number, "%.15g", json_number_value(value));
        return strdup(number);
    }
    if (json_is_string(value))
        return strdup(json_string_value(value));
    if (json_is_boolean(value))
        return strdup(json_is_true(value) ? "yes" : "no");
    if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
        return strdup("none");
    return json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
}
