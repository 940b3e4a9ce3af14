/* A plan on a device: its groups one after another, each for the whole batch. */
#include "plan_on_device.h"
#include "data_on_device.h"

/* Returns the first layer that does what it has no kernels for; NULL: all have them. */
static const struct layer *lacking(const struct plan *plan)
{
    for (int i = 0; i < plan->groups.count; i++) {
        const struct layer_ops *ops = plan->groups.group[i].ops;

        if ((ops->forward && !ops->device_forward) || (ops->backward && !ops->device_backward))
            return plan->groups.group[i].first->layer;
    }
    for (int i = 0; i < plan->groups.nodes; i++) {
        const struct layer_type *type = plan->groups.node[i].layer->type;

        if (type->refresh && !type->device_refresh)
            return plan->groups.node[i].layer;
    }
    return NULL;
}

int plan_reserve_on_device(struct plan *plan, int rows)
{
    struct device_memory *memory = plan->device->memory;
    const struct layer *layer = lacking(plan);

    if (layer)
        return device_fail(device_of(memory), NN_DEVICE_REFUSED,
                           "layer %d, '%s', is not on devices: --device cpu", layer->number,
                           layer->type->name);
    device_twin(memory, plan->memory.block, plan->memory.bytes);
    for (int i = 0; i < plan->groups.nodes; i++) {
        struct node *node = &plan->groups.node[i];

        node->device_scratch = device_reserve(memory, (size_t)rows * node->layer->device_bytes);
    }
    return 0;
}

static void run(const struct plan *plan, bool backward, const struct pass *pass)
{
    const struct groups *groups = &plan->groups;

    for (int i = 0; i < groups->count; i++)
        if (groups->group[i].ops->device_forward)
            groups->group[i].ops->device_forward(groups->group[i].first, pass);
    for (int i = groups->count - 1; i > 0 && backward; i--) {
        const struct group *group = &groups->group[i];
        const struct node *node = group->first;

        if (group->ops->device_backward && (node->din.at || node->dside.at || group_learns(group)))
            group->ops->device_backward(node, pass);
    }
}

void plan_run_on_device(const struct plan *plan, bool backward, const struct pass *pass)
{
    struct pass there = *pass;

    if (plan->device->by_batch) {
        data_upload_on_device(plan->device, pass, pass->rows);
        there.order = NULL;
        there.first = 0;
    }
    run(plan, backward, &there);
}

void plan_refresh_on_device(const struct plan *plan)
{
    const struct pass pass = {.device = plan->device};

    for (int i = 0; i < plan->groups.nodes; i++) {
        const struct node *node = &plan->groups.node[i];

        if (node->layer->derived.blocks)
            node->layer->type->device_refresh(node, &pass);
    }
}
