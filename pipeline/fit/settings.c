/* The table of training settings, and what is read off it: defaults and the record in a model. */
#include "settings.h"
#include "pipeline/model/model.h"

#include <math.h>
#include <string.h>

const char *const optimizer_words[] = {
    [NN_SGD] = "sgd", [NN_ADAM] = "adam", [NN_ADAMW] = "adamw", NULL};
const char *const schedule_words[] = {
    [NN_CONSTANT] = "constant", [NN_STEP] = "step",           [NN_EXPONENTIAL] = "exponential",
    [NN_COSINE] = "cosine",     [NN_ONE_CYCLE] = "one-cycle", NULL};
static const char *const no_yes[] = {"no", "yes", NULL};

static bool is_sgd(const struct training_settings *s)
{
    return s->nn.optimizer == NN_SGD;
}

static bool is_bf16(const struct training_settings *s)
{
    return s->precision == NN_BF16;
}

static bool is_trial(const struct training_settings *s)
{
    return s->trial;
}

static bool is_grouped(const struct training_settings *s)
{
    return s->fold_group != NULL;
}

static bool is_kept_by_figure(const struct training_settings *s)
{
    return s->keep > KEEP_BEST;
}

static bool is_averaged(const struct training_settings *s)
{
    return s->nn.average > 0;
}

static bool is_within(const struct training_settings *s)
{
    return s->within > 0;
}

static bool is_bent(const struct training_settings *s)
{
    return s->nn.bends > 0 || s->within > 0;
}

static bool is_same(const struct training_settings *s)
{
    return s->same_classes;
}

static bool is_frozen(const struct training_settings *s)
{
    return s->nn.frozen > 0;
}

static bool is_tuned(const struct training_settings *s)
{
    return s->nn.tuned_rate != 1;
}

static bool is_normalized(const struct training_settings *s)
{
    return s->normalization != NULL;
}

static bool is_augmented(const struct training_settings *s)
{
    return s->augmentation != NULL;
}

#define FIELD(field)                                                                               \
    offsetof(struct training_settings, field), sizeof(((struct training_settings *)NULL)->field)
#define SEED_MOST 9007199254740991.0 /* 2^53 - 1: exact as a double, as JSON readers have it */

static const char *const find_word[] = {"find", NULL};

