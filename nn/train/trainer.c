/* Training: batches in the epoch's order, a step of the optimizer for each, and the average of the
 * weights. */
#include "trainer.h"

#include "nn/base/exp_log.h"
#include "nn/base/memory.h"
#include "nn/base/pixel_values.h"
#include "nn/base/threads.h"
#include "nn/plan/describe.h"
#include "nn/plan/team.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* After so many steps a running statistic holds 3e-5 of its start, 0.9^100; before, estimated ones
 * fit the weights better. */
enum { FEW_STEPS = 100 };

/* Sets the rows' order: as they are, or shuffled by Fisher and Yates from the end. Epoch 0 is drawn
 * for make_estimate(). */
static void draw_order(struct nn_trainer *t, int epoch)
{
    const bool shuffle = t->training.shuffle || epoch == 0;
    const struct nn_random random = {t->training.seed, NN_RANDOM_SHUFFLE, (uint32_t)epoch};

    for (int64_t i = 0; i < t->n; i++)
        t->order[i] = i;
    for (int64_t i = t->n - 1; shuffle && i > 0; i--) {
        const int64_t j = (int64_t)nn_random_below(&random, (uint64_t)i, (uint64_t)i + 1);
        const int64_t kept = t->order[i];

        t->order[i] = t->order[j];
        t->order[j] = kept;
    }
}

/* Makes one slot for each of the batch's shards. */
static int make_augmenter(struct nn_trainer *t, int shards)
{
    if (!nn_augment_any(&t->training.augment))
        return 0;
    t->augmenter = nn_augmenter_new(&t->training.augment, t->net->input, shards);
    return t->augmenter ? 0 : -1;
}

/* Makes the average. */
static int make_average(struct nn_trainer *t)
{
    if (!(t->training.average > 0))
        return 0;
    t->average = nn_weights_new(t->net);
    if (!t->average)
        return -1;
    nn_weights_copy(t->average, t->weights);
    t->estimated_of = t->average->version;
    return 0;
}

/* Makes what statistics are estimated with, where there are any. */
static int make_estimate(struct nn_trainer *t)
{
    if (t->net->statistics == 0 || t->n == 0)
        return 0;
    if (!t->average) {
        t->measured = nn_weights_new(t->net);
        t->estimated_of = UINT64_MAX; /* of none yet */
        if (!t->measured)
            return -1;
    }
    draw_order(t, 0);
    return estimate_init(&t->estimate, t->order, t->n, t->training.batch);
}

static int whole_shards(int batch)
{
    return (batch + SHARD - 1) / SHARD * SHARD;
}

/* Returns the most rows that a batch can have: a single last row joins the batch before where the
 * network needs several. */
static int most_rows(const struct nn_trainer *t, int batch)
{
    return batch + (t->n > batch && t->n % batch == 1 && nn_network_needs_rows(t->net));
}

/* ---- Making ---- */

struct nn_trainer *nn_trainer_new(const struct nn_network *net, struct nn_weights *weights,
                                  struct nn_pool *pool, const struct nn_data *data,
                                  const struct nn_input *input, const struct nn_training *training)
{
    struct nn_trainer *t = malloc(sizeof *t);
    int rows;

    if (!t)
        return NULL;
    *t = (struct nn_trainer){
        .net = net,
        .weights = weights,
        .pool = pool,
        .training = *training,
        .input = *input,
        .n = data->n,
        .order = malloc(((size_t)data->n + 1) * sizeof *t->order),
        .first = aligned_zeros(net->parameters * sizeof(real)),
        .second = aligned_zeros(net->parameters * sizeof(real)),
        .pass = {.training = true,
                 .data = data,
                 .input = &t->input,
                 .pixel_value = t->pixel_value,
                 .smoothing = training->label_smoothing,
                 .class_weights = training->class_weights,
                 .team = training->team},
    };
    t->most = most_rows(t, training->batch);
    t->slot = rows = whole_shards(t->most);
    t->losses = t->pass.loss =
        calloc((training->device ? WAITING : 1) * (size_t)rows, sizeof(double));
    t->hits = t->pass.correct = calloc((training->device ? WAITING : 1) * (size_t)rows, 1);
    pixel_values(input, t->pixel_value);
    if (t->order && t->first && t->second && t->pass.loss && t->pass.correct &&
        make_augmenter(t, rows / SHARD) == 0 && make_average(t) == 0 && make_estimate(t) == 0 &&
        trainer_open_on_device(t) == 0 &&
        plan_init(&t->plan, net, weights, rows, nn_pool_threads(pool), true, training->frozen,
                  training->device ? &t->on_device : NULL) == 0 &&
        (!training->device || trainer_move_on_device(t) == 0) &&
        (t->begin = calloc((size_t)t->plan.updates + 1, sizeof *t->begin)))
        return t;
    nn_trainer_free(t);
    return NULL;
}

