/* predict: the probabilities that one or several models give each row of the data. */
#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/predict/predict_report.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/dataset/read_ahead.h"
#include "pipeline/files/output.h"
#include "pipeline/predict/pseudo_writer.h"

#include <stdlib.h>
#include <string.h>

static const char *output, *weights, *pseudo_labels;
static bool by_fold;
static int tta;
static double tta_below = 1, sure = 0.99;

static const char *const ttas[] = {"none", "shifts", NULL};

static const struct option_spec options[] = {
    {OPTION_TEXT, "output", 'o', "FILE", &output, 0, 0, NULL, "the predictions to write"},
    {OPTION_TEXT, "weights", 0, "W,W,...", &weights, 0, 0, NULL,
     "a weight for each model in the mean, which is of all alike without"},
    {OPTION_FLAG, "oof", 0, NULL, &by_fold, 0, 0, NULL,
     "out of fold: DATA is what the models were trained on by fit --fold, and each row is "
     "predicted "
     "by those that did not train on it"},
    {OPTION_CHOICE, "tta", 0, NULL, &tta, 0, 0, ttas,
     "shifts: a model's probabilities are the mean over the picture and its four shifts by one "
     "pixel"},
    {OPTION_REAL, "tta-below", 0, "P", &tta_below, 0, 1, NULL,
     "shift those rows only of whose classes none has the probability P in the models' mean; "
     "0.99 saves most of the time"},
    {OPTION_TEXT, "pseudo-labels", 0, "FILE", &pseudo_labels, 0, 0, NULL,
     "also write the rows that the models are sure of, labelled as predicted: a data set to train "
     "on beside the labelled ones, marked as what it is, so that nothing is scored by it"},
    {OPTION_REAL, "sure", 0, "P", &sure, 0, 1, NULL,
     "those rows of whose classes one has the probability P or more in the models' mean"},
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "predict",
    .synopsis = "DATA MODEL... -o PRED [options]",
    .summary =
        "Gives each row of the data the probabilities of all classes, the mean of the models'. "
        "Labelled data is scored as well.",
    .options = options,
    .min_operands = 2,
    .max_operands = -1,
    .example = "predict test.st.zst a.model.st.zst b.model.st.zst -o test.pred.st.zst",
};

/* Everything that is open during a run. */
struct run {
    const char *data_path;
    double *weights;     /* of the models; NULL: all alike */
    json_t *settings[2]; /* the options that the bytes of each output depend on */
    struct inputs inputs;
    struct dataset data;
    struct nn_pool *pool;
    struct read_ahead ahead;
    struct ensemble ensemble;
    struct predictions_writer writer;
    struct pseudo_writer pseudo;
    struct metrics *scores; /* of each model, then of their mean; NULL: no labels */
    double begin;
};

/* ---- Weights ---- */

enum { WEIGHT_MOST = 1000000 };

/* Reads "2,1,1". Returns -1 to go on, else the exit status: mistakes have been printed. */
static int parse_weights(struct run *run, int models)
{
    const char *at = weights;
    double sum = 0;

    if (!weights)
        return -1;
    run->weights = calloc((size_t)models, sizeof *run->weights);
    if (!run->weights) {
        struct err err;

        err_memory(&err, "the weights", 0);
        return fail(&err);
    }
    for (int m = 0; m < models; m++) {
        char *end;

        run->weights[m] = strtod(at, &end);
        if (end == at || *end != (m + 1 < models ? ',' : 0) ||
            !(run->weights[m] >= 0 && run->weights[m] <= WEIGHT_MOST))
            return usage_error("--weights takes a number from 0 to %d for each of the %d models, "
                               "with commas between, not '%s'",
                               WEIGHT_MOST, models, weights);
        sum += run->weights[m];
        at = end + 1;
    }
    return sum > 0 ? -1 : usage_error("--weights %s: at least one has to be above 0", weights);
}

/* ---- Predicting ---- */

static int trials(const struct ensemble *e)
{
    int count = 0;

    for (int m = 0; m < e->count; m++)
        count += model_is_trial(&e->models[m]);
    return count;
}

