#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "cmd/cli/options.h"
#include "cmd/terminal/class_text.h"
#include "cmd/terminal/terminal.h"
#include "pipeline/dataset/picks.h"
#include "pipeline/predict/predicted.h"

#include <jansson.h>

/* Request of show, and where its answer goes. */
struct show {
    const char *path, *name; /* name: as it is shown */
    const char *rows;        /* NULL: the first ten, or none of a file without pictures */
    struct picks picks;
    const char *pred;
    struct option_list models;
    int64_t mistakes, unsure; /* 0: not requested */
    bool values;
    bool why;            /* --why: maps under the pictures */
    bool filters;        /* --filters of a model */
    const char *normalize; /* NULL: as they are */
    struct nn_normalize view;
    const char *changes; /* --augment; NULL: none */
    struct nn_augment augment;
    int64_t epochs, seed; /* of it */
    const char *png, *wrong;
    struct terminal terminal;
    struct inputs inputs; /* all that is read */
    json_t *summary;      /* of --json; what is shown puts it here */
};

enum { SHOW_ROWS = 10 }; /* unless more are requested */

/* Show the kind of file that they are named after on standard output, and set show->summary. Return
 * 0, or -1 with the cause in err. */
int show_dataset(struct show *show, struct err *err);
int show_model(struct show *show, struct err *err);
int show_predictions(struct show *show, struct err *err);
int show_checkpoint(struct show *show, struct err *err);
int show_history(struct show *show, struct err *err); /* JSON Lines of fit */
int show_runs(struct show *show, struct err *err);    /* runs.jsonl */
/* Shows the scores that it has, if any, and adds them to the summary. */
int show_scores(struct show *show, const json_t *scores, struct err *err);
/* Shows a tensor file of another kind, or without one. */
int show_tensors(struct show *show, struct err *err);

/* ---- What several of them show ---- */

/* Prints the table of a file's tensors. */
void print_tensors(const struct tensor_file *file);
json_t *tensors_json(const struct tensor_file *file);

/* Prints "3 of the 30 requested rows are in this file", as in a part of the CSV; nothing where all
 * are. */
void print_missing(const struct picks *picks);

/* Prints the rows of each class, rows[classes], as bars; of many classes the largest alone. */
MUST_CHECK int print_class_counts(const struct terminal *terminal, const struct class_list *classes,
                                  const int64_t *rows, struct err *err);
json_t *class_counts_json(const struct class_list *classes, const int64_t *rows);

#endif
