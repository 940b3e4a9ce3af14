/* Opens tensor files and checks them: digests, and the shards of a list. */
#include "private.h"

#include <string.h>

/* Finds the recorded content digest, or where none is, what all tensors make. */
static int find_digest(struct tensor_file *file, struct err *err)
{
    const char *recorded = tensor_file_recorded(file, err);

    if (!recorded)
        return -1;
    if (!*recorded)
        return tensor_file_verify(file, err);
    memcpy(file->digest, recorded, DIGEST_TEXT);
    return tensor_file_check_digest(file, err);
}

int tensor_file_open(struct tensor_file **file, const char *path, struct inputs *inputs,
                     const char *role, struct err *err)
{
    struct tensor_file *new;
    int number = 0;

    *file = NULL;
    if (tensor_container_open(&new, path, inputs, role, tensor_file_digest_again, &number, err))
        return -1;
    if ((new->list &&tensor_shards_read(new, inputs, tensor_file_digest_again, err)) ||
        find_digest(new, err)) {
        tensor_file_close(new);
        return -1;
    }
    if (inputs)
        inputs_set_digest(inputs, number, new->digest);
    *file = new;
    return 0;
}

static int read_through(struct tensor_file *file, const struct tensor *tensor, struct err *err)
{
    struct tensor_cursor *cursor;
    int result;

    if (tensor_cursor_open(&cursor, file, tensor->name, err))
        return -1;
    result = tensor_cursor_skim(cursor, err);
    tensor_cursor_close(cursor);
    return result;
}

int tensor_file_verify(struct tensor_file *file, struct err *err)
{
    for (int i = 0; i < file->header.count; i++)
        if (!*file->digests[i] && read_through(file, &file->header.tensors[i], err))
            return -1;
    return tensor_file_check_digest(file, err);
}

int tensor_file_digest_again(const char *path, char digest[DIGEST_TEXT])
{
    struct tensor_file *file = NULL;
    struct err ignored;
    int result = -1;

    if (tensor_file_open(&file, path, NULL, "", &ignored) == 0 &&
        tensor_file_verify(file, &ignored) == 0) {
        memcpy(digest, tensor_file_digest(file), DIGEST_TEXT);
        result = 0;
    }
    tensor_file_close(file);
    return result;
}
