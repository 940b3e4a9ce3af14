/* Running statistics estimated from batches of training rows, see batchnorm_estimate.h. */
#include "batchnorm_estimate.h"

#include <stdlib.h>
#include <string.h>

/* Rows that are enough, or a batch if that is more: with 32,000 scores were the same, with 256
 * nearly. */
enum { ENOUGH = 1024 };

static void measure(struct estimate *e, int64_t n, int batch)
{
    e->rows = n < batch ? (int)n : batch;
    e->batches = (int)((n < ENOUGH ? n : ENOUGH) / e->rows);
    if (e->batches == 0)
        e->batches = 1;
}

size_t estimate_bytes_for(int64_t n, int batch)
{
    struct estimate e;

    measure(&e, n, batch);
    return estimate_bytes(&e);
}

int estimate_init(struct estimate *e, const int64_t *order, int64_t n, int batch)
{
    size_t bytes;

    measure(e, n, batch);
    bytes = estimate_bytes(e);
    e->order = malloc(bytes);
    if (!e->order)
        return -1;
    memcpy(e->order, order, bytes);
    return 0;
}

void estimate_free(struct estimate *e)
{
    free(e->order);
}

size_t estimate_bytes(const struct estimate *e)
{
    return (size_t)e->batches * (size_t)e->rows * sizeof *e->order;
}

/* Runs the phases up to the last statistics, so that no row's loss is computed. Pictures are as
 * they are in prediction: augmented ones made no score better. */
void estimate_statistics(const struct estimate *e, struct plan *plan, struct nn_weights *weights,
                         const struct pass *like, struct nn_pool *pool)
{
    struct pass pass = *like;

    plan_connect_weights(plan, weights);
    plan_refresh(plan, pool);
    pass.augmenter = NULL;
    pass.rows = e->rows;
    for (int i = 0; i < e->batches; i++) {
        pass.order = e->order + (ptrdiff_t)i * e->rows;
        pass.estimated = i + 1;
        plan_run(plan, plan->merges, &pass, pool);
    }
}