static int record(struct run *run, struct err *err)
{
    json_t *settings, *list = run->weights ? json_array() : json_null();

    for (int m = 0; run->weights && m < run->ensemble.count; m++)
        json_array_append_new(list, json_real(run->weights[m]));
    run->settings[0] = settings = json_pack("{s:b, s:o}", "oof", by_fold, "weights", list);
    if (!settings ||
        (trials(&run->ensemble) > 0 && json_object_set_new(settings, "trial", json_true())) ||
        (tta && json_object_set_new(settings, "tta_below", json_real(tta_below))))
        return err_memory(err, "the options", 0);
    if (!pseudo_labels)
        return 0;
    run->settings[1] = json_copy(settings);
    if (!run->settings[1] || json_object_set_new(run->settings[1], "sure", json_real(sure)))
        return err_memory(err, "the options", 0);
    return 0;
}

static int open_inputs(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *info = &run->data.info;

    run->pool = nn_pool_new((int)common.threads);
    if (!run->pool)
        return err_memory(err, "the threads", 0);
    if (dataset_open(&run->data, run->data_path, &run->inputs, "data", err) ||
        ensemble_open(&run->ensemble, paths, models, run->data_path, info, run->pool, &run->inputs,
                      err) ||
        inputs_refuse_output(&run->inputs, output, err) ||
        (pseudo_labels && inputs_refuse_output(&run->inputs, pseudo_labels, err)) ||
        (by_fold && ensemble_by_fold(&run->ensemble, tensor_file_digest(run->data.file), err)))
        return -1;
    if (tta && ensemble_shifts(&run->ensemble, tta_below, err))
        return -1;
    for (int m = 0; run->weights && m < models; m++)
        run->ensemble.weights[m] = run->weights[m];
    if (record(run, err))
        return -1;
    if (!info->has_labels)
        return 0;
    run->scores = calloc((size_t)models + 1, sizeof *run->scores);
    if (!run->scores)
        return err_memory(err, "the scores", 0);
    for (int m = 0; m <= models; m++)
        if (metrics_init(&run->scores[m], run->ensemble.classes, err))
            return -1;
    return 0;
}

/* The outputs first: an input edited during the run then looks newer than what was made of it. */
static int open_all(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *data = &run->data.info;
    const struct ensemble *e = &run->ensemble;

    if (tensor_writer_open(&run->writer.file, output, err) ||
        (pseudo_labels && tensor_writer_open(&run->pseudo.data.file, pseudo_labels, err)) ||
        open_inputs(run, paths, models, err) ||
        predictions_writer_init(&run->writer, run->writer.file, data, e->classes, err) ||
        (pseudo_labels && pseudo_writer_init(&run->pseudo, run->pseudo.data.file, data, e->models,
                                             e->count, sure, e->room, err)))
        return -1;
    return read_ahead_open(&run->ahead, &run->data, e->room, (int)common.threads, err);
}

/* All outputs' files; returns how many. */
static int files_of(const struct run *run, struct tensor_writer *files[2])
{
    files[0] = run->writer.file;
    files[1] = run->pseudo.data.file;
    return pseudo_labels ? 2 : 1;
}

static int all_current(struct run *run, struct err *err)
{
    struct tensor_writer *files[2];
    const int count = files_of(run, files);

    return already_made(files, run->settings, count, &run->inputs, NULL, err);
}

static void add_scores(struct run *run, const struct dataset_chunk *chunk)
{
    const struct ensemble *e = &run->ensemble;
    const bool soft = run->data.info.soft_labels;

    if (!run->scores)
        return;
    for (int m = 0; m < e->count; m++)
        metrics_add(&run->scores[m], e->each[m], chunk->labels, soft, e->rows[m], e->rows_count[m]);
    metrics_add(&run->scores[e->count], e->mean, chunk->labels, soft, NULL, chunk->count);
}

static int predict_all(struct run *run, struct err *err)
{
    const struct dataset_chunk *chunk;
    int64_t done = 0;
    int got;

    progress_begin("predicting", "rows", run->data.n);
    while ((got = read_ahead_next(&run->ahead, &chunk, err)) > 0) {
        if (ensemble_predict(&run->ensemble, chunk, err) ||
            predictions_writer_append(&run->writer, chunk, run->ensemble.mean, err) ||
            (pseudo_labels && pseudo_writer_append(&run->pseudo, chunk, run->ensemble.mean, err)))
            return -1;
        add_scores(run, chunk);
        done += chunk->count;
        progress_update(done);
    }
    progress_end();
    return got;
}

