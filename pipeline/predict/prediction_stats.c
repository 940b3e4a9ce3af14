/* One pass over predictions: scores, calibration, and the rows that stand out. */
#include "prediction_stats.h"

#include "pipeline/dataset/rows.h"

#include <stdlib.h>

int prediction_stats_init(struct prediction_stats *s, int64_t rows, int classes, bool labelled,
                          bool soft, struct err *err)
{
    *s = (struct prediction_stats){.classes = classes, .labelled = labelled, .soft = soft};
    s->predicted = calloc((size_t)classes, sizeof *s->predicted);
    if (!s->predicted)
        return err_memory(err, "the classes' counts", 0);
    if (labelled && (metrics_init(&s->scores, classes, err) ||
                     metrics_measure_auc(&s->scores, rows, 1, err)))
        return -1;
    return 0;
}

void prediction_stats_add(struct prediction_stats *s, const int64_t *rows,
                          const float *probabilities, const void *labels, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int truth = s->labelled ? label_class(labels, s->soft, s->classes, i) : -1;
        const struct ranked row =
            ranked_row(rows[i], probabilities + i * s->classes, s->classes, truth);

        s->predicted[row.predicted]++;
        s->confidence += row.confidence;
        ranking_add_unsure(&s->unsure, row);
        ranking_add_mistake(&s->mistakes, row);
        if (s->labelled)
            calibration_add(&s->calibration, row.confidence, truth == row.predicted);
    }
    if (s->labelled)
        metrics_add(&s->scores, probabilities, labels, s->soft, NULL, count);
}

void prediction_stats_free(struct prediction_stats *s)
{
    metrics_free(&s->scores);
    free(s->predicted);
    *s = (struct prediction_stats){0};
}
