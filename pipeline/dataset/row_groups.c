/* Groups of rows, and parts of a data set that whole groups go to. */
#include "row_groups.h"

#include "keys.h"
#include "nn/nn.h"
#include "rows.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct group_slot {
    uint64_t digest; /* of the value; two groups of one digest would be one, which does no harm */
    int number;      /* from 1; 0: empty */
};

/* ---- Which group a row is of ---- */

static uint64_t digest_of(const struct row_groups *g, const void *values, int64_t row)
{
    const size_t size = key_bytes(g->width);

    return XXH3_64bits((const char *)values + (size_t)row * size, size);
}

/* Returns the slot of this digest, or the empty one where it belongs. At most half of them are
 * full. */
static struct group_slot *slot(struct group_slot *slots, size_t room, uint64_t digest)
{
    size_t at = digest & (room - 1);

    while (slots[at].number && slots[at].digest != digest)
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static int grow(struct row_groups *g, struct err *err)
{
    const size_t room = g->room ? 2 * g->room : 1024, half = room / 2;
    struct group_slot *slots = calloc(room, sizeof *slots);
    int32_t *rows = NULL;

    if (slots && half <= SIZE_MAX / sizeof *rows / (size_t)g->classes && half < INT_MAX)
        rows = realloc(g->rows, half * (size_t)g->classes * sizeof *rows);
    if (!rows) {
        free(slots);
        return err_memory(err, "the groups", room * sizeof *slots);
    }
    for (size_t i = 0; i < g->room; i++)
        if (g->slots[i].number)
            *slot(slots, room, g->slots[i].digest) = g->slots[i];
    free(g->slots);
    g->slots = slots;
    g->rows = rows;
    g->room = room;
    return 0;
}

static int add(struct row_groups *g, const void *values, int64_t row, int class, struct err *err)
{
    const uint64_t digest = digest_of(g, values, row);
    struct group_slot *at;

    if (2 * ((size_t)g->count + 1) > g->room && grow(g, err))
        return -1;
    at = slot(g->slots, g->room, digest);
    if (!at->number) {
        *at = (struct group_slot){digest, ++g->count};
        memset(g->rows + (size_t)(g->count - 1) * (size_t)g->classes, 0,
               (size_t)g->classes * sizeof *g->rows);
    }
    g->rows[(size_t)(at->number - 1) * (size_t)g->classes + (size_t) class]++;
    return 0;
}

static int read_all(struct row_groups *g, struct tensor_cursor *values,
                    struct tensor_cursor *labels, const struct dataset_info *info, struct err *err)
{
    enum { ROOM = 4096 };
    const size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
    char *block = malloc(ROOM * key_bytes(g->width)), *of = labels ? malloc(ROOM * label) : NULL;
    int64_t got = block && (of || !labels) ? 1 : err_memory(err, "the groups", 0);

    while (got > 0 && (got = tensor_cursor_read(values, block, ROOM, err)) > 0) {
        if (labels && tensor_cursor_read(labels, of, got, err) < 0)
            got = -1;
        for (int64_t i = 0, n = got; i < n; i++) {
            const int class = labels ? label_class(of, info->soft_labels, info->class_count, i) : 0;

            if (add(g, block, i, class, err)) {
                got = -1;
                break;
            }
        }
    }
    free(block);
    free(of);
    return (int)got;
}

int row_groups_read(struct row_groups *g, struct tensor_file *file, const struct dataset_info *info,
                    bool by_class, struct err *err)
{
    struct tensor_cursor *values = NULL, *labels = NULL;
    int result = -1;

    *g = (struct row_groups){.width = info->group_width,
                             .classes = by_class ? info->class_count : 1};
    if (tensor_cursor_open(&values, file, "groups", err) == 0 &&
        (!by_class || tensor_cursor_open(&labels, file, "labels", err) == 0))
        result = read_all(g, values, labels, info, err);
    tensor_cursor_close(values);
    tensor_cursor_close(labels);
    if (result)
        row_groups_free(g);
    return result;
}

/* ---- Which part a group goes to ---- */

struct turn {
    int group;
    int64_t rows;
    uint64_t drawn;
};

static int by_size(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    if (x->drawn != y->drawn)
        return x->drawn < y->drawn ? -1 : 1;
    return x->group - y->group;
}

static struct turn *draw_turns(const struct row_groups *g, uint64_t seed)
{
    const struct nn_random random = {seed, NN_RANDOM_SPLIT, UINT32_MAX};
    struct turn *turns = calloc((size_t)g->count + 1, sizeof *turns);

