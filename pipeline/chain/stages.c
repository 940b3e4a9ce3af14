/* The stages of the chain: which program makes which file of what. */
#include "chain.h"

#include "pipeline/base/path.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIAL_ROWS = 2000 };

static const char *out_file(struct chain *c, const char *name)
{
    return pool_text(&c->pool, "%s/%s", c->out, name);
}

/* ---- Stages in general ---- */

/* Returns what tells a program's lines from others'; in make's rules no character of it may mean
 * anything. */
static const char *title_of(struct chain *c, const char *name)
{
    struct strbuf title = {0};

    strbuf_puts(&title, c->trial ? "try " : "");
    for (; *name; name++)
        strbuf_add(&title, strchr("'\"\\$#,(){}", *name) ? "_" : name, 1);
    return pool_take(&c->pool, &title);
}

/* Returns RUN_FIT of fit. */
static const char *launcher_of(struct chain *c, const char *program)
{
    struct strbuf name = {0};

    strbuf_puts(&name, "RUN_");
    for (; *program; program++)
        strbuf_add(&name, &(const char){(char)toupper((unsigned char)*program)}, 1);
    return pool_take(&c->pool, &name);
}

static struct stage *add_stage(struct chain *c, const char *program, const char *output,
                               const char *options)
{
    struct stage *stage = &c->stages[c->stage_count++];
    const char *name = path_name(output);
    size_t length = strlen(name);

    for (const char *const *ending = (const char *const[]){".shards", ".st.zst", ".model", NULL};
         *ending; ending++)
        if (length > strlen(*ending) &&
            strncmp(name + length - strlen(*ending), *ending, strlen(*ending)) == 0)
            length -= strlen(*ending);
    *stage = (struct stage){.program = program, .output = output, .options = options};
    stage->brought = stage->csv = stage->after = "";
    stage->launch = launcher_of(c, program);
    stage->title = title_of(c, pool_text(&c->pool, "%.*s", (int)length, name));
    return stage;
}

/* Adds words to a list, up to NULL. */
static void add(struct chain *c, struct words *words, ...)
{
    va_list list;
    const char *word;

    va_start(list, words);
    while ((word = va_arg(list, const char *)))
        words_add(words, &c->pool, word);
    va_end(list);
}

static void add_input(struct chain *c, struct stage *stage, const char *file)
{
    add(c, &stage->inputs, file, NULL);
    add(c, &stage->arguments, file, NULL);
}

static void add_seed(struct chain *c, struct stage *stage)
{
    if (c->seed[0])
        add(c, &stage->arguments, "--seed", c->seed, NULL);
}

/* Has the stage write a summary for the report, unless the user's options name a place for it. */
static void add_note(struct chain *c, struct stage *stage)
{
    const struct words options = words_of(variable(&c->variables, stage->options, ""), &c->pool);
    const char *note;

    for (int i = 0; i < options.count; i++)
        if (words_option(&options, i, "--json", 0, &note))
            return;
    note = pool_text(&c->pool, "%.*s.json",
                     (int)(strlen(stage->output) -
                           strlen(ends_with(stage->output, ".shards") ? ".shards" : ".st.zst")),
                     stage->output);
    add(c, &stage->places, "--json", note, NULL);
    add(c, &stage->besides, note, NULL);
    add(c, &c->notes, note, NULL);
}

/* ---- Data ---- */

/* Adds an option with a file, unless the user's options have it, which override it. */
static void add_file(struct chain *c, struct stage *stage, const char *option, const char *file)
{
    const struct words options = words_of(variable(&c->variables, stage->options, ""), &c->pool);
    const char *ignored;

    for (int i = 0; i < options.count; i++)
        if (words_option(&options, i, option, 0, &ignored))
            return;
    add(c, &stage->arguments, option, file, NULL);
}

/* Adds the stage from a CSV to a data set. first: the first CSV of those that it is a part of, or
 * NULL; like: the data set whose classes and columns it has to share, or NULL. */
