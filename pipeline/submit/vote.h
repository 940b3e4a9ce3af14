#ifndef PIPELINE_VOTE_H
#define PIPELINE_VOTE_H

#include "pipeline/files/output.h"

/* A vote of submissions: each id gets the label that most of them give it, of equals that which
 * the earliest named has. */

struct vote_summary {
    int64_t rows;
    int64_t agreed; /* rows on which all agree */
    int64_t tied;   /* rows whose label the order of the submissions decided */
};

/* Writes the submission to `out`: header, ids and their order as in the first file; rows of the
 * others are found by their ids. All have two columns of one header, the same ids, and labels that
 * are no fractions, compared as label_key() does. EX_DATAERR where they have not, EX_USAGE if two
 * files have the same bytes: they would count double. Memory is about 50 bytes a row, and 4 for
 * each file. */
MUST_CHECK int submission_vote(struct output *out, char *const *paths, int count,
                               struct inputs *inputs, struct vote_summary *summary,
                               struct err *err);

#endif
