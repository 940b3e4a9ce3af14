/* Variables of a Makefile, checked, and the names of the fits that they request. */
#include "chain.h"

#include "pipeline/base/duration.h"
#include "pipeline/base/text.h"
#include "pipeline/dataset/folds.h"
#include "pipeline/fit/fit_name.h"
#include "pipeline/model/model.h"
#include "pipeline/submit/leaderboard.h"

#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIGITS "0123456789"
enum { MOST_FITS = 100000, TRIAL_FOLDS = 2 };

static const char *get(const struct chain *c, const char *name)
{
    return variable(&c->variables, name, "");
}

static const char *get_of(struct chain *c, const char *name, const char *kind)
{
    return variable_of(&c->variables, name, kind, &c->pool);
}

/* ---- Numbers ---- */

static int refuse(const char *name, const char *value, const char *what, struct err *err)
{
    return err_set(err, EX_USAGE, "%s = %s: it has to be %s", name, value, what);
}

/* Reads a whole number of 0 to 18 digits; *number stays as it is where the variable is not set. */
static int whole_number(const struct chain *c, const char *name, int64_t least, int64_t most,
                        const char *what, int64_t *number, struct err *err)
{
    const char *value = get(c, name);
    const int64_t read = strtoll(value, NULL, 10);

    if (!value[0])
        return 0;
    if (value[strspn(value, DIGITS)] || strlen(value) > 18 || read < least || read > most)
        return refuse(name, value, what, err);
    *number = read;
    return 0;
}

static int read_weight(struct chain *c, struct chain_model *model, struct err *err)
{
    const char *name = pool_text(&c->pool, "%s.weight", model->name), *value = get(c, name);
    const size_t whole = strspn(value, DIGITS), dot = value[whole] == '.';
    const size_t part = strspn(value + whole + dot, DIGITS);

    model->weight = 1;
    if (!value[0])
        return 0;
    model->weighs_itself = strcmp(value, "auto") == 0;
    if (model->weighs_itself)
        return 0;
    if (whole + part == 0 || value[whole + dot + part])
        return refuse(name, value, "a number such as 2 or 0.5, or auto", err);
    model->weight = strtod(value, NULL);
    return 0;
}

/* ---- Models ---- */

/* Returns the value of an option, "" if none follows it; NULL: it is not among them. */
static const char *option_value(const struct words *options, const char *option, char letter)
{
    const char *value, *last = NULL;

    for (int i = 0; i < options->count; i++)
        if (words_option(options, i, option, letter, &value))
            last = value;
    return last;
}

static bool has_option(const struct words *options, const char *option, char letter)
{
    return option_value(options, option, letter);
}

/* Refuses options of a variable with which its program leaves nothing that the rules could go on
 * with, or leaves it elsewhere. `stage`: the variable again, "fit" for those of all models. */
static int refuse_taken(struct chain *c, const char *variable, const char *stage, const char *text,
                        struct err *err)
{
    static const struct {
        const char *stage; /* NULL: any */
        const char *name;
        char letter;
        const char *why;
    } taken[] = {{NULL, "--output", 'o', "is for the rules to give: OUT is the folder"},
                 {"fit", "--checkpoint", 0, "is for the rules to give: it is next to the model"},
                 {"fit", "--history", 0, "is for the rules to give: it is next to the model"},
                 {NULL, "--store", 0, "is for the rules to give: STORE names further folders"},
                 {NULL, "--depend", 0, "is for the rules to give: the rules know what is read"},
                 {NULL, "--help", 'h', "makes nothing that the rules could go on with"},
                 {NULL, "--version", 'V', "makes nothing that the rules could go on with"},
                 {"fit", "--plan", 0,
                  "trains nothing that the rules could go on with: it is for csvnet fit "
                  "by itself"},
                 {"fit", "--pause-after", 0,
                  "leaves no model for the rules to go on with: it is for csvnet "
                  "fit by itself, and make goes on where Ctrl-C ended it"},
                 {"PREDICT", "--features", 0,
                  "names one file, which each of the predictions would write: "
                  "it is for csvnet predict by itself"},
                 {"SUBMIT", "--check", 0,
                  "writes no submission: csvnet submit --check looks at the one "
                  "that make made"}};
    const struct words options = words_of(text, &c->pool);

    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if ((!taken[i].stage || strcmp(taken[i].stage, stage) == 0) &&
            has_option(&options, taken[i].name, taken[i].letter))
            return err_set(err, EX_USAGE, "%s: %s %s", variable, taken[i].name, taken[i].why);
    return 0;
}

