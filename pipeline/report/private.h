#ifndef PIPELINE_REPORT_PRIVATE_H
#define PIPELINE_REPORT_PRIVATE_H

#include "report.h"

enum { CHUNK_BYTES = 4 << 20 }; /* of rows that are read at a time */

/* ---- Reading, in this order ---- */

MUST_CHECK int report_open_parts(struct report *report, struct err *err);
MUST_CHECK int report_open_models(struct report *report, int threads, struct err *err);
MUST_CHECK int report_open_preds(struct report *report, struct err *err);
/* Read the histories and the stages' summaries, each with what it belongs to, and the runs. */
MUST_CHECK int report_read_histories(struct report *report, struct err *err);
MUST_CHECK int report_read_stages(struct report *report, struct err *err);
MUST_CHECK int report_read_runs(struct report *report, struct err *err);
MUST_CHECK int report_read_weights(struct report *report, struct err *err);
MUST_CHECK int report_read_tuned(struct report *report, struct err *err);
MUST_CHECK int report_read_audit(struct report *report, struct err *err);
/* Does one pass over all predictions, then one over all data. */
MUST_CHECK int report_read_rows(struct report *report, struct err *err);

/* Makes maps for the mistakes, where they are requested. */
MUST_CHECK int report_read_why(struct report *report, struct err *err);
/* Makes the map, where it is requested, of rows of a part with labels. */
MUST_CHECK int report_read_map(struct report *report, struct err *err);

void report_close_map(struct report *report);
void report_close_parts(struct report *report);
void report_close_models(struct report *report);
void report_close_preds(struct report *report);

/* Reads a summary of --json; NULL: err is set. */
json_t *report_read_summary(struct report *report, const char *path, struct err *err);
/* Appends the numbers of the part's rows that the audit shows: at most AUDIT_SHOWN * RANKING_FEW.
 * Returns how many. */
int report_audit_rows(const struct report *report, int part, int64_t *numbers);

/* Returns the first predictions with labels, which are in the page's headline. NULL: none. */
const struct report_pred *report_headline(const struct report *report);
/* Returns the first part with labels, with which the classes' shares are compared; NULL: none. */
const struct report_part *report_labelled_part(const struct report *report);
/* Counts the models that trained on the data of that digest. */
int report_trained_on(const struct report *report, const char *digest);
/* Returns the model's number, -1: none has that digest. */
int report_find_model(const struct report *report, const char *digest);

#endif
