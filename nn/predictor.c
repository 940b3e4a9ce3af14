#include "pixels.h"
#include "plan.h"
#include "threads.h"

#include <stdlib.h>

enum { ROWS_PER_SCORE = 4096 }; /* whose losses nn_evaluate() keeps before it adds them up */

struct nn_predictor {
    const struct nn_network *net;
    struct nn_pool *pool;
    struct nn_input input;
    struct plan plan; /* SHARD rows for each thread */
    struct pass pass;
    real pixel_value[256];
    double *loss;
    uint8_t *correct;
};

struct nn_predictor *nn_predictor_new(const struct nn_network *net,
                                      const struct nn_weights *weights, struct nn_pool *pool,
                                      const struct nn_input *input)
{
    struct nn_predictor *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->net = net;
    p->pool = pool;
    p->input = *input;
    pixel_values(input, p->pixel_value);
    p->pass = (struct pass){.input = &p->input, .pixel_value = p->pixel_value};
    p->loss = malloc(ROWS_PER_SCORE * sizeof *p->loss);
    p->correct = malloc(ROWS_PER_SCORE);
    if (p->loss && p->correct &&
        plan_init(&p->plan, net, weights, SHARD * pool_threads(pool), false) == 0)
        return p;
    nn_predictor_free(p);
    return NULL;
}

void nn_predictor_free(struct nn_predictor *p)
{
    if (!p)
        return;
    plan_free(&p->plan);
    free(p->loss);
    free(p->correct);
    free(p);
}

size_t nn_predictor_bytes(const struct nn_predictor *p)
{
    return p->plan.bytes + ROWS_PER_SCORE * (sizeof *p->loss + sizeof *p->correct);
}

struct shard_job {
    const struct nn_predictor *predictor;
    int64_t rows;
};

/* One shard through the whole network, in the memory of the thread that does it. */
static void run_shard(void *argument, int item, int thread)
{
    const struct shard_job *job = argument;
    const struct nn_predictor *p = job->predictor;
    const int64_t base = (int64_t)item * SHARD, left = job->rows - base;
    const struct shard shard = {thread, thread * SHARD, left < SHARD ? (int)left : SHARD, base};
    const struct phase *phase = p->plan.phase;

    for (int i = 0; i < phase->calls; i++)
        phase->call[i].run(phase->call[i].node, &p->pass, &shard);
}

/* Rows first..first+rows-1 of data. */
static void run(struct nn_predictor *p, const struct nn_data *data, int64_t first, int64_t rows)
{
    struct shard_job job = {p, rows};

    p->pass.data = data;
    p->pass.first = first;
    pool_run(p->pool, run_shard, &job, (int)((rows + SHARD - 1) / SHARD));
}

void nn_predict(struct nn_predictor *p, const struct nn_data *data, real *probabilities)
{
    const int64_t at_once = (int64_t)1 << 20;

    p->pass.loss = NULL;
    for (int64_t first = 0; first < data->n; first += at_once) {
        p->pass.probabilities = probabilities + first * p->net->classes;
        run(p, data, first, data->n - first < at_once ? data->n - first : at_once);
    }
}

void nn_evaluate(struct nn_predictor *p, const struct nn_data *data, struct nn_score *score)
{
    *score = (struct nn_score){.rows = data->n};
    p->pass.probabilities = NULL;
    p->pass.loss = p->loss;
    p->pass.correct = p->correct;
    for (int64_t first = 0; first < data->n; first += ROWS_PER_SCORE) {
        const int64_t rows = data->n - first < ROWS_PER_SCORE ? data->n - first : ROWS_PER_SCORE;

        run(p, data, first, rows);
        for (int64_t i = 0; i < rows; i++) {
            score->loss += p->loss[i];
            score->correct += p->correct[i];
        }
    }
}