static struct stage *add_csv(struct chain *c, const char *name, const char *csv, const char *first,
                             const char *output, const char *like)
{
    struct stage *stage = add_stage(c, "ingest", output, pool_text(&c->pool, "%s.ingest", name));
    const struct words files = files_of(csv, &c->pool), given = words_of(csv, &c->pool);

    if (like)
        add(c, &stage->inputs, like, NULL);
    words_add_all(&stage->inputs, &c->pool, &files);
    words_add_all(&stage->arguments, &c->pool, &given);
    if (first)
        add_file(c, stage, "--part-of", first);
    if (like)
        add_file(c, stage, "--like", like);
    stage->brought = name;
    stage->csv = csv;
    add(c, &stage->places, "--if-changed", NULL);
    return stage;
}

/* Returns the data set of a CSV that is a part of OUT/NAME.shards: OUT/NAME.CSV.st.zst, by the
 * CSV's name without folder and ending, and with a number where an earlier one has that name. */
static const char *shard_file(struct chain *c, const char *list, const char *csv,
                              const struct words *before)
{
    const int stem = (int)(strlen(list) - strlen(".shards"));
    const char *slash = strrchr(csv, '/'), *name = slash ? slash + 1 : csv;
    const char *colon = strrchr(name, ':'), *dot;
    const char *file;

    name = colon ? colon + 1 : name;
    dot = strchr(name, '.');
    name = pool_text(&c->pool, "%.*s", (int)(dot && dot > name ? dot - name : (long)strlen(name)),
                     name);
    file = pool_text(&c->pool, "%.*s.%s.st.zst", stem, list, name);
    for (int i = 2; words_have(before, file); i++)
        file = pool_text(&c->pool, "%.*s.%s.%d.st.zst", stem, list, name, i);
    return file;
}

/* Adds the option --names of NAME.ingest, which says the order of classes, to the list's stage. */
static void add_names(struct chain *c, struct stage *stage, const char *name)
{
    const struct words options =
        words_of(variable(&c->variables, pool_text(&c->pool, "%s.ingest", name), ""), &c->pool);

    for (int i = 0; i < options.count; i++) {
        const char *value;

        if (words_option(&options, i, "--names", 0, &value) && *value) {
            add(c, &stage->arguments, "--names", NULL);
            add_input(c, stage, value);
        }
    }
}

/* Adds the stages from CSVs to data sets, a stage for each, and to the list of these. */
static void add_parts(struct chain *c, const char *name, const struct words *parts,
                      const char *output, const char *like)
{
    struct words files = {0};
    struct stage *stage;

    for (int i = 0; i < parts->count; i++) {
        const char *file = shard_file(c, output, parts->list[i], &files);

        stage = add_csv(c, name, parts->list[i], parts->list[0], file, like);
        add(c, &stage->places, "-o", file, NULL);
        words_add(&files, &c->pool, file);
    }
    stage = add_stage(c, "ingest", output, "");
    for (int i = 0; i < files.count; i++)
        add_input(c, stage, files.list[i]);
    add_names(c, stage, name);
    add(c, &stage->places, "--if-changed", NULL);
    add_note(c, stage);
    add(c, &stage->places, "-o", output, NULL);
}

/* Adds what makes a data set of the CSV, or the CSVs, that a variable names. */
static void add_ingest(struct chain *c, const char *name, const struct words *parts,
                       const char *output, const char *like)
{
    struct stage *stage;

    if (parts->count > 0) {
        add_parts(c, name, parts, output, like);
        return;
    }
    stage = add_csv(c, name, variable(&c->variables, name, ""), NULL, output, like);
    add_note(c, stage);
    add(c, &stage->places, "-o", output, NULL);
}