static int prepare_predictions(struct run *run, struct err *err)
{
    const struct dataset_info *of = &run->ensemble.models[0].data;
    json_t *models = json_array();
    int status = -1;

    for (int m = 0; m < run->ensemble.count; m++)
        json_array_append_new(models, json_string(run->ensemble.models[m].digest));
    if (!models)
        err_memory(err, "the models' digests", 0);
    else
        status = predictions_writer_prepare(
            &run->writer, &run->data.info, of->class_count, of->classes, of->class_names, models,
            tensor_file_digest(run->data.file), run->settings[0], &run->inputs, err);
    json_decref(models);
    return status;
}

/* Both outputs are on disk before the first is put in its place. */
static int commit(struct run *run, struct err *err)
{
    struct tensor_writer *files[2];
    const int count = files_of(run, files);

    if (prepare_predictions(run, err) ||
        (pseudo_labels && pseudo_writer_prepare(&run->pseudo, run->settings[1], &run->inputs, err)))
        return -1;
    return tensor_writers_place(files, count, &run->inputs, err);
}

static int report(const struct run *run)
{
    const int of_trials = trials(&run->ensemble);

    if (of_trials)
        say("%d of %d model%s: a trial's, and so are the predictions", of_trials,
            run->ensemble.count, run->ensemble.count > 1 ? "s" : "");
    if (run->data.info.pseudo_labels)
        say("%s: its labels are pseudo-labels: nothing is scored by them", run->data_path);
    return predict_report(&(struct predict_report){.output = output,
                                                   .digest = tensor_writer_digest(run->writer.file),
                                                   .rows = run->data.n,
                                                   .ensemble = &run->ensemble,
                                                   .scores = run->scores,
                                                   .pseudo = pseudo_labels ? &run->pseudo : NULL,
                                                   .seconds = now() - run->begin});
}

static void close_all(struct run *run)
{
    for (int m = 0; run->scores && m <= run->ensemble.count; m++)
        metrics_free(&run->scores[m]);
    free(run->scores);
    free(run->weights);
    predictions_writer_close(&run->writer);
    pseudo_writer_close(&run->pseudo);
    read_ahead_close(&run->ahead);
    ensemble_close(&run->ensemble);
    nn_pool_free(run->pool);
    json_decref(run->settings[0]);
    json_decref(run->settings[1]);
    dataset_close(&run->data);
    inputs_free(&run->inputs);
}

/* Returns -1 to go on, else the exit status. */
static int check_pseudo_labels(void)
{
    if (!pseudo_labels)
        return sure == 0.99 ? -1 : usage_error("--sure needs --pseudo-labels FILE");
    if (by_fold)
        return usage_error(
            "--oof predicts rows whose labels are known: no --pseudo-labels of them");
    if (output_same_target(output, pseudo_labels))
        return usage_error("-o and --pseudo-labels write one file, %s", output);
    return -1;
}

int main(int argc, char **argv)
{
    char **operands;
    int count, current, status = options_parse(&command, argc, argv, &operands, &count);
    struct run run = {0};
    struct err err;

    if (status != -1)
        return status;
    if (!output)
        return usage_error("-o PRED is missing");
    if (tta_below < 1 && !tta)
        return usage_error("--tta-below needs --tta shifts");
    status = check_pseudo_labels();
    if (status != -1)
        return status;
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    status = parse_weights(&run, count - 1);
    if (status != -1) {
        free(run.weights);
        return status;
    }
    run.data_path = operands[0];
    run.begin = now();
    current = open_all(&run, operands + 1, count - 1, &err);
    if (current == 0)
        current = all_current(&run, &err);
    if (current < 0 || (!current && (predict_all(&run, &err) || commit(&run, &err))))
        status = fail(&err);
    else
        status = current ? 0 : report(&run);
    close_all(&run);
    return status;
}
