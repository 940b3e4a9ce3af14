#include "memory.h"
#include "fused.h"
#include "nn/base/threads.h"

#include <stdlib.h>

/* ---- Steps: which layers are done in one go ---- */

static enum role role(const struct node *node)
{
    return node->layer->type->role;
}

/* Whether a matrix layer is better done in bands, see step.h: in training where gradients allow it;
 * in prediction where each number takes so few multiply-adds that the trip to memory counts, and
 * not that products over several pictures are faster. */
static bool in_bands(const struct layer *layer, bool training, bool gradient)
{
    enum { FEW = 32 };

    if (!layer->type->rows)
        return false;
    if (training)
        return !gradient && !layer->late;
    return layer->multiply_adds <= (int64_t)FEW * shape_size(layer->out);
}

/* The step that begins at `node`: see step.h. The last layer of a network is the loss, so that
 * there is always a next one. `gradient`: that of the input is needed, in training. */
static struct step step_from(struct node *node, bool training, bool gradient)
{
    const struct node *next = node;
    bool normalizes = false, largest = false;

    if (in_bands(next->layer, training, gradient))
        next++;
    if (role(next) == ROLE_RECTIFY)
        next++;
    if (role(next) == ROLE_NORMALIZE) {
        normalizes = true;
        next++;
        if (role(next) == ROLE_RECTIFY)
            next++;
    }
    if (role(next) == ROLE_LARGEST && next->layer->apart) {
        largest = true;
        next++;
    }
    node->last = node;
    if (!largest && (!normalizes || next == node + 1))
        return (struct step){node, node->layer->type};
    node->last = next - 1;
    return (struct step){node, !largest     ? &step_normalize
                               : normalizes ? &step_normalize_largest
                                            : &step_largest};
}

bool step_has_parameters(const struct step *step)
{
    for (const struct node *node = step->node; node <= step->node->last; node++)
        if (node->layer->parameters)
            return true;
    return false;
}

static int plan_steps(struct plan *plan, const struct nn_network *net, bool training)
{
    bool gradient = false;

    plan->nodes = net->layers;
    plan->node = calloc((size_t)net->layers, sizeof *plan->node);
    plan->step = calloc((size_t)net->layers, sizeof *plan->step);
    if (!plan->node || !plan->step)
        return -1;
    for (int i = 0; i < plan->nodes; i++)
        plan->node[i].layer = &net->layer[i];
    for (int i = 0; i < plan->nodes;
         i = (int)(plan->step[plan->steps++].node->last - plan->node) + 1) {
        struct step *step = &plan->step[plan->steps];

        *step = step_from(&plan->node[i], training, gradient);
        if (step->type->kept_bytes)
            step->node->kept_bytes = step->type->kept_bytes(step->node, training);
        gradient |= step_has_parameters(step);
    }
    return 0;
}

/* ---- Order: calls without waiting in one phase, a new phase behind every sync ---- */

static void add_call(struct plan *plan, shard_function *run, const struct node *node)
{
    struct phase *phase = &plan->phase[plan->phases - 1];

    if (run)
        phase->call[phase->calls++] = (struct call){run, node};
}

static void end_phase(struct plan *plan, sync_function *sync, const struct node *node)
{
    struct phase *phase = &plan->phase[plan->phases - 1];

    phase->sync = sync;
    phase->sync_node = node;
    phase[1].call = phase->call + phase->calls;
    plan->phases++;
}

static void order_forward(struct plan *plan, bool training)
{
    for (int i = 0; i < plan->steps; i++) {
        const struct node *node = plan->step[i].node;
        const struct layer_type *type = plan->step[i].type;

        add_call(plan, type->forward, node);
        if (training && type->forward_sync) {
            end_phase(plan, type->forward_sync, node);
            add_call(plan, type->forward_apply, node);
        }
    }
}

static void order_backward(struct plan *plan)
{
    for (int i = plan->steps - 1; i > 0; i--) {
        const struct node *node = plan->step[i].node;
        const struct layer_type *type = plan->step[i].type;

        if (!node->din.at && !step_has_parameters(&plan->step[i]))
            continue;
        add_call(plan, type->backward, node);
        if (type->backward_sync) {
            end_phase(plan, type->backward_sync, node);
            add_call(plan, type->backward_apply, node);
        }
    }
}

static int plan_order(struct plan *plan, bool training)
{
    const size_t most = 4 * (size_t)plan->steps + 2;

    plan->calls = calloc(most, sizeof *plan->calls);
    plan->phase = calloc(most, sizeof *plan->phase);
    if (!plan->calls || !plan->phase)
        return -1;
    plan->phases = 1;
    plan->phase[0].call = plan->calls;
    order_forward(plan, training);
    plan->merges = plan->phases - 1;
    if (training)
        order_backward(plan);
    return 0;
}

static int plan_blocks(struct plan *plan)
{
    size_t updates = 0, refreshes = 0;

    for (int i = 0; i < plan->nodes; i++) {
        updates += (size_t)plan->node[i].layer->blocks;
        refreshes += (size_t)plan->node[i].layer->derived.blocks;
    }
    plan->update = calloc(updates + 1, sizeof *plan->update);
    plan->refresh = calloc(refreshes + 1, sizeof *plan->refresh);
    if (!plan->update || !plan->refresh)
        return -1;
    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];

        for (int b = 0; b < node->layer->blocks; b++)
            plan->update[plan->updates++] = (struct block){node, b};
        for (int b = 0; b < node->layer->derived.blocks; b++)
            plan->refresh[plan->refreshes++] = (struct block){node, b};
    }
    return 0;
}

int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, int threads, bool training)
{
    *plan = (struct plan){.rows = rows, .threads = threads};
    if (plan_steps(plan, net, training) == 0 &&
        plan_memory_init(plan, net, weights, rows, training) == 0 &&
        plan_order(plan, training) == 0 && plan_blocks(plan) == 0)
        return 0;
    plan_free(plan);
    return -1;
}

struct shard_job {
    const struct phase *phase;
    const struct pass *pass;
};

static void run_shard(void *argument, int item, int thread)
{
    const struct shard_job *job = argument;
    const int first = item * SHARD, left = job->pass->rows - first;
    const struct shard shard = {item, first, left < SHARD ? left : SHARD, first, thread};

    for (int i = 0; i < job->phase->calls; i++)
        job->phase->call[i].run(job->phase->call[i].node, job->pass, &shard);
}

void plan_run(const struct plan *plan, int phases, const struct pass *pass, struct nn_pool *pool)
{
    const int shards = (pass->rows + SHARD - 1) / SHARD;

    for (int i = 0; i < phases; i++) {
        const struct phase *phase = &plan->phase[i];

        pool_run(pool, run_shard, &(struct shard_job){phase, pass}, shards);
        if (phase->sync)
            phase->sync(phase->sync_node, pass, shards);
    }
}

static void refresh_block(void *argument, int item, int thread)
{
    const struct plan *plan = argument;
    const struct block *block = &plan->refresh[item];

    (void)thread;
    block->node->layer->type->refresh(block->node, block->number);
}

void plan_refresh(struct plan *plan, struct nn_pool *pool)
{
    pool_run(pool, refresh_block, plan, plan->refreshes);
}

void plan_free(struct plan *plan)
{
    free(plan->node);
    free(plan->step);
    free(plan->phase);
    free(plan->calls);
    free(plan->update);
    free(plan->refresh);
    plan_memory_free(plan);
    *plan = (struct plan){0};
}