/* Adds the rows of a trial, which is on few of the rows, of each class its share. */
static void add_trial_rows(struct chain *c)
{
    struct stage *stage = add_stage(c, "split", c->train, "");

    add_input(c, stage, c->ingested);
    add(c, &stage->arguments, "--part", pool_text(&c->pool, "%s=rest", c->train), "--draw",
        pool_text(&c->pool, "%d", TRIAL_ROWS), NULL);
    add_seed(c, stage);
    add(c, &stage->places, "--if-changed", NULL);
}

static void add_split(struct chain *c)
{
    struct stage *stage = add_stage(c, "split", c->fitted, "SPLIT");

    add_input(c, stage, c->train);
    add(c, &stage->arguments, "--part", pool_text(&c->pool, "%s=rest", c->fitted), "--part",
        pool_text(&c->pool, "%s=%s", c->val, c->hold), NULL);
    add_seed(c, stage);
    add(c, &stage->besides, c->val, NULL);
    add(c, &stage->places, "--if-changed", NULL);
    add_note(c, stage);
}

/* ---- Models and predictions ---- */

static void add_stores(struct chain *c, struct stage *stage)
{
    for (int i = 0; i < c->stores.count; i++)
        add(c, &stage->places, "--store", c->stores.list[i], NULL);
}

static void add_fit(struct chain *c, const struct fit *fit)
{
    struct stage *stage =
        add_stage(c, "fit", fit->file, pool_text(&c->pool, "%s.fit", fit->model->name));

    stage->fit = fit;
    add_input(c, stage, fit->all ? c->train : c->fitted);
    if (fit->all && c->val_csv[0])
        add_input(c, stage, c->val);
    if (!fit->all && c->val[0]) {
        add(c, &stage->inputs, c->val, NULL);
        add_file(c, stage, "--val", c->val);
    }
    if (fit->fold)
        add(c, &stage->arguments, "--fold",
            pool_text(&c->pool, "%lld/%lld", (long long)fit->fold, (long long)c->folds), NULL);
    if (fit->seed >= 0)
        add(c, &stage->arguments, "--seed", pool_text(&c->pool, "%lld", (long long)fit->seed),
            NULL);
    else
        add_seed(c, stage);
    if (c->precision[0])
        add(c, &stage->arguments, "--precision", c->precision, NULL);
    if (c->within > 0)
        add(c, &stage->arguments, "--within", variable(&c->variables, "WITHIN", ""), NULL);
    add(c, &stage->places, "--if-changed", "-o", fit->file, "--history",
        pool_text(&c->pool, "%s.history.jsonl", fit->path), "--checkpoint",
        pool_text(&c->pool, "%s.checkpoint.st.zst", fit->path), "--resume", "--restart", NULL);
    add_stores(c, stage);
    if (c->trial)
        add(c, &stage->places, "--trial", "--epochs", "2", NULL);
}

/* Divides each model's weight among its files; no option where all files count alike. */
static void add_weights(struct chain *c, struct stage *stage, const struct fits *fits)
{
    const char *text = "";
    double first = 0;
    bool alike = true;

    for (int i = 0; i < fits->count; i++) {
        const struct chain_model *model = fits->list[i]->model;
        int files = 0;
        double weight;

        for (int j = 0; j < fits->count; j++)
            files += fits->list[j]->model == model;
        weight = model->weight / files;
        first = i == 0 ? weight : first;
        alike &= weight == first;
        text = pool_text(&c->pool, "%s%s%.9g", text, i > 0 ? "," : "", weight);
    }
    if (!alike)
        add(c, &stage->arguments, "--weights", text, NULL);
}

static void add_predict(struct chain *c, const char *data, const struct fits *fits,
                        const char *output, const char *json, bool out_of_fold)
{
    struct stage *stage = add_stage(c, "predict", output, "PREDICT");

    add_input(c, stage, data);
    for (int i = 0; i < fits->count; i++)
        add_input(c, stage, fits->list[i]->file);
    if (out_of_fold)
        add(c, &stage->arguments, "--oof", NULL);
    if (c->weigh) {
        add(c, &stage->arguments, "--weights", NULL);
        add_input(c, stage, c->weights);
    } else
        add_weights(c, stage, fits);
    add(c, &stage->places, "--if-changed", "-o", output, "--json", json, NULL);
    add_stores(c, stage);
    add(c, &stage->besides, json, NULL);
}

