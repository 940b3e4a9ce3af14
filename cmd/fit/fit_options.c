#include "fit_options.h"

#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "pipeline/dataset/folds.h"
#include "pipeline/model/recipe.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct fit_options given = {
    .settings = {.mean = "0", .std = "1", .nn = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
};
static const char *recipe, *init = "default", *fold, *augment;
static struct option_list evals;
static int64_t epochs = 5, batch = 64, seed = 1, step_epochs, fold_seed = 1, patience, plain_epochs;
static int optimizer = NN_ADAM, schedule = NN_CONSTANT, device, shuffle, keep;
static double lr = 1e-3, momentum = NAN, factor = NAN, weight_decay = NAN;

static const char *const optimizers[] = {"sgd", "adam", "adamw", NULL};
static const char *const schedules[] = {"constant", "step",      "exponential",
                                        "cosine",   "one-cycle", NULL};
static const char *const devices[] = {"auto", "cpu", NULL};
static const char *const shuffles[] = {"yes", "no", NULL};
/* Filled before the line is parsed. */
enum { NAMES = 40 };
static const char *preset_names[NAMES + 1], *recipe_names[NAMES + 1];
static const char *const keeps[] = {"last", "best", NULL};

#define TEXT(name, argument, value, help)                                                          \
    {                                                                                              \
        OPTION_TEXT, name, 0, argument, value, 0, 0, NULL, help                                    \
    }
#define INT(name, argument, value, min, max, help)                                                 \
    {                                                                                              \
        OPTION_INT, name, 0, argument, value, min, max, NULL, help                                 \
    }
#define REAL(name, argument, value, min, max, help)                                                \
    {                                                                                              \
        OPTION_REAL, name, 0, argument, value, min, max, NULL, help                                \
    }
#define CHOICE(name, value, choices, help)                                                         \
    {                                                                                              \
        OPTION_CHOICE, name, 0, NULL, value, 0, 0, choices, help                                   \
    }
#define FLAG(name, value, help)                                                                    \
    {                                                                                              \
        OPTION_FLAG, name, 0, NULL, value, 0, 0, NULL, help                                        \
    }
#define HEADING(help)                                                                              \
    {                                                                                              \
        OPTION_HEADING, NULL, 0, NULL, NULL, 0, 0, NULL, help                                      \
    }

