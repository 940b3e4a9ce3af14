/* The mean of predictions, made by whichever models and wherever. */
#include "predict_join.h"

#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/score_tables.h"
#include "pipeline/base/path.h"
#include "pipeline/predict/join.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/weights.h"
#include "predict_report.h"

#include <stdlib.h>
#include <string.h>

int is_predictions(const char *path, struct err *err)
{
    struct tensor_file *file = NULL;
    int is;

    if (strcmp(path, "-") == 0 || !path_is_regular(path))
        return 0;
    if (tensor_file_open(&file, path, NULL, "", err))
        return -1;
    is = strcmp(tensor_file_kind(file), "predictions/1") == 0;
    tensor_file_close(file);
    return is;
}

/* All that is open during a run. */
struct run {
    const struct join_request *request;
    struct inputs inputs;
    struct join join;
    struct predictions_writer writer;
    struct metrics *scores; /* of each, then of their mean; NULL: no labels */
    json_t *settings, *relation;
    bool trial;
};

static int record(struct run *run, struct err *err)
{
    const struct join_request *r = run->request;
    json_t *list = r->weights ? json_array() : json_null();

    for (int i = 0; i < r->count; i++) {
        run->trial = run->trial || run->join.each[i].trial;
        if (r->weights)
            json_array_append_new(list, json_real(r->weights[i]));
    }
    run->settings = json_pack("{s:b, s:s, s:o}", "oof", run->join.oof, "joined",
                              r->geometric ? "geometric mean" : "mean", "weights", list);
    if (!run->settings || (run->trial && json_object_set_new(run->settings, "trial", json_true())))
        return err_memory(err, "the options", 0);
    return 0;
}

static int open_scores(struct run *run, struct err *err)
{
    const int count = run->request->count;

    if (!run->join.info.has_labels)
        return 0;
    run->scores = calloc((size_t)count + 1, sizeof *run->scores);
    if (!run->scores)
        return err_memory(err, "the scores", 0);
    for (int m = 0; m <= count; m++)
        if (metrics_init(&run->scores[m], run->join.classes, err) ||
            metrics_measure_auc(&run->scores[m], run->join.each[0].n, m < count ? count : 1, err))
            return -1;
    return 0;
}

static int read_weights(struct run *run, struct err *err)
{
    const struct join_request *r = run->request;
    struct weights weights;
    int result;

    if (!r->weights_file)
        return 0;
    result =
        weights_read(&weights, r->weights_file, err) ||
                weights_take(&weights, r->paths, run->join.models_of, r->count, r->weights, err)
            ? -1
            : 0;
    weights_free(&weights);
    return result;
}

static int open_all(struct run *run, struct err *err)
{
    const struct join_request *r = run->request;

    if (tensor_writer_open(&run->writer.file, r->output, err) ||
        join_open(&run->join, r->paths, r->count, r->output, &run->inputs, err) ||
        outputs_refuse_inputs(&run->inputs, err) || read_weights(run, err) || record(run, err) ||
        open_scores(run, err))
        return -1;
    run->join.geometric = r->geometric;
    join_weigh(&run->join, r->weights);
    return predictions_writer_init(&run->writer, run->writer.file, &run->join.info,
                                   run->join.classes, err);
}

static int join_all(struct run *run, struct err *err)
{
    const struct join *j = &run->join;
    const bool soft = j->info.soft_labels;
    int64_t done = 0;
    int got;

    progress_begin("joining", "rows", j->each[0].n);
    while ((got = join_next(&run->join, err)) > 0) {
        if (predictions_writer_append(&run->writer, &j->rows, j->mean, err))
            return -1;
        for (int m = 0; m < j->count && run->scores; m++)
            metrics_add(&run->scores[m], j->chunks[m].probabilities, j->rows.labels, soft, NULL,
                        j->rows.count);
        if (run->scores)
            metrics_add(&run->scores[j->count], j->mean, j->rows.labels, soft, NULL, j->rows.count);
        progress_update(done += j->rows.count);
    }
    progress_end();
    return got;
}

static int commit(struct run *run, struct err *err)
{
    const struct join *j = &run->join;
    json_t *each = json_array();

    for (int m = 0; m < j->count; m++)
        json_array_append_new(each, relation_json(&j->relations[m]));
    run->writer.relation = run->relation =
        json_pack("{s:o, s:o}", "mean", relation_json(&j->relation), "joined", each);
    if (!run->relation)
        return err_memory(err, "the relation of the rows", 0);
    return predictions_writer_prepare(
               &run->writer, &j->info, j->classes, j->info.classes, j->info.class_names, j->models,
               *j->data_digest ? j->data_digest : NULL, run->settings, &run->inputs, err) ||
                   tensor_writers_place(&run->writer.file, 1, &run->inputs, err)
               ? -1
               : 0;
}