/* clang-format off */
const struct setting setting_table[] = {
    {FIELD(preset), SETTING_TEXT, .default_text = "smallcnn", .key = "preset"},
    {FIELD(nn.optimizer), SETTING_WORD, SETTING_OF_TRAINING, "optimizer", .words = optimizer_words,
     .default_value = NN_ADAM, .key = "optimizer", .help = "how weights are updated"},
    {FIELD(nn.lr), SETTING_REAL, SETTING_OF_TRAINING, "lr", "RATE|find", 0, 1000,
     .words = find_word, .default_value = 1e-3, .key = "lr",
     .help = "learning rate; the highest one of one-cycle; find: raises it from 1e-6 to 10 in a "
             "hundred steps, and takes one on the loss's way down; with --plan shows the curve"},
    {FIELD(nn.momentum), SETTING_REAL, SETTING_OF_TRAINING, "momentum", "M", 0, 0.9999,
     .default_value = NAN, .key = "momentum", .recorded = is_sgd, .help = "momentum of sgd (default 0)"},
    {FIELD(nn.nesterov), SETTING_SWITCH, SETTING_OF_TRAINING, "nesterov", .key = "nesterov",
     .recorded = is_sgd, .help = "use Nesterov's momentum in sgd"},
    {FIELD(nn.weight_decay), SETTING_REAL, SETTING_OF_TRAINING, "weight-decay", "D", 0, 100,
     .default_value = NAN, .key = "weight_decay",
     .help = "weight decay: L2 for sgd and adam, decoupled for adamw (default 0; adamw 0.01)"},
    {FIELD(nn.schedule), SETTING_WORD, SETTING_OF_TRAINING, "schedule", .words = schedule_words,
     .default_value = NN_CONSTANT, .key = "schedule", .help = "the learning rate over the epochs"},
    {FIELD(nn.gamma), SETTING_REAL, SETTING_OF_TRAINING, "gamma", "G", 0.0001, 1, .default_value = NAN,
     .key = "gamma",
     .help = "factor of the exponential schedule per epoch (default 0.95), of step (default 0.1)"},
    {FIELD(nn.step_epochs), SETTING_WHOLE, SETTING_OF_TRAINING, "step-epochs", "N", 1, 100000,
     .key = "step_epochs", .help = "epochs between two factors of the step schedule"},
    {FIELD(nn.batch), SETTING_WHOLE, SETTING_OF_TRAINING, "batch", "N", 1, 65536, .default_value = 64,
     .key = "batch", .help = "pictures per optimizer step"},
    {FIELD(nn.epochs), SETTING_WHOLE, SETTING_OF_TRAINING, "epochs", "N", 0, 100000, .default_value = -1,
     .key = "epochs", .help = "passes over the data (default 5; with --within as many as fit, up to 1000)"},
    {FIELD(within_time), SETTING_TEXT, SETTING_OF_TRAINING, "within", "TIME",
     .help = "end in time, as 90s, 10m or 8h30m: the learning rate falls to its end by then, and "
             "the steps taken are recorded"},
    {FIELD(within), SETTING_REAL, .key = "within", .recorded = is_within},
    {FIELD(steps), SETTING_TEXT, SETTING_OF_TRAINING, "steps", "N", .key = "steps",
     .recorded = is_bent,
     .help = "end after N batches, wherever that is in an epoch; or as a run --within recorded it"},
    {FIELD(nn.shuffle), SETTING_SWITCH, SETTING_OF_DATA, "shuffle", .words = no_yes, .default_value = 1,
     .key = "shuffle", .help = "draw a new order of the rows in each epoch"},
    {FIELD(nn.label_smoothing), SETTING_REAL, SETTING_OF_TRAINING, "label-smoothing", "E", 0,
     0.9999, .key = "label_smoothing", .help = "share of each label spread over all classes"},
    {FIELD(precision), SETTING_WORD, SETTING_OF_TRAINING, "precision", .words = precision_words,
     .default_value = NN_F32, .key = "precision", .recorded = is_bf16,
     .help = "what convolutions and linear layers multiply; bf16 rounds their operands, "
             "for AMD's processors with AVX-512 BF16"},
    {FIELD(nn.class_weights), SETTING_PER_CLASS, .key = "class_weights"},
    {FIELD(class_weights), SETTING_TEXT, SETTING_OF_TRAINING, "class-weights", "LIST",
     .help = "balanced, or a weight for each class with commas between"},
    {FIELD(nn.seed), SETTING_WHOLE, SETTING_OF_TRAINING, "seed", "N", 0, SEED_MOST, .default_value = 1,
     .key = "seed", .help = "seed of initial weights, order, dropout and augmentation; A-B: a model for "
                            "each of these seeds, as for folds"},
    {FIELD(init), SETTING_TEXT, SETTING_OF_TRAINING, "init", "default|normal:STD",
     .default_text = "default", .help = "initial weights: PyTorch's default, or normal"},
    {FIELD(init_std), SETTING_REAL, .key = "init_std"},
    {FIELD(same_classes), SETTING_SWITCH, SETTING_OF_TRAINING, "same-classes", .key = "same_classes",
     .recorded = is_same, .help = "keep the last layer of --from where its classes have other names"},
    {FIELD(freeze), SETTING_TEXT, SETTING_OF_TRAINING, "freeze", "N|all-but-last",
     .help = "leave the first N layers of --from as they are, statistics too"},
    {FIELD(nn.frozen), SETTING_WHOLE, .key = "freeze", .recorded = is_frozen},
    {FIELD(nn.tuned_rate), SETTING_REAL, SETTING_OF_TRAINING, "from-lr", "SHARE", 0, 1000,
     .default_value = 1, .key = "from_lr", .recorded = is_tuned,
     .help = "learning rate of all layers of --from but the last, as a share of --lr"},
    {FIELD(divisor), SETTING_TEXT, SETTING_OF_DATA, "divisor", "D|auto", .default_text = "auto",
     .help = "divides the pixels; auto: what makes them 0 to 1 or -1 to 1, by their range: 255 for "
             "bytes, 16 for 0 to 16, 1 for 0 to 1"},
    {FIELD(input.divisor), SETTING_REAL, .default_value = 255, .key = "divisor"},
    {FIELD(mean), SETTING_TEXT, SETTING_OF_DATA, "mean", "M|auto", .default_text = "0",
     .help = "subtracted from the pixels after that; auto: their mean"},
    {FIELD(input.mean), SETTING_REAL, .key = "mean"},
    {FIELD(std), SETTING_TEXT, SETTING_OF_DATA, "std", "S|auto", .default_text = "1",
     .help = "divides the pixels after that; auto: their standard deviation"},
    {FIELD(input.std), SETTING_REAL, .default_value = 1, .key = "std"},
    {FIELD(fold_of), SETTING_TEXT, SETTING_OF_DATA, "fold", "K/N|A-B/N",
     .help = "validate on fold K of N of the data, train on the others; groups kept by ingest stay "
             "whole; A-B/N: a model for each of these folds, its number for % in -o and the like"},
    {FIELD(fold), SETTING_WHOLE, .key = "fold"},
    {FIELD(folds), SETTING_WHOLE, .key = "folds"},
    {FIELD(fold_seed), SETTING_WHOLE, SETTING_OF_DATA, "fold-seed", "N", 0, SEED_MOST,
     .default_value = 1, .key = "fold_seed", .help = "seed of the folds"},
    {FIELD(fold_group), SETTING_TEXT, .key = "fold_group", .recorded = is_grouped},
    {FIELD(limit_rows), SETTING_WHOLE, SETTING_OF_DATA, "limit-rows", "N", 1, 9e15,
     .key = "limit_rows", .help = "train on the first N rows only"},
    {FIELD(keep_best), SETTING_SWITCH, .key = "keep_best"},
    {FIELD(keep), SETTING_WORD, SETTING_OF_TRAINING, "keep", .words = keep_words,
     .default_value = KEEP_LAST, .key = "keep", .recorded = is_kept_by_figure,
     .help = "the epoch to keep: best has the lowest validation loss, best-accuracy and the like "
             "the highest of that"},
    {FIELD(patience), SETTING_WHOLE, SETTING_OF_TRAINING, "patience", "N", 1, 100000,
     .key = "patience",
     .help = "stop after N epochs without a lower validation loss, or a better one of what --keep "
             "goes by"},
    {FIELD(trial), SETTING_SWITCH, SETTING_OF_OUTPUT, "trial", .key = "trial",
     .recorded = is_trial,
     .help = "mark the model as a trial: predict and submit say so of what they make of it"},
    {FIELD(nn.average), SETTING_REAL, SETTING_OF_TRAINING, "ema", "DECAY", 0, 0.999999,
     .key = "ema", .recorded = is_averaged,
     .help = "score and keep an exponential moving average of the weights, times DECAY with each "
             "step: 0.999 looks back a thousand steps, and the statistics of batch normalization "
             "are estimated again for it; it pays where the learning rate stays high to the end, not "
             "with one-cycle; 0: none"},
    {FIELD(normalize), SETTING_TEXT, SETTING_OF_DATA, "normalize", "SPEC",
     .help = "bring what each picture shows to one slant, size and place before the network sees "
             "it, in predict too, as 'width 16'; there are: deskew, width PIXELS, height PIXELS, "
             "size PIXELS (see Normalization)"},
    {FIELD(normalization), SETTING_TEXT, .key = "normalize", .recorded = is_normalized},
    {FIELD(augment), SETTING_TEXT, SETTING_OF_DATA, "augment", "SPEC",
     .help = "change each picture at random in each epoch, by up to so much, as 'shift 2, rotate "
             "10'; there are: shift PIXELS, rotate DEGREES, scale SHARE, shear SHARE, elastic "
             "PIXELS, thickness SHARE, crop PIXELS, erase PIXELS, erase area SHARE [chance P], flip "
             "h|v|h v [alternate] (see Augmentation)"},
    {FIELD(augmentation), SETTING_TEXT, .key = "augment", .recorded = is_augmented},
    {FIELD(nn.augment.background), SETTING_PER_CHANNEL, .key = "background",
     .recorded = is_augmented},
    {FIELD(nn.plain_epochs), SETTING_WHOLE, SETTING_OF_DATA, "plain-epochs", "N", 1, 100000,
     .key = "plain_epochs", .recorded = is_augmented,
     .help = "train the last N epochs without --augment"},
};
/* clang-format on */
const int setting_count = sizeof setting_table / sizeof *setting_table;
_Static_assert(sizeof setting_table / sizeof *setting_table <= SETTINGS_MOST, "too many settings");

