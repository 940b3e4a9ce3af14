#include "dataset.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>
#include <string.h>

void dataset_info_free(struct dataset_info *info)
{
    texts_free(info->classes, info->class_count);
    texts_free(info->class_names, info->class_count);
    texts_free(info->columns, info->column_count);
    free(info->label_column);
    free(info->id_column);
    free(info->source);
    *info = (struct dataset_info){0};
}

size_t dataset_image_bytes(const struct dataset_info *info)
{
    return (size_t)info->c * (size_t)info->h * (size_t)info->w * dtype_size(info->pixel);
}

static int same_texts(const char *path_a, char *const *a, int count_a, const char *path_b,
                      char *const *b, int count_b, const char *one, const char *many,
                      struct err *err)
{
    if (!a || !b)
        return 0;
    if (count_a != count_b)
        return err_set(err, EX_DATAERR, "%s has %d %s, %s has %d", path_a, count_a, many, path_b,
                       count_b);
    for (int i = 0; i < count_a; i++)
        if (strcmp(a[i], b[i]))
            return err_set(err, EX_DATAERR, "%s: %s %d is '%.64s', that of %s is '%.64s'", path_a,
                           one, i + 1, a[i], path_b, b[i]);
    return 0;
}

int dataset_compatible(const char *path_a, const struct dataset_info *a, const char *path_b,
                       const struct dataset_info *b, struct err *err)
{
    if (a->c != b->c || a->h != b->h || a->w != b->w)
        return err_set(err, EX_DATAERR, "%s: the images are %dx%dx%d, those of %s are %dx%dx%d",
                       path_a, a->c, a->h, a->w, path_b, b->c, b->h, b->w);
    if (same_texts(path_a, a->classes, a->class_count, path_b, b->classes, b->class_count, "class",
                   "classes", err))
        return -1;
    return same_texts(path_a, a->columns, a->column_count, path_b, b->columns, b->column_count,
                      "pixel column", "pixel columns", err);
}
