#ifndef PIPELINE_LEADERBOARD_H
#define PIPELINE_LEADERBOARD_H

#include "pipeline/files/inputs.h"
#include "pipeline/model/relation.h"
#include "pipeline/predict/score.h"

/* Scores that leaderboards gave to submissions, noted beside those of one's own rows. */

enum leaderboard_metric {
    LEADERBOARD_ACCURACY,
    LEADERBOARD_LOG_LOSS,
    LEADERBOARD_MACRO_F1,
    LEADERBOARD_BALANCED_ACCURACY,
    LEADERBOARD_AUC,
    LEADERBOARD_METRICS
};
/* Names, "log-loss", as options and the record have them. */
extern const char *const leaderboard_metrics[LEADERBOARD_METRICS + 1];

struct leaderboard_score {
    double score, private_score; /* NAN: none */
    char uploaded[20];           /* "2026-01-31 09:30:00", UTC; empty: not known */
};

/* Takes a number, or the list of submissions as Kaggle's client prints it with --csv, a file or
 * "-": the latest upload of a file of the submission's name that has a score. EX_USAGE, EX_DATAERR:
 * none of these, or not within 0..1 where the metric is; EX_TEMPFAIL: the submission was written
 * after that upload, so that the score is another's. */
MUST_CHECK int leaderboard_read(struct leaderboard_score *score, const char *text,
                                const char *submission, enum leaderboard_metric metric,
                                struct inputs *inputs, struct err *err);

/* Scores predictions of rows whose labels are known. */
MUST_CHECK int leaderboard_own(struct score *score, struct relation *relation, const char *path,
                               struct inputs *inputs, struct err *err);

/* Returns what runs_add_score() takes of a submission of so many rows. `digest`: of its bytes;
 * `own`: the score of rows whose labels are known, or NULL. A new object; NULL: out of memory. */
json_t *leaderboard_json(const struct leaderboard_score *score, const char *submission,
                         const char *digest, int64_t rows, enum leaderboard_metric metric,
                         const struct score *own);

/* A line of the record, read again. */
struct leaderboard_line {
    const char *time, *submission, *digest, *metric; /* not owned; empty: none */
    double score, private_score, own;                /* NAN: none */
    double rows, own_rows;
    double apart; /* standard errors between accuracies; NAN: not accuracies, or rows not known */
};
struct leaderboard_line leaderboard_line(const json_t *line);

/* All of a record's, in its order; of one file's by one metric the last. */
struct leaderboard {
    struct leaderboard_line *lines;
    int count;
};
/* `scores` of struct runs has to last as long. -1: out of memory. */
MUST_CHECK int leaderboard_open(struct leaderboard *board, const json_t *scores, struct err *err);
void leaderboard_free(struct leaderboard *board);
/* Tells whether it is of that metric and has both scores. */
bool leaderboard_has_pair(const struct leaderboard_line *line, const char *metric);
/* Writes those that have both scores of a metric to arrays [board->count]: their numbers, from 1,
 * the own score and the leaderboard's. Returns how many. */
int leaderboard_curves(const struct leaderboard *board, const char *metric, double *number,
                       double *own, double *score);

/* "accuracy 0.9965 on the leaderboard, own rows 0.9971 +- 0.0003: 0.0006 lower, as chance does";
 * returns `text` */
enum { LEADERBOARD_TEXT = 200 };
const char *leaderboard_text(const struct leaderboard_line *line, char text[LEADERBOARD_TEXT]);

/* "Of 6 pairs of submissions the leaderboard ranks 5 as own rows do."; "" where there is none */
const char *leaderboard_agreement(const struct leaderboard *board, char text[LEADERBOARD_TEXT]);

#endif
