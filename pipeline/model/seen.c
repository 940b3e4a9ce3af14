/* Pictures that a model has seen: its record of them. */
#include "seen.h"

#include "pipeline/base/json.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>

enum seen_as seen_as(const struct seen *seen, uint64_t print)
{
    if (picture_set_has(&seen->trained, print))
        return SEEN_TRAINED;
    return picture_set_has(&seen->chose, print) ? SEEN_CHOSE : SEEN_NOT;
}

/* Returns {"pictures": 42000, "prints": "..."}; NULL: out of memory. */
static json_t *set_json(const struct picture_set *set)
{
    char *text = picture_set_text(set);
    json_t *json =
        text ? json_pack("{s:I, s:s}", "pictures", (json_int_t)set->count, "prints", text) : NULL;

    free(text);
    return json;
}

int seen_write(const struct seen *seen, json_t *meta, const char *path, struct err *err)
{
    json_t *json;
    int result;

    if (!seen->recorded || seen->trained.count > PICTURE_SET_MOST ||
        seen->chose.count > PICTURE_SET_MOST)
        return 0;
    json = json_pack("{s:b, s:o, s:o}", "partial", seen->partial, "trained",
                     set_json(&seen->trained), "chose", set_json(&seen->chose));
    result = json ? meta_add_json(meta, path, "seen", json, err)
                  : err_memory(err, "the pictures' fingerprints", 0);
    json_decref(json);
    return result;
}

/* Returns 1, 0 it is no set, -1. */
static int read_set(struct picture_set *set, const json_t *json, struct err *err)
{
    json_int_t count;
    const char *text;

    if (json_unpack((json_t *)json, "{s:I, s:s !}", "pictures", &count, "prints", &text))
        return 0;
    return picture_set_read(set, count, text, err);
}

int seen_read(struct seen *seen, const struct tensor_file *file, struct err *err)
{
    json_t *json;
    int partial, got = 0;

    *seen = (struct seen){0};
    if (!tensor_file_meta(file, "seen"))
        return 0;
    json = tensor_file_meta_json(file, "seen", err);
    if (!json)
        return -1;
    if (json_unpack(json, "{s:b}", "partial", &partial) == 0) {
        seen->recorded = true;
        seen->partial = partial;
        got = read_set(&seen->trained, json_object_get(json, "trained"), err);
        if (got == 1)
            got = read_set(&seen->chose, json_object_get(json, "chose"), err);
    }
    json_decref(json);
    if (got == 1)
        return 0;
    seen_free(seen);
    if (got < 0 || json_memory_check("metadata", err))
        return -1;
    return err_set(err, EX_DATAERR, "%s: metadata 'seen' does not hold sets of pictures",
                   tensor_file_path(file));
}

void seen_free(struct seen *seen)
{
    picture_set_free(&seen->trained);
    picture_set_free(&seen->chose);
    *seen = (struct seen){0};
}
