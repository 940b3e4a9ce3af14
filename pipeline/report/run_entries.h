#ifndef PIPELINE_RUN_ENTRIES_H
#define PIPELINE_RUN_ENTRIES_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Trainings that runs.jsonl keeps: its lines, those of one training's folds together. */
struct run_entry {
    const json_t *last;    /* its latest line: name, options, seed, time; not owned */
    int lines, folds;      /* folds 0: a training without */
    int64_t rows, wrong;   /* of its validation; rows 0: not known */
    double accuracy;       /* on validation; NAN: none */
    double loss, epochs;   /* means of its lines; NAN */
    double seconds;        /* sum of its lines'; NAN */
    uint64_t validated_on; /* equal where the same rows validated it; 0: not known */
};
struct run_entries {
    struct run_entry *list; /* in the order of their first lines */
    int count;
    int *of; /* [lines of runs.jsonl] the entry of each */
};

MUST_CHECK int run_entries_find(struct run_entries *entries, const json_t *runs, struct err *err);
void run_entries_free(struct run_entries *entries);

/* Returns the latest entry before `number` that it improves on or not: of the same name and seed,
 * validated on the same rows. -1: there is none. */
int run_entry_before(const struct run_entries *entries, int number);
/* Tells whether two entries were validated on the same rows. */
bool run_entries_comparable(const struct run_entry *a, const struct run_entry *b);

#endif
