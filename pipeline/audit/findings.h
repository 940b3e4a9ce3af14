#ifndef PIPELINE_FINDINGS_H
#define PIPELINE_FINDINGS_H

#include "pipeline/base/err.h"
#include "pipeline/base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* What an audit finds, ranked: by kind, in the order of the enum, then by how sure it is. */

enum finding_kind {
    FOUND_LABEL,     /* the label is likely wrong */
    FOUND_CONFLICT,  /* a picture that another row has, with another label */
    FOUND_EMPTY,     /* a picture of one value */
    FOUND_INVERTED,  /* ground and thing the other way round */
    FOUND_CUT,       /* the thing is cut off by an edge */
    FOUND_LEAK,      /* a picture that the test data has too */
    FOUND_DUPLICATE, /* a picture that an earlier row has, with the same label */
    FOUND_NEAR,      /* nearly so */
    FOUND_DRIFT,     /* a row that tells its data set from the other */
    FINDING_KINDS
};

struct finding {
    enum finding_kind kind;
    int set;     /* 0: the data, 1: the test data */
    int64_t row; /* from 0 in the set */
    int suggested; /* class, -1: none */
    double key;    /* the largest first */
    int other_set; /* of the row that it is like */
    int64_t other; /* -1: none */
    double figure; /* by the kind: correlation with the other row, probability of the own set */
};

struct findings {
    struct finding *list; /* [count] */
    int64_t count, room;
    int64_t kinds[FINDING_KINDS]; /* of each */
};

MUST_CHECK int findings_add(struct findings *findings, const struct finding *one, struct err *err);
/* Ranks all; equals come in the order of their rows. */
void findings_rank(struct findings *findings);
void findings_free(struct findings *findings);

const char *finding_word(enum finding_kind kind); /* "label" */
/* Returns what rows of the kind are, after their number: "labels that are likely wrong". */
const char *finding_says(enum finding_kind kind);

#endif
