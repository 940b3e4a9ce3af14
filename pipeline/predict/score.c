/* The figures of a score, as lines and as summaries have them. */
#include "score.h"

#include "pipeline/base/figures.h"
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

struct interval wilson_interval(double accuracy, double rows, double z)
{
    const double more = z * z / rows;
    const double middle = (accuracy + more / 2) / (1 + more);
    const double half = z * sqrt((accuracy * (1 - accuracy) + more / 4) / rows) / (1 + more);

    if (!(rows > 0))
        return (struct interval){NAN, NAN};
    return (struct interval){accuracy > 0 ? middle - half : 0, accuracy < 1 ? middle + half : 1};
}

double accuracy_spread(double accuracy, double rows)
{
    const struct interval ends = wilson_interval(accuracy, rows, 1);

    return accuracy_is_extreme(accuracy, rows) ? (ends.high - ends.low) / 2
                                               : accuracy_error(accuracy, rows);
}

/* Returns the logarithm of the ways to choose k of n. */
static double log_choices(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Does Fisher's exact test: of all ways in which the rows that both have right may fall to the two,
 * sums the chances of those that are no likelier than what happened. */
static double fisher_p(double right, double other, double rows)
{
    const double all = right + other, least = fmax(0, all - rows), most = fmin(all, rows);
    const double happened = log_choices(rows, right) + log_choices(rows, other);
    const double slack = 1e-7; /* equal chances differ by rounding */
    double sum = 0;

    for (double k = least; k <= most; k++) {
        const double ways = log_choices(rows, k) + log_choices(rows, all - k);

        if (ways <= happened + slack)
            sum += exp(ways - log_choices(2 * rows, all));
    }
    return fmin(1, sum);
}

double proportions_p(double a, double b, double rows)
{
    enum { MOST_WAYS = 100000 }; /* beyond it the two are told apart by any test */
    const double error = accuracy_error((a + b) / 2, rows) * sqrt(2);

    if (a == b)
        return 1;
    if ((accuracy_is_extreme(a, rows) || accuracy_is_extreme(b, rows)) &&
        rows * fmin(a + b, 2 - a - b) < MOST_WAYS)
        return fisher_p(rint(a * rows), rint(b * rows), rows);
    return erfc(fabs(a - b) / error / sqrt(2));
}

/* Integrates 1 - F(x)^n above 0 less F(x)^n below it, F the distribution, by Simpson's rule. */
double largest_of(int count)
{
    enum { STEPS = 2000 };
    const double end = 10, step = 2 * end / STEPS;
    double sum = 0;

    for (int i = 0; i <= STEPS; i++) {
        const double x = -end + i * step, weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        const double below = pow(0.5 * erfc(-x / sqrt(2)), count);

        sum += weight * (i > STEPS / 2 ? 1 - below : i < STEPS / 2 ? -below : 0.5 - below);
    }
    return sum * step / 3;
}

bool accuracy_is_extreme(double accuracy, double rows)
{
    enum { ENOUGH = 10 };

    return rows * fmin(accuracy, 1 - accuracy) < ENOUGH - 0.5;
}

const char *accuracy_text(double accuracy, double rows, const char *sign, char text[ACCURACY_TEXT])
{
    const struct interval ends = wilson_interval(accuracy, rows, Z_95);
    char number[SHARE_TEXT], low[SHARE_TEXT], high[SHARE_TEXT];

    percent_text(accuracy, 2, number);
    if (isnan(accuracy))
        snprintf(text, ACCURACY_TEXT, "-");
    else if (!(rows > 0))
        snprintf(text, ACCURACY_TEXT, "%s %%", number);
    else if (accuracy_is_extreme(accuracy, rows))
        snprintf(text, ACCURACY_TEXT, "%s %% (%s to %s %%)", number, percent_text(ends.low, 2, low),
                 percent_text(ends.high, 2, high));
    else
        snprintf(text, ACCURACY_TEXT, "%s %% %s %.2f %%", number, sign,
                 100 * accuracy_error(accuracy, rows));
    return text;
}

const char *score_text(const struct score *s, char text[SCORE_TEXT])
{
    char loss[48] = "", number[LOSS_TEXT], accuracy[ACCURACY_TEXT];

    if (!isnan(s->loss))
        snprintf(loss, sizeof loss, "loss %s%s, ", s->at_least ? "at least " : "",
                 loss_text(s->loss, number));
    snprintf(text, SCORE_TEXT, "accuracy %s, %s%lld of %lld wrong",
             accuracy_text(score_accuracy(s), (double)s->rows, "+-", accuracy), loss,
             (long long)(s->rows - s->correct), (long long)s->rows);
    return text;
}

const char *contest_text(const struct score *s, char text[SCORE_TEXT])
{
    char auc[48] = "", f1[SHARE_TEXT], balanced[SHARE_TEXT], number[SHARE_TEXT];

    if (!isnan(s->auc))
        snprintf(auc, sizeof auc, ", AUC %s", ratio_text(s->auc, 4, number));
    if (isnan(s->macro_f1))
        snprintf(text, SCORE_TEXT, "macro F1 and balanced accuracy unknown");
    else
        snprintf(text, SCORE_TEXT, "macro F1 %s, balanced accuracy %s%s",
                 ratio_text(s->macro_f1, 4, f1), ratio_text(s->balanced_accuracy, 4, balanced),
                 auc);
    return text;
}

json_t *score_json(const struct score *s)
{
    const double accuracy = score_accuracy(s);
    const struct interval ends = wilson_interval(accuracy, (double)s->rows, Z_95);

    return json_pack("{s:I, s:I, s:o, s:o, s:[o, o], s:o, s:b, s:o, s:o, s:o}", "rows",
                     (json_int_t)s->rows, "correct", (json_int_t)s->correct, "accuracy",
                     json_real_or_null(accuracy), "standard_error",
                     json_real_or_null(accuracy_error(accuracy, (double)s->rows)), "ci95",
                     json_real_or_null(ends.low), json_real_or_null(ends.high), "loss",
                     json_real_or_null(s->loss), "loss_at_least", s->at_least, "macro_f1",
                     json_real_or_null(s->macro_f1), "balanced_accuracy",
                     json_real_or_null(s->balanced_accuracy), "auc", json_real_or_null(s->auc));
}

int score_read(struct score *s, const json_t *json)
{
    const double rows = json_number(json, "rows"), correct = json_number(json, "correct");

    if (!(rows >= 1 && rows <= ROWS_MOST && correct >= 0 && correct <= rows))
        return -1;
    *s = (struct score){.rows = (int64_t)rows,
                        .correct = (int64_t)correct,
                        .loss = json_number(json, "loss"),
                        .at_least = json_is_true(json_object_get(json, "loss_at_least")),
                        .macro_f1 = json_number(json, "macro_f1"),
                        .balanced_accuracy = json_number(json, "balanced_accuracy"),
                        .auc = json_number(json, "auc")};
    return 0;
}