const struct setting *setting_of_option(const char *name)
{
    for (int i = 0; i < setting_count; i++)
        if (setting_table[i].option && strcmp(setting_table[i].option, name) == 0)
            return &setting_table[i];
    return NULL;
}

/* ---- Fields ---- */

union setting_value setting_default(const struct setting *setting)
{
    switch (setting->kind) {
    case SETTING_WHOLE:
        return (union setting_value){.whole = (int64_t)setting->default_value};
    case SETTING_REAL:
        return (union setting_value){.real = setting->default_value};
    case SETTING_SWITCH:
        if (!setting->words)
            return (union setting_value){.on = setting->default_value > 0};
        return (union setting_value){.word = (int)setting->default_value};
    case SETTING_WORD:
        return (union setting_value){.word = (int)setting->default_value};
    case SETTING_TEXT:
    case SETTING_PER_CLASS:
    case SETTING_PER_CHANNEL:
        break;
    }
    return (union setting_value){.text = setting->default_text};
}

void setting_set(struct training_settings *to, const struct setting *setting,
                 union setting_value value)
{
    char *field = (char *)to + setting->offset;
    int narrow;
    float single;
    bool on;

    switch (setting->kind) {
    case SETTING_WHOLE:
        narrow = (int)value.whole;
        memcpy(field, setting->size == sizeof narrow ? (const void *)&narrow : &value.whole,
               setting->size);
        break;
    case SETTING_REAL:
        single = (float)value.real;
        memcpy(field, setting->size == sizeof single ? (const void *)&single : &value.real,
               setting->size);
        break;
    case SETTING_WORD:
        memcpy(field, &value.word, setting->size);
        break;
    case SETTING_SWITCH:
        on = setting->words ? value.word == 1 : value.on;
        memcpy(field, &on, setting->size);
        break;
    case SETTING_TEXT:
        memcpy(field, &value.text, setting->size);
        break;
    case SETTING_PER_CLASS: /* no options */
    case SETTING_PER_CHANNEL:
        break;
    }
}

