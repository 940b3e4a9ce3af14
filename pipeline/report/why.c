/* Maps of what speaks for the class of each mistake, by the models that predicted its row. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Models that predicted the rows, by their number among all, and of each mistake which of them did:
 * weights [mistakes][all models] of the ensemble, 1 or 0. */
struct used {
    int *list, count;
    double *weights;
    int models;
};

static void use(struct used *used, int row, int model)
{
    used->weights[(size_t)row * (size_t)used->models + (size_t)model] = 1;
}

/* Lists the models. false: one of them was not given. */
static bool list_models(const struct report *r, const struct report_pred *pred, struct used *used)
{
    const json_t *digest;
    size_t i;

    json_array_foreach(pred->models, i, digest)
    {
        const char *text = json_string_value(digest);
        const int m = text ? report_find_model(r, text) : -1;

        if (m < 0 || used->count == used->models)
            return false;
        used->list[used->count++] = m;
    }
    return used->count > 0;
}

/* Goes through the rows of the part and notes the models that were validated on a mistake's fold.
 */
static int pass_over_rows(const struct report_pred *pred, const struct report_part *part,
                          struct out_of_fold *folds, struct used *used, struct err *err)
{
    const struct ranking *mistakes = &pred->stats.mistakes;
    struct dataset data = {0};
    struct dataset_chunk chunk = {0};
    int got = dataset_open(&data, part->path, NULL, "", err);

    if (got == 0)
        got = dataset_chunk_init(&chunk, &data, dataset_rows_in(&data.info, CHUNK_BYTES), err);
    while (got >= 0 && (got = dataset_next(&data, &chunk, err)) > 0)
        for (int64_t i = 0; i < chunk.count; i++) {
            out_of_fold_next(folds, &chunk, i, dataset_class(&data.info, &chunk, i));
            for (int row = 0; row < mistakes->count; row++)
                for (int m = 0; mistakes->list[row].row == chunk.rows[i] && m < used->count; m++)
                    if (out_of_fold_has(folds, m))
                        use(used, row, used->list[m]);
        }
    dataset_chunk_free(&chunk);
    dataset_close(&data);
    return got;
}

static int use_by_fold(struct report *r, const struct report_pred *pred, struct used *used,
                       struct err *err)
{
    const struct report_part *part = &r->parts[pred->part];
    struct model *models = calloc((size_t)used->count, sizeof *models);
    char **paths = calloc((size_t)used->count, sizeof *paths);
    struct out_of_fold folds = {0};
    int result = -1;

    for (int m = 0; models && paths && m < used->count; m++) {
        models[m] = r->ensemble.models[used->list[m]]; /* which owns what it holds */
        paths[m] = (char *)r->files.models[used->list[m]];
    }
    if (!models || !paths)
        err_memory(err, "the models of the folds", 0);
    else if (out_of_fold_init(&folds, models, paths, used->count, part->path, &part->data.info,
                              tensor_file_digest(part->data.file), err) == 0)
        result = pass_over_rows(pred, part, &folds, used, err);
    out_of_fold_free(&folds);
    free(models);
    free(paths);
    return result;
}

static void no_progress(int64_t rows)
{
    (void)rows;
}

static int explain_row(struct report *r, struct report_pred *pred, const struct used *used, int row,
                       struct err *err)
{
    const struct report_part *part = &r->parts[pred->part];
    const struct ranked *ranked = &pred->stats.mistakes.list[row];
    int64_t i = 0;
    struct dataset_chunk one;

    while (i < part->ranked.count && part->ranked.rows[i] != ranked->row)
        i++;
    one = (struct dataset_chunk){.count = 1,
                                 .rows = part->ranked.rows + i,
                                 .images = (char *)part->ranked.images +
                                           (size_t)i * dataset_image_bytes(&part->data.info)};
    memcpy(r->ensemble.weights, used->weights + (size_t)row * (size_t)used->models,
           (size_t)used->models * sizeof *used->weights);
    return why_maps(&r->ensemble, &one, &ranked->predicted, &pred->why[row], no_progress, err);
}

static int explain(struct report *r, struct report_pred *pred, struct used *used, struct err *err)
{
    const int count = pred->stats.mistakes.count;

    if (!list_models(r, pred, used)) {
        pred->no_why = "not all models that predicted these rows are given";
        return 0;
    }
    pred->why = calloc((size_t)count, sizeof *pred->why);
    if (!pred->why)
        return err_memory(err, "maps of the mistakes", 0);
    if (pred->out_of_fold && use_by_fold(r, pred, used, err))
        return -1;
    for (int row = 0; row < count && !pred->out_of_fold; row++)
        for (int m = 0; m < used->count; m++)
            use(used, row, used->list[m]);
    for (int row = 0; row < count; row++)
        if (explain_row(r, pred, used, row, err))
            return -1;
    return 0;
}

/* Makes the maps of one part's predictions. */
static int explain_part(struct report *r, struct report_pred *pred, struct err *err)
{
    const size_t models = (size_t)r->files.model_count;
    struct used used = {
        .list = calloc(models, sizeof *used.list),
        .weights = calloc((size_t)pred->stats.mistakes.count * models, sizeof *used.weights),
        .models = (int)models};
    int result = -1;

    r->ensemble.data = &r->parts[pred->part].data.info;
    r->ensemble.data_path = r->parts[pred->part].path;
    if (used.list && used.weights)
        result = explain(r, pred, &used, err);
    else
        err_memory(err, "maps of the mistakes", 0);
    free(used.list);
    free(used.weights);
    return result;
}

int report_read_why(struct report *r, struct err *err)
{
    int result = 0;

    for (int p = 0; p < r->files.pred_count && r->files.why && result == 0; p++) {
        struct report_pred *pred = &r->preds[p];

        if (!pred->file.has_labels || pred->stats.mistakes.count == 0)
            continue;
        if (r->files.model_count == 0) {
            pred->no_why = "no model is given";
            continue;
        }
        result = explain_part(r, pred, err);
    }
    for (int m = 0; m < r->files.model_count && r->files.why; m++)
        r->ensemble.weights[m] = 1;
    return result;
}