static const struct option_spec options[] = {
    {OPTION_TEXT, "output", 'o', "FILE", &given.out, 0, 0, NULL, "the model to write"},
    {OPTION_TEXT, "arch", 0, "SPEC", &given.settings.arch, 0, 0, preset_names,
     "the network: a preset, a file, or a description such as 'linear 100, relu, linear' "
     "(default smallcnn)"},
    {OPTION_TEXT, "recipe", 0, "NAME|FILE", &recipe, 0, 0, recipe_names,
     "a network with its training options; options behind it override it"},
    TEXT("from", "FILE", &given.settings.from,
         "begin with these weights: a model, or PyTorch's as safetensors"),
    HEADING("Data"),
    TEXT("val", "FILE", &given.files.val, "data to validate on after each epoch"),
    TEXT("fold", "K/N", &fold, "validate on fold K of N of the data, train on the others"),
    INT("fold-seed", "N", &fold_seed, 0, 9007199254740991.0, "of the folds"),
    {OPTION_LIST, "eval", 0, "NAME=FILE", &evals, 0, 0, NULL,
     "more data to score after each epoch; may be given several times"},
    TEXT("augment", "SPEC", &augment,
         "change each picture anew in each epoch, at random by up to so much, as 'shift 2, rotate "
         "10'; there are: shift PIXELS, rotate DEGREES, scale SHARE, shear SHARE, elastic PIXELS, "
         "erase PIXELS, flip h|v|h v"),
    INT("plain-epochs", "N", &plain_epochs, 1, 100000, "the last N epochs are without --augment"),
    INT("limit-rows", "N", &given.settings.limit_rows, 1, 9e15, "train on the first N rows only"),
    CHOICE("shuffle", &shuffle, shuffles, "draw the rows' order anew each epoch"),
    TEXT("mean", "M|auto", &given.settings.mean,
         "subtracted from the pixels, which are 0 to 1; auto: theirs"),
    TEXT("std", "S|auto", &given.settings.std, "what they are then divided by"),
    HEADING("Training"),
    INT("epochs", "N", &epochs, 0, 100000, "passes over the data"),
    INT("batch", "N", &batch, 1, 65536, "pictures per step"),
    INT("seed", "N", &seed, 0, 9007199254740991.0,
        "of initial weights, order, dropout and augmentation"),
    TEXT("init", "default|normal:STD", &init, "initial weights: PyTorch's default, or normal"),
    CHOICE("optimizer", &optimizer, optimizers, "how weights are updated"),
    REAL("lr", "RATE", &lr, 0, 1000, "learning rate; of one-cycle the highest"),
    REAL("momentum", "M", &momentum, 0, 0.9999, "of sgd (default 0)"),
    FLAG("nesterov", &given.settings.nn.nesterov, "Nesterov's momentum, of sgd"),
    REAL("weight-decay", "D", &weight_decay, 0, 100,
         "how weights are drawn to zero (default 0; adamw 0.01)"),
    CHOICE("schedule", &schedule, schedules, "the learning rate over the epochs"),
    REAL("gamma", "G", &factor, 0.0001, 1,
         "factor of the exponential schedule per epoch (default 0.95), of step (default 0.1)"),
    INT("step-epochs", "N", &step_epochs, 1, 100000, "epochs between two factors of step"),
    REAL("label-smoothing", "E", &given.settings.nn.label_smoothing, 0, 0.9999,
         "share of each label that goes to all classes alike"),
    REAL("ema", "DECAY", &given.settings.nn.average, 0, 0.999999,
         "score and keep an exponential moving average of the weights, times this with each step: "
         "0.999 looks back a thousand steps, and batch normalization is measured anew for it; 0: "
         "none"),
    TEXT("class-weights", "LIST", &given.settings.class_weights,
         "balanced, or a weight for each class with commas between"),
    CHOICE("keep", &keep, keeps, "the epoch to keep: best has the lowest validation loss"),
    INT("patience", "N", &patience, 1, 100000,
        "stop after N epochs without a lower validation loss"),
    CHOICE("device", &device, devices, "where to compute"),
    HEADING("Stopping and going on"),
    TEXT("checkpoint", "FILE", &given.checkpoint,
         "save the state here now and then, and when interrupted"),
    FLAG("resume", &given.resume, "go on from the checkpoint, if it fits"),
    HEADING("What is told"),
    FLAG("plan", &given.plan,
         "train nothing: print which layers are done in one go, and in how many phases"),
    TEXT("log", "1s|N", &given.log, "a line every so many seconds or steps"),
    INT("eval-every", "N", &given.eval_every, 1, 1e9,
        "score --val and --eval every N steps too, before the first one included"),
    TEXT("history", "FILE", &given.history, "all figures of the run as JSON Lines"),
    FLAG("trial", &given.settings.trial,
         "mark the model as a trial: predict and submit say so of what they make of it"),
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "fit",
    .synopsis = "TRAIN... -o MODEL [options]",
    .summary = "Trains a network on one or several labelled data sets (made by ingest or split) "
               "and writes the model. The same inputs and options give the same bytes for any "
               "--threads.",
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .example = "fit part-train.st.zst --val part-val.st.zst --arch lenet5 -o a.st.zst",
};

/* ---- Recipes ---- */

/* The arguments of argv and of the recipes that they name; as argv, for the process's life. */
static struct arguments {
    char **list;
    int count;
    struct recipe *recipes; /* whose words they are */
    int recipe_count;
} arguments;

static int out_of_memory(const char *what)
{
    struct err err;

    err_memory(&err, what, 0);
    return fail(&err);
}

static int append(struct arguments *to, char *word)
{
    char **grown = realloc(to->list, ((size_t)to->count + 2) * sizeof *grown);

    if (!grown)
        return out_of_memory("the arguments");
    to->list = grown;
    grown[to->count++] = word;
    grown[to->count] = NULL;
    return 0;
}