    for (int i = 0; turns && i < g->count; i++) {
        uint32_t bits[4];

        nn_random_bits(&random, (uint64_t)i, bits);
        turns[i] = (struct turn){i, 0, (uint64_t)bits[0] << 32 | bits[1]};
        for (int k = 0; k < g->classes; k++)
            turns[i].rows += g->rows[(size_t)i * (size_t)g->classes + (size_t)k];
    }
    if (turns)
        qsort(turns, (size_t)g->count, sizeof *turns, by_size);
    return turns;
}

/* Returns how full the classes of a group would be in a part, the mean over its rows. */
static double filling(const struct row_groups *g, const int32_t *rows, const double *has,
                      const double *wanted)
{
    double sum = 0, count = 0;

    for (int k = 0; k < g->classes; k++)
        if (rows[k]) {
            sum += rows[k] * ((has[k] + rows[k]) / wanted[k]);
            count += rows[k];
        }
    return sum / count;
}

static void give(struct row_groups *g, const struct turn *turns, int parts, double *has,
                 const double *wanted)
{
    const size_t classes = (size_t)g->classes;

    for (int i = 0; i < g->count; i++) {
        const int32_t *rows = g->rows + (size_t)turns[i].group * classes;
        double least = INFINITY;
        int best = 0;

        for (int p = 0; p < parts; p++) {
            const double full =
                filling(g, rows, has + (size_t)p * classes, wanted + (size_t)p * classes);

            if (full < least) {
                least = full;
                best = p;
            }
        }
        g->part[turns[i].group] = best;
        for (size_t k = 0; k < classes; k++)
            has[(size_t)best * classes + k] += rows[k];
    }
}

int row_groups_assign(struct row_groups *g, const int64_t *sizes, int parts, uint64_t seed,
                      struct err *err)
{
    const size_t classes = (size_t)g->classes, cells = (size_t)parts * classes;
    struct turn *turns = draw_turns(g, seed);
    double *has = calloc(cells, sizeof *has), *wanted = calloc(cells + classes, sizeof *wanted);
    double *all = wanted ? wanted + cells : NULL, total = 0;

    g->part = calloc((size_t)g->count + 1, sizeof *g->part);
    if (!turns || !has || !wanted || !g->part) {
        free(turns);
        free(has);
        free(wanted);
        return err_memory(err, "the groups", 0);
    }
    for (int i = 0; i < g->count; i++)
        for (size_t k = 0; k < classes; k++)
            all[k] += g->rows[(size_t)i * classes + k];
    for (int p = 0; p < parts; p++)
        total += (double)sizes[p];
    for (int p = 0; p < parts; p++)
        for (size_t k = 0; k < classes; k++)
            wanted[(size_t)p * classes + k] = all[k] * ((double)sizes[p] / total);
    give(g, turns, parts, has, wanted);
    free(turns);
    free(has);
    free(wanted);
    return 0;
}

void row_groups_sizes(const struct row_groups *g, int parts, int64_t *rows)
{
    memset(rows, 0, (size_t)parts * sizeof *rows);
    for (int i = 0; i < g->count; i++)
        for (int k = 0; k < g->classes; k++)
            rows[g->part[i]] += g->rows[(size_t)i * (size_t)g->classes + (size_t)k];
}

int row_groups_part(const struct row_groups *g, const void *values, int64_t row)
{
    const struct group_slot *at =
        g->room ? slot(g->slots, g->room, digest_of(g, values, row)) : NULL;

    return at && at->number ? g->part[at->number - 1] : -1;
}

void row_groups_free(struct row_groups *g)
{
    free(g->rows);
    free(g->part);
    free(g->slots);
    *g = (struct row_groups){0};
}
