#include "private.h"

#include <stdlib.h>

int report_open(struct report *report, const struct report_files *files, int threads,
                struct err *err)
{
    *report = (struct report){.files = *files};
    return report_open_parts(report, err) || report_open_models(report, threads, err) ||
                   report_open_preds(report, err) || report_read_histories(report, err) ||
                   report_read_stages(report, err) || report_read_rows(report, err)
               ? -1
               : 0;
}

void report_close(struct report *report)
{
    for (int s = 0; report->stages && s < report->files.stage_count; s++)
        json_decref(report->stages[s]);
    free(report->stages);
    report_close_preds(report);
    report_close_models(report);
    report_close_parts(report);
    inputs_free(&report->inputs);
    *report = (struct report){0};
}

const struct report_pred *report_headline(const struct report *report)
{
    for (int p = 0; p < report->files.pred_count; p++)
        if (report->preds[p].file.has_labels)
            return &report->preds[p];
    return NULL;
}
