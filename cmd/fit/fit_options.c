/* fit's command line: options parsed, combinations checked. */
#include "fit_options.h"

#include "cmd/cli/device.h"
#include "cmd/cli/if_changed.h"
#include "cmd/cli/kept.h"
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "fit_arguments.h"
#include "pipeline/base/duration.h"
#include "pipeline/base/path.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/folds.h"
#include "pipeline/fit/course.h"
#include "pipeline/model/recipe.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEEDS_MOST = 1000 }; /* of one command */
enum { NAMES_MOST = 40, OPTIONS_MOST = SETTINGS_MOST + 32 };

/* The command line of this process, while it is read. */
static struct {
    struct fit_options given;
    union setting_value values[SETTINGS_MOST]; /* of the options in setting_table */
    const char *recipe; /* stays NULL: recipes are put in place of --recipe before */
    const char *seeds;  /* --seed, a number or a range */
    struct option_list evals;
    struct fit_arguments arguments;
    const char *presets[NAMES_MOST + 1], *recipes[NAMES_MOST + 1];
    struct option_spec options[OPTIONS_MOST];
    int option_count;
} line;

/* ---- The table of options ---- */

static const struct option_spec model_options[] = {
    OUTPUT("output", 'o', &line.given.out, "the model to write; - is standard output"),
    OPTION(OPTION_TEXT, "arch", 'a', "SPEC", &line.given.settings.arch, 0, 0, line.presets,
           "the network: a preset, a file, or a description such as 'linear 100, relu, linear' "
           "(default smallcnn)"),
    OPTION(OPTION_TEXT, "recipe", 0, "NAME|FILE", &line.recipe, 0, 0, line.recipes,
           "a network with its training options; options after it override it"),
    INPUT("from", &line.given.settings.from,
          "begin with these weights: a model, a checkpoint, or PyTorch's as safetensors; for other "
          "classes the last layer begins anew"),
};
static const struct option_spec data_options[] = {
    HEADING("Data"),
    INPUT("val", &line.given.files.val, "data to validate on after each epoch"),
    LIST("eval", "NAME=FILE", &line.evals,
         "more data to score after each epoch; may be given several times"),
    TEXT("spool", "FOLDER", &line.given.files.spool,
         "for data beyond memory: keep the pixels in a temporary file there, on a fast disk; the "
         "model is the same"),
};
static const struct option_spec training_options[] = {
    HEADING("Training"),
    DEVICE_OPTION(&line.given.device),
};
static const struct option_spec checkpoint_options[] = {
    HEADING("Checkpoints"),
    OUTPUT("checkpoint", 0, &line.given.checkpoint,
           "save the state here every few seconds, and when interrupted; without --resume what is "
           "there is overwritten; a finished run removes it"),
    FLAG("resume", &line.given.resume,
         "resume from the checkpoint, if there is one; one of another run is refused"),
    INT("pause-after", "N", &line.given.pause_after, 1, 1e9,
        "stop after N epochs, in the checkpoint, with status 0 and no model; --resume goes on"),
    OPTION(OPTION_REAL, "time-left", 0, "S", &line.given.time_left, 0, 1e9, NULL,
           "seconds of --within that are left for this run: make shares them out"),
    TEXT("all-fits", "LIST", &line.given.all_fits,
         "what make has to fit besides, so that progress is said of all"),
    FLAG("restart", &line.given.restart,
         "with --resume: keep a checkpoint of another run as FILE.old and begin anew"),
};
static const struct option_spec output_options[] = {
    HEADING("Output and logging"),
    FLAG("plan", &line.given.plan,
         "print which layers are computed in one go, in how many phases, the bytes of it, and the "
         "largest batch that fits; train and write nothing"),
    OPTION(OPTION_FLAG, "verbose", 'v', NULL, &line.given.verbose, 0, 0, NULL,
           "say all settings before the first epoch"),
    TEXT("log-every", "1s|N", &line.given.log, "a line every N seconds or steps"),
    INT("eval-every", "N", &line.given.eval_every, 1, 1e9,
        "score --val and --eval every N steps too, and before the first"),
    OUTPUT("history", 0, &line.given.history, "write all figures of the run as JSON Lines"),
};
static const struct option_spec last_options[] = {
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    STORE_OPTION,
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "fit",
    .synopsis = "TRAIN... -o MODEL [options]",
    .summary = "Trains a network on one or several labelled data sets (made by ingest or split) "
               "and writes the model. The same inputs and options give the same bytes for any "
               "--threads.",
    .options = line.options,
    .min_operands = 1,
    .max_operands = -1,
    .example = "fit part-train.st.zst --val part-val.st.zst --arch lenet5 -o a.st.zst",
};

