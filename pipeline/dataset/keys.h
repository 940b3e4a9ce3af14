#ifndef PIPELINE_KEYS_H
#define PIPELINE_KEYS_H

#include "pipeline/tensor/tensor.h"

/* Ids and groups: values that are compared and never computed with. Where all are whole numbers in
 * their shortest form they are I64 [n], and their width is 0; else all are UTF-8 text, U8
 * [n][width], padded with zeros. */

enum { KEY_MOST = 1024, KEY_TEXT = KEY_MOST + 1 }; /* bytes of a text; and its NUL */

/* Returns the bytes of one row. */
static inline size_t key_bytes(int width)
{
    return width ? (size_t)width : sizeof(int64_t);
}

/* Writes the value of row `row` as text; returns its bytes. */
size_t key_text(char text[KEY_TEXT], const void *keys, int width, int64_t row);
/* Returns a new integer or string. */
json_t *key_json(const void *keys, int width, int64_t row);

/* Checks type and shape of the tensor `keys` of n rows, and says how wide it is. */
MUST_CHECK int keys_tensor_check(const char *path, const struct tensor *keys, int64_t n, int *width,
                                 struct err *err);
/* Checks rows that were read: plain text, not empty, zeros only after it. `rows` is for messages.
 */
MUST_CHECK int keys_check(const char *path, const char *name, const int64_t *rows, const void *keys,
                          int width, int64_t count, struct err *err);
/* Describes the tensor `name`, whose rows are counted. */
struct tensor keys_tensor(const char *name, int width);

#endif
