/* One run of fit: data, network and trainer opened, epochs scored, the model written. */
#include "training.h"

#include "data.h"
#include "initial_weights.h"
#include "outcome.h"
#include "pipeline/base/memory.h"
#include "pipeline/dataset/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Opening ---- */

/* Returns what the model's file records of how it was made: the settings, the network, which may
 * come from a file, and the names under which data was scored. NULL: out of memory. */
static json_t *record(const struct training *t)
{
    json_t *all = json_copy(t->model.settings), *names = json_array();
    int failed = 0;

    for (int i = 0; i < t->scored_count; i++)
        failed |= json_array_append_new(names, json_string(t->scored[i].name));
    failed |=
        json_object_set_new(all, "scored", names) |
        json_object_set_new(all, "architecture", json_string(nn_network_description(t->model.net)));
    if (!failed)
        return all;
    json_decref(all);
    return NULL;
}

static int make_trainer(struct training *t, struct err *err)
{
    struct model *model = &t->model;

    t->trainer = nn_trainer_new(model->net, model->weights, t->pool, &t->data, &model->input,
                                &t->settings.nn);
    if (training_check_device(t, err))
        return -1;
    t->scored_weights = t->trainer ? nn_trainer_kept(t->trainer) : model->weights;
    t->predictor = nn_predictor_new(model->net, t->scored_weights, t->pool, &model->input);
    if (t->settings.keep_best && !t->best)
        t->best = nn_weights_new(model->net);
    if (!t->trainer || !t->predictor || (t->settings.keep_best && !t->best))
        return err_memory(err,
                          "the network; a smaller --batch needs less, fit --plan says how much", 0);
    nn_predictor_share(t->predictor, t->settings.nn.team);
    return training_move_predictor(t, err);
}

/* Refuses to train on single rows what needs several. */
static int check_batch(const struct training *t, struct err *err)
{
    static const char why[] = "batch normalization of a vector needs two rows or more in a "
                              "batch: of one row every value becomes its bias";

    if (!nn_network_needs_rows(t->model.net) || t->settings.nn.epochs == 0)
        return 0;
    if (t->settings.nn.batch == 1)
        return err_set(err, EX_USAGE, "--batch 1: %s", why);
    if (t->data.n == 1)
        return err_set(err, EX_DATAERR, "there is one row to train on: %s", why);
    return 0;
}

size_t training_picture_bytes(const struct training *t)
{
    const size_t picture = dataset_image_bytes(&t->train.info);
    size_t bytes = (size_t)t->train.data.n * picture;

    for (int i = 0; i < t->scored_count; i++)
        bytes += (size_t)t->scored[i].samples.data.n * picture;
    return bytes;
}

/* Bytes of the metadata for the figures of the epochs, what an epoch takes of them at most, and
 * each data set that is scored in it, but for its name: a checkpoint has all a second time, in the
 * events of its history. */
enum { FIGURES_BYTES = 10 << 20, EPOCH_BYTES = 350, SCORE_BYTES = 230 };

int training_epochs_most(const struct training *t)
{
    size_t bytes = EPOCH_BYTES;

    for (int i = 0; i < t->scored_count; i++)
        bytes += SCORE_BYTES + 2 * strlen(t->scored[i].name);
    return (int)(FIGURES_BYTES / bytes);
}

/* Refuses more epochs than can be recorded, unless the clock is to bound them. */
static int check_epochs(const struct training *t, struct err *err)
{
    const struct nn_training *nn = &t->settings.nn;
    const int most = training_epochs_most(t);

    if ((t->settings.within > 0 && nn->bends == 0) ||
        course_epochs(nn, nn_trainer_steps(t->trainer)) <= most)
        return 0;
    return err_set(err, EX_USAGE,
                   "--%s: a model holds the figures of up to %d epochs, with %d other data set%s "
                   "scored after each",
                   nn->bends ? "steps" : "epochs", most, t->scored_count, plural(t->scored_count));
}