static void add_options(const struct option_spec *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        line.options[line.option_count++] = options[i];
}

#define ADD_OPTIONS(options) add_options(options, sizeof(options) / sizeof *(options))

static enum option_kind option_kind(const struct setting *setting)
{
    switch (setting->kind) {
    case SETTING_WHOLE:
        return OPTION_INT;
    case SETTING_REAL:
        return OPTION_REAL;
    case SETTING_WORD:
        return OPTION_CHOICE;
    case SETTING_SWITCH:
        return setting->words ? OPTION_CHOICE : OPTION_FLAG;
    case SETTING_TEXT:
    case SETTING_PER_CLASS:
    case SETTING_PER_CHANNEL:
        break;
    }
    return OPTION_TEXT;
}

/* Returns the letter of the options that are given most often; 0: it has none. */
static char setting_letter(const char *option)
{
    return strcmp(option, "epochs") == 0 ? 'e' : strcmp(option, "seed") == 0 ? 's' : 0;
}

static void add_settings(enum setting_group group)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting *s = &setting_table[i];

        if (!s->option || s->group != group)
            continue;
        line.values[i] = setting_default(s);
        if (strcmp(s->option, "seed") == 0)
            line.options[line.option_count++] =
                (struct option_spec)OPTION(OPTION_TEXT, s->option, setting_letter(s->option),
                                           "N|A-B", &line.seeds, 0, 0, NULL, s->help);
        else
            line.options[line.option_count++] =
                (struct option_spec){option_kind(s), s->option,       setting_letter(s->option),
                                     s->argument,    &line.values[i], s->min,
                                     s->max,         s->words,        s->help};
    }
}

static void make_table(void)
{
    for (int i = 0; i < NAMES_MOST && presets[i].name; i++)
        line.presets[i] = presets[i].name;
    for (int i = 0; i < NAMES_MOST && recipes[i].name; i++)
        line.recipes[i] = recipes[i].name;
    ADD_OPTIONS(model_options);
    ADD_OPTIONS(data_options);
    add_settings(SETTING_OF_DATA);
    ADD_OPTIONS(training_options);
    add_settings(SETTING_OF_TRAINING);
    ADD_OPTIONS(checkpoint_options);
    ADD_OPTIONS(output_options);
    add_settings(SETTING_OF_OUTPUT);
    ADD_OPTIONS(last_options);
}

/* ---- What the table cannot check: each returns 0, or the exit status of a mistake ---- */

/* Tells whether what --val names is a share or a count of rows and no file. */
static bool is_share(const char *val)
{
    return val && strspn(val, "0123456789.%") == strlen(val) && access(val, F_OK) != 0;
}

/* Refuses options that would have no effect are mistakes. */
static int check_combinations(void)
{
    const struct fit_options *o = &line.given;
    const struct training_settings *s = &o->settings;
    const struct nn_training *nn = &s->nn;
    const bool validated = o->files.val || s->fold_of;

    if (!o->out && !o->plan)
        return usage_error("-o MODEL is missing");
    if (line.recipe)
        return usage_error("--recipe has to be written in full");
    if (nn->optimizer != NN_SGD && (!isnan(nn->momentum) || nn->nesterov))
        return usage_error("--momentum and --nesterov are options of --optimizer sgd");
    if (nn->nesterov && !(nn->momentum > 0))
        return usage_error("--nesterov needs --momentum");
    if (!isnan(nn->gamma) && nn->schedule != NN_STEP && nn->schedule != NN_EXPONENTIAL)
        return usage_error("--gamma is an option of --schedule step and exponential");
    if ((nn->step_epochs > 0) != (nn->schedule == NN_STEP))
        return usage_error("--step-epochs and --schedule step need each other");
    if (is_share(o->files.val))
        return usage_error("--val %s: there is no such data set; --fold 1/5 holds back a fifth of "
                           "the rows, and csvnet split makes two data sets of one",
                           o->files.val);
    if ((s->patience || s->keep != KEEP_LAST) && !validated)
        return usage_error("--patience and --keep best need --val or --fold");
    if (o->eval_every && !validated && line.evals.count == 0)
        return usage_error("--eval-every needs --val, --fold or --eval");
    if (o->resume && !o->checkpoint)
        return usage_error("--resume needs --checkpoint FILE");
    if (o->pause_after && !o->checkpoint)
        return usage_error("--pause-after needs --checkpoint FILE");
    if (o->restart && !o->resume)
        return usage_error("--restart is for --resume: without it training begins anew");
    if (s->fold_seed != 1 && !s->fold_of)
        return usage_error("--fold-seed needs --fold");
    if (s->from && strcmp(s->init, "default") != 0)
        return usage_error("--init and --from are two beginnings: give one");
    if ((s->freeze || s->same_classes || nn->tuned_rate != 1) && !s->from)
        return usage_error("--freeze, --from-lr and --same-classes need --from");
    if (nn->plain_epochs && !s->augment)
        return usage_error("--plain-epochs needs --augment");
    return 0;
}

