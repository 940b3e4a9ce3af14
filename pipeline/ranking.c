#include "ranking.h"

#include "metrics.h"

#include <stdlib.h>
#include <string.h>

int ranking_init(struct ranking *ranking, enum rank_by by, int most, struct err *err)
{
    *ranking = (struct ranking){.by = by, .most = most};
    ranking->list = calloc((size_t)most + 1, sizeof *ranking->list);
    return ranking->list ? 0 : err_memory(err, "a ranking", 0);
}

void ranking_free(struct ranking *ranking)
{
    free(ranking->list);
    *ranking = (struct ranking){0};
}

static bool before(const struct ranking *r, float a, float b)
{
    return r->by == RANK_MISTAKES ? a > b : a < b;
}

static void insert(struct ranking *r, const struct ranked *entry)
{
    int at = r->count;

    while (at > 0 && before(r, entry->probability, r->list[at - 1].probability))
        at--;
    if (at == r->most)
        return;
    r->count += r->count < r->most;
    memmove(r->list + at + 1, r->list + at, (size_t)(r->count - at - 1) * sizeof *r->list);
    r->list[at] = *entry;
}

static int truth_of(const void *labels, bool soft, int classes, int64_t row)
{
    const uint8_t *onehot = (const uint8_t *)labels + row * classes;

    if (!labels)
        return -1;
    if (soft)
        return metrics_largest((const float *)labels + row * classes, classes);
    return (int)((const uint8_t *)memchr(onehot, 1, (size_t)classes) - onehot);
}

void ranking_add(struct ranking *r, const int64_t *rows, const float *probabilities,
                 const void *labels, bool soft, int classes, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const float *p = probabilities + i * classes;
        const int predicted = metrics_largest(p, classes),
                  truth = truth_of(labels, soft, classes, i);

        if (r->by == RANK_UNSURE || (truth >= 0 && truth != predicted))
            insert(r, &(struct ranked){rows[i], truth, predicted, p[predicted]});
    }
}