/* Adds the predictions of the scored rows by each model alone, and the weights found by them. */
static void add_weigh(struct chain *c)
{
    struct words files = {0};
    struct stage *stage;

    for (int m = 0; m < c->model_count; m++) {
        const char *file =
            out_file(c, pool_text(&c->pool, "%s.alone.st.zst", c->models[m].name));

        stage = add_stage(c, "predict", file, "PREDICT");
        add_input(c, stage, c->scored);
        for (int i = 0; i < c->validated.count; i++)
            if (c->validated.list[i]->model == &c->models[m])
                add_input(c, stage, c->validated.list[i]->file);
        if (c->folds)
            add(c, &stage->arguments, "--oof", NULL);
        add(c, &stage->places, "--if-changed", "-o", file, NULL);
        add_stores(c, stage);
        words_add(&files, &c->pool, file);
    }
    stage = add_stage(c, "compare", c->weights, "");
    for (int m = 0; m < files.count; m++)
        add_input(c, stage, files.list[m]);
    add(c, &stage->places, "--weigh", c->weights, NULL);
}

static void add_submit(struct chain *c)
{
    struct stage *stage = add_stage(c, "submit", c->submission, "SUBMIT");

    add_input(c, stage, c->test_pred);
    add(c, &stage->places, "-o", c->submission, NULL);
    stage->after = c->val_pred;
}

/* ---- The audit ---- */

/* Adds the audit of the rows that models did not train on, or without such of the data alone. */
static void add_audit(struct chain *c)
{
    struct stage *stage = add_stage(c, "audit", c->audit, "");
    const char *sheet = out_file(c, "audit.png");

    stage->title = "";
    stage->aside = true;
    add_input(c, stage, c->scored[0] ? c->scored : c->train);
    if (c->val_pred[0]) {
        add(c, &stage->arguments, "--pred", NULL);
        add_input(c, stage, c->val_pred);
    }
    if (c->has_test) {
        add(c, &stage->arguments, "--test", NULL);
        add_input(c, stage, c->test);
    }
    add(c, &stage->places, "-o", c->audit, "--png", sheet, "--json", c->audit_json, NULL);
    add(c, &stage->besides, sheet, c->audit_json, NULL);
}

/* ---- The report ---- */

static void add_named(struct chain *c, struct stage *stage, const char *option, const char *name,
                      const char *file)
{
    if (file[0])
        add(c, &stage->arguments, option, name[0] ? pool_text(&c->pool, "%s=%s", name, file) : file,
            NULL);
}

/* Returns "csvnet: FOLDER BUDGET". */
static const char *page_title(struct chain *c)
{
    const char *budget = variable(&c->variables, "BUDGET", "");
    char path[PATH_MAX];
    const char *folder = getcwd(path, sizeof path) ? strrchr(path, '/') : NULL;

    return pool_text(&c->pool, "csvnet: %s%s%s", folder ? folder + 1 : "", budget[0] ? " " : "",
                     budget);
}

/* Adds what tuning a model had tried, once it is there. */
static void add_tuned(struct chain *c, struct stage *stage, const char *model)
{
    const char *file = out_file(c, pool_text(&c->pool, "tune/%s.json", model));

    if (c->trial || file_state(file).size < 0)
        return;
    add(c, &stage->inputs, file, NULL);
    add_named(c, stage, "--tuned", "", file);
}

static bool has_model(const struct chain *c, const char *name)
{
    for (int m = 0; m < c->model_count; m++)
        if (strcmp(c->models[m].name, name) == 0)
            return true;
    return false;
}

