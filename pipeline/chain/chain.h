#ifndef PIPELINE_CHAIN_H
#define PIPELINE_CHAIN_H

#include "note.h"
#include "pipeline/base/err.h"
#include "pipeline/fit/keep.h"
#include "variables.h"

#include <stdint.h>
#include <stdio.h>

/* The chain from CSVs to a submission that a user's Makefile describes: its variables, checked; the
 * fits; the stages in the order in which they follow each other. Makefile.inc has make run them;
 * here is decided what they are, which of them are out of date, and why. */

/* A model of MODELS. */
struct chain_model {
    const char *name;
    const char *brought; /* NAME.model, a file that is not trained, or "" */
    const char *options; /* NAME.fit, or that file; a trial's begin with its own */
    const char *tried;   /* NAME.try, for make tune, or "" */
    int64_t seeds;       /* NAME.seeds, 0: not set */
    double weight;       /* NAME.weight; `auto` counts as 1 until it is found */
    bool weighs_itself;  /* NAME.weight = auto */
};

/* One training of a model, with one seed, for one fold or on all rows. */
struct fit {
    const struct chain_model *model;
    const char *name; /* as a.s2.f3: pipeline/fit/fit_name.h */
    const char *path; /* OUT/NAME, what its files' names begin with */
    const char *file; /* the model file */
    int64_t seed;     /* -1: that of SEED or of the model's options */
    int64_t fold;     /* 0: none */
    bool all;         /* on all rows: FINAL */
};

struct fits {
    const struct fit **list;
    int count;
};

/* Whether a stage has to run, by its note and the state of its files. */
enum due {
    NOT_DUE,
    TO_LOOK, /* it may find that nothing changed */
    TO_MAKE  /* an output is missing */
};

/* One run of a program, which makes `output` and the files `besides`. */
struct stage {
    const char *output;
    const char *program; /* "fit" */
    struct words inputs; /* files that it reads */
    struct words
        arguments;       /* of the program, before the user's options: what its bytes depend on */
    const char *options; /* the variable with the user's options, or "" */
    struct words places; /* arguments after the user's options: outputs, and what changes no byte */
    struct words histories; /* for the report: the runs and these, as far as they exist by then */
    struct words besides;   /* further files that it makes */
    const char *brought;    /* the variable with the CSV that it reads, or "" */
    const char *csv;        /* that CSV, or the pair of files */
    const char *launch;     /* the variable with the command in front of its program: RUN_FIT */
    const char *after;      /* a file that make has to make first, or "" */
    const char *title;      /* what tells its lines from others', or "" */
    const struct fit *fit;  /* the fit that it is, or NULL */
    bool force, accept;     /* csvnet_force, csvnet_accept */
    bool aside;             /* nothing of the submission comes of it: made where it is requested */

    /* Found by due_read(): */
    const char *params;         /* file with the note of what made the output */
    struct words prerequisites; /* inputs, files that the options name, those it was seen to read */
    struct words outputs;       /* output, files besides, a summary that the options request */
    struct words lost;          /* inputs that are gone and not needed, as long as it is not due */
    const char *now;            /* the command that would make it */
    struct note note;           /* of what made it; text "": not finished */
    bool judged;                /* what follows is known */
    enum due due;
    const char *reason; /* why it is due: lines that begin with blanks; or "" */
};

struct chain {
    struct pool pool;
    struct variables variables;

    const char *make; /* a word of this make's own */

    /* Folders of the programs and of the budgets, from make. */
    const char *programs, *budgets;
    bool trial;   /* `make try` */
    bool ask_all; /* csvnet_ask */

    struct chain_model *models;
    int model_count;
    int64_t folds;         /* 0: none */
    const char *seed;      /* SEED or "" */
    const char *precision; /* PRECISION or "" */
    enum keep metric;      /* METRIC, by which make tune ranks */
    double within;         /* WITHIN in seconds; 0: not set, or a trial */
    const char *hold;      /* VAL: a share, a count, a file or `none` */
    bool weigh;            /* NAME.weight = auto, of several models */
    bool final;            /* FINAL = all, where something is held back */

    const char *base, *out; /* folders OUT and OUT/BUDGET */
    const char *submission, *page, *runs;
    const char *audit, *audit_json; /* "": not in a trial */
    const char *kept;             /* folder with finished work, as fit --store takes it */
    struct words stores;          /* it, and the folders of STORE */
    struct words parts[3];        /* CSVs of TRAIN, TEST and VAL where they are parts of one data set */
    const char *ingested, *train; /* differ in a trial */
    const char *fitted;           /* what is trained on, less folds */
    const char *val, *val_csv; /* what validates besides folds; the file that VAL names; "": none */
    const char *test, *test_pred, *test_json;
    bool has_test;                   /* TEST is set: these are made */
    const char *scored;              /* rows that models did not train on, "": none */
    const char *val_pred, *val_json; /* predictions for these */
    const char *weights;             /* file of the weights that are found, "": none are */
    struct words notes;              /* summaries of stages, for the report */

    struct fits validated; /* each validated by its fold or by VAL */
    struct fits finals;    /* on all rows */
    struct stage *stages;
    int stage_count;
    struct words warnings; /* sentences */
};

/* Checks the variables and lays out the stages. EX_USAGE with a sentence that names the variable,
 * its value and what it has to be; EX_OSERR: out of memory. chain_free() in any case. */
