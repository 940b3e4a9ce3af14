/* Reads the chosen rows in one pass. */
#include "keys.h"
#include "picks.h"

#include <string.h>

/* 64 MiB for what was picked, 4 MiB for the chunk that a pass reads at a time. */
enum { PICKED_BYTES = 64 << 20, CHUNK_BYTES = 4 << 20 };

/* Copies row `from` after the others of a column, or nothing where the data has no such column. */
static void copy_row(void *to, int64_t to_row, const void *from, int64_t from_row, size_t size)
{
    if (to)
        memcpy((char *)to + (size_t)to_row * size, (const char *)from + (size_t)from_row * size,
               size);
}

static size_t label_bytes(int classes, bool soft)
{
    return (size_t)classes * (soft ? sizeof(float) : 1);
}

static int check_room(int64_t room, size_t row, struct err *err)
{
    const int64_t most =
        PICKED_BYTES / (int64_t)row < PICKS_MOST ? PICKED_BYTES / (int64_t)row : PICKS_MOST;

    if (room <= most || room == 1)
        return 0;
    return err_set(err, EX_USAGE,
                   "%lld rows are too many to pick at a time; of this data up to "
                   "%lld can be",
                   (long long)room, (long long)(most > 0 ? most : 1));
}

static int64_t rows_of_chunk(size_t row)
{
    return row < CHUNK_BYTES ? CHUNK_BYTES / (int64_t)row : 1;
}

/* ---- Data sets ---- */

int picks_dataset_room(const struct picks *picks, const struct dataset *dataset,
                       struct dataset_chunk *picked, struct err *err)
{
    const int64_t room = picks_room(picks, dataset->n);

    return check_room(room, dataset_image_bytes(&dataset->info), err)
               ? -1
               : dataset_chunk_init(picked, dataset, room, err);
}

void picks_from_dataset(struct picks *picks, const struct dataset *dataset,
                        const struct dataset_chunk *chunk, struct dataset_chunk *picked)
{
    const struct dataset_info *info = &dataset->info;
    const size_t label = label_bytes(info->class_count, info->soft_labels);

    for (int64_t i = 0; i < chunk->count; i++)
        if (picks_next(picks, chunk->rows[i])) {
            const int64_t to = picked->count++;

            copy_row(picked->rows, to, chunk->rows, i, sizeof *chunk->rows);
            copy_row(picked->ids, to, chunk->ids, i, key_bytes(info->id_width));
            copy_row(picked->groups, to, chunk->groups, i, key_bytes(info->group_width));
            copy_row(picked->labels, to, chunk->labels, i, label);
            copy_row(picked->images, to, chunk->images, i, dataset_image_bytes(info));
        }
}

/* ---- Predictions ---- */

static size_t share_bytes(const struct predictions *predictions)
{
    return (size_t)predictions->class_count * sizeof(float);
}

int picks_predictions_room(const struct picks *picks, const struct predictions *predictions,
                           struct predictions_chunk *picked, struct err *err)
{
    const int64_t room = picks_room(picks, predictions->n);

    return check_room(room, share_bytes(predictions), err)
               ? -1
               : predictions_chunk_init(picked, predictions, room, err);
}

void picks_from_predictions(struct picks *picks, const struct predictions *predictions,
                            const struct predictions_chunk *chunk, struct predictions_chunk *picked)
{
    const size_t label = label_bytes(predictions->class_count, predictions->soft_labels);

    for (int64_t i = 0; i < chunk->count; i++)
        if (picks_next(picks, chunk->rows[i])) {
            const int64_t to = picked->count++;

            copy_row(picked->rows, to, chunk->rows, i, sizeof *chunk->rows);
            copy_row(picked->ids, to, chunk->ids, i, key_bytes(predictions->id_width));
            copy_row(picked->labels, to, chunk->labels, i, label);
            copy_row(picked->probabilities, to, chunk->probabilities, i, share_bytes(predictions));
        }
}

int picks_read_predictions(struct picks *picks, struct predictions *predictions,
                           struct predictions_chunk *picked, struct err *err)
{
    const char *path = tensor_file_path(predictions->file);
    struct predictions_chunk chunk = {0};
    int got;

    if (picks_begin(picks, path, predictions->n, err) ||
        picks_predictions_room(picks, predictions, picked, err))
        return -1;
    got = predictions_chunk_init(&chunk, predictions, rows_of_chunk(share_bytes(predictions)), err);
    while (got >= 0 && (got = predictions_next(predictions, &chunk, err)) > 0)
        picks_from_predictions(picks, predictions, &chunk, picked);
    predictions_chunk_free(&chunk);
    if (got == 0)
        got = picks_end(picks, path, predictions->last_row, err);
    if (got < 0)
        predictions_chunk_free(picked);
    return got;
}