static int start_threads(struct training *t, int threads, struct err *err)
{
    t->pool = nn_pool_new(threads);
    return t->pool ? 0 : err_memory(err, "threads", 0);
}

/* Writes the bends into the settings, with the epochs that they make if no number was given, and
 * has the trainer follow them. */
static void note_course(struct training *t)
{
    struct nn_training *nn = &t->settings.nn;

    if (nn->bends == 0)
        return;
    course_text(nn, t->course);
    t->settings.steps = t->course;
    if (t->settings.free_epochs)
        nn->epochs = course_epochs(nn, nn_trainer_steps(t->trainer));
    nn_trainer_bend(t->trainer, nn);
}

int training_bend(struct training *t, struct err *err)
{
    note_course(t);
    for (int i = 0; i < 2; i++) {
        json_t *record = i ? t->record : t->model.settings;

        if (json_object_set_new(record, "epochs", json_integer(t->settings.nn.epochs)) ||
            json_object_set_new(record, "steps",
                                t->settings.nn.bends ? json_string(t->course) : json_null()))
            return err_memory(err, "the settings", 0);
    }
    return 0;
}

int training_compare_with(struct training *t, const char *path, struct err *err)
{
    struct tensor_file *file = NULL;
    struct err why;
    json_t *was = NULL;
    int failed = 0;

    if (!(t->settings.within > 0) || t->settings.nn.bends > 0)
        return 0;
    if (tensor_file_open(&file, path, NULL, "", &why) == 0)
        was = tensor_file_meta_json(file, "options", &why);
    if (json_object_get(was, "steps") && json_object_get(was, "epochs"))
        failed = json_object_set(t->record, "steps", json_object_get(was, "steps")) ||
                 (t->settings.free_epochs &&
                  json_object_set(t->record, "epochs", json_object_get(was, "epochs")));
    json_decref(was);
    tensor_file_close(file);
    return failed ? err_memory(err, "the settings", 0) : 0;
}

int training_begin_anew(struct training *t, const struct nn_weights *weights, struct err *err)
{
    nn_trainer_free(t->trainer);
    nn_predictor_free(t->predictor);
    t->trainer = NULL;
    t->predictor = NULL;
    nn_weights_copy(t->model.weights, weights);
    return make_trainer(t, err);
}

int training_open(struct training *t, const struct training_settings *settings,
                  const struct training_files *files, int threads, struct err *err)
{
    const struct dataset_info *info = &t->train.info;

    *t = (struct training){.settings = *settings};
    if (training_load_data(t, files, err) ||
        (t->has_validation &&
         keep_check(settings->keep, t->scored[0].data.n, info->class_count, err)) ||
        training_make_network(t, err) || check_batch(t, err) || start_threads(t, threads, err) ||
        make_trainer(t, err))
        return -1;
    note_course(t);
    if (check_epochs(t, err))
        return -1;
    t->model.data = *info;
    memcpy(t->model.data_digest, t->train.digest, DIGEST_TEXT);
    t->model.epochs = json_array();
    t->model.settings = settings_record(&t->settings, info->class_count, info->c);
    if (t->model.settings)
        t->record = record(t);
    return t->model.epochs && t->record ? 0 : err_memory(err, "the settings", 0);
}

/* ---- Epochs ---- */

