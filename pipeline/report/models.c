/* The models of a report: their names and groups, histories, and scores. */
#include "private.h"

#include "pipeline/base/json.h"
#include "pipeline/fit/fit_name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names ---- */

/* Finds the group of the model that the fit is of, or adds it. -1: out of memory. */
static int find_group(struct report *r, const char *fit, struct err *err)
{
    const size_t length = fit_name_parse(fit).model;
    int g = 0;

    while (g < r->group_count &&
           (strncmp(r->groups[g].name, fit, length) || r->groups[g].name[length]))
        g++;
    if (g == r->group_count) {
        r->groups[g].name = strndup(fit, length);
        if (!r->groups[g].name)
            return err_memory(err, "a model's name", 0);
        r->group_count++;
    }
    r->groups[g].count++;
    return g;
}

/* ---- Models ---- */

static int describe(struct report *r, int m, struct err *err)
{
    const struct model *from = &r->ensemble.models[m];
    struct report_model *model = &r->models[m];
    const double kept = json_number(from->settings, "kept_epoch");

    model->path = r->files.models[m];
    model->scored_by = -1;
    model->parameters = nn_network_parameters(from->net);
    model->kept_epoch = kept >= 1 && kept <= 1e6 ? (int)kept : 0;
    model->name = fit_name_of_file(model->path);
    if (!model->name)
        return err_memory(err, "a model's name", 0);
    model->group = find_group(r, model->name, err);
    return model->group < 0 ? -1 : 0;
}

int report_open_models(struct report *r, int threads, struct err *err)
{
    const int count = r->files.model_count;

    r->models = calloc((size_t)count + 1, sizeof *r->models);
    r->groups = calloc((size_t)count + 1, sizeof *r->groups);
    r->pool = nn_pool_new(threads);
    if (!r->models || !r->groups || !r->pool)
        return err_memory(err, "the models", 0);
    if (count > 0 &&
        ensemble_open(&r->ensemble, (char *const *)r->files.models, count, r->parts[0].path,
                      &r->parts[0].data.info, r->pool, &r->inputs, err))
        return -1;
    for (int m = 0; m < count; m++)
        if (describe(r, m, err))
            return -1;
    if (r->classes == 0 && count > 0) {
        const struct dataset_info *info = &r->ensemble.models[0].data;

        r->classes = info->class_count;
        r->class_texts = info->classes;
        r->class_names = info->class_names;
    }
    return 0;
}

void report_close_models(struct report *r)
{
    for (int m = 0; r->models && m < r->files.model_count; m++) {
        history_free(&r->models[m].history);
        free(r->models[m].name);
    }
    for (int g = 0; g < r->group_count; g++)
        free(r->groups[g].name);
    free(r->models);
    free(r->groups);
    ensemble_close(&r->ensemble);
    nn_pool_free(r->pool);
}

int report_trained_on(const struct report *r, const char *digest)
{
    int count = 0;

    for (int m = 0; m < r->files.model_count; m++)
        count += strcmp(r->ensemble.models[m].data_digest, digest) == 0;
    return count;
}

/* ---- Histories ---- */

/* Returns the first model after `after` that has that digest; models of a trial may share one. -1:
 * none has. */
static int find_next(const struct report *r, const char *digest, int after)
{
    for (int m = after + 1; m < r->files.model_count; m++)
        if (strcmp(r->ensemble.models[m].digest, digest) == 0)
            return m;
    return -1;
}

int report_find_model(const struct report *r, const char *digest)
{
    return find_next(r, digest, -1);
}

int report_read_histories(struct report *r, struct err *err)
{
    for (int h = 0; h < r->files.history_count; h++) {
        const char *path = r->files.histories[h];
        struct history history;
        bool known;
        int m;

        if (history_read(&history, path, &r->inputs, err))
            return -1;
        m = report_find_model(r, history_model(&history));
        known = m >= 0;
        while (m >= 0 && r->models[m].history.start)
            m = find_next(r, history_model(&history), m);
        if (m < 0) {
            err_set(err, known ? EX_USAGE : EX_DATAERR,
                    known         ? "%s: is a second history of the same model"
                    : history.end ? "%s: is the history of a model that is not among those given"
                                  : "%s: is the history of a run that wrote no model",
                    path);
            history_free(&history);
            return -1;
        }
        r->models[m].history = history;
    }
    return 0;
}

/* ---- Summaries of stages ---- */

json_t *report_read_summary(struct report *r, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    json_t *summary = NULL;
    json_error_t fault;

    if (!file) {
        text_file_fault(path, err);
        return NULL;
    }
    if (inputs_add(&r->inputs, "summary", path, fileno(file), file_digest, err) >= 0) {
        summary = json_read_file(file, &fault);
        if (!summary && json_memory_check("a summary", err) == 0)
            err_set(err, EX_DATAERR, "%s:%d: is not JSON: %s", path, fault.line, fault.text);
    }
    fclose(file);
    return summary;
}

/* Takes a model's score as predict wrote it down. */
static void take_score(struct report *r, const json_t *model, int pred)
{
    const char *digest = json_string_value(json_object_get(model, "digest"));
    const json_t *score = json_object_get(model, "score");
    const struct relation relation = relation_read_json(json_object_get(model, "relation"));
    struct score read;
    int m = digest ? report_find_model(r, digest) : -1;

    while (m >= 0 && r->models[m].scored_by >= 0)
        m = find_next(r, digest, m);
    if (m < 0 || score_read(&read, score))
        return;
    r->models[m].scored_by = pred;
    r->models[m].score = read;
    r->models[m].confusion = json_object_get(score, "confusion");
    r->models[m].relation = relation_kind(&relation);
}

static int take_scores(struct report *r, const json_t *summary, const char *path, struct err *err)
{
    const char *digest = json_string_value(json_object_get(summary, "digest"));
    size_t i;
    json_t *model;

    for (int p = 0; digest && p < r->files.pred_count; p++)
        if (strcmp(tensor_file_digest(r->preds[p].file.file), digest) == 0) {
            json_array_foreach(json_object_get(summary, "models"), i, model)
            {
                take_score(r, model, p);
            }
            return 0;
        }
    return err_set(err, EX_DATAERR,
                   "%s: is of predictions that are not among those given; predict them again with "
                   "--json",
                   path);
}

int report_read_stages(struct report *r, struct err *err)
{
    r->stages = calloc((size_t)r->files.stage_count + 1, sizeof *r->stages);
    if (!r->stages)
        return err_memory(err, "the stages", 0);
    for (int s = 0; s < r->files.stage_count; s++) {
        const char *path = r->files.stages[s];

        r->stages[s] = report_read_summary(r, path, err);
        if (!r->stages[s])
            return -1;
        if (json_object_get(r->stages[s], "faults"))
            return err_set(err, EX_DATAERR,
                           "%s: lists what ingest refused, and tells nothing of a data set", path);
        if (json_object_get(r->stages[s], "predictions")) {
            if (take_scores(r, r->stages[s], path, err))
                return -1;
        } else if (!json_object_get(r->stages[s], "parts") &&
                   !json_object_get(r->stages[s], "source"))
            return err_set(err, EX_DATAERR,
                           "%s: is not what ingest, split or predict write by --json", path);
    }
    return 0;
}

/* ---- Runs ---- */

int report_read_runs(struct report *r, struct err *err)
{
    return r->files.runs && (runs_read(&r->runs, r->files.runs, &r->inputs, err) ||
                             run_entries_find(&r->entries, r->runs.fits, err) ||
                             leaderboard_open(&r->leaderboard, r->runs.scores, err))
               ? -1
               : 0;
}
