/* Scores of the fits, as tables: by predict's summary of rows that the models did not train on, and
 * by the fits' histories. */
#include "chain.h"

#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/fit/history.h"
#include "pipeline/model/relation.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/model_line.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 100 };

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
    summary = json_loadf(file, JSON_REJECT_DUPLICATES, &fault);
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

/* Finds the score of that model file; *found false: the summary has none. */
static int find_score(const json_t *summary, const char *path, const char *model,
                      struct score *score, bool *found, struct err *err)
{
    const json_t *entry;
    size_t i;

    *found = false;
    json_array_foreach(json_object_get(summary, "models"), i, entry)
    {
        const char *file = json_string_value(json_object_get(entry, "model"));

        if (file && strcmp(file, model) == 0) {
            *found = true;
            return read_score(json_object_get(entry, "score"), path, score, err);
        }
    }
    return 0;
}

/* Reads the epochs and seconds of a fit by its history; NAN: not known, as where it was deleted. */
static int read_effort(struct chain *c, const struct fit *fit, double *epochs, double *seconds,
                       struct err *err)
{
    const char *path = pool_text(&c->pool, "%s.history.jsonl", fit->path);
    struct inputs inputs = {NULL, 0};
    struct history history;
    int result;

    *epochs = *seconds = NAN;
    if (access(path, F_OK))
        return 0;
    result = history_read(&history, path, &inputs, err);
    if (result == 0) {
        *epochs = (double)json_array_size(history.epochs);
        *seconds = json_number(history.end, "seconds");
        history_free(&history);
    }
    inputs_free(&inputs);
    return result;
}

/* ---- Lines ---- */

static const char *number(struct chain *c, double value, int decimals)
{
    return isfinite(value) ? pool_text(&c->pool, "%.*f", decimals, value) : "-";
}

/* Prints the line, cut at column 100 between characters. */
static void print_line(struct chain *c, const char *name, int width, const struct model_line *line,
                       const char *options, FILE *out)
{
    char accuracy[ACCURACY_TEXT];
    const char *wrong = line->rows > 0 ? pool_text(&c->pool, "%lld/%lld", (long long)line->wrong,
                                                   (long long)line->rows)
                                       : "-";
    const char *epochs = number(c, line->epochs, line->epochs == floor(line->epochs) ? 0 : 1);
    const char *text =
        pool_text(&c->pool, "%-*s  %-17s  %6s  %12s  %6s  %7s  %s", width, name,
                  accuracy_text(line->accuracy, (double)line->rows, "+-", accuracy),
                  number(c, line->loss, 4), wrong, epochs, number(c, line->seconds, 1), options);

    if (utf8_columns(text) > COLUMNS)
        fprintf(out, "%.*s...\n", (int)utf8_fit(text, COLUMNS - 3), text);
    else
        fprintf(out, "%s\n", text);
}

/* Prints what contests also score by, of all models and their mean. */
static void print_contest(struct chain *c, const struct model_line *lines, int width, FILE *out)
{
    fprintf(out, "\n%-*s  %8s  %17s  %6s\n", width, "model", "macro F1", "balanced accuracy",
            "AUC");
    for (int m = 0; m <= c->model_count; m++)
        fprintf(out, "%-*s  %8s  %17s  %6s\n", width,
                m < c->model_count ? c->models[m].name : "mean", number(c, lines[m].macro_f1, 4),
                number(c, lines[m].balanced_accuracy, 4), number(c, lines[m].auc, 4));
}

static const char *shown_options(const struct chain_model *model, struct pool *pool)
{
    static const char trial[] = "--trial --epochs 2";

    return begins_with(model->options, trial)
               ? pool_text(pool, "trial:%s", model->options + strlen(trial))
               : model->options;
}

/* Adds up the fits of a model, and their effort to that of all. */
static int sum_model(struct chain *c, const struct chain_model *model, const json_t *summary,
                     struct model_sum *sum, double *all_seconds, struct err *err)
{
    for (int i = 0; i < c->validated.count; i++) {
        const struct fit *fit = c->validated.list[i];
        struct score score;
        double epochs, seconds;
        bool found;

        if (fit->model != model)
            continue;
        if (find_score(summary, c->val_json, fit->file, &score, &found, err) ||
            read_effort(c, fit, &epochs, &seconds, err))
            return -1;
        model_sum_add(sum, found ? &score : NULL, epochs, seconds);
        *all_seconds += seconds;
    }
    return 0;
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

int chain_scores(struct chain *c, FILE *out, struct err *err)
{
    json_t *summary = read_summary(c->val_json, err);
    double seconds = 0;
    int width = 8, result = -1;
    struct score all;
    struct model_line *lines = pool_alloc(&c->pool, ((size_t)c->model_count + 1) * sizeof *lines);
    struct model_sum sum = {0};

    if (!lines)
        goto out;
    if (!summary || read_score(json_object_get(summary, "score"), c->val_json, &all, err))
        goto out;
    for (int m = 0; m < c->model_count; m++)
        if ((int)strlen(c->models[m].name) > width)
            width = (int)strlen(c->models[m].name);
    fprintf(out, "%-*s  %-17s  %6s  %12s  %6s  %7s  %s\n", width, "model", "accuracy", "loss",
            "wrong/rows", "epochs", "seconds", "options");
    for (int m = 0; m < c->model_count; m++) {
        struct model_sum of_model = {0};

        if (sum_model(c, &c->models[m], summary, &of_model, &seconds, err))
            goto out;
        lines[m] = model_sum_line(&of_model, all.rows);
        print_line(c, c->models[m].name, width, &lines[m], shown_options(&c->models[m], &c->pool),
                   out);
    }
    model_sum_add(&sum, &all, NAN, seconds);
    lines[c->model_count] = model_sum_line(&sum, all.rows);
    print_line(c, "mean", width, &lines[c->model_count],
               pool_text(&c->pool, "of %zu, %s",
                         json_array_size(json_object_get(summary, "models")),
                         c->folds ? "out of fold" : "on the rows held back"),
               out);
    print_relation(summary, out);
    print_contest(c, lines, width, out);
    result = 0;
out:
    if (c->pool.failed)
        result = err_memory(err, "the scores", 0);
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
