/* Metadata of tensor files: texts, lists as JSON, numbers. */
#include "meta.h"

#include "pipeline/base/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

int meta_add(json_t *meta, const char *path, const char *key, const char *text, struct err *err)
{
    json_t *value;

    if (!text)
        return 0;
    value = json_string(text);
    if (json_memory_check("metadata", err))
        return -1;
    if (!value)
        return err_set(err, EX_DATAERR, "%s: %s '%.64s' is not valid UTF-8", path, key, text);
    return json_object_set_new(meta, key, value) ? err_memory(err, "metadata", 0) : 0;
}

int meta_add_json(json_t *meta, const char *path, const char *key, const json_t *value,
                  struct err *err)
{
    char *text = json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    int result = text ? meta_add(meta, path, key, text, err) : err_memory(err, "metadata", 0);

    free(text);
    return result;
}

int meta_add_list(json_t *meta, const char *path, const char *key, char *const *texts, int count,
                  struct err *err)
{
    json_t *list = json_array();
    int result = 0;

    for (int i = 0; texts && i < count && result == 0; i++)
        if (json_array_append_new(list, json_string(texts[i])))
            result =
                json_memory_check("metadata", err)
                    ? -1
                    : err_set(err, EX_DATAERR, "%s: entry %d of %s, '%.64s', is not valid UTF-8",
                              path, i + 1, key, texts[i]);
    if (texts && result == 0)
        result = meta_add_json(meta, path, key, list, err);
    json_decref(list);
    return result;
}

int meta_get(const struct tensor_file *file, const char *key, char **text, struct err *err)
{
    const char *value = tensor_file_meta(file, key);

    *text = NULL;
    if (!value)
        return 0;
    *text = strdup(value);
    return *text ? 0 : err_memory(err, "metadata", 0);
}

static int copy_list(const struct tensor_file *file, const char *key, const json_t *list,
                     char ***texts, int *count, struct err *err)
{
    size_t size = json_array_size(list);

    if (!json_is_array(list) || size > INT_MAX)
        return err_set(err, EX_DATAERR, "%s: metadata '%s' is not a list", tensor_file_path(file),
                       key);
    *texts = calloc(size + 1, sizeof **texts);
    if (!*texts)
        return err_memory(err, "metadata", size * sizeof **texts);
    for (*count = 0; *count < (int)size; ++*count) {
        const json_t *entry = json_array_get(list, (size_t)*count);

        if (!json_is_string(entry))
            return err_set(err, EX_DATAERR, "%s: entry %d of metadata '%s' is not a string",
                           tensor_file_path(file), *count + 1, key);
        (*texts)[*count] = strdup(json_string_value(entry));
        if (!(*texts)[*count])
            return err_memory(err, "metadata", 0);
    }
    return 0;
}

int meta_get_list(const struct tensor_file *file, const char *key, char ***texts, int *count,
                  struct err *err)
{
    json_t *list;
    int result;

    *texts = NULL;
    *count = 0;
    if (!tensor_file_meta(file, key))
        return 0;
    list = tensor_file_meta_json(file, key, err);
    if (!list)
        return -1;
    result = copy_list(file, key, list, texts, count, err);
    json_decref(list);
    if (result) {
        texts_free(*texts, *count);
        *texts = NULL;
        *count = 0;
    }
    return result;
}

static bool all_different(char *const *texts, int count)
{
    json_t *set = json_object();
    bool different;

    for (int i = 0; i < count; i++)
        json_object_set_new(set, texts[i], json_true());
    different = json_object_size(set) == (size_t)count;
    json_decref(set);
    return different;
}

int meta_get_classes(const struct tensor_file *file, char ***classes, char ***names, int *count,
                     struct err *err)
{
    int name_count;

    *names = NULL;
    if (meta_get_list(file, "classes", classes, count, err) ||
        meta_get_list(file, "class_names", names, &name_count, err))
        return -1;
    if (name_count != *count) {
        texts_free(*names, name_count); /* the caller frees as many as there are classes */
        *names = NULL;
        return err_set(err, EX_DATAERR, "%s: %d classes but %d class_names", tensor_file_path(file),
                       *count, name_count);
    }
    if (all_different(*classes, *count))
        return 0;
    if (json_memory_check("metadata", err))
        return -1;
    return err_set(err, EX_DATAERR, "%s: two classes have the same name", tensor_file_path(file));
}

int meta_get_digest(const struct tensor_file *file, const char *key, char digest[DIGEST_TEXT],
                    struct err *err)
{
    const char *text = tensor_file_meta(file, key);

    if (!text || strlen(text) != DIGEST_TEXT - 1 ||
        strspn(text, "0123456789abcdef") != DIGEST_TEXT - 1)
        return err_set(err, EX_DATAERR, "%s: metadata '%s' is not 32 hex digits",
                       tensor_file_path(file), key);
    memcpy(digest, text, DIGEST_TEXT);
    return 0;
}

void texts_free(char **texts, int count)
{
    for (int i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}
