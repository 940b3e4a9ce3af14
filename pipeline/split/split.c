/* Writes the parts of a data set by selection sampling, in source order. */
#include "split.h"

#include "pipeline/dataset/keys.h"
#include "pipeline/files/output.h"

#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 20 };

/* ---- Planning ---- */

/* Counts the rows of each class: the first of two passes reads the labels only. */
static int count_classes(struct split *split, int64_t *class_rows, struct err *err)
{
    const struct dataset_info *info = &split->dataset.info;
    struct tensor_cursor *labels = NULL;
    const struct dataset_chunk *chunk = &split->chunk;
    int64_t got = -1;

    if (tensor_cursor_open(&labels, split->dataset.file, "labels", err))
        return -1;
    while ((got = tensor_cursor_read(labels, chunk->labels, chunk->room, err)) > 0)
        for (int64_t i = 0; i < got; i++)
            class_rows[dataset_class(info, chunk, i)]++;
    tensor_cursor_close(labels);
    return (int)got;
}

/* Gives whole groups to the parts, whose sizes are then what these hold. */
static int plan_groups(struct split *split, const struct split_part *parts, uint64_t seed,
                       struct err *err)
{
    const int count = split->count + (split->sizes[split->count] > 0);
    const char *path = tensor_file_path(split->dataset.file);

    if (row_groups_read(&split->groups, split->dataset.file, &split->dataset.info,
                        split->stratified, err) ||
        row_groups_assign(&split->groups, split->sizes, count, seed, err))
        return -1;
    row_groups_sizes(&split->groups, count, split->sizes);
    for (int p = 0; p < split->count; p++)
        if (split->sizes[p] == 0)
            return err_set(err, EX_DATAERR, "%s: %d group%s by %s leave%s no rows for the part %s",
                           path, split->groups.count, plural(split->groups.count),
                           split->dataset.info.group_column, split->groups.count == 1 ? "s" : "",
                           parts[p].path);
    return 0;
}

static int plan(struct split *split, uint64_t seed, struct err *err)
{
    int classes = split->stratified ? split->dataset.info.class_count : 1;
    const int training = split_training_part(split->sizes, split->count, split->dataset.n);
    int64_t *class_rows = calloc((size_t)classes, sizeof *class_rows);
    int result = -1;

    if (!class_rows)
        return err_memory(err, "counting the classes", 0);
    class_rows[0] = split->stratified ? 0 : split->dataset.n;
    if (!split->stratified || count_classes(split, class_rows, err) == 0)
        result =
            split_plan_init(&split->plan, class_rows, classes, split->sizes,
                            split->count + (split->sizes[split->count] > 0), training, seed, err);
    free(class_rows);
    return result;
}

int split_refuse_same_targets(const struct split_part *parts, int count, struct err *err)
{
    for (int p = 0; p < count; p++)
        for (int q = 0; q < p; q++)
            if (output_same_target(parts[q].path, parts[p].path))
                return err_set(err, EX_USAGE, "the parts %s and %s are one file", parts[q].path,
                               parts[p].path);
    return 0;
}

/* Computes the parts' sizes, and after them that of the rows in none. */
static int sizes(struct split *split, const struct split_part *parts, int64_t limit,
                 struct err *err)
{
    const int64_t n = split->dataset.n, used = limit > 0 && limit < n ? limit : n;

    split->sizes[split->count] = n - used;
    return split_sizes(parts, split->count, used, split->sizes, err);
}

int split_open(struct split *split, const char *path, const struct split_part *parts, int count,
               const struct split_options *options, struct inputs *inputs, struct err *err)
{
    const struct dataset_info *info = &split->dataset.info;

    *split = (struct split){.count = count};
    if (dataset_open(&split->dataset, path, inputs, "data", err) ||
        sizes(split, parts, options->limit_rows, err) ||
        dataset_chunk_init(&split->chunk, &split->dataset, dataset_rows_in(info, CHUNK_BYTES), err))
        goto failed;
    split->stratified = options->stratify && info->has_labels;
    if (info->has_labels) {
        split->class_rows =
            calloc(((size_t)count + 1) * (size_t)info->class_count, sizeof *split->class_rows);
        if (!split->class_rows) {
            err_memory(err, "counting the classes", 0);
            goto failed;
        }
    }
    if ((info->has_groups ? plan_groups(split, parts, options->seed, err)
                          : plan(split, options->seed, err)) == 0)
        return 0;
failed:
    split_close(split);
    return -1;
}

/* ---- Writing ---- */

int split_begin(struct split *split, struct tensor_writer **writers, struct err *err)
{
    for (int p = 0; p < split->count; p++) {
        struct tensor_writer *writer = writers[p];

        split->writers[p].file = writer;
        writers[p] = NULL;
        if (dataset_writer_init(&split->writers[p], writer, &split->dataset.info, err))
            return -1;
    }
    return 0;
}

/* Returns row `i` of the chunk as a chunk of its own. */
static struct dataset_chunk one_row(const struct split *split, int64_t i)
{
    const struct dataset_info *info = &split->dataset.info;
    const struct dataset_chunk *all = &split->chunk;
    size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);

    return (struct dataset_chunk){
        .count = 1,
        .room = 1,
        .rows = all->rows + i,
        .ids = all->ids ? (char *)all->ids + (size_t)i * key_bytes(info->id_width) : NULL,
        .groups =
            all->groups ? (char *)all->groups + (size_t)i * key_bytes(info->group_width) : NULL,
        .labels = all->labels ? (char *)all->labels + (size_t)i * label : NULL,
        .images = (char *)all->images + (size_t)i * dataset_image_bytes(info),
    };
}

static int place_row(struct split *split, int64_t i, struct err *err)
{
    const struct dataset_info *info = &split->dataset.info;
    int class = info->has_labels ? dataset_class(info, &split->chunk, i) : 0;
    int part = split->chunk.groups
                   ? row_groups_part(&split->groups, split->chunk.groups, i)
                   : split_plan_draw(&split->plan, split->done, split->stratified ? class : 0);
    struct dataset_chunk row = one_row(split, i);

    split->done++;
    if (part < 0)
        return err_set(err, EX_TEMPFAIL, "%s: changed while it was being read",
                       tensor_file_path(split->dataset.file));
    if (split->class_rows)
        split->class_rows[part * info->class_count + class]++;
    return part == split->count ? 0 : dataset_writer_append(&split->writers[part], &row, err);
}

int split_next(struct split *split, struct err *err)
{
    int got = dataset_next(&split->dataset, &split->chunk, err);

    if (got <= 0)
        return got;
    for (int64_t i = 0; i < split->chunk.count; i++)
        if (place_row(split, i, err))
            return -1;
    return 1;
}

int split_finish(struct split *split, json_t *const *options, const struct inputs *inputs,
                 struct err *err)
{
    struct tensor_writer *files[SPLIT_MOST_PARTS];

    for (int p = 0; p < split->count; p++) {
        files[p] = split->writers[p].file;
        if (dataset_writer_prepare(&split->writers[p], &split->dataset.info, options[p], inputs,
                                   err))
            return -1;
    }
    return tensor_writers_place(files, split->count, inputs, err);
}

void split_close(struct split *split)
{
    for (int p = 0; p < split->count; p++)
        if (split->writers[p].file)
            dataset_writer_close(&split->writers[p]);
    split_plan_free(&split->plan);
    row_groups_free(&split->groups);
    dataset_chunk_free(&split->chunk);
    free(split->class_rows);
    dataset_close(&split->dataset);
    *split = (struct split){0};
}
