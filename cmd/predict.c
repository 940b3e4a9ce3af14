/* predict: the probabilities that one or several models give each row of the data. */
#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/device.h"
#include "cmd/cli/hold.h"
#include "cmd/cli/if_changed.h"
#include "cmd/cli/kept.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/predict/predict_join.h"
#include "cmd/predict/predict_models.h"
#include "cmd/predict/predict_pictures.h"
#include "cmd/predict/predict_report.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/dataset/read_ahead.h"
#include "pipeline/files/output.h"
#include "pipeline/fit/fit_name.h"
#include "pipeline/predict/as_trained.h"
#include "pipeline/predict/features.h"
#include "pipeline/predict/own_pictures.h"
#include "pipeline/predict/weights.h"

#include <stdlib.h>
#include <string.h>

static const char *output, *weights, *csv, *features, *where = "auto";
static bool by_fold, geometric, as_is, show;
static int augmentation, precision;
static double tta_below = 1, min_accuracy;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output, "the predictions to write; - is standard output"),
    {OPTION_TEXT, "weights", 0, "W,W,...|FILE.json", &weights, 0, 0, NULL,
     "weights for the mean, one for each model or prediction (default: equal), or FILE.json, those "
     "that compare --weigh found"},
    FLAG("geometric", &geometric,
         "the geometric mean, made to sum to 1 again: of good networks the loss is a few percent "
         "lower, the accuracy about the same"),
    {OPTION_FLAG, "oof", 0, NULL, &by_fold, 0, 0, NULL,
     "out of fold: DATA is what the models were trained on by fit --fold, each row is predicted by "
     "the models that did not train on it"},
    {OPTION_CHOICE, "tta", 0, NULL, &augmentation, 0, 0, tta_words,
     "test-time augmentation: average a model's probabilities over the picture and more views of "
     "it; shifts: by one pixel to each of four sides; mirror: left to right; shifts,mirror: these "
     "five and their mirror images"},
    {OPTION_REAL, "tta-below", 0, "P", &tta_below, 0, 1, NULL,
     "apply --tta only to rows whose largest mean probability is below P; "
     "0.99 saves most of the time"},
    CHOICE("precision", &precision, ensemble_precisions,
           "what convolutions and linear layers multiply; trained: what each model was trained "
           "with; labelled data tells what another costs"),
    OUTPUT("features", 0, &features,
           "write what the model gives its last layer too, a tensor file: of each row as many "
           "numbers, "
           "for other programs and maps"),
    REAL("min-accuracy", "P", &min_accuracy, 0, 1,
         "end with status 1 where the accuracy is below P, as 0.98; all is written all the same"),
    DEVICE_OPTION(&where),
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    STORE_OPTION,
    HEADING("Pictures (PNG, JPEG) or folders of them in place of DATA"),
    FLAG("as-is", &as_is,
         "only adapt size and colours; else a thing on a plain ground gets the training pictures' "
         "ground, size and place"),
    FLAG("show", &show, "draw what the network sees (default: up to ten on a terminal)"),
    COLOR_OPTION,
    OUTPUT("csv", 0, &csv, "write a row of CSV for each picture"),
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "predict",
    .synopsis = "DATA MODEL... -o PRED [options] or csvnet predict PRED PRED... -o PRED or csvnet "
                "predict PICTURE... MODEL...",
    .summary =
        "Gives each row of the data the probabilities of all classes, the mean of the models'. "
        "Labelled data is scored as well. Or joins predictions, or tells what is on pictures.",
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .example = "predict test.st.zst a.model.st.zst b.model.st.zst -o test.pred.st.zst",
};

/* Everything that is open during a run. */
struct run {
    const char *data_path;
    double *weights;          /* of the models; NULL: equal */
    const char *weights_file; /* that they are read from, NULL: none */
    json_t *settings;         /* the options that the output's bytes depend on */
    json_t *of_features;      /* those of --features */
    struct inputs inputs;
    struct dataset data;
    struct nn_pool *pool;
    struct nn_device *device; /* NULL: this processor */
    struct read_ahead ahead;
    struct ensemble ensemble;
    struct tta tta;               /* of --tta */
    struct as_trained as_trained; /* what --precision is compared with; zeroed: nothing */
    struct predictions_writer writer;
    struct features_writer features; /* of --features */
    struct metrics *scores;          /* of each model, then of their mean; NULL: no labels */
    struct metrics plain;            /* of their mean before --tta; zeroed without it or labels */
    char **names;                    /* [models] of the networks that they are seeds and folds of */
    struct model_groups groups;      /* by these names; zeroed without labels */
    struct relations relations;
    json_t *relation; /* the same, for the output */
    double begin;
    double comparing; /* seconds of as_trained: no part of the prediction */
};

/* ---- Weights ---- */

enum { WEIGHT_MOST = 1000000 };

