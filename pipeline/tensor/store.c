/* Keys of finished tensor files, and copies of them. */
#include "pipeline/base/json.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

int tensor_store_key(char key[DIGEST_TEXT], const json_t *options, struct inputs *inputs,
                     const char *more)
{
    json_t *records = json_object();
    char *text = NULL;

    if (records && inputs_take_digests(inputs) == 0 &&
        tensor_records_add(records, options, inputs) == 0 &&
        json_object_del(records, "csvnet") == 0 &&
        json_object_set_new(records, "more", json_string(more)) == 0)
        text = json_text(records, JSON_COMPACT | JSON_SORT_KEYS);
    if (text)
        digest_text(XXH3_128bits(text, strlen(text)), key);
    json_decref(records);
    free(text);
    return text ? 0 : -1;
}

int tensor_file_copy(struct tensor_file *file, struct output *out, struct err *err)
{
    enum { ROOM = 1 << 16 };
    unsigned char *buffer = malloc(ROOM);
    int result = buffer ? 0 : err_memory(err, "a copy", ROOM);

    for (int64_t at = 0; result == 0 && at < file->status.st_size;) {
        const int64_t left = file->status.st_size - at;
        const size_t size = left < ROOM ? (size_t)left : ROOM;

        if (tensor_file_stored(file, buffer, size, at, err) || output_write(out, buffer, size, err))
            result = -1;
        at += (int64_t)size;
    }
    free(buffer);
    return result;
}
