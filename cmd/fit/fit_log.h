#ifndef CMD_FIT_LOG_H
#define CMD_FIT_LOG_H

#include "nn/nn.h"
#include "pipeline/files/output.h"
#include "pipeline/fit/rate_test.h"

#include <jansson.h>

/* Reports of a run: lines on standard error and the same as JSON Lines in the history. */
struct fit_log {
    struct output *history;      /* NULL: none */
    double every_seconds;        /* between step lines; 0: none by time */
    bool line_due, due;          /* of this batch: a step line; that or a step event */
    int64_t every_steps;         /* between step lines; 0: none by steps */
    struct nn_progress reported; /* at the last step line, or at the beginning of the epoch */
    int epochs;
    int64_t steps;     /* in an epoch */
    int64_t first_row; /* of the epoch in this process: above 0 after --resume */
    char what[40];     /* the epoch, for the progress line */
    int64_t earlier;   /* images in the epochs before this one */
    bool by_clock;     /* how many there will be may change */
    double share;      /* of this process's work that is done */
    json_t *events;    /* all but the first and the last, for a checkpoint; NULL: none is written */
    char log_options[80]; /* the options of the history's own, which its first line records */
    double begin, last_line, evaluating; /* seconds: start of the epoch, of the last step line;
                                            spent on evaluation within the epoch */
};

/* Reads "1s" or "500" of --log. Returns -1 if it is neither. */
int fit_log_interval(struct fit_log *log, const char *text);

/* Notes the options of the history: --log or NULL, --eval-every or 0. */
void fit_log_note_options(struct fit_log *log, const char *interval, int64_t eval_every);

/* Writes the line that begins the history, with the seconds that the run took up to here, how its
 * learning rate was found, if it was, and the events that a resumed run already has. */
MUST_CHECK int fit_log_start(struct fit_log *log, const struct training *training,
                             const struct rate_test *rates, double seconds, struct err *err);
/* Writes the history of a model that is finished, by what it records; rates and seconds are not
 * known. */
MUST_CHECK int fit_log_finished(struct fit_log *log, const struct training *training,
                                const char *model, struct err *err);
/* Writes the line that ends it: the digest of the model, the seconds of all the run. */
MUST_CHECK int fit_log_end(struct fit_log *log, const char *model, double seconds,
                           const char *trouble, struct err *err);
void fit_log_begin_epoch(struct fit_log *log, const struct nn_progress *progress, int64_t rows);
/* Tells, once after each batch, whether fit_log_step() will report its losses. */
bool fit_log_due(struct fit_log *log, const struct nn_progress *progress);
/* Reports each batch: the progress line, and where one is due a step line of the means since the
 * one before. A history without step lines has some twenty step events an epoch all the same, so
 * that curves by batch can be drawn of it. */
MUST_CHECK int fit_log_step(struct fit_log *log, const struct nn_progress *progress,
                            struct err *err);

/* Shows in the progress line that data is being scored. */
void fit_log_scoring(struct fit_log *log, const struct nn_progress *progress);

/* Returns {"loss", "accuracy"} of a data set, and the figure that `keep` goes by if that is
 * another; NULL: out of memory. */
json_t *fit_score_json(const struct nn_score *score, enum keep keep, double figure);
/* Scores by name, {"val": {"loss", "accuracy"}, ...}: in the middle of an epoch (`event` "eval"),
 * or at its end with the epoch's own figures ("epoch"), which are returned in *kept without times.
 * Takes the reference to `scores`. */
MUST_CHECK int fit_log_evaluation(struct fit_log *log, const struct nn_progress *progress,
                                  json_t *scores, struct err *err);
MUST_CHECK int fit_log_epoch(struct fit_log *log, const struct nn_progress *progress,
                             json_t *scores, json_t **kept, struct err *err);

#endif