void nn_trainer_free(struct nn_trainer *t)
{
    if (!t)
        return;
    plan_free(&t->plan);
    device_memory_free(t->on_device.memory);
    free(t->losses);
    free(t->hits);
    nn_augmenter_free(t->augmenter);
    nn_weights_free(t->average);
    nn_weights_free(t->measured);
    estimate_free(&t->estimate);
    free(t->begin);
    free(t->order);
    free(t->first);
    free(t->second);
    free(t);
}

static size_t estimated_bytes(const struct nn_trainer *t)
{
    return t->average || t->measured ? (t->net->parameters + t->net->statistics) * sizeof(real) +
                                           estimate_bytes(&t->estimate)
                                     : 0;
}

size_t nn_trainer_bytes(const struct nn_trainer *t)
{
    return t->plan.memory.bytes + 2 * t->net->parameters * sizeof(real) +
           (size_t)t->n * sizeof *t->order + estimated_bytes(t) +
           (t->augmenter ? nn_augmenter_bytes(t->augmenter) : 0);
}

size_t nn_trainer_bytes_for(const struct nn_trainer *t, int batch)
{
    const int rows = whole_shards(most_rows(t, batch)), now = whole_shards(t->most);
    const size_t augmenter = t->augmenter ? nn_augmenter_bytes(t->augmenter) : 0;
    size_t bytes = nn_trainer_bytes(t) - t->plan.memory.bytes - augmenter;

    if (t->estimate.order)
        bytes += estimate_bytes_for(t->n, batch) - estimate_bytes(&t->estimate);
    return bytes + augmenter / (size_t)(now / SHARD) * (size_t)(rows / SHARD) +
           memory_needed(&t->plan.groups, t->net, rows, nn_pool_threads(t->pool), true);
}

struct nn_plan nn_trainer_plan(const struct nn_trainer *t)
{
    return (struct nn_plan){
        .groups = t->plan.groups.count, .phases = t->plan.phases, .shard = SHARD};
}

struct nn_group nn_trainer_group(const struct nn_trainer *t, int number)
{
    return plan_group(&t->plan, number);
}

struct nn_weights *nn_trainer_average(const struct nn_trainer *t)
{
    return t->average;
}

const struct nn_weights *nn_trainer_kept(const struct nn_trainer *t)
{
    return t->average ? t->average : t->measured ? t->measured : t->weights;
}

bool nn_trainer_has_estimate(const struct nn_trainer *t)
{
    return t->measured && t->updates > 0 && t->updates < FEW_STEPS;
}

int64_t nn_trainer_steps(const struct nn_trainer *t)
{
    return (t->n + t->training.batch - 1) / t->training.batch - (t->most > t->training.batch);
}

const struct nn_progress *nn_trainer_progress(const struct nn_trainer *t)
{
    return &t->progress;
}

void nn_trainer_set_rate(struct nn_trainer *t, double lr)
{
    t->training.lr = lr;
}

void nn_trainer_bend(struct nn_trainer *t, const struct nn_training *training)
{
    t->training.epochs = training->epochs;
    t->training.bends = training->bends;
    memcpy(t->training.bend, training->bend, (size_t)training->bends * sizeof *training->bend);
}

