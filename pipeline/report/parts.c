/* The data sets of a report and the predictions of their rows: opened, and checked to belong
 * together. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static int check_names(const struct report_files *files, struct err *err)
{
    for (int p = 0; p < files->data_count; p++)
        for (int other = 0; other < p; other++)
            if (strcmp(files->data_names[p], files->data_names[other]) == 0)
                return err_set(err, EX_USAGE, "there are two data sets of the name '%s'",
                               files->data_names[p]);
    return 0;
}

static void know_classes(struct report *r, int count, char *const *texts, char *const *names)
{
    if (r->classes == 0 && count > 0) {
        r->classes = count;
        r->class_texts = texts;
        r->class_names = names;
    }
}

int report_open_parts(struct report *r, struct err *err)
{
    const struct report_files *files = &r->files;

    r->parts = calloc((size_t)files->data_count + 1, sizeof *r->parts);
    if (!r->parts)
        return err_memory(err, "the data sets", 0);
    if (check_names(files, err))
        return -1;
    for (int p = 0; p < files->data_count; p++) {
        struct report_part *part = &r->parts[p];
        const struct dataset_info *info = &part->data.info;

        part->name = files->data_names[p];
        part->path = files->data[p];
        if (dataset_open(&part->data, part->path, &r->inputs, "data", err) ||
            dataset_compatible(part->path, info, r->parts[0].path, &r->parts[0].data.info, err))
            return -1;
        know_classes(r, info->class_count, info->classes, info->class_names);
    }
    return 0;
}

const struct report_part *report_labelled_part(const struct report *r)
{
    for (int p = 0; p < r->files.data_count; p++)
        if (r->parts[p].data.info.has_labels && r->parts[p].data.n > 0)
            return &r->parts[p];
    return NULL;
}

void report_close_parts(struct report *r)
{
    for (int p = 0; r->parts && p < r->files.data_count; p++) {
        dataset_chunk_free(&r->parts[p].samples);
        dataset_chunk_free(&r->parts[p].ranked);
        free(r->parts[p].guesses);
        free(r->parts[p].class_rows);
        dataset_close(&r->parts[p].data);
    }
    free(r->parts);
}

/* ---- Predictions ---- */

static int find_part(struct report *r, const char *name, struct report_part **part, struct err *err)
{
    for (int p = 0; p < r->files.data_count; p++)
        if (strcmp(r->parts[p].name, name) == 0) {
            *part = &r->parts[p];
            return 0;
        }
    return err_set(err, EX_USAGE, "there are predictions of '%s', but no data of that name", name);
}

static int check_pred(const struct report_pred *pred, const struct report_part *part,
                      struct err *err)
{
    const char *of = tensor_file_meta(pred->file.file, "data_digest");

    if (of && strcmp(of, tensor_file_digest(part->data.file)) == 0)
        return 0;
    return err_set(err, EX_DATAERR,
                   "%s: are predictions of other data than %s: of content %s, while that is %s",
                   pred->path, part->path, of ? of : "not recorded",
                   tensor_file_digest(part->data.file));
}

static int check_classes(const struct report *r, const struct report_pred *pred, struct err *err)
{
    const struct predictions *of = &pred->file;

    for (int k = 0; k < r->classes; k++)
        if (of->class_count != r->classes || strcmp(of->classes[k], r->class_texts[k]))
            return err_set(err, EX_DATAERR, "%s: its classes are not those of the data",
                           pred->path);
    return 0;
}

/* Refuses predictions that are there already, by whatever name. */
static int check_twice(const struct report *r, const struct report_pred *pred, struct err *err)
{
    const char *digest = tensor_file_digest(pred->file.file);

    for (const struct report_pred *other = r->preds; other < pred; other++)
        if (other->part == pred->part && strcmp(tensor_file_digest(other->file.file), digest) == 0)
            return err_set(err, EX_USAGE, "%s: are the same predictions as %s", pred->path,
                           other->path);
    return 0;
}

/* Reads the options as predict recorded them; other programs need not have. */
static int read_options(struct report_pred *pred, struct err *err)
{
    json_t *options;

    if (!tensor_file_meta(pred->file.file, "options"))
        return 0;
    options = tensor_file_meta_json(pred->file.file, "options", err);
    if (!options)
        return -1;
    pred->out_of_fold = json_is_true(json_object_get(options, "oof"));
    json_decref(options);
    return 0;
}

static int open_pred(struct report *r, struct report_pred *pred, const char *path,
                     struct report_part *part, struct err *err)
{
    const struct predictions *of = &pred->file;

    pred->path = path;
    pred->part = (int)(part - r->parts);
    pred->number = part->pred_count++;
    if (pred->number == 0)
        part->pred = pred;
    if (predictions_open(&pred->file, path, &r->inputs, "predictions", err) ||
        check_pred(pred, part, err) || check_classes(r, pred, err) || check_twice(r, pred, err) ||
        read_options(pred, err))
        return -1;
    know_classes(r, of->class_count, of->classes, of->class_names);
    pred->models = tensor_file_meta_json(of->file, "models", err);
    if (!pred->models)
        return -1;
    return prediction_stats_init(&pred->stats, of->n, of->class_count, of->has_labels,
                                 of->soft_labels, err);
}

int report_open_preds(struct report *r, struct err *err)
{
    struct report_part *part = NULL;

    r->preds = calloc((size_t)r->files.pred_count + 1, sizeof *r->preds);
    if (!r->preds)
        return err_memory(err, "the predictions", 0);
    for (int p = 0; p < r->files.pred_count; p++)
        if (find_part(r, r->files.pred_names[p], &part, err) ||
            open_pred(r, &r->preds[p], r->files.pred[p], part, err))
            return -1;
    return 0;
}

const struct report_pred *report_headline(const struct report *report)
{
    for (int p = 0; p < report->files.pred_count; p++)
        if (report->preds[p].file.has_labels)
            return &report->preds[p];
    return NULL;
}

void report_close_preds(struct report *r)
{
    for (int p = 0; r->preds && p < r->files.pred_count; p++) {
        json_decref(r->preds[p].models);
        why_free(r->preds[p].why, r->preds[p].stats.mistakes.count);
        free(r->preds[p].why);
        prediction_stats_free(&r->preds[p].stats);
        comparison_free(&r->preds[p].comparison);
        predictions_close(&r->preds[p].file);
    }
    free(r->preds);
}
