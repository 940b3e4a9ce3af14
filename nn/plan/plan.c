/* The order of work: forward and backward calls in phases, and pieces of the parameters for threads
 * to share out. */
#include "plan.h"
#include "nn/base/threads.h"
#include "plan_on_device.h"
#include "team.h"

#include <stdlib.h>

/* ---- Order: a new phase begins after every sync ---- */

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
    for (int i = 0; i < plan->groups.count; i++) {
        const struct node *node = plan->groups.group[i].first;
        const struct layer_ops *ops = plan->groups.group[i].ops;

        add_call(plan, ops->forward, node);
        if (training && ops->forward_sync && group_learns(&plan->groups.group[i])) {
            end_phase(plan, ops->forward_sync, node);
            add_call(plan, ops->forward_apply, node);
        }
    }
}

static void order_backward(struct plan *plan)
{
    for (int i = plan->groups.count - 1; i > 0; i--) {
        const struct group *group = &plan->groups.group[i];
        const struct node *node = group->first;
        const struct layer_ops *ops = group->ops;

        if (!node->din.at && !node->dside.at && !group_learns(group))
            continue;
        add_call(plan, ops->backward, node);
        if (ops->backward_sync) {
            end_phase(plan, ops->backward_sync, node);
            add_call(plan, ops->backward_apply, node);
        }
    }
}

static int plan_order(struct plan *plan, bool training)
{
    const size_t most = 4 * (size_t)plan->groups.count + 2;

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
    const struct groups *groups = &plan->groups;
    size_t updates = 0, refreshes = 0;

    for (int i = 0; i < groups->nodes; i++) {
        updates += (size_t)groups->node[i].layer->blocks;
        refreshes += (size_t)groups->node[i].layer->derived.blocks;
    }
    plan->update = calloc(updates + 1, sizeof *plan->update);
    plan->refresh = calloc(refreshes + 1, sizeof *plan->refresh);
    if (!plan->update || !plan->refresh)
        return -1;
    for (int i = 0; i < groups->nodes; i++) {
        const struct node *node = &groups->node[i];

        for (int b = 0; b < node->layer->blocks && !node->frozen; b++)
            plan->update[plan->updates++] = (struct block){node, b};
        for (int b = 0; b < node->layer->derived.blocks; b++)
            plan->refresh[plan->refreshes++] = (struct block){node, b};
    }
    return 0;
}

int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, int threads, bool training, int frozen, const struct device_data *device)
{
    *plan = (struct plan){.device = device, .memory.on_device = device != NULL};
    if (groups_init(&plan->groups, net, training, frozen, !device) ||
        memory_init(&plan->memory, &plan->groups, net, rows, threads, training) ||
        plan_order(plan, training) || plan_blocks(plan)) {
        plan_free(plan);
        return -1;
    }
    plan_connect_weights(plan, weights);
    return device ? plan_reserve_on_device(plan, rows) : 0;
}

void plan_connect_weights(struct plan *plan, const struct nn_weights *weights)
{
    for (int i = 0; i < plan->groups.nodes; i++) {
        struct node *node = &plan->groups.node[i];

        node->parameters = weights->parameters + node->layer->parameters_at;
        node->statistics = weights->statistics + node->layer->statistics_at;
    }
}

/* ---- Running ---- */

struct shard_job {
    const struct phase *phase;
    const struct pass *pass;
    int first; /* shard of this process */
};

static void run_shard(void *argument, int item, int thread)
{
    const struct shard_job *job = argument;
    const int number = job->first + item, first = number * SHARD, left = job->pass->rows - first;
    const struct shard shard = {number, first, left < SHARD ? left : SHARD, first, thread};

    for (int i = 0; i < job->phase->calls; i++)
        job->phase->call[i].run(job->phase->call[i].node, job->pass, &shard);
}

void plan_run(const struct plan *plan, int phases, const struct pass *pass, struct nn_pool *pool)
{
    const int shards = (pass->rows + SHARD - 1) / SHARD, rank = team_rank(pass->team);
    const int first = team_first(pass->team, shards, rank);
    const int next = team_first(pass->team, shards, rank + 1);

    if (plan->device)
        plan_run_on_device(plan, pass->training && phases > plan->merges, pass);
    for (int i = 0; i < phases && !plan->device; i++) {
        const struct phase *phase = &plan->phase[i];

        pool_run(pool, run_shard, &(struct shard_job){phase, pass, first}, next - first);
        if (phase->sync) {
            team_gather_sums(pass->team, phase->sync_node, shards);
            phase->sync(phase->sync_node, pass, shards);
        }
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
    if (plan->device)
        plan_refresh_on_device(plan);
    else
        pool_run(pool, refresh_block, plan, plan->refreshes);
}

void plan_free(struct plan *plan)
{
    groups_free(&plan->groups);
    memory_free(&plan->memory);
    free(plan->phase);
    free(plan->calls);
    free(plan->update);
    free(plan->refresh);
    *plan = (struct plan){0};
}
