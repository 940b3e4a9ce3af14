/* The digest of a tensor file's content. */
#include "pipeline/base/digest.h"
#include "pipeline/base/json.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

static bool is_record(const char *key)
{
    static const char *const records[] = {"content_digest", "inputs",     "options",
                                          "csvnet",         "arithmetic", "seen",
                                          "relation",       "trouble",    "framing"};

    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (strcmp(key, records[i]) == 0)
            return true;
    return false;
}

static bool is_source(const char *key)
{
    return strcmp(key, "source") == 0 || strcmp(key, "source_bytes") == 0 ||
           strcmp(key, "source_digest") == 0;
}

/* Returns the metadata that make the digest: the same rows from a file of another name, with other
 * line ends or compressed are the same. Files without the number of an arithmetic counted that. */
static json_t *digested_meta(const json_t *meta)
{
    const bool old = json_object_get(meta, "csvnet") && !json_object_get(meta, "arithmetic");
    json_t *copy = json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)meta, key, value)
    {
        if (!is_record(key) && (old || !is_source(key)) && json_object_set(copy, key, value)) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *digested_tensor(const struct tensor *tensor, const char *digest)
{
    json_t *shape = json_array();

    for (int i = 0; i < tensor->ndim; i++)
        json_array_append_new(shape, json_integer(tensor->dims[i]));
    return json_pack("[s, s, o, s]", tensor->name, dtype_name(tensor->dtype), shape, digest);
}

int tensor_content_digest(char digest[DIGEST_TEXT], const json_t *meta,
                          const struct tensor *tensors, char (*digests)[DIGEST_TEXT], int count,
                          struct err *err)
{
    json_t *list = json_array();
    int failed = 0;
    json_t *content;
    char *text;

    for (int i = 0; i < count; i++)
        failed |= json_array_append_new(list, digested_tensor(&tensors[i], digests[i]));
    content = json_pack("{s:o, s:o}", "metadata", digested_meta(meta), "tensors", list);
    text = failed ? NULL : json_text(content, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(content);
    if (text && json_memory_check("a content digest", err) == 0) {
        digest_text(XXH3_128bits(text, strlen(text)), digest);
        free(text);
        return 0;
    }
    free(text);
    return text ? -1 : err_memory(err, "a content digest", 0);
}