static void add_report(struct chain *c)
{
    struct stage *stage = add_stage(c, "report", c->page, "REPORT");
    const struct fits *both[] = {&c->validated, &c->finals};
    const char *test = c->has_test ? c->test : "", *test_pred = c->has_test ? c->test_pred : "";

    stage->title = "";
    stage->aside = true;
    add(c, &stage->inputs, c->fitted, NULL);
    for (const char *const *file =
             (const char *const[]){c->val, c->val_pred, test, test_pred, NULL};
         *file; file++)
        if ((*file)[0])
            add(c, &stage->inputs, *file, NULL);
    add_named(c, stage, "--data", "training", c->fitted);
    add_named(c, stage, "--data", "validation", c->val);
    add_named(c, stage, "--data", "test", test);
    add_named(c, stage, "--pred", c->folds ? "training" : "validation", c->val_pred);
    add_named(c, stage, "--pred", "test", test_pred);
    add(c, &stage->histories, c->runs, NULL);
    for (int all = 0; all < 2; all++)
        for (int i = 0; i < both[all]->count; i++) {
            add(c, &stage->inputs, both[all]->list[i]->file, NULL);
            add_named(c, stage, "--model", "", both[all]->list[i]->file);
            if (!both[all]->list[i]->model->brought[0])
                add(c, &stage->histories,
                    pool_text(&c->pool, "%s.history.jsonl", both[all]->list[i]->path), NULL);
        }
    if (c->val_json[0])
        add(c, &c->notes, c->val_json, NULL);
    if (c->has_test)
        add(c, &c->notes, c->test_json, NULL);
    words_add_all(&stage->inputs, &c->pool, &c->notes);
    for (int i = 0; i < c->notes.count; i++)
        add_named(c, stage, "--stage", "", c->notes.list[i]);
    if (c->weights[0]) {
        add(c, &stage->inputs, c->weights, NULL);
        add_named(c, stage, "--weights", "", c->weights);
    }
    for (int m = 0; m < c->model_count; m++)
        add_tuned(c, stage, c->models[m].name);
    if (!has_model(c, "auto"))
        add_tuned(c, stage, "auto");
    if (c->audit[0] && file_state(c->audit_json).size >= 0) { /* once there, it is kept up to date */
        add(c, &stage->inputs, c->audit_json, NULL);
        add_named(c, stage, "--audit", "", c->audit_json);
    }
    if (!strstr(variable(&c->variables, "REPORT", ""), "--heading"))
        add(c, &stage->places, "--heading", page_title(c), NULL);
    add(c, &stage->places, "-o", c->page, NULL);
}

/* ---- All of them ---- */

/* Names the stores: of trials, which have a folder within OUT, it is that of OUT. */
static void name_stores(struct chain *c)
{
    const struct words more = words_of(variable(&c->variables, "STORE", ""), &c->pool);
    const char *slash = strrchr(c->base, '/');

    c->kept = c->trial && slash ? pool_text(&c->pool, "%.*s/kept", (int)(slash - c->base), c->base)
                                : pool_text(&c->pool, "%s/kept", c->base);
    words_add(&c->stores, &c->pool, c->kept);
    words_add_all(&c->stores, &c->pool, &more);
    for (int i = 0; i < more.count; i++)
        if (access(more.list[i], R_OK | X_OK))
            words_add(&c->warnings, &c->pool,
                      pool_text(&c->pool, "STORE = %s: %s; nothing is taken from it", more.list[i],
                                strerror(errno)));
}

/* Returns OUT/NAME.st.zst, or where its CSVs are several OUT/NAME.shards. */
static const char *ingested_file(struct chain *c, const char *name, int parts)
{
    return out_file(
        c, pool_text(&c->pool, "%s.%s", name, c->parts[parts].count > 0 ? "shards" : "st.zst"));
}

