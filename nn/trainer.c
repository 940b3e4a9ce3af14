#include "pixels.h"
#include "plan.h"
#include "threads.h"

#include <math.h>
#include <stdlib.h>

struct nn_trainer {
    const struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    struct nn_training training;
    struct nn_input input;
    struct plan plan;
    struct pass pass;
    real pixel_value[256];
    int64_t *order; /* [n] the rows in this epoch's order */
    int64_t n;
    real *first, *second; /* [parameters]: SGD's v, or Adam's m and v */
    int64_t updates;      /* steps in all epochs: Adam's t */
    uint64_t derived_of;  /* the version of the weights that the plan's derived numbers are of */
    struct sgd sgd;       /* this step's scalars */
    struct adam adam;
    struct nn_progress progress;
};

struct nn_trainer *nn_trainer_new(const struct nn_network *net, struct nn_weights *weights,
                                  struct nn_pool *pool, const struct nn_data *data,
                                  const struct nn_input *input, const struct nn_training *training)
{
    struct nn_trainer *t = calloc(1, sizeof *t);
    const int rows = (training->batch + SHARD - 1) / SHARD * SHARD;

    if (!t)
        return NULL;
    t->net = net;
    t->weights = weights;
    t->pool = pool;
    t->training = *training;
    t->input = *input;
    t->n = data->n;
    pixel_values(input, t->pixel_value);
    t->order = malloc(((size_t)data->n + 1) * sizeof *t->order);
    t->first = aligned_zeros(net->parameters * sizeof(real));
    t->second = aligned_zeros(net->parameters * sizeof(real));
    t->pass = (struct pass){
        .training = true,
        .data = data,
        .smoothing = training->label_smoothing,
        .class_weights = training->class_weights,
        .input = &t->input,
        .pixel_value = t->pixel_value,
        .loss = calloc((size_t)rows, sizeof(double)),
        .correct = calloc((size_t)rows, 1),
    };
    if (t->order && t->first && t->second && t->pass.loss && t->pass.correct &&
        plan_init(&t->plan, net, weights, rows, pool_threads(pool), true) == 0)
        return t;
    nn_trainer_free(t);
    return NULL;
}

void nn_trainer_free(struct nn_trainer *t)
{
    if (!t)
        return;
    plan_free(&t->plan);
    free(t->pass.loss);
    free(t->pass.correct);
    free(t->order);
    free(t->first);
    free(t->second);
    free(t);
}

size_t nn_trainer_bytes(const struct nn_trainer *t)
{
    return t->plan.bytes + 2 * t->net->parameters * sizeof(real) + (size_t)t->n * sizeof *t->order;
}

struct nn_plan *nn_trainer_plan(const struct nn_trainer *t)
{
    struct nn_plan *plan = plan_describe(&t->plan, t->net);

    if (plan) {
        plan->optimizer = 2 * t->net->parameters * sizeof(real);
        plan->order = (size_t)t->n * sizeof *t->order;
    }
    return plan;
}

const struct nn_progress *nn_trainer_progress(const struct nn_trainer *t)
{
    return &t->progress;
}

/* Fisher and Yates, from the back. */
static void shuffle(struct nn_trainer *t, int epoch)
{
    const struct nn_random random = {t->training.seed, NN_RANDOM_SHUFFLE, (uint32_t)epoch};

    for (int64_t i = 0; i < t->n; i++)
        t->order[i] = i;
    for (int64_t i = t->n - 1; t->training.shuffle && i > 0; i--) {
        const int64_t j = (int64_t)nn_random_below(&random, (uint64_t)i, (uint64_t)i + 1);
        const int64_t kept = t->order[i];

        t->order[i] = t->order[j];
        t->order[j] = kept;
    }
}

/* Draws the epoch's order; its dropout follows from its number. */
static void enter_epoch(struct nn_trainer *t, int epoch)
{
    shuffle(t, epoch);
    t->pass.dropout = (struct nn_random){t->training.seed, NN_RANDOM_DROPOUT, (uint32_t)epoch};
}

/* The scalars of the next step. */
static void set_rates(struct nn_trainer *t)
{
    const struct nn_training *training = &t->training;
    const int64_t steps = (t->n + training->batch - 1) / training->batch;
    const double step = (double)t->updates + 1;
    double momentum, lr;

    lr = nn_learning_rate(training, t->progress.epoch, t->progress.step, steps, &momentum);
    t->progress.lr = lr;
    t->sgd = (struct sgd){
        .lr = (real)lr,
        .momentum = (real)momentum,
        .l2 = (real)training->weight_decay,
        .nesterov = training->nesterov,
    };
    t->adam = (struct adam){
        .rate = (real)(lr / (1 - pow(momentum, step))),
        .beta1c = (real)(1 - momentum),
        .beta2c = (real)(1 - training->beta2),
        .root = (real)(1 / sqrt(1 - pow(training->beta2, step))),
        .epsilon = (real)training->epsilon,
        .l2 = (real)(training->optimizer == NN_ADAM ? training->weight_decay : 0),
        .decay = (real)(training->optimizer == NN_ADAMW ? lr * training->weight_decay : 0),
    };
}