int training_score(struct training *t, struct nn_score *scores, struct err *err)
{
    const enum keep keep = t->settings.keep;
    char what[200];

    if (nn_trainer_settle(t->trainer))
        return training_not_finite(t, "the loss", err);
    if (t->scored_count > 0)
        nn_trainer_estimate(t->trainer);
    if (training_check_device(t, err))
        return -1;
    for (int i = 0; i < t->scored_count; i++) {
        struct scored *scored = &t->scored[i];

        nn_evaluate(t->predictor, &scored->data, &scores[i]);
        if (training_check_device(t, err))
            return -1;
        if (!isfinite(scores[i].loss)) {
            snprintf(what, sizeof what, "the loss on %s", scored->name);
            return training_not_finite(t, what, err);
        }
        if (keep_measure(keep, t->predictor, &scored->data, t->train.info.class_count, &scores[i],
                         &scored->figure, err) ||
            training_check_device(t, err))
            return -1;
    }
    if (t->has_validation && isnan(t->scored[0].figure))
        return err_set(
            err, EX_DATAERR,
            "--keep %s: the validation data has no %s, for all its rows are of one class",
            keep_words[keep], keep_figures[keep].name);
    return 0;
}

int training_end_epoch(struct training *t, int epoch, json_t *figures, struct err *err)
{
    double figure;

    if (json_array_append(t->model.epochs, figures))
        return err_memory(err, "the epochs' figures", 0);
    if (!t->has_validation)
        return 0;
    figure = t->scored[0].figure;
    if (t->best_epoch == 0 || keep_is_better(t->settings.keep, figure, t->best_figure)) {
        t->best_epoch = epoch;
        t->best_figure = figure;
        if (t->best)
            nn_weights_copy(t->best, t->scored_weights);
    }
    return t->settings.patience && epoch - t->best_epoch >= t->settings.patience;
}

int training_not_finite(const struct training *t, const char *what, struct err *err)
{
    const struct nn_progress *p = nn_trainer_progress(t->trainer);

    if (training_check_device(t, err))
        return -1;
    return err_set(err, EX_DATAERR,
                   "%s is not finite at epoch %d, step %lld, learning rate %g: the training has "
                   "diverged; try --lr %g",
                   what, p->epoch, (long long)p->step, p->lr, t->settings.nn.lr / 10);
}

static int check_tensor(const struct training *t, int number, struct err *err)
{
    const struct nn_tensor tensor = nn_network_tensor(t->model.net, number);
    float *values = rows_alloc(tensor.size, sizeof *values, "the weights", err);
    int result = 0;

    if (!values)
        return -1;
    nn_weights_export(t->model.weights, number, values);
    for (int64_t i = 0; i < tensor.size && result == 0; i++)
        if (!isfinite(values[i]))
            result = training_not_finite(t, "a weight", err);
    free(values);
    return result;
}

int training_save(struct training *t, struct tensor_writer *writer, struct err *err)
{
    nn_trainer_estimate(t->trainer);
    if (training_check_device(t, err))
        return -1;
    if (t->best && t->best_epoch)
        nn_weights_copy(t->model.weights, t->best);
    else if (t->scored_weights != t->model.weights)
        nn_weights_copy(t->model.weights, t->scored_weights);
    for (int i = 0; i < nn_network_tensors(t->model.net); i++)
        if (check_tensor(t, i, err))
            return -1;
    if (training_judge(t, err))
        return -1;
    if (json_object_set_new(t->model.settings, "kept_epoch",
                            json_integer(t->best && t->best_epoch
                                             ? t->best_epoch
                                             : (json_int_t)json_array_size(t->model.epochs))))
        return err_memory(err, "the settings", 0);
    return model_save(&t->model, writer, t->record, &t->inputs, err);
}

void training_close(struct training *t)
{
    tensor_file_close(t->from);
    nn_trainer_free(t->trainer);
    nn_predictor_free(t->predictor);
    nn_pool_free(t->pool);
    nn_weights_free(t->best);
    t->model.data = (struct dataset_info){0}; /* the training data's */
    model_free(&t->model);
    json_decref(t->record);
    json_decref(t->log_state);
    for (int i = 0; i < t->scored_count; i++)
        samples_free(&t->scored[i].samples);
    free(t->scored);
    free(t->index);
    free(t->class_weights);
    free(t->background);
    samples_free(&t->train);
    inputs_free(&t->inputs);
    *t = (struct training){0};
}
