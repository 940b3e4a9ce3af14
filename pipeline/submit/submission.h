#ifndef PIPELINE_SUBMISSION_H
#define PIPELINE_SUBMISSION_H

#include "pipeline/base/text.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/files/output.h"
#include "pipeline/predict/metrics.h"

/* Submissions: the CSV that a leaderboard takes, a row for each row of the test data with its id
 * and its label (or the probabilities of all classes). */

struct submission_format {
    const char *header; /* column names separated by commas; NULL: as below */
    int64_t id_start;   /* id of the first row of data without ids */
    bool
        probabilities; /* a column for each class instead of the label; or see submission_write() */
};

/* Returns the header that goes with these predictions: the data's id column, else ImageId; then the
 * classes' names, or the label column's, capitalized as the id column is (`ImageId,Label`,
 * `id,label`). An array of *count strings, freed by texts_free(); NULL: out of memory or, if
 * format->header names another number of columns, EX_USAGE. */
char **submission_header(const struct predictions *predictions,
                         const struct submission_format *format, int *count, struct err *err);
/* Cuts `text` at its commas; as above. EX_USAGE if a name is empty. */
char **submission_names(const char *text, int *count, struct err *err);

struct submission_summary {
    int64_t rows;
    char *header; /* as written */
    bool trusted; /* the data has no ids: its rows were taken to be in the sample's order */
    const char
        *probability_of; /* the one class, of two, whose probabilities are written; or NULL */
    int64_t endings;     /* of the sample's ids that are the data's but for a picture's ending */
    char ending[2 * QUOTED_TEXT + 4]; /* "'a' is 'a.png'": the first of them */
    char doubt[256];                  /* what may be wrong with the labels; empty: nothing */
    char first_id[QUOTED_TEXT], last_id[QUOTED_TEXT]; /* as messages show them */
};

/* Writes the rest of `predictions` to `out`: rows end in LF, fields are quoted where CSV needs it.
 * The ids are the data's own, else counted from format->id_start.
 * sample: a sample submission, or NULL. Header, ids and labels that are whole numbers are then
 * spelt as there; columns and rows stand in its order, the rows found by their ids if the data has
 * any (about 50 bytes of memory a row); where an id is not there, by that with another ending of a
 * picture's name or none. What only one of the two has is an error by name. An id that is there
 * twice is an error. Where the sample has fractions for labels, or one column with
 * format->probabilities, that is the probability of the second of two classes: of 1, where they are
 * 0 and 1. `score` (NULL: none) gathers the rows' metrics if the predictions
 * carry labels. */
MUST_CHECK int submission_write(struct output *out, struct predictions *predictions,
                                const struct submission_format *format, const char *sample,
                                struct inputs *inputs, struct metrics *score,
                                struct submission_summary *summary, struct err *err);
void submission_summary_free(struct submission_summary *summary);

#endif
