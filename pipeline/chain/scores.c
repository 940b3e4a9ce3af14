/* Scores of the fits, as tables: by predict's summary of rows that the models did not train on, and
 * by the fits' histories. */
#include "chain.h"

#include "chance.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/base/path.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/fit/history.h"
#include "pipeline/predict/metrics.h"
#include "score_table.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CLASSES = 10000 };

/* ---- Reading ---- */

/* Reads predict's summary by --json. NULL: it cannot be read, or is something else. */
static json_t *read_summary(const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    json_t *summary = NULL;
    json_error_t fault;

    if (!file) {
        (void)text_file_fault(path, err);
        return NULL;
    }
    summary = json_read_file(file, &fault);
    fclose(file);
    if (json_memory_check("a summary", err)) {
        json_decref(summary);
        return NULL;
    }
    if (!summary) {
        err_set(err, EX_DATAERR, "%s:%d: is not JSON: %s", path, fault.line, fault.text);
        return NULL;
    }
    if (!json_is_object(json_object_get(summary, "score")) ||
        !json_is_array(json_object_get(summary, "models"))) {
        err_set(
            err, EX_DATAERR,
            "%s: is not what `predict --json` writes of labelled data; remove it, and make will "
            "predict again",
            path);
        json_decref(summary);
        return NULL;
    }
    return summary;
}

static int read_score(const json_t *score, const char *path, struct score *read, struct err *err)
{
    if (score_read(read, score))
        return err_set(err, EX_DATAERR, "%s: a score has no sound \"rows\" and \"correct\"", path);
    return 0;
}

/* Returns how the rows relate to a model or the mean, fair where an older summary does not say. */
static enum relation_kind read_relation(const json_t *entry)
{
    const json_t *json = json_object_get(entry, "relation");
    const struct relation relation = relation_read_json(json);

    return json ? relation_kind(&relation) : RELATION_FAIR;
}

/* Returns what the summary has of that model file; NULL: nothing. */
static const json_t *find_model(const json_t *summary, const char *model)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(summary, "models"), i, entry)
    {
        const char *file = json_string_value(json_object_get(entry, "model"));

        if (file && strcmp(file, model) == 0)
            return entry;
    }
    return NULL;
}

/* What fits say of themselves in their histories. */
struct efforts {
    double seconds;         /* of all; NAN: one is not known, as where its history was deleted */
    struct strbuf troubles; /* lines: which fits went wrong, and what helps */
};

/* Reads a fit's history. *epochs and *seconds are NAN where they are not known. */
static int read_effort(struct chain *c, const struct fit *fit, double *epochs, double *seconds,
                       struct efforts *all, struct err *err)
{
    const char *path = pool_text(&c->pool, "%s.history.jsonl", fit->path), *trouble;
    struct inputs inputs = {0};
    struct history history;
    int result = 0;

    *epochs = *seconds = NAN;
    if (!fit->model->brought[0] && access(path, F_OK) == 0)
        result = history_read(&history, path, &inputs, err);
    else
        path = NULL;
    if (path && result == 0) {
        *epochs = (double)json_array_size(history.epochs);
        *seconds = json_number(history.end, "seconds");
        trouble = json_string_value(json_object_get(history.end, "trouble"));
        if (trouble)
            strbuf_printf(&all->troubles, "%s: %s\n", path_name(fit->path), trouble);
        history_free(&history);
    }
    all->seconds += *seconds;
    inputs_free(&inputs);
    return result;
}

/* ---- Sums ---- */

/* Sum over the seeds of a model, each over its folds. */
struct seeds {
    int64_t seed;
    double rows, correct;
};

static void add_seed(struct seeds *seeds, int *count, int64_t seed, const struct score *score)
{
    int s = 0;

    while (s < *count && seeds[s].seed != seed)
        s++;
    if (s == *count)
        seeds[(*count)++] = (struct seeds){.seed = seed};
    seeds[s].rows += (double)score->rows;
    seeds[s].correct += (double)score->correct;
}

/* Sets the spread of two seeds or more. */
static void spread_seeds(struct score_row *row, const struct seeds *seeds, int count)
{
    double sum = 0, squares = 0;

    for (int s = 0; s < count; s++)
        sum += seeds[s].correct / seeds[s].rows;
    for (int s = 0; s < count; s++)
        squares += pow(seeds[s].correct / seeds[s].rows - sum / count, 2);
    row->seeds = count > 1 ? count : 0;
    row->spread = count > 1 ? sqrt(squares / (count - 1)) : NAN;
}

/* Returns the confusion matrix of a model's entry or of the whole summary; NULL: none. */
static const json_t *confusion_of(const json_t *entry)
{
    return json_object_get(json_object_get(entry, "score"), "confusion");
}

/* Replaces figures of classes, means over the fits so far, by those of the fits' rows together, as
 * the mean of all has them: the mean of folds' F1 is another figure. */
static int pool_classes(struct chain *c, const struct chain_model *model, const json_t *summary,
                        struct model_line *line, struct err *err)
{
    const json_t *all = confusion_of(summary);
    struct metrics pooled;
    struct score score;
    bool known = json_array_size(all) > 0 && json_array_size(all) <= MOST_CLASSES;

    if (!known)
        return 0;
    if (metrics_init(&pooled, (int)json_array_size(all), err))
        return -1;
    for (int i = 0; i < c->validated.count; i++) {
        const json_t *entry = find_model(summary, c->validated.list[i]->file);

        if (c->validated.list[i]->model == model)
            known = known && metrics_add_confusion(&pooled, confusion_of(entry));
    }
    score = metrics_score(&pooled);
    if (known) {
        line->macro_f1 = score.macro_f1;
        line->balanced_accuracy = score.balanced_accuracy;
    }
    metrics_free(&pooled);
    return 0;
}

