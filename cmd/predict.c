/* predict: the probabilities that one or several models give each row of the data. */
#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/predict/predict_report.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/dataset/read_ahead.h"
#include "pipeline/files/output.h"

#include <stdlib.h>
#include <string.h>

static const char *output, *weights;
static bool by_fold;
static int augmentation;
static double tta_below = 1;

static const char *const ttas[] = {"none", "shifts", NULL};

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output, "the predictions to write"),
    {OPTION_TEXT, "weights", 0, "W,W,...", &weights, 0, 0, NULL,
     "per-model weights for the mean (default: equal)"},
    {OPTION_FLAG, "oof", 0, NULL, &by_fold, 0, 0, NULL,
     "out of fold: DATA is what the models were trained on by fit --fold, each row is predicted by "
     "the models that did not train on it"},
    {OPTION_CHOICE, "tta", 0, NULL, &augmentation, 0, 0, ttas,
     "test-time augmentation; shifts: average a model's probabilities over the picture and its "
     "four "
     "shifts by one pixel"},
    {OPTION_REAL, "tta-below", 0, "P", &tta_below, 0, 1, NULL,
     "apply --tta only to rows whose largest mean probability is below P; "
     "0.99 saves most of the time"},
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
    double *weights;  /* of the models; NULL: equal */
    json_t *settings; /* the options that the output's bytes depend on */
    struct inputs inputs;
    struct dataset data;
    struct nn_pool *pool;
    struct read_ahead ahead;
    struct ensemble ensemble;
    struct tta tta; /* of --tta shifts */
    struct predictions_writer writer;
    struct metrics *scores; /* of each model, then of their mean; NULL: no labels */
    struct relations relations;
    json_t *relation; /* the same, for the output */
    double begin;
};

/* ---- Weights ---- */

enum { WEIGHT_MOST = 1000000 };

/* Reads "2,1,1". Returns 0, or the exit status: mistakes have been printed. */
static int parse_weights(struct run *run, int models)
{
    const char *at = weights;
    double sum = 0;

    if (!weights)
        return 0;
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
    return sum > 0 ? 0 : usage_error("--weights %s: at least one has to be above 0", weights);
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
    run->settings = settings = json_pack("{s:b, s:o}", "oof", by_fold, "weights", list);
    if (!settings ||
        (trials(&run->ensemble) > 0 && json_object_set_new(settings, "trial", json_true())) ||
        (augmentation && json_object_set_new(settings, "tta_below", json_real(tta_below))))
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
        outputs_refuse_inputs(&run->inputs, err) ||
        (by_fold && ensemble_by_fold(&run->ensemble, tensor_file_digest(run->data.file), err)))
        return -1;
    if (augmentation && tta_init(&run->tta, &run->ensemble, tta_below, err))
        return -1;
    for (int m = 0; run->weights && m < models; m++)
        run->ensemble.weights[m] = run->weights[m];
    if (record(run, err) ||
        relations_init(&run->relations, &run->ensemble, tensor_file_digest(run->data.file), err))
        return -1;
    if (!info->has_labels)
        return 0;
    run->scores = calloc((size_t)models + 1, sizeof *run->scores);
    if (!run->scores)
        return err_memory(err, "the scores", 0);
    for (int m = 0; m <= models; m++)
        if (metrics_init(&run->scores[m], run->ensemble.classes, err) ||
            metrics_measure_auc(&run->scores[m], run->data.n, m < models ? models : 1, err))
            return -1;
    return 0;
}

/* Opens the output first: an input edited during the run then looks newer than it. */
static int open_all(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *data = &run->data.info;
    const struct ensemble *e = &run->ensemble;

    if (tensor_writer_open(&run->writer.file, output, err) ||
        open_inputs(run, paths, models, err) ||
        predictions_writer_init(&run->writer, run->writer.file, data, e->classes, err))
        return -1;
    return read_ahead_open(&run->ahead, &run->data, e->room, (int)common.threads, err);
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
            (augmentation && tta_predict(&run->tta, chunk, err)) ||
            predictions_writer_append(&run->writer, chunk, run->ensemble.mean, err))
            return -1;
        add_scores(run, chunk);
        relations_add(&run->relations, chunk);
        done += chunk->count;
        progress_update(done);
    }
    progress_end();
    return got;
}

static int commit(struct run *run, struct err *err)
{
    const struct dataset_info *of = &run->ensemble.models[0].data;
    json_t *models = json_array();
    int result = -1;

    for (int m = 0; m < run->ensemble.count; m++)
        json_array_append_new(models, json_string(run->ensemble.models[m].digest));
    relations_settle(&run->relations);
    run->writer.relation = run->relation = relations_json(&run->relations);
    if (!models || !run->relation)
        err_memory(err, "the models' digests", 0);
    else
        result = predictions_writer_prepare(
            &run->writer, &run->data.info, of->class_count, of->classes, of->class_names, models,
            tensor_file_digest(run->data.file), run->settings, &run->inputs, err);
    json_decref(models);
    return result ? -1 : tensor_writers_place(&run->writer.file, 1, &run->inputs, err);
}

static int report(const struct run *run)
{
    const int of_trials = trials(&run->ensemble);

    if (of_trials)
        say("%d of %d model%s: a trial's, and so are the predictions", of_trials,
            run->ensemble.count, run->ensemble.count > 1 ? "s" : "");
    return predict_report(&(struct predict_report){.output = output,
                                                   .digest = tensor_writer_digest(run->writer.file),
                                                   .rows = run->data.n,
                                                   .ensemble = &run->ensemble,
                                                   .tta = augmentation ? &run->tta : NULL,
                                                   .scores = run->scores,
                                                   .relations = &run->relations,
                                                   .seconds = now() - run->begin});
}

static void close_all(struct run *run)
{
    for (int m = 0; run->scores && m <= run->ensemble.count; m++)
        metrics_free(&run->scores[m]);
    free(run->scores);
    free(run->weights);
    predictions_writer_close(&run->writer);
    read_ahead_close(&run->ahead);
    tta_free(&run->tta);
    ensemble_close(&run->ensemble);
    nn_pool_free(run->pool);
    json_decref(run->settings);
    json_decref(run->relation);
    relations_free(&run->relations);
    dataset_close(&run->data);
    inputs_free(&run->inputs);
}

int main(int argc, char **argv)
{
    char **operands;
    int count, current, status = options_parse(&command, argc, argv, &operands, &count);
    struct run run = {0};
    struct err err;

    if (status)
        return status;
    if (!output)
        return usage_error("-o PRED is missing");
    if (tta_below < 1 && !augmentation)
        return usage_error("--tta-below needs --tta shifts");
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    status = parse_weights(&run, count - 1);
    if (status) {
        free(run.weights);
        return status;
    }
    run.data_path = operands[0];
    run.begin = now();
    current = open_all(&run, operands + 1, count - 1, &err);
    if (current == 0)
        current = already_made(&run.writer.file, &run.settings, 1, &run.inputs, NULL, &err);
    if (current < 0 || (!current && (predict_all(&run, &err) || commit(&run, &err))))
        status = fail(&err);
    else
        status = current ? 0 : report(&run);
    close_all(&run);
    return end_of_run(status);
}
