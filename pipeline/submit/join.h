#ifndef PIPELINE_JOIN_H
#define PIPELINE_JOIN_H

#include "pipeline/files/output.h"

/* Submissions joined to one: each id gets the label that most of them give it, of equals that which
 * the earliest named has; or the mean of their probabilities. */

enum join_kind { JOIN_VOTE, JOIN_MEAN };

struct join_summary {
    int64_t rows;
    int64_t agreed; /* of a vote: rows on which all agree */
    int64_t tied;   /* rows whose label the order of the submissions decided */
};

/* Writes the submission to `out`: header, ids and their order as in the first file; rows of the
 * others are found by their ids. All have the same columns, those of probabilities in any order,
 * and the same ids; for a vote two columns, and labels that are no fractions, compared as
 * label_key() does, else numbers from 0 to 1. EX_DATAERR where they have not, EX_USAGE if two files
 * have the same bytes: they would count double. Memory is about 50 bytes a row, and 4 for each file
 * of a vote, 8 for each column of a mean. */
MUST_CHECK int submission_join(struct output *out, enum join_kind kind, char *const *paths,
                               int count, struct inputs *inputs, struct join_summary *summary,
                               struct err *err);

#endif