/* Refuses them in the variables of all stages but the fits. */
static int refuse_all_taken(struct chain *c, struct err *err)
{
    static const char *const names[] = {"TRAIN.ingest", "TEST.ingest", "VAL.ingest", "SPLIT",
                                        "PREDICT",      "SUBMIT",      "REPORT"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (refuse_taken(c, names[i], names[i], get(c, names[i]), err))
            return -1;
    return 0;
}

/* Refuses folds and ranges of seeds, of which each model has a name of its own by the rules. */
static int refuse_ranges(const struct chain *c, const struct chain_model *model,
                         const struct words *options, struct err *err)
{
    const char *fold = option_value(options, "--fold", 0);
    const char *seed = option_value(options, "--seed", 's');

    if (fold && (c->folds || strcmp(c->hold, "none") || strchr(fold, '-')))
        return err_set(err, EX_USAGE,
                       "%s.fit: --fold is for the rules to give: FOLDS = 5 in place of VAL trains "
                       "each model for each of five folds",
                       model->name);
    if (seed && strchr(seed, '-'))
        return err_set(err, EX_USAGE,
                       "%s.fit: --seed %s: %s.seeds has the number of seeds instead, and SEED the "
                       "first",
                       model->name, seed, model->name);
    return 0;
}

/* Refuses options that contradict other variables. */
static int refuse_options(struct chain *c, const struct chain_model *model, struct err *err)
{
    const struct words options = words_of(get_of(c, model->name, "fit"), &c->pool);
    const char *keep = option_value(&options, "--keep", 0);
    const char *stops = keep && strcmp(keep, "last")            ? "--keep best"
                        : has_option(&options, "--patience", 0) ? "--patience"
                                                                : NULL;

    if (c->final && stops)
        return err_set(
            err, EX_USAGE,
            "%s.fit: %s needs validation, and with FINAL = all the last fit has all rows "
            "and nothing to validate on; give as --epochs what the fits kept without FINAL, or "
            "leave FINAL out",
            model->name, stops);
    if (model->seeds && has_option(&options, "--seed", 's'))
        return err_set(err, EX_USAGE,
                       "%s.fit gives a seed and %s.seeds counts them: SEED sets the first",
                       model->name, model->name);
    return refuse_taken(c, pool_text(&c->pool, "%s.fit", model->name), "fit",
                        get_of(c, model->name, "fit"), err) ||
                   refuse_ranges(c, model, &options, err)
               ? -1
               : 0;
}

/* Returns the options of a trial's model; they replace its epochs. */
static const char *trial_options(struct chain *c, const char *name)
{
    const struct words given = words_of(get_of(c, name, "fit"), &c->pool);
    struct words options = words_of("--trial --epochs 2", &c->pool);

    for (int i = 0; i < given.count; i++) {
        const char *value;
        const int passed = words_option(&given, i, "--epochs", 'e', &value);

        if (!passed)
            words_add(&options, &c->pool, given.list[i]);
        else
            i += passed - 1;
    }
    return words_text(&options, &c->pool);
}

/* Checks what goes with NAME.model. */
static int check_brought(struct chain *c, const struct chain_model *model, struct err *err)
{
    if (words_of(model->brought, &c->pool).count > 1)
        return err_set(err, EX_USAGE, "%s.model = %s: it has to be one file, without blanks",
                       model->name, model->brought);
    if (model->seeds)
        return err_set(err, EX_USAGE,
                       "%s.model is one file, and %s.seeds trains several: leave one of them out",
                       model->name, model->name);
    if (c->folds)
        return err_set(
            err, EX_USAGE,
            "%s.model and FOLDS are both set; out of fold no rows of TRAIN are new to a "
            "model that is brought: leave it out of MODELS, or set VAL in place of FOLDS",
            model->name);
    if (get_of(c, model->name, "fit")[0])
        words_add(&c->warnings, &c->pool,
                  pool_text(&c->pool, "%s.model = %s is taken as it is: %s.fit has no effect",
                            model->name, model->brought, model->name));
    return 0;
}

static int read_model(struct chain *c, const char *name, struct err *err)
{
    struct chain_model *model = &c->models[c->model_count];

    if (!fit_name_is_model(name))
        return err_set(err, EX_USAGE,
                       "MODELS: '%s': a model's name has letters, digits, - and _ only", name);
    for (int m = 0; m < c->model_count; m++)
        if (strcmp(c->models[m].name, name) == 0)
            return err_set(err, EX_USAGE,
                           "MODELS: duplicate '%s'; NAME.weight = 2 makes a model count twice",
                           name);
    c->model_count++;
    model->name = name;
    model->brought = get_of(c, name, "model");
    model->options = model->brought[0] ? model->brought
                     : c->trial        ? trial_options(c, name)
                                       : get_of(c, name, "fit");
    model->tried = get_of(c, name, "try");
    if (refuse_taken(c, pool_text(&c->pool, "%s.try", name), "fit", model->tried, err) ||
        whole_number(c, pool_text(&c->pool, "%s.seeds", name), 1, INT64_MAX,
                     "a whole number from 1", &model->seeds, err) ||
        read_weight(c, model, err))
        return -1;
    if (c->trial && model->seeds)
        model->seeds = 1;
    return model->brought[0] ? check_brought(c, model, err) : refuse_options(c, model, err);
}

/* Checks what goes with NAME.weight = auto, which finds the weights of all. */
static int check_weights(struct chain *c, struct err *err)
{
    const struct chain_model *by = NULL;

    for (int m = 0; m < c->model_count; m++)
        by = c->models[m].weighs_itself && !by ? &c->models[m] : by;
    if (!by)
        return 0;
    for (int m = 0; m < c->model_count; m++)
        if (!c->models[m].weighs_itself && get_of(c, c->models[m].name, "weight")[0])
            return err_set(
                err, EX_USAGE,
                "%s.weight = auto finds the weights of all models, and %s.weight = %s is "
                "set: set it to auto too, or leave it out",
                by->name, c->models[m].name, get_of(c, c->models[m].name, "weight"));
    if (!c->folds && strcmp(c->hold, "none") == 0)
        return err_set(err, EX_USAGE,
                       "%s.weight = auto takes rows that no model trained on: set FOLDS = 5 in "
                       "place of VAL = none",
                       by->name);
    if (c->model_count == 1)
        words_add(&c->warnings, &c->pool,
                  pool_text(&c->pool, "%s.weight = auto has no effect: %s is the only model",
                            by->name, by->name));
    c->weigh = c->model_count > 1;
    return 0;
}

static int read_models(struct chain *c, struct err *err)
{
    const struct words names = words_of(variable(&c->variables, "MODELS", "smallcnn"), &c->pool);

    c->models = pool_alloc(&c->pool, ((size_t)names.count + 1) * sizeof *c->models);
    for (int i = 0; c->models && i < names.count; i++)
        if (read_model(c, names.list[i], err))
            return -1;
    return check_weights(c, err);
}

/* ---- Budgets ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Checks BUDGET, which has to be one of the .mk files in c->budgets. */
static int check_budget(struct chain *c, const char *budget, struct err *err)
{
    DIR *folder = opendir(c->budgets);
    struct words names = {0};
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && dot > entry->d_name && strcmp(dot, ".mk") == 0)
            words_add(&names, &c->pool,
                      pool_text(&c->pool, "%.*s", (int)(dot - entry->d_name), entry->d_name));
    }
    if (folder)
        closedir(folder);
    if (words_have(&names, budget))
        return 0;
    if (names.count > 0)
        qsort(names.list, (size_t)names.count, sizeof *names.list, by_name);
    return err_set(err, EX_USAGE, "BUDGET = %s: it has to be one of %s, or left out", budget,
                   words_text(&names, &c->pool));
}