/* Adds up the fits of a model, and their effort to that of all. */
static int sum_model(struct chain *c, const struct chain_model *model, const json_t *summary,
                     int64_t rows, struct score_row *row, struct efforts *all, struct err *err)
{
    struct seeds *seeds = pool_alloc(&c->pool, (size_t)(c->validated.count + 1) * sizeof *seeds);
    struct model_sum sum = {0};
    int count = 0;

    for (int i = 0; seeds && i < c->validated.count; i++) {
        const struct fit *fit = c->validated.list[i];
        const json_t *entry = find_model(summary, fit->file);
        struct score score;
        double epochs, seconds;

        if (fit->model != model)
            continue;
        if ((entry && read_score(json_object_get(entry, "score"), c->val_json, &score, err)) ||
            read_effort(c, fit, &epochs, &seconds, all, err))
            return -1;
        model_sum_add(&sum, entry ? &score : NULL, epochs, seconds);
        if (entry)
            add_seed(seeds, &count, fit->seed, &score);
        if (entry && read_relation(entry) > row->kind)
            row->kind = read_relation(entry);
    }
    if (seeds)
        spread_seeds(row, seeds, count);
    row->line = model_sum_line(&sum, rows);
    return pool_classes(c, model, summary, &row->line, err);
}

/* ---- What is printed ---- */

static bool is_accepted(const struct chain *c, const struct chain_model *model)
{
    for (int i = 0; i < c->validated.count; i++) {
        const struct stage *stage = chain_stage(c, c->validated.list[i]->file);

        if (c->validated.list[i]->model == model && stage && stage->note.accepted[0])
            return true;
    }
    return false;
}

/* Returns the options of the model; those of today did not make one that was accepted. */
static const char *shown_options(struct chain *c, const struct chain_model *model)
{
    static const char trial[] = "--trial --epochs 2";

    if (is_accepted(c, model))
        return "accepted as it was by csvnet_accept";
    return begins_with(model->options, trial)
               ? pool_text(&c->pool, "trial:%s", model->options + strlen(trial))
               : model->options;
}

/* Says what the scores are worth, unless the rows are new to the models. */
static void print_relation(const json_t *summary, FILE *out)
{
    const json_t *json = json_object_get(summary, "relation");
    const struct relation relation = relation_read_json(json);
    char text[RELATION_TEXT];

    if (json && *relation_text(&relation, text))
        fprintf(out, "%s\n", text);
}

/* Says what the models count in their mean, where that was found. */
static int print_weights(struct chain *c, FILE *out, struct err *err)
{
    FILE *file = c->weigh ? fopen(c->weights, "re") : NULL;
    json_t *weights = file ? json_read_file(file, NULL) : NULL;
    const json_t *model;
    size_t i;

    if (file)
        fclose(file);
    if (json_memory_check("the weights", err)) {
        json_decref(weights);
        return -1;
    }
    if (weights) {
        fputs("\nweights by the loss:", out);
        json_array_foreach(json_object_get(weights, "models"), i, model)
        {
            const char *name = json_string_value(json_object_get(model, "name"));

            fprintf(out, "%s %s %.3f", i ? "," : "", name ? name : "",
                    json_number(model, "weight"));
        }
        fprintf(out, "; cross-fitted, those found gain %.5f +- %.5f on equal ones%s\n",
                json_number(weights, "gain"), json_number(weights, "error"),
                json_is_true(json_object_get(weights, "pays")) ? "" : ", which may be chance");
        json_decref(weights);
    }
    return 0;
}

int chain_scores(struct chain *c, int columns, FILE *out, struct err *err)
{
    json_t *summary = read_summary(c->val_json, err);
    struct score_row *rows = pool_alloc(&c->pool, ((size_t)c->model_count + 1) * sizeof *rows);
    struct model_sum sum = {0};
    struct score all;
    struct efforts efforts = {0};
    int result = -1;

    if (!rows || !summary || read_score(json_object_get(summary, "score"), c->val_json, &all, err))
        goto out;
    for (int m = 0; m < c->model_count; m++) {
        rows[m].name = c->models[m].name;
        if (sum_model(c, &c->models[m], summary, all.rows, &rows[m], &efforts, err))
            goto out;
        score_row_print(c, &rows[m], shown_options(c, &c->models[m]));
    }
    model_sum_add(&sum, &all, NAN, efforts.seconds);
    rows[c->model_count] = (struct score_row){
        .name = "mean", .line = model_sum_line(&sum, all.rows), .kind = read_relation(summary)};
    score_row_print(c, &rows[c->model_count],
                    pool_text(&c->pool, "of %zu, %s",
                              json_array_size(json_object_get(summary, "models")),
                              c->folds ? "out of fold" : "on the rows held back"));
    if (c->pool.failed)
        goto out;
    score_table(c, rows, columns, out);
    print_relation(summary, out);
    chain_chance(c, summary, out);
    result = print_weights(c, out, err);
    fputs(strbuf_text(&efforts.troubles), out);
out:
    if (c->pool.failed || efforts.troubles.failed)
        result = err_memory(err, "the scores", 0);
    strbuf_free(&efforts.troubles);
    json_decref(summary);
    return result;
}

int chain_oof(struct chain *c, FILE *out, struct err *err)
{
    json_t *summary = read_summary(c->val_json, err);
    struct score score;
    char text[SCORE_TEXT];
    int result = -1;

    if (summary && read_score(json_object_get(summary, "score"), c->val_json, &score, err) == 0) {
        fprintf(out, "out of fold: %s\n", score_text(&score, text));
        print_relation(summary, out);
        fprintf(out, "%s\n", contest_text(&score, text));
        result = 0;
    }
    json_decref(summary);
    return result;
}
