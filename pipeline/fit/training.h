#ifndef PIPELINE_TRAINING_H
#define PIPELINE_TRAINING_H

#include "course.h"
#include "pipeline/dataset/samples.h"
#include "pipeline/model/model.h"
#include "pipeline/model/relation.h"
#include "settings.h"

/* One run of fit: its data, its network, and what is kept of its epochs. */

/* Data to score: --val, a fold, or --eval. */
struct scored {
    const char *name;
    struct nn_data data;
    struct samples samples; /* its memory; zeroed for a fold, which is the training data's */
    double figure;          /* that `keep` goes by, when it was last scored; NAN: undefined */
    struct relation relation;
};

enum { TRANSFER_TEXT = 300 };

struct training {
    struct training_settings settings;
    struct inputs inputs;
    struct samples train;
    struct nn_data data;   /* the rows of it that are trained on */
    int64_t *index;        /* these rows, after them the fold's; NULL: all */
    struct scored *scored; /* the validation data first, if there is any */
    int scored_count;
    bool has_validation;
    double *class_weights;
    float *background; /* [channels] with augmentation */
    char augmentation[NN_AUGMENT_TEXT];
    struct tensor_file *from;     /* settings.from, while it is read */
    char transfer[TRANSFER_TEXT]; /* why the last layer of --from begins anew; "": it does not */
    enum nn_precision from_precision; /* of --from; as settings.precision of bare weights */
    bool from_bare;                   /* it does not say how its network saw pixels */
    char course[COURSE_TEXT];         /* settings.steps, as it is now */
    struct model model;
    json_t *record; /* of the options, for the model's file */
    struct nn_pool *pool;
    struct nn_trainer *trainer;
    const struct nn_weights *scored_weights; /* those that are scored and kept */
    struct nn_predictor *predictor;          /* of these */
    struct nn_weights *best;                 /* keep_best: of the best epoch so far */
    int best_epoch;                          /* 0: none yet */
    double best_figure;
    json_t *log_state; /* {"seconds": up to here, "events": of the history}, which a checkpoint
                          keeps for the run that resumes from it; NULL: nothing */
};

struct training_files {
    char *const *train;
    int train_count;
    const char *val; /* or NULL */
    char *const *eval_names, *const *eval_paths;
    int eval_count;
    const char *spool; /* a folder for the pixels, if they are not to be in memory; or NULL */
    struct training_data *data; /* of these files, read before; NULL: training_open() reads them */
};

/* What was read of a training's files: --val's and then --eval's are to score. */
struct training_data {
    struct inputs inputs;
    struct samples train, *scored;
    int scored_count;
};
/* Reads the files, for several processes that train on them; of which each gives its own copy to
 * one training_open(), which empties it. */
MUST_CHECK int training_read(struct training_data *data, const struct training_files *files,
                             struct err *err);
void training_data_free(struct training_data *data);

/* Loads the data, makes the network and its initial weights. settings->arch and the texts have to
 * outlive the training. */
MUST_CHECK int training_open(struct training *training, const struct training_settings *settings,
                             const struct training_files *files, int threads, struct err *err);
/* Takes the steps that an earlier run recorded in the model `path`, if it is one, into what this
 * one is compared by: by the clock no two are the same. */
MUST_CHECK int training_compare_with(struct training *training, const char *path, struct err *err);
/* Returns the bytes of the pixels of all data sets, those to score too. */
size_t training_picture_bytes(const struct training *training);
/* Returns how many epochs a model or a checkpoint can record so that they are read again. */
int training_epochs_most(const struct training *training);
/* Has the trainer and the records follow the bends of settings.nn. */
MUST_CHECK int training_bend(struct training *training, struct err *err);
/* Begins anew with these weights, after steps that were taken to measure. */
MUST_CHECK int training_begin_anew(struct training *training, const struct nn_weights *weights,
                                   struct err *err);
/* Computes scores[scored_count] of the data to score, and its `figure`. EX_DATAERR if a loss is not
 * finite, or that of the validation data is undefined. */
MUST_CHECK int training_score(struct training *training, struct nn_score *scores, struct err *err);
/* Takes note of an epoch that is over: its figures go to model.epochs (a reference is taken), and
 * as it was scored last it may become the best. Returns 1 if patience is at its end, 0 to go on. */
MUST_CHECK int training_end_epoch(struct training *training, int epoch, json_t *figures,
                                  struct err *err);
/* Sets what went wrong with the device, if anything did: nothing that it gave is of use then. */
MUST_CHECK int training_check_device(const struct training *training, struct err *err);
/* Has the device, if there is one, make the predictor's predictions. */
MUST_CHECK int training_move_predictor(struct training *training, struct err *err);
/* Sets EX_DATAERR, unless the device has a fault: that `what` ("the loss") is not finite, where that was found, and what to try.
 */
int training_not_finite(const struct training *training, const char *what, struct err *err);
/* Writes the model, of the last or the best epoch. EX_DATAERR if a weight is not finite: the loss
 * of a batch tells that only of the batches before. */
MUST_CHECK int training_save(struct training *training, struct tensor_writer *writer,
                             struct err *err);
void training_close(struct training *training);

#endif