static int read_init(struct training_settings *s)
{
    char *end;

    if (strcmp(s->init, "default") == 0)
        return 0;
    if (strncmp(s->init, "normal:", 7) == 0) {
        s->init_std = strtod(s->init + 7, &end);
        if (end != s->init + 7 && *end == 0 && s->init_std > 0 && s->init_std <= 100)
            return 0;
    }
    return usage_error("--init takes default or normal:STD with STD from 0 to 100, not '%s'",
                       s->init);
}

static int read_time(struct training_settings *s)
{
    if (s->within_time) {
        s->within = duration_parse(s->within_time);
        if (s->within < 0)
            return usage_error("--within takes a time as 90s, 10m or 8h30m, not '%s'",
                               s->within_time);
    } else if (!isnan(line.given.time_left))
        return usage_error("--time-left needs --within");
    if (s->steps && course_parse(&s->nn, s->steps))
        return usage_error("--steps takes a number of batches, or what a run --within recorded, "
                           "not '%s'",
                           s->steps);
    return 0;
}

static int read_augment(struct training_settings *s)
{
    struct nn_error error;

    if (s->augment && nn_augment_parse(&s->nn.augment, s->augment, &error))
        return usage_error("--augment: %s", error.text);
    return 0;
}

static int read_normalize(struct training_settings *s)
{
    struct nn_error error;

    if (s->normalize && nn_normalize_parse(&s->view, s->normalize, &error))
        return usage_error("--normalize: %s", error.text);
    return 0;
}

static int read_fold(struct training_settings *s)
{
    struct fit_members *members = &line.given.members;
    int end = 0, last;

    if (!s->fold_of)
        return 0;
    if (sscanf(s->fold_of, "%d/%d%n", &s->fold, &s->folds, &end) == 2 && !s->fold_of[end])
        last = s->fold;
    else if (sscanf(s->fold_of, "%d-%d/%d%n", &s->fold, &last, &s->folds, &end) == 3 &&
             !s->fold_of[end])
        *members = (struct fit_members){"fold", s->fold, last};
    else
        last = 0;
    if (s->fold < 1 || s->folds < 2 || s->folds > FOLDS_MOST || last < s->fold || last > s->folds)
        return usage_error("--fold takes K/N, fold K of N, or folds A-B/N; N from 2 to %d, not "
                           "'%s'",
                           FOLDS_MOST, s->fold_of);
    if (line.given.files.val)
        return usage_error("--fold validates on a part of the data: give it or --val, not both");
    return 0;
}

/* Reads a whole number that a digit begins; returns what follows it, NULL: there is none. */
static const char *read_whole(const char *text, const struct setting *setting, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && errno == 0 && (double)*number <= setting->max ? end
                                                                                         : NULL;
}

static int read_seed(struct training_settings *s)
{
    const struct setting *setting = setting_of_option("seed");
    struct fit_members *members = &line.given.members;
    int64_t first, last;
    const char *end = read_whole(line.seeds, setting, &first);
    const bool several = end && *end == '-';

    last = first;
    if (several)
        end = read_whole(end + 1, setting, &last);
    if (!end || *end || last < first || last - first >= SEEDS_MOST)
        return usage_error("--seed takes a whole number from %.0f to %.0f, or up to %d seeds A-B, "
                           "not '%s'",
                           setting->min, setting->max, SEEDS_MOST, line.seeds);
    s->nn.seed = (uint64_t)first;
    if (several && members->what)
        return usage_error("--fold %s and --seed %s: give one range, the other in a loop",
                           s->fold_of, line.seeds);
    if (several)
        *members = (struct fit_members){"seed", first, last};
    return 0;
}

