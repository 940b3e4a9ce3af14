#include "metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int metrics_init(struct metrics *metrics, int classes, struct err *err)
{
    size_t k = (size_t)classes;

    memset(metrics, 0, sizeof *metrics);
    metrics->classes = classes;
    if (k <= SIZE_MAX / sizeof *metrics->confusion / k)
        metrics->confusion = calloc(k * k, sizeof *metrics->confusion);
    if (!metrics->confusion)
        return err_memory(err, "the confusion matrix of all classes",
                          (unsigned long long)k * k * sizeof *metrics->confusion);
    return 0;
}

void metrics_free(struct metrics *metrics)
{
    free(metrics->confusion);
    metrics->confusion = NULL;
}

int metrics_largest(const float *shares, int classes)
{
    int best = 0;

    for (int k = 1; k < classes; k++)
        if (shares[k] > shares[best])
            best = k;
    return best;
}

static int hot(const uint8_t *onehot, int classes)
{
    const uint8_t *one = memchr(onehot, 1, (size_t)classes);

    return one ? (int)(one - onehot) : 0;
}

static double loss(double probability)
{
    return -log(fmax(probability, METRICS_FLOOR));
}

static double soft_loss(const float *p, const float *shares, int classes)
{
    double sum = 0;

    for (int k = 0; k < classes; k++)
        if (shares[k] > 0)
            sum += shares[k] * loss(p[k]);
    return sum;
}

void metrics_add(struct metrics *m, const float *probabilities, const void *labels, bool soft,
                 const int64_t *index, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t row = index ? index[i] : i;
        const float *p = probabilities + i * m->classes;
        int predicted = metrics_largest(p, m->classes), truth;

        if (soft) {
            const float *shares = (const float *)labels + row * m->classes;

            truth = metrics_largest(shares, m->classes);
            m->loss_sum += soft_loss(p, shares, m->classes);
        } else {
            truth = hot((const uint8_t *)labels + row * m->classes, m->classes);
            m->loss_sum += loss(p[truth]);
        }
        m->confusion[(size_t)truth * m->classes + predicted]++;
        m->correct += truth == predicted;
    }
    m->rows += count;
}

/* ---- What the rows say ---- */

static double ratio(double part, int64_t whole)
{
    return whole ? part / (double)whole : NAN;
}

static int64_t cell(const struct metrics *m, int truth, int predicted)
{
    return m->confusion[(size_t)truth * m->classes + predicted];
}

double metrics_accuracy(const struct metrics *m)
{
    return ratio((double)m->correct, m->rows);
}

double metrics_standard_error(const struct metrics *m)
{
    return accuracy_error(metrics_accuracy(m), (double)m->rows);
}

double accuracy_error(double accuracy, double rows)
{
    return rows > 0 ? sqrt(accuracy * (1 - accuracy) / rows) : NAN;
}

double metrics_loss(const struct metrics *m)
{
    return ratio(m->loss_sum, m->rows);
}

int64_t metrics_support(const struct metrics *m, int class)
{
    int64_t rows = 0;

    for (int k = 0; k < m->classes; k++)
        rows += cell(m, class, k);
    return rows;
}

int64_t metrics_predicted(const struct metrics *m, int class)
{
    int64_t rows = 0;

    for (int k = 0; k < m->classes; k++)
        rows += cell(m, k, class);
    return rows;
}

double metrics_precision(const struct metrics *m, int class)
{
    return ratio((double)cell(m, class, class), metrics_predicted(m, class));
}

double metrics_recall(const struct metrics *m, int class)
{
    return ratio((double)cell(m, class, class), metrics_support(m, class));
}

double metrics_f1(const struct metrics *m, int class)
{
    return ratio(2 * (double)cell(m, class, class),
                 metrics_predicted(m, class) + metrics_support(m, class));
}

/* Keeps list[0..count) sorted; what falls off its end is dropped. */
static int insert(struct confusion *list, int count, int most, struct confusion item)
{
    int at = count;

    while (at > 0 && list[at - 1].rows < item.rows)
        at--;
    if (at >= most)
        return count;
    if (count < most)
        count++;
    memmove(list + at + 1, list + at, (size_t)(count - 1 - at) * sizeof *list);
    list[at] = item;
    return count;
}

int metrics_confusions(const struct metrics *m, struct confusion *list, int most)
{
    int count = 0;

    for (int truth = 0; truth < m->classes; truth++)
        for (int predicted = 0; predicted < m->classes; predicted++) {
            struct confusion item = {truth, predicted, cell(m, truth, predicted)};

            if (truth != predicted && item.rows > 0)
                count = insert(list, count, most, item);
        }
    return count;
}