static int append_recipe(struct arguments *to, const char *spec)
{
    struct recipe *grown = realloc(to->recipes, ((size_t)to->recipe_count + 1) * sizeof *grown);
    struct recipe *found;
    struct err err;
    int failed = 0;

    if (!grown)
        return out_of_memory("the recipes");
    to->recipes = grown;
    found = &grown[to->recipe_count];
    if (recipe_find(found, spec, &err))
        return fail(&err);
    to->recipe_count++;
    for (int i = 0; i < found->options && !failed; i++)
        failed = append(to, found->option[i]);
    if (*found->description && !failed)
        failed = append(to, "--arch");
    if (*found->description && !failed)
        failed = append(to, found->description);
    return failed;
}

/* argv with the recipes' words in place of "--recipe NAME", so that what stands behind overrides.
 */
static int expand(struct arguments *to, int argc, char **argv)
{
    bool options_end = false;
    int status = 0;

    for (int i = 0; i < argc && status == 0; i++) {
        options_end |= strcmp(argv[i], "--") == 0;
        if (!options_end && strcmp(argv[i], "--recipe") == 0 && i + 1 < argc)
            status = append_recipe(to, argv[++i]);
        else if (!options_end && strncmp(argv[i], "--recipe=", 9) == 0)
            status = append_recipe(to, argv[i] + 9);
        else
            status = append(to, argv[i]);
    }
    return status;
}

/* ---- What the table cannot check ---- */

static int check_init(void)
{
    char *end;

    if (strcmp(init, "default") == 0)
        return -1;
    if (strncmp(init, "normal:", 7) == 0) {
        given.settings.init_std = strtod(init + 7, &end);
        if (end != init + 7 && *end == 0 && given.settings.init_std > 0 &&
            given.settings.init_std <= 100)
            return -1;
    }
    return usage_error("--init takes default or normal:STD with STD from 0 to 100, not '%s'", init);
}

static int check_augment(void)
{
    struct nn_error error;

    if (plain_epochs && !augment)
        return usage_error("--plain-epochs needs --augment");
    if (augment && nn_augment_parse(&given.settings.nn.augment, augment, &error))
        return usage_error("--augment: %s", error.text);
    return -1;
}

static int check_fold(void)
{
    struct training_settings *s = &given.settings;
    int end = 0;

    if (!fold)
        return -1;
    if (sscanf(fold, "%d/%d%n", &s->fold, &s->folds, &end) != 2 || fold[end] || s->fold < 1 ||
        s->folds < 2 || s->folds > FOLDS_MOST || s->fold > s->folds)
        return usage_error("--fold takes K/N, fold K of N, N from 2 to %d, not '%s'", FOLDS_MOST,
                           fold);
    if (given.files.val)
        return usage_error("--fold validates on a part of the data: give it or --val, not both");
    return -1;
}

static int check_evals(void)
{
    char **names = calloc((size_t)evals.count + 1, sizeof *names);
    char **paths = calloc((size_t)evals.count + 1, sizeof *paths);

    given.files.eval_names = names;
    given.files.eval_paths = paths;
    given.files.eval_count = evals.count;
    if (!names || !paths)
        return out_of_memory("the list of --eval");
    for (int i = 0; i < evals.count; i++) {
        names[i] = (char *)evals.items[i];
        paths[i] = strchr(names[i], '=');
        if (!paths[i] || paths[i] == names[i] || !paths[i][1])
            return usage_error("--eval takes NAME=FILE, not '%s'", names[i]);
        *paths[i]++ = 0;
        if (strcmp(names[i], "val") == 0 && (given.files.val || fold))
            return usage_error("--eval val=...: val is the name of what --val and --fold give");
        for (int j = 0; j < i; j++)
            if (strcmp(names[i], names[j]) == 0)
                return usage_error("two --eval are called '%s'", names[i]);
    }
    return -1;
}

