#ifndef PIPELINE_COMPARISON_H
#define PIPELINE_COMPARISON_H

#include "metrics.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/model/relation.h"

/* Two predictions of the same rows, row by row. */
struct comparison {
    bool labelled;
    struct metrics each[2]; /* if labelled */
    struct metrics against; /* the classes of the second by those of the first: where they agree */
    char **classes;         /* [against.classes] as the CSV spells them */
    char **names;           /* [against.classes] for display */
    bool trial[2];          /* predictions of a trial */
    bool by_id;             /* of two data sets, in which rows of one id are the same */
    struct relation relation[2];
    int64_t rows;
    int64_t both, neither; /* rows that both have right, or wrong */
    int64_t only[2];       /* rows that one alone has right */
};

/* Reads both files. EX_DATAERR if they are of different data, without ids or with others, of
 * different rows, labels or classes, or if one alone has labels. */
MUST_CHECK int comparison_make(struct comparison *comparison, char *const paths[2],
                               struct err *err);
void comparison_free(struct comparison *comparison);

/* Return the first one's accuracy less the second one's, and its standard error: sqrt(b + c - (b -
 * c)^2 / n) / n with b and c rows that one alone has right, of n (Agresti, "Categorical data
 * analysis", section 11.1). */
double comparison_difference(const struct comparison *comparison);
double comparison_error(const struct comparison *comparison);
/* Returns the difference's 95 % interval, which has a width even where both have the same rows
 * right: Wald's with a row more that each alone has right (Bonett and Price, "Adjusted Wald
 * confidence interval for a difference of binomial proportions based on paired data", Journal of
 * Educational and Behavioral Statistics 37, 2012). */
struct interval comparison_interval(const struct comparison *comparison);
/* Tells whether fewer than ten rows tell them apart: the standard error then says too little. */
bool comparison_is_extreme(const struct comparison *comparison);
/* Does McNemar's test (1947), exact and two-sided: how likely b and c are so far apart or farther
 * if each of the b + c rows falls to either by a fair coin. 1 if there are none. */
double mcnemar_p(int64_t b, int64_t c);
/* Returns which of the two, 0 or 1, has an unfair advantage: these rows were trained on, and not
 * for the other or less of them. -1: neither. */
int comparison_trained_side(const struct comparison *comparison);

#endif
