#ifndef PIPELINE_SUBMISSION_CHECK_H
#define PIPELINE_SUBMISSION_CHECK_H

#include "submission.h"

/* Finds in any submission what a leaderboard would reject: a wrong header, ids that are missing,
 * unknown or twice there, another number of rows, empty cells, labels that are not among the
 * classes, probabilities that are no numbers, text that is not UTF-8, broken CSV. */

/* Expectations of a submission; what is NULL or 0 is not compared. */
struct submission_expected {
    const char *header;      /* names separated by commas */
    const char *sample;      /* a CSV with the header and the ids */
    const char *predictions; /* predictions/1: classes; header and ids too, without a sample */
    int64_t rows;            /* ids from id_start to id_start + rows - 1 */
    int64_t id_start;        /* also the first row's id where the predictions have none */
    bool labels; /* that they are those of the predictions; costs up to 64 bytes a row */
};

enum { SUBMISSION_FAULTS = 10 };

struct submission_check {
    int64_t rows, expected_rows; /* expected 0: not known */
    int64_t faults;
    int64_t changed; /* labels that are not those of the predictions; -1: not compared, as
                        probabilities are not */
    bool whole;      /* read to its end: false after broken CSV */
    int columns;
    char doubt[512];                     /* what is no fault, but odd; empty: nothing */
    struct err first[SUBMISSION_FAULTS]; /* of the faults, up to as many as there is room */
};

/* Checks the CSV file `path`, the first that it adds to the inputs; 0 with faults or without, -1 if
 * something cannot be read. Memory is that of the ids, about a byte a row where they lie together.
 */
MUST_CHECK int submission_check(const char *path, const struct submission_expected *expected,
                                struct inputs *inputs, struct submission_check *check,
                                struct err *err);

#endif
