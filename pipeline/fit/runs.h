#ifndef PIPELINE_RUNS_H
#define PIPELINE_RUNS_H

#include "pipeline/files/inputs.h"

#include <jansson.h>

/* What happened in a folder: objects in the order of their lines. */
struct runs {
    json_t *fits;   /* finished ones */
    json_t *scores; /* of a leaderboard, with those of one's own rows */
};

/* Reads runs.jsonl, in which make keeps a line of JSON for each of these. Frees nothing that *runs
 * held. EX_NOINPUT; EX_DATAERR where a line is none. */
MUST_CHECK int runs_read(struct runs *runs, const char *path, struct inputs *inputs,
                         struct err *err);
/* Frees; zeroed or freed ones are fine. */
void runs_free(struct runs *runs);

/* Adds a line for the fit `fit` of the model `model` by its history, unless the file has it
 * already; with "keep_best" its figures are those of the epoch kept. The line is one write, so that
 * fits side by side do not mix theirs. */
MUST_CHECK int runs_add(const char *path, const char *history, const char *model, const char *fit,
                        const char *options, struct err *err);
/* Adds a line for a leaderboard's score, an object with "submission" and "score", likewise. Returns
 * 1 added, 0 the file has it. */
MUST_CHECK int runs_add_score(const char *path, const json_t *score, struct err *err);

#endif
