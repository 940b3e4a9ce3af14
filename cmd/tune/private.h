#ifndef CMD_TUNE_PRIVATE_H
#define CMD_TUNE_PRIVATE_H

#include "pipeline/chain/chain.h"
#include "pipeline/tune/halving.h"
#include "pipeline/tune/space.h"
#include "pipeline/tune/tried.h"

#include <jansson.h>
#include <signal.h>
#include <sys/types.h>

enum { CANDIDATES_MOST = 5000 };

/* A fit that runs. */
struct running {
    pid_t pid; /* 0: none */
    struct candidate *candidate;
    int fold, threads;
    int from; /* epochs that it had already */
    double begin;
};

struct tune {
    struct chain *chain;
    struct pool *pool;
    const char *model, *folder, *record_path, *data, *data_digest;
    struct words base; /* options of the model as they are */
    struct space space;
    struct halving halving;
    uint64_t seed;
    double begin, until;
    json_t *record;
    struct candidate *candidates;  /* [count], by number */
    struct words *drawn, *ends;    /* [count]; sentences about drawn values at ends of ranges */
    const char **texts, **reasons; /* [count] of the options drawn; why a training failed */
    struct candidate **ranked;
    int count, failures;
    int64_t ended; /* trainings */
    uint32_t draws;
    bool drawn_all;
    struct running *running; /* [processors] */
    const char *launcher;    /* RUN_FIT: a command in front of each fit, or "" */
    const char *device;      /* DEVICE or "" */
    enum keep by;            /* METRIC: the figure that ranks */
    int lanes, used;         /* threads; with a launcher fits side by side */
    sigset_t signals, before;
    int caught;
    bool over; /* the time is, or a signal came */

    /* The rung that is trained. */
    int rung, entered; /* candidates in it, ranked[entered]; of the first rung as many as drawn */
    int next, next_fold;
    int called_back; /* that were left behind, and come to the end nevertheless */
};

/* ---- trainings.c: the processes of fits ---- */

/* Tells whether it is known how the candidate was after a rung, on a fold. */
bool training_is_known(struct tune *t, const struct candidate *c, int rung, int fold,
                       struct tried *tried);
/* Takes what is known of a candidate on a fold after the rung's epochs: false if nothing is. */
bool training_take_known(struct tune *t, struct candidate *c, int fold);
/* Starts the fit of r->candidate on r->fold, with r->threads. */
MUST_CHECK int training_start(struct tune *t, struct running *r, struct err *err);
/* Returns the name of the training of a candidate on a fold: by all that its bytes depend on. */
const char *training_name(struct tune *t, const struct candidate *c, int fold);
/* Removes the state of a candidate's training on a fold: its figures stay in the record. */
void training_drop(struct tune *t, const struct candidate *c, int fold);
/* Has all that runs save its state and end. */
void trainings_stop(struct tune *t);
/* Waits until a fit ends, the time is over, or a signal comes. */
MUST_CHECK int trainings_wait(struct tune *t, struct err *err);

/* ---- rungs.c: candidates, and who of them goes on ---- */

/* Draws and trains as long as there is time. */
MUST_CHECK int rungs_run(struct tune *t, struct err *err);

/* ---- results.c ---- */

/* Writes a score: 93.10 % of accuracy, or 0.9310; returns text. */
enum { RANKED_TEXT = 32 };
const char *ranked_text(const struct tune *t, double score, char text[RANKED_TEXT]);
/* Prints the table of what was tried, and writes the recipe. */
MUST_CHECK int tune_conclude(struct tune *t, const char *recipe, struct err *err);

#endif
