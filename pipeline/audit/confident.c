/* Confident learning: thresholds, the confident joint, and what it says of the labels. */
#include "confident.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

int confident_init(struct confident *c, int classes, struct err *err)
{
    const size_t count = (size_t)classes;

    *c = (struct confident){.classes = classes,
                            .rows = calloc(count, sizeof *c->rows),
                            .thresholds = calloc(count, sizeof *c->thresholds),
                            .joint = calloc(count * count, sizeof *c->joint),
                            .pair = calloc(count * count, sizeof *c->pair)};
    return c->rows && c->thresholds && c->joint && c->pair ? 0 : err_memory(err, "counts of the labels", 0);
}

void confident_add(struct confident *c, const float *p, int label)
{
    c->rows[label]++;
    c->thresholds[label] += (double)p[label];
}

void confident_settle(struct confident *c)
{
    for (int k = 0; k < c->classes; k++)
        c->thresholds[k] = c->rows[k] ? c->thresholds[k] / (double)c->rows[k] : INFINITY;
}

int confident_count(struct confident *c, const float *p, int label)
{
    const double rounding = 1e-6; /* the mean of equal numbers may come out above them */
    int best = -1;

    for (int k = 0; k < c->classes; k++)
        if ((double)p[k] >= c->thresholds[k] - rounding && (best < 0 || p[k] > p[best]))
            best = k;
    if (best >= 0)
        c->joint[label * c->classes + best]++;
    return best;
}

/* Returns the rows labelled i that are to be of class j, by what was counted. */
static double estimated(const struct confident *c, int i, int j)
{
    const int64_t *row = c->joint + i * c->classes;
    int64_t counted = 0;

    for (int k = 0; k < c->classes; k++)
        counted += row[k];
    return counted ? (double)row[j] / (double)counted * (double)c->rows[i] : 0;
}

int confident_estimate(struct confident *c, struct err *err)
{
    for (int i = 0; i < c->classes; i++)
        for (int j = 0; j < c->classes; j++) {
            struct chosen *pair = &c->pair[i * c->classes + j];

            pair->room = i == j ? 0 : llround(estimated(c, i, j));
            pair->list = pair->room ? calloc((size_t)pair->room, sizeof *pair->list) : NULL;
            if (pair->room && !pair->list)
                return err_memory(err, "suspected labels", 0);
        }
    return 0;
}

/* ---- Choosing ---- */

static bool is_less(const struct suspect *a, const struct suspect *b)
{
    return a->margin < b->margin || (a->margin == b->margin && a->row > b->row);
}

static void swap(struct suspect *a, struct suspect *b)
{
    const struct suspect kept = *a;

    *a = *b;
    *b = kept;
}

/* Adds to the heap, in which list[i] is not above list[2i + 1] and list[2i + 2]; once it is full, in
 * place of its first. */
static void keep(struct chosen *c, struct suspect one)
{
    int64_t at = c->count;

    if (c->count < c->room) {
        c->list[c->count++] = one;
        for (; at > 0 && is_less(&c->list[at], &c->list[(at - 1) / 2]); at = (at - 1) / 2)
            swap(&c->list[at], &c->list[(at - 1) / 2]);
        return;
    }
    if (c->room == 0 || !is_less(&c->list[0], &one))
        return;
    c->list[0] = one;
    for (at = 0; 2 * at + 1 < c->count;) {
        int64_t child = 2 * at + 1;

        child += child + 1 < c->count && is_less(&c->list[child + 1], &c->list[child]);
        if (!is_less(&c->list[child], &c->list[at]))
            break;
        swap(&c->list[child], &c->list[at]);
        at = child;
    }
}

void confident_offer(struct confident *c, const float *p, int label, int64_t row)
{
    for (int j = 0; j < c->classes; j++)
        if (p[j] > p[label])
            keep(&c->pair[label * c->classes + j],
                 (struct suspect){(double)p[j] - (double)p[label], row});
}

/* ---- What it comes to ---- */

double confident_noise(const struct confident *c)
{
    double wrong = 0, all = 0;

    for (int i = 0; i < c->classes; i++) {
        for (int j = 0; j < c->classes; j++)
            wrong += i == j ? 0 : estimated(c, i, j);
        all += (double)c->rows[i];
    }
    return all > 0 ? wrong / all : 0;
}

void confident_free(struct confident *c)
{
    for (int i = 0; c->pair && i < c->classes * c->classes; i++)
        free(c->pair[i].list);
    free(c->pair);
    free(c->rows);
    free(c->thresholds);
    free(c->joint);
    *c = (struct confident){0};
}