/* Draws the epoch's order; its dropout follows from its number. */
static void enter_epoch(struct nn_trainer *t, int epoch)
{
    t->waitings = 0; /* what is owed belongs to another progress */
    draw_order(t, epoch);
    if (t->on_device.memory && !t->on_device.by_batch)
        device_upload(t->on_device.memory, t->order, (size_t)t->n * sizeof *t->order);
    t->pass.dropout = (struct nn_random){t->training.seed, NN_RANDOM_DROPOUT, (uint32_t)epoch};
}

static struct rates rates_at(const struct nn_trainer *t, double lr, double momentum, int64_t step)
{
    const struct nn_training *training = &t->training;

    return (struct rates){
        .sgd =
            {
                .lr = (real)lr,
                .momentum = (real)momentum,
                .l2 = (real)training->weight_decay,
                .nesterov = training->nesterov,
            },
        .adam =
            {
                .rate = (real)(lr / (1 - nn_power(momentum, step))),
                .beta1c = (real)(1 - momentum),
                .beta2c = (real)(1 - training->beta2),
                .root = (real)(1 / sqrt(1 - nn_power(training->beta2, step))),
                .epsilon = (real)training->epsilon,
                .l2 = (real)(training->optimizer == NN_ADAM ? training->weight_decay : 0),
                .decay = (real)(training->optimizer == NN_ADAMW ? lr * training->weight_decay : 0),
            },
    };
}

/* Returns the batches done of all epochs. */
static int64_t steps_done(const struct nn_trainer *t)
{
    return (t->progress.epoch - 1) * nn_trainer_steps(t) + t->progress.step;
}

/* Sets the scalars of the next step, and whether its pictures are augmented. */
static void set_rates(struct nn_trainer *t)
{
    const struct nn_training *training = &t->training;
    const int64_t steps = nn_trainer_steps(t), step = t->updates + 1;
    const int64_t done = steps_done(t), all = nn_training_steps(training, done, steps);
    double momentum, lr;

    t->pass.augmenter = done < all - training->plain_epochs * steps ? t->augmenter : NULL;
    lr = nn_learning_rate(training, t->progress.epoch, t->progress.step, steps, &momentum);
    t->progress.lr = lr;
    t->average_rate = (real)((1 - training->average) / (1 - nn_power(training->average, step)));
    t->rates[0] = rates_at(t, lr, momentum, step);
    t->rates[1] = rates_at(t, lr * training->tuned_rate, momentum, step);
}

void nn_trainer_begin_epoch(struct nn_trainer *t, int epoch)
{
    t->progress = (struct nn_progress){.epoch = epoch};
    enter_epoch(t, epoch);
    set_rates(t);
}

/* ---- One step ---- */

static void update_block(void *argument, int item, int thread)
{
    struct nn_trainer *t = argument;
    const struct nn_training *training = &t->training;
    const struct nn_team *team = training->team;
    const int number = team_first(team, t->plan.updates, team_rank(team)) + item;
    const struct block *block = &t->plan.update[number];
    const struct node *node = block->node;
    const struct rates *rates = &t->rates[node->layer->number < training->tuned];
    size_t begin, end, at;

    (void)thread;
    node->layer->type->weight_grad(node, &t->pass, block->number, &begin, &end);
    at = node->layer->parameters_at + begin;
    t->begin[number] = at;
    if (training->optimizer == NN_SGD)
        kernels->sgd(node->parameters + begin, node->gradients + begin, t->first + at,
                     (ptrdiff_t)(end - begin), &rates->sgd);
    else
        kernels->adam(node->parameters + begin, node->gradients + begin, t->first + at,
                      t->second + at, (ptrdiff_t)(end - begin), &rates->adam);
    if (t->average)
        kernels->ema(t->average->parameters + at, node->parameters + begin, t->average_rate,
                     (ptrdiff_t)(end - begin));
}

static size_t begin_of_block(const void *context, int block)
{
    const struct nn_trainer *t = context;

    return sizeof(real) * (block == t->plan.updates ? t->net->parameters : t->begin[block]);
}

