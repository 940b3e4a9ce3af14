/* Groups of an ensemble's models next to the mean of all: which of two has a row right. */
#include "model_groups.h"

#include "pipeline/dataset/rows.h"

#include <stdlib.h>
#include <string.h>

/* Sets the weights within each group: those of a group that the mean leaves out count alike. */
static void weigh(struct model_groups *g)
{
    for (int m = 0; m < g->ensemble->count; m++) {
        double sum = 0;

        for (int other = 0; other < g->ensemble->count; other++)
            sum += g->of[other] == g->of[m] ? g->ensemble->weights[other] : 0;
        g->weight[m] = sum > 0 ? g->ensemble->weights[m] : 1;
    }
}

static int name_groups(struct model_groups *g, char *const *names, struct err *err)
{
    g->of = calloc((size_t)g->ensemble->count, sizeof *g->of);
    g->name = calloc((size_t)g->ensemble->count, sizeof *g->name);
    g->weight = calloc((size_t)g->ensemble->count, sizeof *g->weight);
    if (!g->of || !g->name || !g->weight)
        return err_memory(err, "the models' names", 0);
    for (int m = 0; m < g->ensemble->count; m++) {
        int of = 0;

        while (of < g->count && strcmp(g->name[of], names[m]))
            of++;
        g->name[of] = names[m];
        g->of[m] = of;
        g->count += of == g->count;
    }
    weigh(g);
    return 0;
}

int model_groups_init(struct model_groups *g, const struct ensemble *ensemble, char *const *names,
                      struct err *err)
{
    size_t all;

    *g = (struct model_groups){.ensemble = ensemble};
    if (name_groups(g, names, err))
        return -1;
    if (g->count < 2 || g->count > MODEL_GROUPS_MOST)
        g->count = 0;
    all = (size_t)g->count + 1;
    g->correct = calloc(all, sizeof *g->correct);
    g->alone = calloc(all * all, sizeof *g->alone);
    g->without = calloc(all, sizeof *g->without);
    g->sums = calloc(all, (size_t)ensemble->classes * sizeof *g->sums);
    g->right = calloc(all, sizeof *g->right);
    g->next = calloc((size_t)ensemble->count, sizeof *g->next);
    return g->correct && g->alone && g->without && g->sums && g->right && g->next
               ? 0
               : err_memory(err, "the groups of models", 0);
}

void model_groups_free(struct model_groups *g)
{
    free(g->of);
    free(g->name);
    free(g->weight);
    free(g->correct);
    free(g->alone);
    free(g->without);
    free(g->sums);
    free(g->right);
    free(g->next);
    *g = (struct model_groups){0};
}

/* ---- Counting ---- */

static int largest(const double *shares, int classes)
{
    int best = 0;

    for (int k = 1; k < classes; k++)
        if (shares[k] > shares[best])
            best = k;
    return best;
}

/* Sums up the row by group. false: a group has no model for it. */
static bool sum_row(struct model_groups *g)
{
    const struct ensemble *e = g->ensemble;
    uint32_t covered = 0;

    memset(g->sums, 0, (size_t)g->count * (size_t)e->classes * sizeof *g->sums);
    for (int m = 0; m < e->count; m++) {
        const int64_t row = g->next[m];
        double *to = g->sums + (size_t)g->of[m] * (size_t)e->classes;

        if (row == e->rows_count[m] || ensemble_place(e, m, row) != g->row)
            continue;
        g->next[m]++;
        covered |= (uint32_t)1 << g->of[m];
        for (int k = 0; k < e->classes; k++)
            to[k] += g->weight[m] * ensemble_term(e, e->each[m][row * e->classes + k]);
    }
    return covered == UINT32_MAX >> (32 - g->count);
}

/* Predicts the row without group `left_out`, by the weights of the mean. -1: these are 0. */
static int predict_without(const struct model_groups *g, int left_out, double *sum)
{
    const struct ensemble *e = g->ensemble;
    double weight = 0;

    memset(sum, 0, (size_t)e->classes * sizeof *sum);
    for (int m = 0; m < e->count; m++) {
        const int64_t row = g->next[m] - 1; /* as sum_row() left it */
        const bool there = g->of[m] != left_out && row >= 0 && ensemble_place(e, m, row) == g->row;

        for (int k = 0; there && k < e->classes; k++)
            sum[k] += e->weights[m] * ensemble_term(e, e->each[m][row * e->classes + k]);
        weight += there ? e->weights[m] : 0;
    }
    return weight > 0 ? largest(sum, e->classes) : -1;
}

static void count_pair(struct paired *pair, bool first, bool second)
{
    pair->first += first && !second;
    pair->second += second && !first;
}

static void count_row(struct model_groups *g, int truth)
{
    const struct ensemble *e = g->ensemble;
    const int mean = g->count, all = g->count + 1;
    double *scratch = g->sums + (size_t)mean * (size_t)e->classes;

    for (int i = 0; i < mean; i++)
        g->right[i] = largest(g->sums + (size_t)i * (size_t)e->classes, e->classes) == truth;
    g->right[mean] = metrics_largest(e->mean + g->row * e->classes, e->classes) == truth;
    for (int i = 0; i < all; i++) {
        g->correct[i] += g->right[i];
        for (int j = 0; j < all; j++)
            count_pair(&g->alone[i * all + j], g->right[i], g->right[j]);
    }
    for (int i = 0; i < mean; i++) {
        const int predicted = predict_without(g, i, scratch);

        if (predicted >= 0)
            count_pair(&g->without[i], predicted == truth, g->right[mean]);
    }
    g->rows++;
}

void model_groups_add(struct model_groups *g, const void *labels, bool soft, int64_t count)
{
    if (g->count == 0)
        return;
    memset(g->next, 0, (size_t)g->ensemble->count * sizeof *g->next);
    for (g->row = 0; g->row < count; g->row++)
        if (sum_row(g))
            count_row(g, label_class(labels, soft, g->ensemble->classes, g->row));
}
