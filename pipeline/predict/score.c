/* The figures of a score, as lines and as summaries have them. */
#include "score.h"

#include "pipeline/base/json.h"

#include <math.h>
#include <stdio.h>

static const double ROWS_MOST = 1e15;

double score_accuracy(const struct score *s)
{
    return s->rows ? (double)s->correct / (double)s->rows : NAN;
}

double accuracy_error(double accuracy, double rows)
{
    return rows > 0 ? sqrt(accuracy * (1 - accuracy) / rows) : NAN;
}

const char *score_text(const struct score *s, char text[SCORE_TEXT])
{
    const double accuracy = score_accuracy(s);
    char loss[32] = "";

    if (!isnan(s->loss))
        snprintf(loss, sizeof loss, "loss %.4f, ", s->loss);
    snprintf(text, SCORE_TEXT, "accuracy %.2f %% +- %.2f %%, %s%lld of %lld wrong", 100 * accuracy,
             100 * accuracy_error(accuracy, (double)s->rows), loss,
             (long long)(s->rows - s->correct), (long long)s->rows);
    return text;
}

const char *contest_text(const struct score *s, char text[SCORE_TEXT])
{
    char auc[32] = "";

    if (!isnan(s->auc))
        snprintf(auc, sizeof auc, ", AUC %.4f", s->auc);
    if (isnan(s->macro_f1))
        snprintf(text, SCORE_TEXT, "macro F1 and balanced accuracy unknown");
    else
        snprintf(text, SCORE_TEXT, "macro F1 %.4f, balanced accuracy %.4f%s", s->macro_f1,
                 s->balanced_accuracy, auc);
    return text;
}

json_t *score_json(const struct score *s)
{
    const double accuracy = score_accuracy(s);

    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "rows", (json_int_t)s->rows,
                     "correct", (json_int_t)s->correct, "accuracy", json_real_or_null(accuracy),
                     "standard_error", json_real_or_null(accuracy_error(accuracy, (double)s->rows)),
                     "loss", json_real_or_null(s->loss), "macro_f1", json_real_or_null(s->macro_f1),
                     "balanced_accuracy", json_real_or_null(s->balanced_accuracy), "auc",
                     json_real_or_null(s->auc));
}

int score_read(struct score *s, const json_t *json)
{
    const double rows = json_number(json, "rows"), correct = json_number(json, "correct");

    if (!(rows >= 1 && rows <= ROWS_MOST && correct >= 0 && correct <= rows))
        return -1;
    *s = (struct score){.rows = (int64_t)rows,
                        .correct = (int64_t)correct,
                        .loss = json_number(json, "loss"),
                        .macro_f1 = json_number(json, "macro_f1"),
                        .balanced_accuracy = json_number(json, "balanced_accuracy"),
                        .auc = json_number(json, "auc")};
    return 0;
}