/* ---- All of it ---- */

/* Finds the CSVs that a variable names as parts of one data set: a pattern, as the shell expands
 * it, or several files. None: it is one file, or something else. */
static int read_parts(struct chain *c, const char *name, const struct words *words,
                      struct words *parts, struct err *err)
{
    bool several = words->count > 1;

    for (int i = 0; i < words->count; i++) {
        const char *word = words->list[i];
        const bool pattern = word[strcspn(word, "*?[")] && access(word, F_OK);
        glob_t found = {0};

        if (!pattern) {
            words_add(parts, &c->pool, word);
            continue;
        }
        several = true;
        if (glob(word, 0, NULL, &found)) {
            globfree(&found);
            return err_set(err, EX_USAGE, "%s = %s: there is no file %s", name, get(c, name), word);
        }
        for (size_t f = 0; f < found.gl_pathc; f++)
            words_add(parts, &c->pool, pool_text(&c->pool, "%s", found.gl_pathv[f]));
        globfree(&found);
    }
    if (!several)
        parts->count = 0;
    for (int i = 0; i < parts->count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(parts->list[i], parts->list[k]) == 0)
                return err_set(err, EX_USAGE, "%s = %s: %s is there twice", name, get(c, name),
                               parts->list[i]);
    return 0;
}

