/* Stratified folds, assigned row by row in the order of the data. */
#include "folds.h"

#include "nn/nn.h"

#include <stdlib.h>

int folds_init(struct folds *folds, int count, uint64_t seed, int classes, struct err *err)
{
    *folds = (struct folds){.count = count, .seed = seed, .classes = classes};
    folds->seen = calloc((size_t)classes, sizeof *folds->seen);
    return folds->seen ? 0 : err_memory(err, "folds", 0);
}

int folds_next(struct folds *folds, int class)
{
    const struct nn_random random = {folds->seed, NN_RANDOM_FOLD, (uint32_t) class};
    const int64_t row = folds->seen[class]++;
    const uint64_t first = (uint64_t)(row / folds->count * folds->count);
    const int place = (int)(row % folds->count);
    int order[FOLDS_MOST];

    /* Fisher and Yates, from the front, as far as this row's place. */
    for (int i = 0; i < folds->count; i++)
        order[i] = i + 1;
    for (int i = 0; i <= place; i++) {
        const int j =
            i + (int)nn_random_below(&random, first + (uint64_t)i, (uint64_t)(folds->count - i));
        const int kept = order[i];

        order[i] = order[j];
        order[j] = kept;
    }
    return order[place];
}

int folds_by_group(struct folds *folds, const char *path, struct err *err)
{
    struct dataset dataset;
    int64_t sizes[FOLDS_MOST];
    int result;

    if (dataset_open(&dataset, path, NULL, "data", err))
        return -1;
    for (int i = 0; i < folds->count; i++)
        sizes[i] = 1;
    result = row_groups_read(&folds->groups, dataset.file, &dataset.info, true, err) ||
                     row_groups_assign(&folds->groups, sizes, folds->count, folds->seed, err)
                 ? -1
                 : 0;
    dataset_close(&dataset);
    return result;
}

int folds_next_of(struct folds *folds, const struct dataset_chunk *chunk, int64_t row, int class)
{
    return chunk->groups ? row_groups_part(&folds->groups, chunk->groups, row) + 1
                         : folds_next(folds, class);
}

void folds_free(struct folds *folds)
{
    row_groups_free(&folds->groups);
    free(folds->seen);
    *folds = (struct folds){0};
}
