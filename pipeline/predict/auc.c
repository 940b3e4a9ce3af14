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
    const size_t count = (size_t)rows * ((size_t)columns_of(classes) + 1);

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

enum { DIGITS = sizeof(uint64_t), VALUES = 256 };

/* Returns a digit of the score, from the last. */
static int digit_of(uint64_t key, int digit)
{
    return (int)(key >> 1 >> 8 * digit & (VALUES - 1));
}

/* Moves the keys into `to`, in the order of that digit. False: all have the same, and stay. */
static bool sort_by_digit(const uint64_t *keys, uint64_t *to, int64_t rows, int digit)
{
    int64_t places[VALUES] = {0}, sum = 0;

    for (int64_t i = 0; i < rows; i++)
        places[digit_of(keys[i], digit)]++;
    if (places[digit_of(keys[0], digit)] == rows)
        return false;
    for (int v = 0; v < VALUES; v++) {
        const int64_t count = places[v];

        places[v] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < rows; i++)
        to[places[digit_of(keys[i], digit)]++] = keys[i];
    return true;
}

/* Sorts the keys by their scores, with `spare` for as many; returns where they then are. A radix
 * sort takes a fifth of qsort()'s time. */
static const uint64_t *sort(uint64_t *keys, uint64_t *spare, int64_t rows)
{
    for (int digit = 0; digit < DIGITS && rows > 0; digit++)
        if (sort_by_digit(keys, spare, rows, digit)) {
            uint64_t *sorted = spare;

            spare = keys;
            keys = sorted;
        }
    return keys;
}

/* Computes the area of sorted keys. NAN if all rows are of the class, or none. */
static double area(const uint64_t *keys, int64_t rows)
{
    int64_t others = 0; /* rows of other classes with a lower score */
    double sum = 0;

    for (int64_t i = 0; i < rows;) {
        const uint64_t score = keys[i] >> 1;
        int64_t of_class = 0, equal = 0;

        for (; i < rows && keys[i] >> 1 == score; i++)
            if (keys[i] & 1)
                of_class++;
            else
                equal++;
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
        uint64_t *spare = auc->keys + auc->columns * auc->room;
        const double one = area(sort(auc->keys + k * auc->room, spare, auc->rows), auc->rows);

        known += !isnan(one);
        sum += isnan(one) ? 0 : one;
    }
    return known ? sum / known : NAN;
}