/* Has all processes have numbers [parameters] of which each made those of its blocks. */
static void gather_parameters(const struct nn_trainer *t, real *numbers)
{
    team_gather(t->training.team, numbers, t->plan.updates, begin_of_block, t);
}

/* Updates this process's share of the blocks, then gathers all weights. */
static void update(struct nn_trainer *t)
{
    const struct nn_team *team = t->training.team;
    const int rank = team_rank(team), blocks = t->plan.updates;

    if (t->on_device.memory) {
        trainer_update_on_device(t);
        return;
    }
    pool_run(t->pool, update_block, t,
             team_first(team, blocks, rank + 1) - team_first(team, blocks, rank));
    if (team && !t->begins)
        team_gather_items(team, t->begin, blocks, sizeof *t->begin);
    t->begins = true;
    gather_parameters(t, t->weights->parameters);
}

void nn_trainer_gather(struct nn_trainer *t)
{
    if (t->on_device.memory && t->version_on_device == t->weights->version) {
        device_download(t->on_device.memory, t->first, t->net->parameters * sizeof(real));
        device_download(t->on_device.memory, t->second, t->net->parameters * sizeof(real));
        if (t->average)
            device_download(t->on_device.memory, t->average->parameters,
                            t->net->parameters * sizeof(real));
    }
    if (!t->begins)
        return;
    gather_parameters(t, t->first);
    gather_parameters(t, t->second);
    if (t->average)
        gather_parameters(t, t->average->parameters);
}

static void refresh_derived(struct nn_trainer *t)
{
    plan_refresh(&t->plan, t->pool);
    t->derived_of = t->weights->version;
}

/* Adds the losses and hits of a batch of so many rows, in their order. Returns the sum of its
 * losses. */
static double sum_batch(struct nn_trainer *t, const double *loss, const uint8_t *correct,
                        int64_t rows)
{
    double sum = 0;

    for (int64_t i = 0; i < rows; i++) {
        sum += loss[i];
        t->progress.correct += correct[i];
    }
    t->progress.loss += sum;
    return sum;
}

/* Counts the batch, whose losses are here. Tells whether their sum is finite. */
static bool take_losses(struct nn_trainer *t)
{
    t->progress.weight += t->pass.weight;
    t->progress.rows += t->pass.rows;
    t->progress.step++;
    return isfinite(sum_batch(t, t->pass.loss, t->pass.correct, t->pass.rows));
}

/* Counts the batch, whose losses a device has. */
static void owe_losses(struct nn_trainer *t)
{
    t->progress.rows += t->pass.rows;
    t->progress.step++;
    t->waiting[t->waitings++] = (struct waiting){t->pass.rows, t->pass.weight, t->progress.step,
                                                 t->progress.rows, t->progress.lr};
}

int nn_trainer_settle(struct nn_trainer *t)
{
    const int count = t->waitings;
    const bool well = count == 0 || trainer_fetch_losses(t);

    t->waitings = 0;
    if (!well)
        return -1;
    for (int i = 0; i < count; i++) {
        const struct waiting *step = &t->waiting[i];

        t->progress.weight += step->weight;
        if (isfinite(sum_batch(t, t->losses + (ptrdiff_t)i * t->slot,
                               t->hits + (ptrdiff_t)i * t->slot, step->rows)))
            continue;
        t->progress.step = step->step;
        t->progress.rows = step->rows_done;
        t->progress.lr = step->lr;
        return -1;
    }
    return 0;
}

/* Tells whether a bent training is over. */
static bool is_over(const struct nn_trainer *t)
{
    const int64_t done = steps_done(t);

    return t->training.bends && done >= nn_training_steps(&t->training, done, nn_trainer_steps(t));
}

/* Has rows fetched that lie `from` rows after the epoch's first. */
static void fetch_rows(const struct nn_trainer *t, int64_t from, int64_t count)
{
    const struct nn_data *data = t->pass.data;

    for (int64_t i = from; data->fetch && i < from + count && i < t->n; i++)
        data->fetch(data->fetched, data->index ? data->index[t->order[i]] : t->order[i]);
}

/* Has the rows fetched of the batch that comes AHEAD batches after this one, and before the first
 * those of the batches up to there. */