/* Refuses names with signs that make takes for its own and that nothing quotes. */
static int refuse_signs(struct pool *pool, const char *variable, const struct words *files,
                        struct err *err)
{
    const bool output = strcmp(variable, "OUT") == 0 || strcmp(variable, "SUBMISSION") == 0;
    char quoted[QUOTED_TEXT];

    for (int i = 0; i < files->count; i++) {
        const char *file = files->list[i], *member = output ? NULL : strstr(file, ".zip:");

        for (const char *c = file; *c; c++) {
            const bool colon = *c == ':' && !(member && c == member + strlen(".zip"));

            if (colon || *c == ';' || *c == '|' || (output && *c == '=') ||
                (unsigned char)*c < ' ' || *c == 0x7f)
                return err_set(
                    err, EX_USAGE, "%s = %s: make takes %s in a name for its own; rename it",
                    variable, text_quote(quoted, file, strlen(file)),
                    strchr(":;|=", *c) ? pool_text(pool, "'%c'", *c) : "control characters");
        }
    }
    return 0;
}

/* Tells whether words look like one name with blanks in it: some are no files, and have no ending.
 */
static bool is_cut(const struct words *files)
{
    for (int i = 0; i < files->count; i++) {
        const char *slash = strrchr(files->list[i], '/');

        if (!strchr(slash ? slash : files->list[i], '.') && access(files->list[i], F_OK))
            return true;
    }
    return false;
}

static int refuse_blanks(struct chain *c, struct err *err)
{
    static const char *const names[] = {
        [PARTS_TRAIN] = "TRAIN", [PARTS_TEST] = "TEST", [PARTS_VAL] = "VAL", "OUT", "SUBMISSION"};

    for (int i = 0; i < 5; i++) {
        const char *value = get(c, names[i]);
        const struct words ingest = words_of(get_of(c, names[i], "ingest"), &c->pool);

        const struct words files = words_of(value, &c->pool);
        bool several;

        if (strspn(value, DIGITS ".%") == strlen(value))
            continue; /* VAL = 10% */
        if (i < 3 && !words_have(&ingest, "--idx") && !words_have(&ingest, "--pictures") &&
            read_parts(c, names[i], &files, &c->parts[i], err))
            return -1;
        several = i < 3 && c->parts[i].count > 0;
        if (refuse_signs(&c->pool, names[i], several ? &c->parts[i] : &files, err))
            return -1;
        if (files.count > 1 && !words_have(&ingest, "--idx") && (!several || is_cut(&c->parts[i])))
            return err_set(
                err, EX_USAGE,
                "%s = %s: make takes a blank for the end of a file's name; rename it%s", names[i],
                value,
                i < 3 ? pool_text(&c->pool, " (two IDX files need %s.ingest = --idx)", names[i])
                      : "");
    }
    return 0;
}

/* Reads WITHIN. */
static int read_within(struct chain *c, struct err *err)
{
    const char *text = get(c, "WITHIN");

    if (!text[0])
        return 0;
    c->within = duration_parse(text);
    if (c->within < 0)
        return refuse("WITHIN", text, "a time such as 90s, 10m or 8h30m", err);
    if (c->trial)
        c->within = 0;
    return 0;
}

/* Reads METRIC, which `make score` passes on. */
static int read_metric(struct chain *c, struct err *err)
{
    static const enum keep figures[LEADERBOARD_METRICS] = {
        [LEADERBOARD_ACCURACY] = KEEP_ACCURACY,
        [LEADERBOARD_LOG_LOSS] = KEEP_BEST,
        [LEADERBOARD_MACRO_F1] = KEEP_MACRO_F1,
        [LEADERBOARD_BALANCED_ACCURACY] = KEEP_BALANCED_ACCURACY,
        [LEADERBOARD_AUC] = KEEP_AUC,
    };
    const char *text = get(c, "METRIC");

    c->metric = KEEP_ACCURACY;
    if (!text[0])
        return 0;
    for (int m = 0; m < LEADERBOARD_METRICS; m++)
        if (strcmp(text, leaderboard_metrics[m]) == 0) {
            c->metric = figures[m];
            return 0;
        }
    return refuse("METRIC", text, "accuracy, log-loss, macro-f1, balanced-accuracy or auc", err);
}

static bool is_number(const char *text)
{
    return text[0] && strchr(DIGITS, text[0]);
}