static void name_files(struct chain *c)
{
    const bool held = strcmp(c->hold, "none") != 0;

    c->ingested = ingested_file(c, c->trial ? "whole" : "train", PARTS_TRAIN);
    c->train = c->trial ? out_file(c, "train.st.zst") : c->ingested;
    c->fitted = held && !c->val_csv[0] ? out_file(c, "part-train.st.zst") : c->train;
    c->val = !held           ? ""
             : c->val_csv[0] ? ingested_file(c, "val", PARTS_VAL)
                             : out_file(c, "part-val.st.zst");
    c->scored = c->folds ? c->train : c->val;
    c->val_pred = c->val_json = "";
    if (c->scored[0]) {
        c->val_pred = out_file(c, c->folds ? "train.oof.st.zst" : "val.pred.st.zst");
        c->val_json = out_file(c, c->folds ? "train.oof.json" : "val.pred.json");
    }
    c->has_test = variable(&c->variables, "TEST", "")[0];
    c->test = ingested_file(c, "test", PARTS_TEST);
    c->test_pred = out_file(c, "test.pred.st.zst");
    c->test_json = out_file(c, "test.pred.json");
    c->page = c->trial ? out_file(c, "report.html") : "report.html";
    c->runs = out_file(c, "runs.jsonl");
    c->weights = c->weigh ? out_file(c, "weights.json") : "";
    c->audit = c->trial ? "" : out_file(c, "audit.csv");
    c->audit_json = c->trial ? "" : out_file(c, "audit.json");
}

const struct fits *chain_predicting(const struct chain *c)
{
    return c->finals.count > 0 ? &c->finals : &c->validated;
}

static void stages_lay_out(struct chain *c)
{
    const int fits = c->validated.count + c->finals.count;
    const int parts = c->parts[0].count + c->parts[1].count + c->parts[2].count;

    name_files(c);
    name_stores(c);
    c->stages =
        pool_alloc(&c->pool, ((size_t)(fits + parts + c->model_count) + 10) * sizeof *c->stages);
    if (!c->stages)
        return;
    add_ingest(c, "TRAIN", &c->parts[PARTS_TRAIN], c->ingested, NULL);
    if (c->trial)
        add_trial_rows(c);
    if (c->has_test)
        add_ingest(c, "TEST", &c->parts[PARTS_TEST], c->test, c->train);
    if (c->val_csv[0])
        add_ingest(c, "VAL", &c->parts[PARTS_VAL], c->val, c->train);
    else if (c->val[0])
        add_split(c);
    for (int i = 0; i < c->validated.count; i++)
        if (!c->validated.list[i]->model->brought[0])
            add_fit(c, c->validated.list[i]);
    for (int i = 0; i < c->finals.count; i++)
        if (!c->finals.list[i]->model->brought[0])
            add_fit(c, c->finals.list[i]);
    if (c->weigh)
        add_weigh(c);
    if (c->has_test)
        add_predict(c, c->test, chain_predicting(c), c->test_pred, c->test_json, false);
    if (c->scored[0])
        add_predict(c, c->scored, &c->validated, c->val_pred, c->val_json, c->folds > 0);
    if (c->has_test)
        add_submit(c);
    if (c->audit[0])
        add_audit(c);
    add_report(c);
}

const struct stage *chain_stage(const struct chain *c, const char *output)
{
    for (int i = 0; i < c->stage_count; i++)
        if (strcmp(c->stages[i].output, output) == 0)
            return &c->stages[i];
    return NULL;
}

int chain_open(struct chain *c, char *const *arguments, int count, struct err *err)
{
    *c = (struct chain){.models = NULL};
    variables_read(&c->variables, arguments, count, &c->pool);
    if (settings_read(c, err) || fits_name(c, err))
        return c->pool.failed ? err_memory(err, "the chain", 0) : -1;
    if (!c->pool.failed)
        warn_of_strangers(c);
    if (!c->pool.failed)
        stages_lay_out(c);
    if (!c->pool.failed && due_read(c, err))
        return -1;
    return c->pool.failed ? err_memory(err, "the chain", 0) : 0;
}

void chain_free(struct chain *c)
{
    pool_free(&c->pool);
}
