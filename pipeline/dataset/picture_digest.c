/* Finds the pictures that a data set was made of, by its ids. */
#include "picture_digest.h"

#include "keys.h"
#include "pipeline/base/memory.h"
#include "pipeline/files/folder.h"

#include <stdlib.h>
#include <string.h>

/* Adds the picture of row `row`: 1, 0 it is not there, or -1. */
static int add_picture(const struct folder *folder, const void *ids, int width, int64_t row,
                       struct folder_bytes *bytes, XXH3_state_t *all)
{
    char name[KEY_TEXT];
    const size_t size = key_text(name, ids, width, row);
    struct err ignored;
    int two[2], number = folder_find(folder, name, size, two);

    if (number < 0 || folder_read(folder, number, bytes, &ignored))
        return 0;
    folder_add_digest(folder, number, XXH3_128bits(bytes->bytes, bytes->size), all);
    return 1;
}

static int add_pictures(struct tensor_file *file, const struct folder *folder, XXH3_state_t *all,
                        struct err *err)
{
    const struct tensor *ids = tensor_file_find(file, "ids");
    struct folder_bytes bytes = {0};
    int width, found = 1;
    int64_t n = ids ? tensor_rows(ids) : 0;
    void *keys;

    if (!ids)
        return 0;
    keys = rows_alloc(n, tensor_row_bytes(ids), "the ids", err);
    if (!keys || keys_tensor_check(tensor_file_path(file), ids, n, &width, err) ||
        tensor_file_read(file, "ids", keys, err)) {
        free(keys);
        return -1;
    }
    for (int64_t i = 0; i < n && found == 1; i++)
        found = add_picture(folder, keys, width, i, &bytes, all);
    free(bytes.bytes);
    free(keys);
    return found;
}

int picture_digest(struct tensor_file *file, const char *path, char digest[DIGEST_TEXT],
                   struct err *err)
{
    XXH3_state_t *all = XXH3_createState();
    struct folder folder;
    int found = -1;

    *digest = 0;
    if (!all)
        return err_memory(err, "a digest", 0);
    if (folder_open(&folder, path, err) == 0) {
        XXH3_128bits_reset(all);
        found = add_pictures(file, &folder, all, err);
        folder_close(&folder);
    }
    if (found == 1)
        digest_text(XXH3_128bits_digest(all), digest);
    XXH3_freeState(all);
    return found < 0 ? -1 : 0;
}