/* Whether what is written to both would end in one file; /dev/null takes any number. */
static bool same_file(const char *a, const char *b)
{
    struct stat first, second;

    if (strcmp(a, "-") == 0 || stat(a, &first))
        return strcmp(a, b) == 0;
    return S_ISREG(first.st_mode) && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static int check_outputs(void)
{
    const struct {
        const char *option, *path;
    } outputs[] = {{"-o", given.out},
                   {"--checkpoint", given.checkpoint},
                   {"--history", given.history},
                   {"--json", common.json}};

    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            if (outputs[i].path && outputs[j].path && same_file(outputs[i].path, outputs[j].path))
                return usage_error("%s and %s write one file, %s", outputs[j].option,
                                   outputs[i].option, outputs[i].path);
    return -1;
}

/* Options that would have no effect are mistakes. */
static int check_combinations(void)
{
    const struct training_settings *s = &given.settings;
    const bool validated = given.files.val || fold;

    if (given.plan && (given.out || given.checkpoint || given.history))
        return usage_error("--plan trains nothing: -o, --checkpoint and --history go without it");
    if (!given.out && !given.plan)
        return usage_error("-o MODEL is missing");
    if (recipe)
        return usage_error("--recipe has to be written in full, and no recipe names another");
    if (optimizer != NN_SGD && (!isnan(momentum) || s->nn.nesterov))
        return usage_error("--momentum and --nesterov are options of --optimizer sgd");
    if (s->nn.nesterov && !(momentum > 0))
        return usage_error("--nesterov needs --momentum");
    if (!isnan(factor) && schedule != NN_STEP && schedule != NN_EXPONENTIAL)
        return usage_error("--gamma is an option of --schedule step and exponential");
    if ((step_epochs > 0) != (schedule == NN_STEP))
        return usage_error("--step-epochs and --schedule step need each other");
    if ((patience || keep) && !validated)
        return usage_error("--patience and --keep best need --val or --fold");
    if (given.eval_every && !validated && evals.count == 0)
        return usage_error("--eval-every needs --val, --fold or --eval");
    if (given.resume && !given.checkpoint)
        return usage_error("--resume needs --checkpoint FILE");
    if (fold_seed != 1 && !fold)
        return usage_error("--fold-seed needs --fold");
    if (s->from && strcmp(init, "default") != 0)
        return usage_error("--init and --from are two beginnings: give one");
    return -1;
}

static double or_default(double value, double standard)
{
    return isnan(value) ? standard : value;
}

static void fill_settings(void)
{
    struct training_settings *s = &given.settings;
    struct nn_training *nn = &s->nn;

    if (!s->arch && !s->from)
        s->arch = "smallcnn";
    nn->optimizer = (enum nn_optimizer)optimizer;
    nn->schedule = (enum nn_schedule)schedule;
    nn->lr = lr;
    nn->momentum = or_default(momentum, 0);
    nn->weight_decay = or_default(weight_decay, optimizer == NN_ADAMW ? 0.01 : 0);
    nn->gamma = or_default(factor, schedule == NN_STEP ? 0.1 : 0.95);
    nn->step_epochs = (int)step_epochs;
    nn->epochs = (int)epochs;
    nn->plain_epochs = (int)plain_epochs;
    nn->batch = (int)batch;
    nn->shuffle = shuffle == 0;
    nn->seed = (uint64_t)seed;
    s->fold_seed = (uint64_t)fold_seed;
    s->keep_best = keep == 1;
    s->patience = (int)patience;
}

static void fill_names(const char **names, const struct built_in *from)
{
    for (int i = 0; i < NAMES && from[i].name; i++)
        names[i] = from[i].name;
}

int fit_options_parse(struct fit_options *out, int argc, char **argv)
{
    char **operands;
    int count, status;

    program_name = command.name;
    fill_names(preset_names, presets);
    fill_names(recipe_names, recipes);
    status = expand(&arguments, argc, argv);
    if (status != 0)
        return status;
    status = options_parse(&command, arguments.count, arguments.list, &operands, &count);
    if (status != -1)
        return status;
    given.files.train = operands;
    given.files.train_count = count;
    if ((status = check_combinations()) != -1 || (status = check_outputs()) != -1 ||
        (status = check_init()) != -1 || (status = check_augment()) != -1 ||
        (status = check_fold()) != -1 || (status = check_evals()) != -1)
        return status;
    fill_settings();
    *out = given;
    return -1;
}