/* Reads "2,1,1". Returns 0, or the exit status: mistakes have been printed. */
static int parse_weights(struct run *run, int models, const char *what)
{
    const char *at = weights;
    double sum = 0;

    if (!weights)
        return 0;
    run->weights = calloc((size_t)models, sizeof *run->weights);
    if (!run->weights)
        return fail_memory("the weights");
    if (weights_is_file(weights)) {
        run->weights_file = weights;
        return 0;
    }
    for (int m = 0; m < models; m++) {
        char *end;

        run->weights[m] = strtod(at, &end);
        if (end == at || *end != (m + 1 < models ? ',' : 0) ||
            !(run->weights[m] >= 0 && run->weights[m] <= WEIGHT_MOST))
            return usage_error("--weights takes a number from 0 to %d for each of the %d %s, "
                               "with commas between, not '%s'",
                               WEIGHT_MOST, models, what, weights);
        sum += run->weights[m];
        at = end + 1;
    }
    return sum > 0 ? 0 : usage_error("--weights %s: at least one has to be above 0", weights);
}

/* ---- Predicting ---- */

/* Groups the models by their networks, by the files' names. */
static int group_models(struct run *run, struct err *err)
{
    const struct ensemble *e = &run->ensemble;

    run->names = calloc((size_t)e->count, sizeof *run->names);
    for (int m = 0; run->names && m < e->count; m++) {
        run->names[m] = fit_name_of_file(e->paths[m]);
        if (!run->names[m])
            return err_memory(err, "the models' names", 0);
        run->names[m][fit_name_parse(run->names[m]).model] = 0;
    }
    return run->names ? model_groups_init(&run->groups, e, run->names, err)
                      : err_memory(err, "the models' names", 0);
}

static int open_models(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *info = &run->data.info;
    struct ensemble *e = &run->ensemble;

    if (ensemble_load(e, paths, models, &run->inputs, err))
        return -1;
    ensemble_set_precision(e, (enum ensemble_precision)precision);
    if (ensemble_begin(e, run->data_path, info, run->pool, err) ||
        outputs_refuse_inputs(&run->inputs, err) || ensemble_move(e, run->device, err) ||
        (by_fold && ensemble_by_fold(e, tensor_file_digest(run->data.file), err)))
        return -1;
    e->geometric = geometric && models > 1;                  /* of one model any mean is itself */
    if (!info->has_labels || (common.quiet && !common.json)) /* nothing would be told */
        return 0;
    return as_trained_init(&run->as_trained, e, run->pool, err);
}

static int open_inputs(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *info = &run->data.info;

    run->pool = nn_pool_new((int)common.threads);
    if (!run->pool)
        return err_memory(err, "the threads", 0);
    if (nn_pool_threads(run->pool) < common.threads)
        say("threads: %d, as the system gives no more", nn_pool_threads(run->pool));
    if (dataset_open(&run->data, run->data_path, &run->inputs, "data", err) ||
        open_models(run, paths, models, err))
        return -1;
    if (augmentation &&
        tta_init(&run->tta, &run->ensemble, (enum tta_views)augmentation, tta_below, err))
        return -1;
    if (models_weigh(&run->ensemble, run->weights_file, run->weights, err))
        return -1;
    run->settings = models_options(&run->ensemble, run->weights, augmentation ? &run->tta : NULL);
    run->of_features = json_copy(run->settings);
    if (!run->settings || json_object_set_new(run->of_features, "features", json_true()))
        return err_memory(err, "the options", 0);
    if (relations_init(&run->relations, &run->ensemble, tensor_file_digest(run->data.file), err))
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
    if (augmentation ? metrics_init(&run->plain, run->ensemble.classes, err)
                     : ensemble_measure_losses(&run->ensemble, err)) /* views change them */
        return -1;
    return group_models(run, err);
}

/* Opens the output first: an input edited during the run then looks newer than it. */
static int open_all(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *data = &run->data.info;
    const struct ensemble *e = &run->ensemble;

    if (tensor_writer_open(&run->writer.file, output, err) ||
        (features && tensor_writer_open(&run->features.file, features, err)) ||
        open_inputs(run, paths, models, err) ||
        predictions_writer_init(&run->writer, run->writer.file, data, e->classes, err) ||
        (features && features_writer_init(&run->features, run->features.file, &run->ensemble, err)))
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
        metrics_add_scored(&run->scores[m], e->each[m], e->losses ? e->losses[m] : NULL,
                           chunk->labels, soft, e->rows[m], e->rows_count[m]);
    metrics_add_scored(&run->scores[e->count], e->mean, e->mean_losses, chunk->labels, soft, NULL,
                       chunk->count);
    model_groups_add(&run->groups, chunk->labels, soft, chunk->count);
}