/* Compares the outputs' names with what they are for: % stands for the number of a member. */
static int check_members(void)
{
    const struct fit_members *members = &line.given.members;

    for (int i = 0; i < line.option_count; i++) {
        const struct option_spec *o = &line.options[i];
        const char *path = o->kind == OPTION_OUTPUT ? *(const char *const *)o->value : NULL;
        const char *mark = path ? strchr(path_name(path), '%') : NULL;

        if (path && members->what && !mark)
            return usage_error("%s%s %s: each %s has its own: put %% where its number goes, as in "
                               "'a.%c%%.st.zst'",
                               o->letter ? "-" : "--", o->letter ? "o" : o->name, path,
                               members->what, *members->what);
        if (mark && !members->what && o->value == &line.given.out)
            return usage_error("-o %s: %% is the number of a fold or a seed, for --fold 1-5/5 or "
                               "--seed 1-5",
                               path);
    }
    if (members->what && line.given.plan)
        return usage_error("--plan is of one model: give one %s", members->what);
    if (members->what && line.given.files.spool && line.given.settings.normalize)
        return usage_error("--normalize changes the pixels, which the %ss share in the file of "
                           "--spool: give one %s",
                           members->what, members->what);
    return 0;
}

static int read_evals(struct training_files *files)
{
    const int count = line.evals.count;
    char **names = calloc((size_t)count + 1, sizeof *names);
    char **paths = calloc((size_t)count + 1, sizeof *paths);

    files->eval_names = names;
    files->eval_paths = paths;
    files->eval_count = count;
    if (!names || !paths)
        return fail_memory("the list of --eval");
    for (int i = 0; i < count; i++) {
        names[i] = (char *)line.evals.items[i];
        paths[i] = strchr(names[i], '=');
        if (!paths[i] || paths[i] == names[i] || !paths[i][1])
            return usage_error("--eval takes NAME=FILE, not '%s'", names[i]);
        *paths[i]++ = 0;
        if (strcmp(names[i], "val") == 0 && (files->val || line.given.settings.fold_of))
            return usage_error("--eval val=...: val is the name of what --val and --fold give");
        for (int j = 0; j < i; j++)
            if (strcmp(names[i], names[j]) == 0)
                return usage_error("two --eval are called '%s'", names[i]);
    }
    return 0;
}

int fit_options_parse(struct fit_options *out, int argc, char **argv)
{
    struct training_settings *s = &line.given.settings;
    char **operands;
    int count, status;

    program_name = command.name;
    settings_reset(s);
    line.given.time_left = NAN;
    line.given.device = "auto";
    line.seeds = "1";
    make_table();
    line.arguments.options = line.options;
    line.arguments.option_count = line.option_count;
    status = fit_arguments_expand(&line.arguments, argc, argv);
    if (status != 0)
        return status;
    status = options_read(&command, line.arguments.count, line.arguments.list, &operands, &count);
    if (status != 0)
        return status;
    line.given.files.train = operands;
    line.given.files.train_count = count;
    for (int i = 0; i < setting_count; i++)
        if (setting_table[i].option)
            setting_set(s, &setting_table[i], line.values[i]);
    if ((status = check_combinations()) || (status = read_init(s)) || (status = read_augment(s)) ||
        (status = read_normalize(s)) || (status = read_time(s)) || (status = read_fold(s)) ||
        (status = read_seed(s)) || (status = check_members()) ||
        (status = read_evals(&line.given.files)))
        return status;
    settings_complete(s);
    s->recipe = fit_arguments_recipe(&line.arguments, s->arch);
    if (!s->arch && !s->from)
        s->arch = "smallcnn";
    *out = line.given;
    return 0;
}

/* Returns the name with the number in place of each % behind its last slash; NULL: out of memory.
 */
static char *name_of_member(const char *path, int64_t number)
{
    const size_t folder = (size_t)(path_name(path) - path);
    struct strbuf name = {0};

    for (size_t i = 0; path[i]; i++)
        if (path[i] == '%' && i >= folder)
            strbuf_printf(&name, "%lld", (long long)number);
        else
            strbuf_printf(&name, "%c", path[i]);
    return name.failed ? NULL : name.text;
}

char *fit_output_of_member(const struct fit_options *options, int64_t number)
{
    return name_of_member(options->out, number);
}

int fit_options_of_member(struct fit_options *out, int64_t number)
{
    for (int i = 0; i < line.option_count; i++) {
        const char **value = line.options[i].value;

        if (line.options[i].kind != OPTION_OUTPUT || !*value)
            continue;
        *value = name_of_member(*value, number);
        if (!*value)
            return fail_memory("the outputs' names");
    }
    if (strcmp(line.given.members.what, "fold") == 0)
        line.given.settings.fold = (int)number;
    else
        line.given.settings.nn.seed = (uint64_t)number;
    *out = line.given;
    return outputs_differ();
}