static void fetch_ahead(const struct nn_trainer *t)
{
    enum { AHEAD = 16 }; /* of 64 pictures: a disk's 10 ms are a few of the cheapest steps */
    const int64_t batch = t->training.batch;

    if (t->progress.rows == 0)
        fetch_rows(t, 0, AHEAD * batch);
    fetch_rows(t, t->progress.rows + AHEAD * batch, batch);
}

int nn_trainer_step(struct nn_trainer *t)
{
    const int64_t left = t->n - t->progress.rows;
    struct pass *pass = &t->pass;

    if (left == 0 || is_over(t))
        return nn_trainer_settle(t);
    if (!t->on_device.memory || t->on_device.by_batch)
        fetch_ahead(t);
    trainer_take_on_device(t);
    set_rates(t);
    if (t->derived_of != t->weights->version)
        refresh_derived(t);
    t->weights->version++;
    pass->rows = left <= t->most ? (int)left : t->training.batch;
    pass->order = t->order + t->progress.rows;
    pass->position = t->progress.rows;
    pass->weight = softmax_weight(pass, t->net->classes);
    pass->loss = t->losses + (ptrdiff_t)t->waitings * t->slot;
    pass->correct = t->hits + (ptrdiff_t)t->waitings * t->slot;
    plan_run(&t->plan, t->plan.phases, pass, t->pool);
    t->own_rows += team_rows(pass->team, pass->rows);
    team_gather_pictures(pass->team, pass->loss, pass->rows, SHARD, sizeof *pass->loss);
    team_gather_pictures(pass->team, pass->correct, pass->rows, SHARD, sizeof *pass->correct);
    if (t->on_device.memory)
        owe_losses(t);
    else if (!take_losses(t))
        return -1;
    team_gather_parts(pass->team, &t->plan, pass->rows);
    update(t);
    refresh_derived(t);
    if (t->on_device.memory)
        t->version_on_device = t->weights->version;
    if (t->average)
        t->average->version++;
    t->updates++;
    if (t->on_device.memory && !trainer_is_well(t))
        return -1;
    return t->waitings == WAITING && nn_trainer_settle(t) ? -1 : 1;
}

/* Estimates the statistics of weights that the plan does not work with otherwise. */
static void estimate(struct nn_trainer *t, struct nn_weights *weights)
{
    if (t->estimate.batches == 0)
        return;
    estimate_statistics(&t->estimate, &t->plan, weights, &t->pass, t->pool);
    plan_connect_weights(&t->plan, t->weights);
    refresh_derived(t);
}

/* Estimates the statistics of the copy of the weights that is to be kept. */
static void estimate_measured(struct nn_trainer *t)
{
    if (t->on_device.memory)
        trainer_upload_weights(t, t->measured);
    estimate(t, t->measured);
    if (t->on_device.memory)
        trainer_fetch_weights(t, t->measured);
}

void nn_trainer_estimate(struct nn_trainer *t)
{
    trainer_fetch_here(t);
    trainer_take_on_device(t);
    if (t->average && t->estimated_of != t->average->version) {
        if (t->begins)
            gather_parameters(t, t->average->parameters);
        estimate(t, t->average);
        if (t->on_device.memory)
            trainer_fetch_weights(t, t->average);
        t->estimated_of = ++t->average->version;
    }
    if (t->measured && t->estimated_of != t->weights->version) {
        nn_weights_copy(t->measured, t->weights);
        if (nn_trainer_has_estimate(t))
            estimate_measured(t);
        t->measured->version++;
        t->estimated_of = t->weights->version;
    }
}

/* ---- Checkpoints ---- */

/* Returns a moment as weights: both are packed alike, so the weights' export and import do. */
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

int64_t nn_trainer_own_rows(const struct nn_trainer *t)
{
    return t->own_rows;
}

void nn_trainer_resume(struct nn_trainer *t, const struct nn_progress *progress, int64_t updates)
{
    t->progress = *progress;
    t->updates = updates;
    enter_epoch(t, progress->epoch);
}
