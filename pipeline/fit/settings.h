#ifndef PIPELINE_FIT_SETTINGS_H
#define PIPELINE_FIT_SETTINGS_H

#include "keep.h"
#include "nn/nn.h"

#include <jansson.h>
#include <stddef.h>

/* The settings of a training and the one table that says of each which option of fit sets it, what
 * that takes, its default, where the value is kept, and under what key a model records it. fit's
 * parser, help, manual page and completion, the record in the model and `show` read it: another
 * setting is a field and a line there. */

struct training_settings {
    const char *arch;   /* a preset, a file or a description; NULL: that of `from` */
    const char *recipe; /* whose network that is, for messages; NULL: no recipe's */
    const char *from;   /* a model or bare weights to begin with, or NULL */
    struct nn_training nn;

    /* Options as they are given */
    const char *init;          /* "default" or "normal:STD" */
    const char *divisor;       /* a number, or "auto": by the range of the pixels */
    const char *mean, *std;    /* a number, or "auto": the training pixels' own */
    const char *class_weights; /* NULL, "balanced", or numbers by commas in the classes' order */
    const char *fold_of;       /* "K/N", or NULL */
    const char *augment;       /* a text for nn_augment_parse(), or NULL */
    const char *normalize;     /* a text for nn_normalize_parse(), or NULL */

    const char *freeze; /* "all-but-last" or a number of layers, or NULL */
    bool same_classes;  /* `from`'s outputs stand for the data's classes, whatever their names */

    const char *within_time; /* as "8h30m", or NULL */
    const char *steps;       /* see course.h, or NULL */

    struct nn_normalize view; /* of every picture, before anything else looks at it */

    double within;    /* seconds that the run may take; 0: no limit */
    bool free_epochs; /* no number is given, for the time or the steps decide */
    double init_std;  /* above 0: normal initial weights instead of PyTorch's default */
    int fold, folds;  /* 0: none; else validation on fold `fold` of `folds` */
    uint64_t fold_seed;
    int64_t limit_rows; /* train on the first so many rows; 0: on all */
    enum keep keep;
    bool keep_best; /* not the last epoch: made of `keep` */
    enum nn_precision precision;
    bool trial;     /* the model is marked as one not meant to be used */
    int patience;   /* stop after so many epochs that are no better; 0: never */

    /* Filled in by training_open() from these and the data, besides nn.class_weights and the
     * background in nn.augment; not owned */
    const char *preset;        /* the name in `presets`, or NULL */
    const char *fold_group;    /* the column whose equal rows are in one fold, or NULL */
    struct nn_input input;     /* how the network sees pixels */
    const char *normalization; /* as nn_normalize_text() spells it; NULL: none */
    const char *augmentation;  /* as nn_augment_text() spells it; NULL: none */
};

enum setting_kind {
    SETTING_WHOLE,      /* int, int64_t or uint64_t */
    SETTING_REAL,       /* double or float; NAN: the default depends on other settings */
    SETTING_WORD,       /* enum, the place in `words`; recorded as the word */
    SETTING_SWITCH,     /* bool; a flag, or the place in `words` */
    SETTING_TEXT,       /* const char *, or NULL */
    SETTING_PER_CLASS,  /* const double * to a number for each class, or NULL */
    SETTING_PER_CHANNEL /* const float * to a number for each channel */
};

/* Headings of the help. */
enum setting_group { SETTING_OF_DATA, SETTING_OF_TRAINING, SETTING_OF_OUTPUT };

struct setting {
    size_t offset, size; /* of the field in struct training_settings */
    enum setting_kind kind;
    enum setting_group group;
    const char *option;       /* its name; NULL: none, the value is made of others */
    const char *argument;     /* what the help calls the value */
    double min, max;          /* SETTING_WHOLE, SETTING_REAL */
    const char *const *words; /* NULL at the end; of SETTING_REAL, in place of numbers: -1, -2... */
    double default_value;     /* the default; of a word or switch its place */
    const char *default_text;
    const char *key; /* in a model's record; NULL: not recorded */
    bool (*recorded)(const struct training_settings *); /* whether it is; NULL: always */
    const char *help;
};
/* Settings in the order of a model's record. */
extern const struct setting setting_table[];
extern const int setting_count;
enum { SETTINGS_MOST = 50 }; /* room for all */

/* Words of the optimizers and schedules by their numbers in nn.h. */
extern const char *const optimizer_words[], *const schedule_words[];

/* Returns the setting of an option, NULL if none has one of that name. */
const struct setting *setting_of_option(const char *name);

union setting_value {
    int64_t whole;
    double real;
    int word; /* a switch with words too */
    bool on;
    const char *text;
};
/* Returns the default of an option. */
union setting_value setting_default(const struct setting *setting);
/* Stores the value of an option in its field. */
void setting_set(struct training_settings *to, const struct setting *setting,
                 union setting_value value);

/* Sets all fields to their defaults. */
void settings_reset(struct training_settings *settings);
/* Replaces NAN, where an option was not given, by its default, which depends on other settings. */
void settings_complete(struct training_settings *settings);
/* Returns a new object of all recorded settings, as a model keeps it. NULL: out of memory. */
json_t *settings_record(const struct training_settings *settings, int classes, int channels);
/* Returns a new object of the defaults that go with the optimizer and the schedule of a record.
 * NULL: out of memory. */
json_t *settings_defaults(const json_t *record);

#endif
