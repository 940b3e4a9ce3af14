#ifndef PIPELINE_RELATIONS_H
#define PIPELINE_RELATIONS_H

#include "ensemble.h"
#include "pipeline/model/relation.h"

/* How the rows of a data set relate to the models of an ensemble. */
struct relations {
    const struct ensemble *ensemble;
    struct relation *each; /* [models + 1] the last is of their mean: what any of them has seen */
    bool *of_all;          /* [models] that record no pictures, but the whole data set */
    int64_t *at;           /* [models] places in the lists of a chunk's rows */
};

/* `digest` is that of the data. */
MUST_CHECK int relations_init(struct relations *relations, const struct ensemble *ensemble,
                              const char *digest, struct err *err);
/* Counts the rows of the chunk that the ensemble has predicted last. */
void relations_add(struct relations *relations, const struct dataset_chunk *chunk);
/* Ends the counting. */
void relations_settle(struct relations *relations);
/* Returns {"mean": {...}, "models": [...]}; NULL: out of memory. */
json_t *relations_json(const struct relations *relations);
void relations_free(struct relations *relations);

#endif