MUST_CHECK int chain_open(struct chain *chain, char *const *arguments, int count, struct err *err);
void chain_free(struct chain *chain);

/* Returns the models that predict the test data. */
const struct fits *chain_predicting(const struct chain *chain);
/* Returns the stage whose output that file is; NULL: none. */
const struct stage *chain_stage(const struct chain *chain, const char *output);

/* Variables that name CSVs, in the order of chain.parts. */
enum { PARTS_TRAIN, PARTS_TEST, PARTS_VAL };

/* Do the steps of chain_open(), in this order: variables into settings, fits, warnings of variables
 * that have no effect, stages, and what is known of them on disk. */
MUST_CHECK int settings_read(struct chain *chain, struct err *err);
MUST_CHECK int fits_name(struct chain *chain, struct err *err);
void warn_of_strangers(struct chain *chain);
MUST_CHECK int due_read(struct chain *chain, struct err *err);
/* Adds the files that the user's options name to the stage's prerequisites: a value of --recipe,
 * --from and the like, whether or not it is there yet, and the network that a recipe names; no
 * folder but that of --pictures. */
void named_files(struct chain *chain, struct stage *stage);

/* ---- What is out of date ---- */

/* Says on `out` which stages would run and because of what. */
MUST_CHECK int chain_why(struct chain *chain, FILE *out, struct err *err);

/* Prints a line for each fit that is due: a command, `make` and more, that makes it alone. The files
 * that fits read have to be up to date. */
MUST_CHECK int chain_jobs(struct chain *chain, const char *make, const char *makefile, FILE *out,
                          struct err *err);

/* Returns the seconds that the stage took last time, of a fit those of all processes that resumed
 * it. NAN or 0: not known. */
double stage_seconds(struct chain *chain, const struct stage *stage);
/* Estimates the work of a fit of each model, work[model_count], in multiply-adds for a row: with
 * the pictures of TRAIN if they are ingested. A network that cannot be made counts as the mean. */
void models_work(struct chain *chain, double *work);
/* Returns the epochs that options of fit request, those of a recipe too. */
int options_epochs(const struct words *options);
/* Returns when the rules were made, by the clock of files' times, and the seconds of WITHIN to keep
 * for what follows the fits; then of each fit that is due a weight, by what it took before or its
 * work, and its note. "": there is no WITHIN and but one fit, or none. */
const char *chain_due_fits(struct chain *chain);
/* Tells whether the fit with that note ended after `began`: the note is removed while it runs. */
bool fit_has_ended(const char *note, double began);
/* Finds the seconds that the fit with that note may take if it begins `now`: `text` has when WITHIN
 * ends, by the same clock, how many fits run side by side or "all", and chain_due_fits(). */
MUST_CHECK int time_left(const char *text, const char *note, double now, double *seconds,
                         struct err *err);

/* ---- Rules ---- */

/* Writes the chain's variables and rules as a text for make to evaluate. */
void chain_emit(struct chain *chain, FILE *out);
/* Emits a sentence that make ends with, as such a text. */
void chain_emit_error(const char *sentence, FILE *out);

/* Fails with EX_USAGE if the pictures of a data set are smaller than the networks of `budget`, a
 * file in `folder`, can take. */
MUST_CHECK int budget_check_size(const char *folder, const char *budget, const char *data,
                                 struct err *err);
/* Returns the network of --arch or --recipe VALUE, for free(); NULL: fit will say what is wrong. */
char *network_of_option(const char *option, const char *value);
/* Does the same for the networks of models: of each `words` has its name, --arch or --recipe, and
 * what follows that. */
MUST_CHECK int networks_check_size(const char *data, char *const *words, int count,
                                   struct err *err);

/* ---- Scores ---- */

/* Prints a line for each model and one for their mean, in so many columns (0: in as many as it
 * takes); a second table of what contests score by; and what chance says of the best model and of
 * the mean. */
MUST_CHECK int chain_scores(struct chain *chain, int columns, FILE *out, struct err *err);
/* Prints two lines of out-of-fold predictions. */
MUST_CHECK int chain_oof(struct chain *chain, FILE *out, struct err *err);
/* Prints what the audit has found, and what comes next. */
MUST_CHECK int chain_audit(struct chain *chain, FILE *out, struct err *err);

/* ---- Finished work that is kept ---- */

/* Lists it with when it was last used and its bytes, and throws away what is beyond csvnet_limit,
 * from the oldest on; never what an output is too, which would free nothing. */
MUST_CHECK int chain_gc(struct chain *chain, FILE *out, struct err *err);
/* Throws all of it away. */
MUST_CHECK int chain_gc_all(struct chain *chain, struct err *err);

/* ---- Cleaning ---- */

/* Tells whether a file in OUT/tune is a training's, "DIGEST.fK..." */
bool is_training_file(const char *name);

/* Removes all that the rules made, by the notes in OUT and in the folders in it; files outside that
 * were edited since, models that are brought, and records of fits stay, which it says on `out`. */
MUST_CHECK int chain_clean(struct chain *chain, FILE *out, struct err *err);
/* Lists what was made and is made by none of today's rules, a line for each file. */
MUST_CHECK int chain_left(struct chain *chain, FILE *out, struct err *err);

#endif
