/* Ids as numbers or as text of one width. */
#include "keys.h"

#include "pipeline/base/text.h"

#include <stdio.h>
#include <string.h>

size_t key_text(char text[KEY_TEXT], const void *keys, int width, int64_t row)
{
    const char *own = (const char *)keys + (size_t)row * (size_t)width;
    size_t size;

    if (width == 0)
        return (size_t)snprintf(text, KEY_TEXT, "%lld", (long long)((const int64_t *)keys)[row]);
    size = strnlen(own, (size_t)width);
    memcpy(text, own, size);
    text[size] = 0;
    return size;
}

json_t *key_json(const void *keys, int width, int64_t row)
{
    char text[KEY_TEXT];

    if (width == 0)
        return json_integer(((const int64_t *)keys)[row]);
    key_text(text, keys, width, row);
    return json_string(text);
}

int keys_tensor_check(const char *path, const struct tensor *keys, int64_t n, int *width,
                      struct err *err)
{
    *width = 0;
    if (keys->dtype != DTYPE_U8)
        return tensor_expect(path, keys, DTYPE_I64, 1, &n, err);
    if (tensor_expect(path, keys, DTYPE_U8, 2, (int64_t[]){n, -1}, err))
        return -1;
    if (keys->dims[1] < 1 || keys->dims[1] > KEY_MOST)
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s' has texts of %lld bytes, expected is 1 to %d", path,
                       keys->name, (long long)keys->dims[1], KEY_MOST);
    *width = (int)keys->dims[1];
    return 0;
}

int keys_check(const char *path, const char *name, const int64_t *rows, const void *keys, int width,
               int64_t count, struct err *err)
{
    for (int64_t i = 0; keys && width && i < count; i++) {
        const char *text = (const char *)keys + i * width;
        size_t size = strnlen(text, (size_t)width);
        bool padded = true;

        for (size_t at = size; at < (size_t)width; at++)
            padded &= text[at] == 0;
        if (size == 0 || !padded || !text_is_clean(text, size))
            return err_set(err, EX_DATAERR,
                           "%s: row %lld: '%s' is not plain UTF-8 text, padded with zeros", path,
                           (long long)rows[i], name);
    }
    return 0;
}

struct tensor keys_tensor(const char *name, int width)
{
    return (struct tensor){.name = name,
                           .dtype = width ? DTYPE_U8 : DTYPE_I64,
                           .ndim = width ? 2 : 1,
                           .dims = {0, width}};
}