void nn_trainer_begin_epoch(struct nn_trainer *t, int epoch)
{
    t->progress = (struct nn_progress){.epoch = epoch};
    enter_epoch(t, epoch);
    set_rates(t);
}

/* ---- One step ---- */

struct shard_job {
    struct nn_trainer *trainer;
    const struct phase *phase;
};

static void run_shard(void *argument, int item, int thread)
{
    const struct shard_job *job = argument;
    const struct pass *pass = &job->trainer->pass;
    const int first = item * SHARD;
    const struct shard shard = {
        item, first, pass->rows - first < SHARD ? pass->rows - first : SHARD, first, thread};

    for (int i = 0; i < job->phase->calls; i++)
        job->phase->call[i].run(job->phase->call[i].node, pass, &shard);
}

static void update_block(void *argument, int item, int thread)
{
    struct nn_trainer *t = argument;
    const struct nn_training *training = &t->training;
    const struct block *block = &t->plan.update[item];
    const struct node *node = block->node;
    size_t begin, end, at;

    (void)thread;
    node->layer->type->weight_grad(node, &t->pass, block->number, &begin, &end);
    at = node->layer->parameters_at + begin;
    if (training->optimizer == NN_SGD)
        kernels->sgd(node->parameters + begin, node->gradients + begin, t->first + at,
                     (ptrdiff_t)(end - begin), &t->sgd);
    else
        kernels->adam(node->parameters + begin, node->gradients + begin, t->first + at,
                      t->second + at, (ptrdiff_t)(end - begin), &t->adam);
}

static void refresh_derived(struct nn_trainer *t)
{
    plan_refresh(&t->plan, t->pool);
    t->derived_of = t->weights->version;
}

/* Adds the batch's losses and hits, in the order of its rows. */
static double add_up_batch(struct nn_trainer *t)
{
    double sum = 0;

    for (int i = 0; i < t->pass.rows; i++) {
        sum += t->pass.loss[i];
        t->progress.correct += t->pass.correct[i];
    }
    t->progress.loss += sum;
    t->progress.weight += t->pass.weight;
    t->progress.rows += t->pass.rows;
    t->progress.step++;
    return sum;
}

int nn_trainer_step(struct nn_trainer *t)
{
    const int64_t left = t->n - t->progress.rows;
    struct pass *pass = &t->pass;
    int shards;

    if (left == 0)
        return 0;
    set_rates(t);
    if (t->derived_of != t->weights->version)
        refresh_derived(t);
    t->weights->version++;
    pass->rows = left < t->training.batch ? (int)left : t->training.batch;
    pass->order = t->order + t->progress.rows;
    pass->position = t->progress.rows;
    pass->weight = softmax_weight(pass, t->net->classes);
    shards = (pass->rows + SHARD - 1) / SHARD;
    for (int i = 0; i < t->plan.phases; i++) {
        const struct phase *phase = &t->plan.phase[i];

        pool_run(t->pool, run_shard, &(struct shard_job){t, phase}, shards);
        if (phase->sync)
            phase->sync(phase->sync_node, pass, shards);
    }
    if (!isfinite(add_up_batch(t)))
        return -1;
    pool_run(t->pool, update_block, t, t->plan.updates);
    refresh_derived(t);
    t->updates++;
    return 1;
}

/* ---- Stopping and going on ---- */

/* The moments lie as the parameters do, so the weights' own way in and out serves them. */
static struct nn_weights moments(const struct nn_trainer *t, enum nn_moment moment)
{
    return (struct nn_weights){
        .net = t->net,
        .parameters = moment == NN_FIRST ? t->first : t->second,
        .statistics = t->weights->statistics,
    };
}

void nn_trainer_export(const struct nn_trainer *t, enum nn_moment moment, int tensor, real *values)
{
    const struct nn_weights from = moments(t, moment);

    nn_weights_export(&from, tensor, values);
}

void nn_trainer_import(struct nn_trainer *t, enum nn_moment moment, int tensor, const real *values)
{
    struct nn_weights to = moments(t, moment);

    nn_weights_import(&to, tensor, values);
}

int64_t nn_trainer_updates(const struct nn_trainer *t)
{
    return t->updates;
}

void nn_trainer_resume(struct nn_trainer *t, const struct nn_progress *progress, int64_t updates)
{
    t->progress = *progress;
    t->updates = updates;
    enter_epoch(t, progress->epoch);
}
