/* Provenance of a tensor file: its inputs' digests, the options, csvnet's version and the number of
 * its arithmetic. They are in the metadata next to the content and are no part of its digest. */
#include "pipeline/base/arithmetic.h"
#include "pipeline/base/json.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

static int set_text(json_t *meta, const char *key, const json_t *value)
{
    char *text = json_text(value, JSON_COMPACT);
    int failed = !text || json_object_set_new(meta, key, json_string(text));

    free(text);
    return failed ? -1 : 0;
}

int tensor_records_add(json_t *meta, const json_t *options, const struct inputs *inputs)
{
    json_t *list = json_array();
    int failed = 0;

    for (int i = 0; inputs && i < inputs_count(inputs); i++)
        failed |=
            json_array_append_new(list, json_pack("{s:s, s:s}", "role", inputs_role(inputs, i),
                                                  "digest", inputs_digest(inputs, i)));
    failed |= set_text(meta, "inputs", list) | set_text(meta, "options", options) |
              json_object_set_new(meta, "csvnet", json_string(CSVNET_VERSION)) |
              json_object_set_new(meta, "arithmetic", json_sprintf("%d", ARITHMETIC));
    json_decref(list);
    return failed ? -1 : 0;
}

bool tensor_file_of_this_arithmetic(const struct tensor_file *file)
{
    const char *number = tensor_file_meta(file, "arithmetic");

    return number && strtol(number, NULL, 10) == ARITHMETIC;
}

bool tensor_records_match(const struct tensor_file *file, const json_t *options,
                          struct inputs *inputs)
{
    json_t *records = json_object(), *value;
    bool match = records && inputs_take_digests(inputs) == 0 &&
                 tensor_records_add(records, options, inputs) == 0;
    const char *key;

    if (records)
        json_object_del(records, "csvnet"); /* another release makes the same */
    json_object_foreach(records, key, value)
    {
        const char *recorded = tensor_file_meta(file, key);

        match = match && recorded && strcmp(recorded, json_string_value(value)) == 0;
    }
    json_decref(records);
    return match;
}
