/* Accuracy, loss, confusion matrix, figures by class and their means, gathered chunk by chunk. */
#include "metrics.h"

#include "pipeline/dataset/rows.h"

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

int metrics_measure_auc(struct metrics *m, int64_t rows, int parts, struct err *err)
{
    return auc_fits(rows, m->classes, parts) ? auc_init(&m->auc, rows, m->classes, err) : 0;
}

void metrics_free(struct metrics *metrics)
{
    auc_free(&metrics->auc);
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

static bool is_floored(const float *p, const float *shares, int classes)
{
    for (int k = 0; k < classes; k++)
        if (shares[k] > 0 && p[k] < METRICS_FLOOR)
            return true;
    return false;
}

static bool is_tied(const float *p, int classes)
{
    const int first = metrics_largest(p, classes);

    for (int k = first + 1; k < classes; k++)
        if (p[k] == p[first])
            return true;
    return false;
}

void metrics_add_scored(struct metrics *m, const float *probabilities, const double *losses,
                        const void *labels, bool soft, const int64_t *index, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t row = index ? index[i] : i;
        const float *p = probabilities + i * m->classes;
        const float *shares = soft ? (const float *)labels + row * m->classes : NULL;
        const int truth = label_class(labels, soft, m->classes, row);
        const double of_p = soft ? soft_loss(p, shares, m->classes) : loss(p[truth]);

        metrics_count(m, truth, metrics_largest(p, m->classes), losses ? losses[i] : of_p);
        if (!losses)
            m->floored +=
                soft ? is_floored(p, shares, m->classes) : (double)p[truth] < METRICS_FLOOR;
        m->tied += is_tied(p, m->classes);
        if (m->auc.keys)
            auc_add_float(&m->auc, p, truth);
    }
}

void metrics_add(struct metrics *m, const float *probabilities, const void *labels, bool soft,
                 const int64_t *index, int64_t count)
{
    metrics_add_scored(m, probabilities, NULL, labels, soft, index, count);
}

void metrics_count(struct metrics *m, int truth, int predicted, double loss_of_row)
{
    m->rows++;
    m->correct += truth == predicted;
    m->loss_sum += loss_of_row;
    m->confusion[(size_t)truth * m->classes + predicted]++;
}

void metrics_add_shares(struct metrics *m, const double *shares, int truth, double loss_of_row)
{
    int predicted = 0;

    for (int k = 1; k < m->classes; k++)
        if (shares[k] > shares[predicted])
            predicted = k;
    metrics_count(m, truth, predicted, loss_of_row);
    if (m->auc.keys)
        auc_add(&m->auc, shares, truth);
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

/* Returns the mean over the classes where it is defined. */
static double class_mean(const struct metrics *m,
                         double (*figure)(const struct metrics *metrics, int class))
{
    double sum = 0;
    int known = 0;

    for (int k = 0; k < m->classes; k++) {
        const double value = figure(m, k);

        known += !isnan(value);
        sum += isnan(value) ? 0 : value;
    }
    return ratio(sum, known);
}

struct score metrics_score(const struct metrics *m)
{
    return (struct score){.rows = m->rows,
                          .correct = m->correct,
                          .loss = metrics_loss(m),
                          .at_least = m->floored > 0,
                          .macro_f1 = class_mean(m, metrics_f1),
                          .balanced_accuracy = class_mean(m, metrics_recall),
                          .auc = auc_mean(&m->auc)};
}

bool metrics_add_confusion(struct metrics *m, const json_t *confusion)
{
    if (json_array_size(confusion) != (size_t)m->classes)
        return false;
    for (int truth = 0; truth < m->classes; truth++) {
        const json_t *row = json_array_get(confusion, (size_t)truth);

        if (json_array_size(row) != (size_t)m->classes)
            return false;
        for (int k = 0; k < m->classes; k++) {
            const json_int_t rows = json_integer_value(json_array_get(row, (size_t)k));

            if (rows < 0 || rows > INT64_MAX - m->rows)
                return false;
            m->confusion[(size_t)truth * m->classes + k] += rows;
            m->rows += rows;
            m->correct += truth == k ? rows : 0;
        }
    }
    return true;
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
