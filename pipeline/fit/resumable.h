#ifndef PIPELINE_FIT_RESUMABLE_H
#define PIPELINE_FIT_RESUMABLE_H

#include "pipeline/base/strbuf.h"
#include "settings.h"

/* Differences between the settings that a checkpoint records and those of the run that would resume
 * from it, each "--epochs is 60, was 30". */
struct resumable {
    struct strbuf refused; /* what would have led elsewhere by now; empty: the run can go on */
    struct strbuf taken;   /* what changes only what is still to come */
};

/* Compares the records of a checkpoint that was saved in epoch `epoch` and of a run. -1: out of
 * memory; resumable_free() in any case. */
MUST_CHECK int resumable_compare(struct resumable *resumable, const json_t *was, const json_t *now,
                                 int epoch, struct err *err);
void resumable_free(struct resumable *resumable);

#endif