static void say_doubts(const struct run *run)
{
    for (int m = 1; m < run->join.count; m++)
        if (run->join.by_id[m])
            say("%s: its rows have another order: joined by their ids",
                input_name(run->request->paths[m]));
    if (run->join.shared)
        warn("%d model%s more than one of these predictions: %s counts more than the others",
             run->join.shared, run->join.shared > 1 ? "s are in" : " is in",
             run->join.shared > 1 ? "each" : "it");
    if (run->join.oof_mixed)
        warn("some of these predictions are out of fold and some are not: of the others the rows "
             "may have been trained on, and the score then says nothing");
    if (run->trial)
        say("some are by a trial's models, and so is their mean");
}

static json_t *each_json(const struct run *run)
{
    const struct join *j = &run->join;
    json_t *list = json_array();

    for (int m = 0; m < j->count; m++) {
        json_t *one = json_pack("{s:s, s:s, s:f, s:o}", "predictions", j->paths[m], "digest",
                                tensor_file_digest(j->each[m].file), "weight", j->weights[m],
                                "relation", relation_json(&j->relations[m]));

        if (run->scores)
            json_object_set_new(
                one, "score", metrics_json(&run->scores[m], j->info.classes, j->info.class_names));
        json_array_append_new(list, one);
    }
    return list;
}

/* Prints the score of each, then of their mean. */
static void print_scores(const struct run *run)
{
    const struct join *j = &run->join;
    char text[SCORE_TEXT], relation[RELATION_TEXT];

    for (int m = 0; m <= j->count; m++) {
        const struct score score = metrics_score(&run->scores[m]);

        print_line("%s: %s", m < j->count ? input_name(j->paths[m]) : "their mean",
                   score_text(&score, text));
        if (m == j->count)
            print_line("%s", contest_text(&score, text));
        if (*relation_text(m < j->count ? &j->relations[m] : &j->relation, relation))
            print_line("    %s", relation);
    }
    score_tables(&run->scores[j->count], j->info.classes, j->info.class_names);
}

static int report(const struct run *run)
{
    const struct join *j = &run->join;
    const char *what = j->geometric ? "geometric mean" : "mean";
    json_t *json = json_pack("{s:s, s:s, s:I, s:s, s:o}", "predictions", run->request->output,
                             "digest", tensor_writer_digest(run->writer.file), "rows",
                             (json_int_t)j->each[0].n, "joined", what, "joins", each_json(run));
    int status;

    say("%s: %lld row%s, %d classes, the %s of %d predictions", output_name(run->request->output),
        (long long)j->each[0].n, plural(j->each[0].n), j->classes, what, j->count);
    if (run->scores && !common.quiet)
        print_scores(run);
    if (run->scores) {
        json_object_set_new(json, "relation", relation_json(&j->relation));
        json_object_set_new(
            json, "score",
            metrics_json(&run->scores[j->count], j->info.classes, j->info.class_names));
    }
    say_doubts(run);
    status = write_summary(json, NULL);
    return status ? status
                  : score_status(run->scores ? &run->scores[j->count] : NULL,
                                 run->request->min_accuracy);
}

static void close_all(struct run *run)
{
    for (int m = 0; run->scores && m <= run->request->count; m++)
        metrics_free(&run->scores[m]);
    free(run->scores);
    predictions_writer_close(&run->writer);
    join_close(&run->join);
    json_decref(run->settings);
    json_decref(run->relation);
    inputs_free(&run->inputs);
}

int predict_join(const struct join_request *request)
{
    struct run run = {.request = request};
    struct err err;
    int current = open_all(&run, &err), status;

    if (current == 0 && request->min_accuracy == 0 && /* only the rows tell the accuracy */
        summary_names("joins", "predictions", run.join.paths, run.join.count))
        current = already_made(&run.writer.file, &run.settings, 1, &run.inputs, NULL, &err);
    if (current < 0 || (!current && (join_all(&run, &err) || commit(&run, &err))))
        status = fail(&err);
    else
        status = current ? 0 : report(&run);
    close_all(&run);
    return status;
}