void settings_reset(struct training_settings *s)
{
    /* beta1, beta2 and epsilon of Adam as Kingma and Ba recommend */
    *s = (struct training_settings){.nn = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}};
    for (int i = 0; i < setting_count; i++)
        setting_set(s, &setting_table[i], setting_default(&setting_table[i]));
}

static double or_standard(double value, double standard)
{
    return isnan(value) ? standard : value;
}

void settings_complete(struct training_settings *s)
{
    struct nn_training *nn = &s->nn;

    s->free_epochs = nn->epochs < 0 && (s->within > 0 || nn->bends > 0);
    if (nn->epochs < 0)
        nn->epochs = s->free_epochs ? 1 : 5; /* 1 until it is known */
    nn->momentum = or_standard(nn->momentum, 0);
    nn->weight_decay = or_standard(nn->weight_decay, nn->optimizer == NN_ADAMW ? 0.01 : 0);
    s->keep_best = s->keep != KEEP_LAST;
    nn->gamma = or_standard(nn->gamma, nn->schedule == NN_STEP ? 0.1 : 0.95);
}

/* ---- The record ---- */

static int64_t whole_of(const struct setting *setting, const void *field)
{
    return setting->size == sizeof(int) ? *(const int *)field : *(const int64_t *)field;
}

static json_t *per_class(const double *values, int count)
{
    json_t *list = values ? json_array() : json_null();

    for (int i = 0; values && i < count; i++)
        json_array_append_new(list, json_real(values[i]));
    return list;
}

static json_t *per_channel(const float *values, int count)
{
    json_t *list = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_real((double)values[i]));
    return list;
}

static json_t *value_json(const struct training_settings *s, const struct setting *setting,
                          int classes, int channels)
{
    const void *field = (const char *)s + setting->offset;
    const char *text;

    switch (setting->kind) {
    case SETTING_WHOLE:
        return json_integer(whole_of(setting, field));
    case SETTING_REAL:
        return json_real(setting->size == sizeof(float) ? (double)*(const float *)field
                                                        : *(const double *)field);
    case SETTING_WORD:
        return json_string(setting->words[*(const int *)field]);
    case SETTING_SWITCH:
        return json_boolean(*(const bool *)field);
    case SETTING_TEXT:
        text = *(const char *const *)field;
        return text ? json_string(text) : json_null();
    case SETTING_PER_CLASS:
        return per_class(*(const double *const *)field, classes);
    case SETTING_PER_CHANNEL:
        return per_channel(*(const float *const *)field, channels);
    }
    return NULL;
}

json_t *settings_record(const struct training_settings *s, int classes, int channels)
{
    json_t *record = json_object();

    for (int i = 0; i < setting_count; i++)
        if (setting_table[i].key && (!setting_table[i].recorded || setting_table[i].recorded(s)) &&
            json_object_set_new(record, setting_table[i].key,
                                value_json(s, &setting_table[i], classes, channels))) {
            json_decref(record);
            return NULL;
        }
    return record;
}

/* Returns the place of a recorded word among those of a setting, or the default's. */
static union setting_value recorded_word(const struct setting *setting, const json_t *record)
{
    const char *word = json_string_value(json_object_get(record, setting->key));

    for (int i = 0; word && setting->words[i]; i++)
        if (strcmp(setting->words[i], word) == 0)
            return (union setting_value){.word = i};
    return setting_default(setting);
}

json_t *settings_defaults(const json_t *record)
{
    struct training_settings s;
    json_t *standard;

    settings_reset(&s);
    for (int i = 0; i < setting_count; i++)
        if (setting_table[i].kind == SETTING_WORD)
            setting_set(&s, &setting_table[i], recorded_word(&setting_table[i], record));
    settings_complete(&s);
    standard = settings_record(&s, 0, 0);
    for (int i = 0; i < setting_count; i++)
        if (standard && setting_table[i].kind == SETTING_WORD &&
            json_object_set_new(
                standard, setting_table[i].key,
                json_string(setting_table[i].words[setting_default(&setting_table[i]).word]))) {
            json_decref(standard);
            return NULL;
        }
    return standard;
}
