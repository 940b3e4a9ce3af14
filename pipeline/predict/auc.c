/* The area under the ROC curve, from all scores in order. */
#include "auc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int columns_of(int classes)
{
    return classes == 2 ? 1 : classes;
}

bool auc_fits(int64_t rows, int classes, int parts)
{
    return rows <= AUC_MOST / columns_of(classes) / parts;
}

int auc_init(struct auc *auc, int64_t rows, int classes, struct err *err)
{
    const size_t count = (size_t)rows * (size_t)columns_of(classes);

    *auc = (struct auc){.columns = columns_of(classes), .room = rows};
    auc->keys = malloc((count + 1) * sizeof *auc->keys);
    return auc->keys ? 0
                     : err_memory(err, "the probabilities for the AUC", count * sizeof *auc->keys);
}

void auc_free(struct auc *auc)
{
    free(auc->keys);
    *auc = (struct auc){0};
}

/* Keys are in the order of their scores: the bits of numbers from 0 on are. */
static void put(struct auc *auc, int column, double score, bool is_class)
{
    uint64_t bits;

    score = score > 0 ? score : 0;
    memcpy(&bits, &score, sizeof bits);
    auc->keys[column * auc->room + auc->rows] = bits << 1 | is_class;
}

void auc_add(struct auc *auc, const double *scores, int truth)
{
    const int first = auc->columns == 1;

    for (int k = 0; k < auc->columns && auc->rows < auc->room; k++)
        put(auc, k, scores[first + k], truth == first + k);
    auc->rows++;
}

void auc_add_float(struct auc *auc, const float *scores, int truth)
{
    const int first = auc->columns == 1;

    for (int k = 0; k < auc->columns && auc->rows < auc->room; k++)
        put(auc, k, (double)scores[first + k], truth == first + k);
    auc->rows++;
}

static int by_key(const void *a, const void *b)
{
    const uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

    return (first > second) - (first < second);
}

/* Sorts the keys. NAN if all rows are of the class, or none. */
static double area(uint64_t *keys, int64_t rows)
{
    int64_t others = 0; /* rows of other classes with a lower score */
    double sum = 0;

    qsort(keys, (size_t)rows, sizeof *keys, by_key);
    for (int64_t i = 0; i < rows;) {
        const uint64_t score = keys[i] >> 1;
        int64_t of_class = 0, equal = 0;

        for (; i < rows && keys[i] >> 1 == score; i++)
            of_class += keys[i] & 1, equal++;
        equal -= of_class;
        sum += (double)of_class * ((double)others + 0.5 * (double)equal);
        others += equal;
    }
    return sum / ((double)others * (double)(rows - others));
}

double auc_mean(const struct auc *auc)
{
    double sum = 0;
    int known = 0;

    for (int k = 0; k < auc->columns && auc->rows <= auc->room; k++) {
        const double one = area(auc->keys + k * auc->room, auc->rows);

        known += !isnan(one);
        sum += isnan(one) ? 0 : one;
    }
    return known ? sum / known : NAN;
}
