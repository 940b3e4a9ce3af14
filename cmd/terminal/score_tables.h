#ifndef CMD_SCORE_H
#define CMD_SCORE_H

#include "pipeline/predict/metrics.h"

#include <jansson.h>

/* Scores as predict and submit show them: tables of at most 80 columns, JSON. */

/* Prints per class precision, recall, F1 and rows, then the confusion matrix; where that would be
 * wider than 80 columns, the pairs confused most often. classes: as the CSV spells them; names: for
 * display. */
void score_tables(const struct metrics *metrics, char *const *classes, char *const *names);

/* Returns an object with all of it, undefined values null; NULL: out of memory. */
json_t *metrics_json(const struct metrics *metrics, char *const *classes, char *const *names);

#endif
