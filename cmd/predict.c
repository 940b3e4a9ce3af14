/* predict: the probabilities that one or several models give each row of the data. */
#include "options.h"
#include "say.h"
#include "score.h"

#include "../pipeline/ensemble.h"
#include "../pipeline/predictions.h"

#include <stdlib.h>
#include <string.h>

static const char *output;

static const struct option_spec options[] = {
    {OPTION_TEXT, "output", 'o', "FILE", &output, 0, 0, NULL, "the predictions to write"},
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "predict",
    .synopsis = "DATA MODEL... -o PRED [options]",
    .summary =
        "Gives each row of the data the probabilities of all classes, the mean of the models'.\n"
        "Labelled data is scored as well.",
    .options = options,
    .min_operands = 2,
    .max_operands = -1,
    .example = "predict test.st.zst a.model.st.zst b.model.st.zst -o test.pred.st.zst",
};

/* Everything that is open during a run. */
struct run {
    const char *data_path;
    struct inputs inputs;
    struct dataset data;
    struct dataset_chunk chunk;
    struct nn_pool *pool;
    struct ensemble ensemble;
    struct predictions_writer writer;
    struct metrics *scores; /* of each model, then of their mean; NULL: no labels */
    double seconds;
};

/* ---- Predicting ---- */

static int open_inputs(struct run *run, char **paths, int models, struct err *err)
{
    const struct dataset_info *info = &run->data.info;

    run->pool = nn_pool_new((int)common.threads);
    if (!run->pool)
        return err_memory(err, "the threads", 0);
    if (dataset_open(&run->data, run->data_path, &run->inputs, "data", err) ||
        ensemble_open(&run->ensemble, paths, models, run->data_path, info, run->pool, &run->inputs,
                      err) ||
        inputs_refuse_output(&run->inputs, output, err))
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

/* The output first: an input edited during the run then looks newer than what was made of it. */
static int open_all(struct run *run, char **paths, int models, struct err *err)
{
    struct tensor_writer *file;

    if (tensor_writer_open(&file, output, err))
        return -1;
    if (open_inputs(run, paths, models, err)) {
        tensor_writer_close(file);
        return -1;
    }
    if (predictions_writer_init(&run->writer, file, &run->data.info, run->ensemble.classes, err))
        return -1;
    return dataset_chunk_init(&run->chunk, &run->data, run->ensemble.room, err);
}

static void add_scores(struct run *run)
{
    const struct ensemble *e = &run->ensemble;

    for (int m = 0; run->scores && m <= e->count; m++)
        metrics_add(&run->scores[m], m < e->count ? e->each[m] : e->mean, run->chunk.labels,
                    run->data.info.soft_labels, run->chunk.count);
}

static int predict_all(struct run *run, struct err *err)
{
    int64_t done = 0;
    int got;

    progress_begin("predicting", "rows", run->data.n);
    while ((got = dataset_next(&run->data, &run->chunk, err)) > 0) {
        if (ensemble_predict(&run->ensemble, &run->chunk, run->data.info.pixel, err) ||
            predictions_writer_append(&run->writer, &run->chunk, run->ensemble.mean, err))
            return -1;
        add_scores(run);
        done += run->chunk.count;
        progress_update(done);
    }
    progress_end();
    return got;
}

static int commit(struct run *run, struct err *err)
{
    const struct dataset_info *of = &run->ensemble.models[0].data;
    json_t *models = json_array(), *settings = json_object();
    int status;

    for (int m = 0; m < run->ensemble.count; m++)
        json_array_append_new(models, json_string(run->ensemble.models[m].digest));
    status = predictions_writer_commit(&run->writer, &run->data.info, of->class_count, of->classes,
                                       of->class_names, models, tensor_file_digest(run->data.file),
                                       settings, &run->inputs, err);
    json_decref(settings);
    json_decref(models);
    return status;
}

/* ---- Reporting ---- */

static void say_scores(const struct run *run)
{
    const struct dataset_info *of = &run->ensemble.models[0].data;
    int models = run->ensemble.count;
    char text[SCORE_TEXT];

    for (int m = 0; models > 1 && m < models; m++)
        say("%s: %s", run->ensemble.paths[m], score_text(&run->scores[m], text));
    say("%s: %s", models > 1 ? "their mean" : run->ensemble.paths[0],
        score_text(&run->scores[models], text));
    score_tables(&run->scores[models], of->classes, of->class_names);
}

static json_t *summary(const struct run *run)
{
    const struct dataset_info *of = &run->ensemble.models[0].data;
    json_t *models = json_array(), *json;

    for (int m = 0; m < run->ensemble.count; m++) {
        json_t *model = json_pack("{s:s, s:s}", "model", run->ensemble.paths[m], "digest",
                                  run->ensemble.models[m].digest);

        if (run->scores)
            json_object_set_new(model, "score",
                                score_json(&run->scores[m], of->classes, of->class_names));
        json_array_append_new(models, model);
    }
    json = json_pack("{s:s, s:s, s:I, s:f, s:o}", "predictions", output, "data", run->data_path,
                     "rows", (json_int_t)run->data.n, "seconds", run->seconds, "models", models);
    if (run->scores)
        json_object_set_new(
            json, "score",
            score_json(&run->scores[run->ensemble.count], of->classes, of->class_names));
    return json;
}

static int report(const struct run *run)
{
    json_t *json = summary(run);
    int models = run->ensemble.count, status;

    say("%s: %lld rows of %s, %d classes, %s%d model%s", output, (long long)run->data.n,
        run->data_path, run->ensemble.classes, models > 1 ? "the mean of " : "", models,
        models > 1 ? "s" : "");
    if (run->scores)
        say_scores(run);
    status = write_summary(json);
    json_decref(json);
    return status;
}

static void close_all(struct run *run)
{
    for (int m = 0; run->scores && m <= run->ensemble.count; m++)
        metrics_free(&run->scores[m]);
    free(run->scores);
    predictions_writer_close(&run->writer);
    ensemble_close(&run->ensemble);
    nn_pool_free(run->pool);
    dataset_chunk_free(&run->chunk);
    dataset_close(&run->data);
    inputs_free(&run->inputs);
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);
    struct run run = {0};
    struct err err;

    if (status != -1)
        return status;
    if (!output)
        return usage_error("-o PRED is missing");
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    run.data_path = operands[0];
    run.seconds = -now();
    if (open_all(&run, operands + 1, count - 1, &err) || predict_all(&run, &err) ||
        commit(&run, &err)) {
        status = fail(&err);
    } else {
        run.seconds += now();
        status = report(&run);
    }
    close_all(&run);
    return status;
}
