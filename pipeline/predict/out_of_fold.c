/* Choice of the models of a cross-validation that did not train on a row. */
#include "out_of_fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a model's fold from its settings; -1: it has none. */
static int read_fold(const struct model *model, int *fold, int *folds, uint64_t *seed)
{
    json_int_t number = 0, count = 0, drawn = 0;

    if (json_unpack(model->settings, "{s:I, s:I, s:I}", "fold", &number, "folds", &count,
                    "fold_seed", &drawn) ||
        count < 2 || count > FOLDS_MOST || number < 1 || number > count)
        return -1;
    *fold = (int)number;
    *folds = (int)count;
    *seed = (uint64_t)drawn;
    return 0;
}

/* Finds the division of `count` folds drawn by `seed`, made if no model before had it; -1: err is
 * set. */
static int find_division(struct out_of_fold *f, int count, uint64_t seed, const char *data_path,
                         const struct dataset_info *data, struct err *err)
{
    for (int d = 0; d < f->divisions; d++)
        if (f->division[d].count == count && f->division[d].seed == seed)
            return d;
    if (folds_init(&f->division[f->divisions], count, seed, data->class_count, err))
        return -1;
    f->divisions++;
    if (data->has_groups && folds_by_group(&f->division[f->divisions - 1], data_path, err))
        return -1;
    return f->divisions - 1;
}

static int add_model(struct out_of_fold *f, int m, const struct model *model, const char *path,
                     const char *data_path, const struct dataset_info *data, const char *digest,
                     struct err *err)
{
    uint64_t seed;
    int count;

    if (read_fold(model, &f->own[m], &count, &seed))
        return err_set(err, EX_DATAERR,
                       "%s: has no fold, so it trained on all rows of its data; --oof needs models "
                       "that were made with fit --fold K/N on %s",
                       path, data_path);
    if (strcmp(model->data_digest, digest) != 0)
        return err_set(err, EX_DATAERR,
                       "%s was trained on other data (digest %s) than %s (digest %s): --oof cannot "
                       "tell which rows it did not see",
                       path, model->data_digest, data_path, digest);
    f->of[m] = find_division(f, count, seed, data_path, data, err);
    return f->of[m] < 0 ? -1 : 0;
}

int out_of_fold_init(struct out_of_fold *f, const struct model *models, char *const *paths,
                     int count, const char *data_path, const struct dataset_info *data,
                     const char *digest, struct err *err)
{
    *f = (struct out_of_fold){.models = count};
    if (!data->has_labels)
        return err_set(err, EX_DATAERR,
                       "%s: it has no labels, so no model was trained on it; --oof takes the data "
                       "that the models were trained on",
                       data_path);
    f->division = calloc((size_t)count, sizeof *f->division);
    f->fold = calloc((size_t)count, sizeof *f->fold);
    f->of = calloc((size_t)count, sizeof *f->of);
    f->own = calloc((size_t)count, sizeof *f->own);
    if (!f->division || !f->fold || !f->of || !f->own)
        return err_memory(err, "the models' folds", 0);
    for (int m = 0; m < count; m++)
        if (add_model(f, m, &models[m], paths[m], data_path, data, digest, err))
            return -1;
    return 0;
}

void out_of_fold_next(struct out_of_fold *f, const struct dataset_chunk *chunk, int64_t row,
                      int class)
{
    for (int d = 0; d < f->divisions; d++)
        f->fold[d] = folds_next_of(&f->division[d], chunk, row, class);
}

bool out_of_fold_has(const struct out_of_fold *f, int model)
{
    return f->fold[f->of[model]] == f->own[model];
}

void out_of_fold_add_text(const struct out_of_fold *f, struct strbuf *text)
{
    for (int d = 0; d < f->divisions; d++)
        strbuf_printf(text, "%sfold %d of %d (fold seed %llu)", d ? ", " : "", f->fold[d],
                      f->division[d].count, (unsigned long long)f->division[d].seed);
}

void out_of_fold_free(struct out_of_fold *f)
{
    for (int d = 0; d < f->divisions; d++)
        folds_free(&f->division[d]);
    free(f->division);
    free(f->fold);
    free(f->of);
    free(f->own);
    *f = (struct out_of_fold){0};
}
