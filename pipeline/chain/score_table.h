#ifndef PIPELINE_SCORE_TABLE_H
#define PIPELINE_SCORE_TABLE_H

#include "chain.h"
#include "pipeline/model/relation.h"
#include "pipeline/predict/model_line.h"

/* A model, or the mean of all, with the texts of its columns. */
struct score_row {
    struct model_line line;
    int seeds;     /* 0: there are not two to compare */
    double spread; /* standard deviation of their accuracies */
    enum relation_kind kind;
    const char *name, *accuracy, *spread_text, *rest, *options;
};

/* Sets the texts of a row whose figures and name are known; options are those of the model. */
void score_row_print(struct chain *chain, struct score_row *row, const char *options);
/* Prints a row for each model and the last for their mean, in so many columns (0: in as many as it
 * takes), what the signs stand for, and a table of what contests also score by. */
void score_table(struct chain *chain, struct score_row *rows, int columns, FILE *out);

#endif
