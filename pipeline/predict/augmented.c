/* Rows of a data set as augmentation shows them to a network in training. */
#include "augmented.h"

#include "pipeline/base/memory.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/rows.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 << 20 };

/* Returns a new column in which each row is there `times` times; NULL where there was none, or on
 * error. */
static void *repeated(const void *column, int64_t count, int times, size_t size, struct err *err)
{
    char *new = column ? rows_alloc(count * times, size, "changed rows", err) : NULL;

    for (int64_t i = 0; new &&i < count *times; i++)
        memcpy(new + (size_t)i *size, (const char *)column + (size_t)(i / times) * size, size);
    return new;
}

static int repeat(struct dataset_chunk *chunk, const struct dataset_info *info, int times,
                  struct err *err)
{
    const size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
    const int64_t n = chunk->count;
    struct dataset_chunk new = {.count = n * times, .room = n * times};

    new.rows = repeated(chunk->rows, n, times, sizeof *chunk->rows, err);
    new.ids = repeated(chunk->ids, n, times, key_bytes(info->id_width), err);
    new.labels = repeated(chunk->labels, n, times, label, err);
    new.images = repeated(chunk->images, n, times, dataset_image_bytes(info), err);
    if (!new.rows || !new.ids != !chunk->ids || !new.labels != !chunk->labels || !new.images) {
        dataset_chunk_free(&new);
        return -1;
    }
    dataset_chunk_free(chunk);
    *chunk = new;
    return 0;
}

static void change(struct dataset_chunk *chunk, const struct dataset_info *info,
                   const struct nn_augmenter *augmenter, uint64_t seed, int epochs)
{
    const size_t size = dataset_image_bytes(info);

    for (int64_t i = 0; i < chunk->count; i++) {
        char *image = (char *)chunk->images + (size_t)i * size;

        memcpy(image,
               nn_augment_picture(augmenter, 0, seed, (int)(i % epochs) + 1, chunk->rows[i] - 1,
                                  image, info->pixel == DTYPE_U8),
               size);
    }
}

int augmented_rows(struct dataset_chunk *chunk, const struct dataset_info *info,
                   const struct nn_augment *augment, uint64_t seed, int epochs, struct err *err)
{
    const struct samples picked = {.info = *info, .rows = *chunk};
    const struct nn_data data = samples_view(info, chunk);
    const struct nn_shape shape = {info->c, info->h, info->w};
    struct nn_augment with = *augment;
    struct nn_augmenter *augmenter = NULL;
    float *background = calloc((size_t)info->c, sizeof *background);
    struct nn_error why;
    int result = -1;

    if (nn_augment_fits(augment, shape, &why))
        err_set(err, EX_USAGE, "--augment: %s", why.text);
    else if (chunk->count > MOST_BYTES / (int64_t)dataset_image_bytes(info) / epochs)
        err_set(err, EX_USAGE, "%lld rows in %d epochs are too many to change at a time",
                (long long)chunk->count, epochs);
    else if (!background)
        err_memory(err, "the background", 0);
    else if (chunk->count == 0)
        result = 0;
    else if (samples_background(&picked, &data, background, err) == 0 &&
             repeat(chunk, info, epochs, err) == 0) {
        with.background = background;
        augmenter = nn_augmenter_new(&with, shape, 1);
        if (augmenter) {
            change(chunk, info, augmenter, seed, epochs);
            result = 0;
        } else {
            err_memory(err, "changed pictures", 0);
        }
    }
    nn_augmenter_free(augmenter);
    free(background);
    return result;
}

int normalized_rows(struct dataset_chunk *chunk, const struct dataset_info *info,
                    const struct nn_normalize *how, struct err *err)
{
    const struct samples picked = {.info = *info, .rows = *chunk};
    const struct nn_data data = samples_view(info, chunk);
    const struct nn_shape shape = {info->c, info->h, info->w};
    struct view view = {.how = *how, .background = calloc((size_t)info->c, sizeof(float))};
    struct nn_error why;
    int result = view.background ? 0 : err_memory(err, "the background", 0);

    if (result == 0 && nn_normalize_fits(how, shape, &why))
        result = err_set(err, EX_USAGE, "--normalize: %s", why.text);
    view.how.background = view.background;
    if (result == 0 && chunk->count > 0)
        result = samples_background(&picked, &data, view.background, err) ||
                         view_apply_here(&view, info, chunk->images, chunk->count, err)
                     ? -1
                     : 0;
    view_free(&view);
    return result;
}