int settings_read(struct chain *c, struct err *err)
{
    const char *budget = get(c, "BUDGET"), *final = get(c, "FINAL"), *ask = get(c, "csvnet_ask");
    const char *programs = get(c, "csvnet_bin");
    int64_t seed;

    c->programs = programs;
    c->budgets = pool_text(&c->pool, "%sbudgets", get(c, "csvnet_dir"));
    c->trial = get(c, "csvnet_trial")[0];
    c->ask_all = ask[0] && strcmp(ask, "0");
    c->base = variable(&c->variables, "OUT", "csvnet.out");
    c->out = budget[0] ? pool_text(&c->pool, "%s/%s", c->base, budget) : c->base;
    c->submission = variable(&c->variables, "SUBMISSION", "submission.csv");
    c->seed = get(c, "SEED");
    c->precision = get(c, "PRECISION");
    if ((budget[0] && check_budget(c, budget, err)) ||
        whole_number(c, "FOLDS", 2, FOLDS_MOST,
                     pool_text(&c->pool, "a whole number from 2 to %d", FOLDS_MOST), &c->folds,
                     err) ||
        whole_number(c, "SEED", 0, INT64_MAX, "a whole number", &seed, err) ||
        read_within(c, err) || read_metric(c, err) || refuse_blanks(c, err) ||
        refuse_all_taken(c, err))
        return -1;
    if (!get(c, "TRAIN")[0])
        return err_set(err, EX_USAGE,
                       "TRAIN is not set; set it above the include line: TRAIN = train.csv");
    c->hold = variable(&c->variables, "VAL", c->folds ? "none" : "10%");
    if (c->folds && strcmp(c->hold, "none"))
        return err_set(err, EX_USAGE,
                       "VAL and FOLDS are both set; with FOLDS each model is validated on its fold "
                       "of TRAIN: leave one of the two out, or set VAL = none");
    if (final[0] && strcmp(final, "all"))
        return refuse("FINAL", final, "all, or left out", err);
    if (c->precision[0] && strcmp(c->precision, precision_words[NN_F32]) &&
        strcmp(c->precision, precision_words[NN_BF16]))
        return refuse("PRECISION", c->precision, "float32 or bf16", err);
    if (c->trial && c->folds)
        c->folds = TRIAL_FOLDS;
    if (c->trial && is_number(c->hold) && !strchr(c->hold, '%'))
        c->hold = "10%";
    c->final = final[0] && (c->folds || strcmp(c->hold, "none"));
    if (strcmp(c->hold, "none") && !is_number(c->hold))
        c->val_csv = c->hold;
    else
        c->val_csv = "";
    return read_models(c, err);
}

/* ---- Names of fits ---- */

static const struct fit *new_fit(struct chain *c, const struct chain_model *model, int64_t seed,
                                 int64_t fold, bool all)
{
    struct fit *fit = pool_alloc(&c->pool, sizeof *fit);
    char suffix[FIT_NAME_SUFFIX];

    if (!fit)
        return NULL;
    *fit = (struct fit){.model = model, .seed = seed, .fold = fold, .all = all};
    fit_name_suffix(suffix, &(struct fit_name){.seed = seed, .fold = (int)fold, .all = all});
    fit->name = pool_text(&c->pool, "%s%s", model->name, suffix);
    fit->path = pool_text(&c->pool, "%s/%s", c->out, fit->name);
    fit->file =
        model->brought[0] ? model->brought : pool_text(&c->pool, "%s.model.st.zst", fit->path);
    return fit;
}

int fits_name(struct chain *c, struct err *err)
{
    const int64_t first = c->seed[0] ? strtoll(c->seed, NULL, 10) : 1;
    const int64_t folds = c->folds ? c->folds : 1;
    int64_t most = 0;

    for (int m = 0; m < c->model_count; m++) {
        const int64_t seeds = c->models[m].seeds ? c->models[m].seeds : 1;

        if (seeds > MOST_FITS || folds > MOST_FITS || (most += seeds * folds) > MOST_FITS)
            return err_set(err, EX_USAGE, "MODELS, their seeds and FOLDS make more than %d fits",
                           MOST_FITS);
    }
    c->validated.list = pool_alloc(&c->pool, ((size_t)most + 1) * sizeof *c->validated.list);
    c->finals.list = pool_alloc(&c->pool, ((size_t)most + 1) * sizeof *c->finals.list);
    for (int m = 0; !c->pool.failed && m < c->model_count; m++) {
        const struct chain_model *model = &c->models[m];

        for (int64_t s = 0; s < (model->seeds ? model->seeds : 1); s++) {
            const int64_t seed = model->seeds ? first + s : -1;

            for (int64_t f = 1; f <= folds; f++)
                c->validated.list[c->validated.count++] =
                    new_fit(c, model, seed, c->folds ? f : 0, false);
            if (c->final)
                c->finals.list[c->finals.count++] = new_fit(c, model, seed, 0, true);
        }
    }
    return 0;
}