/* Scores what the chunk's pictures give as they are, and replaces it by the mean over the views. */
static int predict_views(struct run *run, const struct dataset_chunk *chunk, struct err *err)
{
    if (run->scores)
        metrics_add(&run->plain, run->ensemble.mean, chunk->labels, run->data.info.soft_labels,
                    NULL, chunk->count);
    return tta_predict(&run->tta, chunk, err);
}

/* Predicts the chunk as the models were trained too. */
static int compare_precision(struct run *run, const struct dataset_chunk *chunk, struct err *err)
{
    const double from = now();
    const int result =
        run->as_trained.ensemble ? as_trained_predict(&run->as_trained, chunk, err) : 0;

    run->comparing += now() - from;
    return result;
}

static int predict_all(struct run *run, struct err *err)
{
    const struct dataset_chunk *chunk;
    int64_t done = 0;
    int got;

    progress_begin("predicting", "rows", run->data.n);
    while ((got = read_ahead_next(&run->ahead, &chunk, err)) > 0) {
        if (ensemble_predict(&run->ensemble, chunk, err) || compare_precision(run, chunk, err) ||
            (augmentation && predict_views(run, chunk, err)) ||
            predictions_writer_append(&run->writer, chunk, run->ensemble.mean, err) ||
            (features && features_writer_append(&run->features, chunk, err)))
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
    json_t *models = models_digests(&run->ensemble);
    int result = -1;

    relations_settle(&run->relations);
    run->writer.relation = run->relation = relations_json(&run->relations);
    if (!models || !run->relation)
        err_memory(err, "the models' digests", 0);
    else
        result = predictions_writer_prepare(
            &run->writer, &run->data.info, of->class_count, of->classes, of->class_names, models,
            tensor_file_digest(run->data.file), run->settings, &run->inputs, err);
    json_decref(models);
    if (result == 0 && features)
        result = features_writer_prepare(&run->features, tensor_file_digest(run->data.file),
                                         run->of_features, &run->inputs, err);
    return result ? -1
                  : tensor_writers_place(
                        (struct tensor_writer *const[]){run->writer.file, run->features.file},
                        features ? 2 : 1, &run->inputs, err);
}

static int report(const struct run *run)
{
    say_models(&run->ensemble);
    return predict_report(
        &(struct predict_report){.output = output,
                                 .digest = tensor_writer_digest(run->writer.file),
                                 .rows = run->data.n,
                                 .ensemble = &run->ensemble,
                                 .tta = augmentation ? &run->tta : NULL,
                                 .scores = run->scores,
                                 .plain = augmentation && run->scores ? &run->plain : NULL,
                                 .as_trained = run->as_trained.ensemble ? &run->as_trained : NULL,
                                 .groups = &run->groups,
                                 .relations = &run->relations,
                                 .seconds = now() - run->begin - run->comparing,
                                 .comparing = run->comparing,
                                 .min_accuracy = min_accuracy});
}

static void close_all(struct run *run)
{
    for (int m = 0; run->scores && m <= run->ensemble.count; m++)
        metrics_free(&run->scores[m]);
    free(run->scores);
    metrics_free(&run->plain);
    model_groups_free(&run->groups);
    for (int m = 0; run->names && m < run->ensemble.count; m++)
        free(run->names[m]);
    free(run->names);
    free(run->weights);
    predictions_writer_close(&run->writer);
    features_writer_close(&run->features);
    read_ahead_close(&run->ahead);
    tta_free(&run->tta);
    as_trained_free(&run->as_trained);
    ensemble_close(&run->ensemble);
    nn_device_close(run->device);
    nn_pool_free(run->pool);
    json_decref(run->settings);
    json_decref(run->of_features);
    json_decref(run->relation);
    relations_free(&run->relations);
    dataset_close(&run->data);
    inputs_free(&run->inputs);
}

/* ---- What is given ---- */

/* Predicts pictures: those among the operands, by the models that the others are. */
static int run_pictures(struct run *run, char **operands, int count)
{
    struct own_request request = {.pictures = calloc((size_t)count, sizeof *operands),
                                  .models = calloc((size_t)count, sizeof *operands),
                                  .output = output,
                                  .csv = csv,
                                  .plain = as_is,
                                  .show = show,
                                  .views = augmentation,
                                  .tta_below = tta_below,
                                  .precision = (enum ensemble_precision)precision};
    struct err err;
    int status = 0;

    if (!request.pictures || !request.models)
        status = fail_memory("the names of pictures");
    for (int i = 0; i < count && status == 0; i++) {
        const int is = own_pictures_has(operands[i], &err);

        if (is < 0)
            status = fail(&err);
        else if (is)
            request.pictures[request.picture_count++] = operands[i];
        else
            request.models[request.model_count++] = operands[i];
    }
    if (status == 0 && request.model_count == 0)
        status = usage_error("pictures alone: by which model? PICTURE... MODEL...");
    if (status == 0 && (by_fold || geometric || min_accuracy > 0 || if_changed || features))
        status = usage_error("--oof, --geometric, --min-accuracy, --features and --if-changed are "
                             "not for pictures");
    if (status == 0)
        status = parse_weights(run, request.model_count, "models");
    if (status == 0)
        status = device_open(&run->device, where);
    request.device = run->device;
    request.weights = run->weights;
    request.weights_file = run->weights_file;
    if (status == 0)
        status = predict_pictures(&request);
    free(request.pictures);
    free(request.models);
    return status;
}

static int run_join(struct run *run, char **operands, int count)
{
    int status;

    if (count == 1)
        return usage_error("%s: joining takes two predictions or more", operands[0]);
    if (by_fold || augmentation || precision || features)
        return usage_error("--oof, --tta, --precision and --features are for models; these are "
                           "predictions");
    status = parse_weights(run, count, "predictions");
    return status ? status
                  : predict_join(&(struct join_request){.paths = operands,
                                                        .count = count,
                                                        .output = output,
                                                        .weights = run->weights,
                                                        .weights_file = run->weights_file,
                                                        .geometric = geometric,
                                                        .min_accuracy = min_accuracy});
}

/* Tells whether a model multiplies bfloat16 numbers. */
static bool any_bf16(const struct ensemble *e)
{
    for (int m = 0; m < e->count; m++)
        if (nn_network_precision(e->models[m].net) == NN_BF16)
            return true;
    return false;
}

static void say_where(const struct run *run)
{
    if (run->device)
        say("device %s", nn_device_info(run->device).name);
    if (any_bf16(&run->ensemble) && (run->device || !nn_kernels_bf16_is_faster()))
        say("bf16: --precision float32 is faster here");
}

/* Does all that is neither there nor kept. The summary has the names of the files. */
static int run_opened(struct run *run, const char *names)
{
    const struct kept kept = {.writer = run->writer.file,
                              .options = run->settings,
                              .inputs = &run->inputs,
                              .more = names,
                              .record = common.json,
                              .record_needed = common.json};
    struct err err;
    int current = 0, status;

    if (min_accuracy == 0 &&
        summary_names("models", "model", run->ensemble.paths, run->ensemble.count))
        current =
            already_made((struct tensor_writer *const[]){run->writer.file, run->features.file},
                         (json_t *const[]){run->settings, run->of_features}, features ? 2 : 1,
                         &run->inputs, NULL, &err);
    if (current == 0 && min_accuracy == 0 && !features)
        current = kept_take(&kept, &err);
    if (current == 0)
        say_where(run);
    if (current < 0 || (!current && (predict_all(run, &err) || commit(run, &err))))
        return fail(&err);
    status = current ? 0 : report(run);
    if (!current && status == 0 && !features)
        kept_put(&kept);
    return status;
}

static int run_data(struct run *run, char **operands, int count)
{
    struct strbuf names = {0};
    struct err err;
    int joins, status;

    if (count == 1)
        return usage_error("%s alone: DATA MODEL... -o PRED", operands[0]);
    joins = is_predictions(operands[1], &err);
    if (joins < 0)
        return fail(&err);
    if (joins)
        return usage_error("%s is predictions, which are joined without the data: predict PRED "
                           "PRED... -o PRED",
                           operands[1]);
    status = parse_weights(run, count - 1, "models");
    if (status)
        return status;
    status = device_open(&run->device, where);
    if (status)
        return status;
    run->data_path = operands[0];
    run->begin = now();
    for (int i = 0; i < count; i++)
        strbuf_printf(&names, "%s\n", operands[i]);
    status = open_all(run, operands + 1, count - 1, &err) ? fail(&err)
                                                          : run_opened(run, strbuf_text(&names));
    strbuf_free(&names);
    return status;
}

/* Tells which of the three it is, by the first operand. */
static int run_any(struct run *run, char **operands, int count)
{
    struct err err;
    int is = own_pictures_has(operands[0], &err);

    if (is < 0)
        return fail(&err);
    if (is)
        return run_pictures(run, operands, count);
    if (as_is || show || csv || common.color)
        return usage_error("--as-is, --show, --color and --csv are for pictures; %s is none",
                           operands[0]);
    if (!output)
        return usage_error("-o PRED is missing");
    is = is_predictions(operands[0], &err);
    if (is < 0)
        return fail(&err);
    return is ? run_join(run, operands, count) : run_data(run, operands, count);
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);
    struct run run = {0};

    if (status)
        return status;
    if (tta_below < 1 && !augmentation)
        return usage_error("--tta-below needs --tta");
    status = choose_kernels();
    if (status)
        return status;
    status = hold_outputs(&output, output != NULL);
    if (status == 0)
        status = run_any(&run, operands, count);
    close_all(&run);
    return end_of_run(status);
}
