/* Decides from the layers' roles which neighbours run in one go. fused.h says what the fused forms
 * do; this file alone knows when they pay. */
#include "fuse.h"
#include "fused.h"

#include <stdlib.h>

static enum role role(const struct node *node)
{
    return node->layer->type->role;
}

/* Tells whether a matrix layer is better computed in bands of rows inside a fused group: in
 * training where neither its input nor the gradient of its weights needs what bands do not store;
 * in prediction where each number takes so few multiply-adds that the trip to memory counts, and
 * not that products over several pictures are faster. */
static bool in_bands(const struct layer *layer, bool training)
{
    enum { FEW = 32 };

    if (!layer->type->rows || layer->bf16)
        return false;
    if (training)
        return !layer->input_gradient && !layer->weight_grad_last;
    return layer->multiply_adds <= (int64_t)FEW * shape_size(layer->out);
}

/* Makes the longest group that begins at `node`. The last layer of a network is the loss, so that
 * there is always a next one. */
static struct group group_from(struct node *node, bool training, bool bands)
{
    const struct node *next = node;
    bool normalizes = false, pools = false;

    if (role(node) == ROLE_SUM && role(node + 1) == ROLE_RECTIFY) {
        node->last = node + 1;
        return (struct group){.first = node, .ops = &fused_add};
    }
    if (bands && in_bands(next->layer, training))
        next++;
    if (role(next) == ROLE_RECTIFY)
        next++;
    if (role(next) == ROLE_NORMALIZE) {
        normalizes = true;
        next++;
        if (role(next) == ROLE_RECTIFY)
            next++;
    }
    if (role(next) == ROLE_MAXPOOL && next->layer->windows_disjoint) {
        pools = true;
        next++;
    }
    node->last = node;
    if (!pools && (!normalizes || next == node + 1))
        return (struct group){.first = node, .ops = &node->layer->type->ops};
    node->last = next - 1;
    return (struct group){.first = node,
                          .ops = !pools       ? &fused_batchnorm
                                 : normalizes ? &fused_batchnorm_maxpool
                                              : &fused_maxpool};
}

/* Returns the number of the group of layer `number` of the list. */
static int group_of(const struct groups *groups, int number)
{
    int i = 0;

    while (groups->group[i].first->last < &groups->node[number])
        i++;
    return i;
}

/* Connects the groups as the layers that they begin with: none goes on past an end of a branch. */
static void connect(struct groups *groups)
{
    for (int i = 1; i < groups->count; i++) {
        struct group *group = &groups->group[i];

        group->side = group_of(groups, group->first->layer->side);
        group->before = role(group->first) == ROLE_SHORTCUT ? group->side : i - 1;
    }
}

bool group_learns(const struct group *group)
{
    for (const struct node *node = group->first; node <= group->first->last; node++)
        if (node->layer->parameters && !node->frozen)
            return true;
    return false;
}

int groups_init(struct groups *groups, const struct nn_network *net, bool training, int frozen,
                bool bands)
{
    *groups = (struct groups){
        .node = calloc((size_t)net->layers, sizeof *groups->node),
        .nodes = net->layers,
        .group = calloc((size_t)net->layers, sizeof *groups->group),
    };
    if (!groups->node || !groups->group)
        return -1;
    for (int i = 0; i < groups->nodes; i++) {
        groups->node[i].layer = &net->layer[i];
        groups->node[i].frozen = net->layer[i].number < frozen;
    }
    for (struct node *node = groups->node; node < groups->node + groups->nodes;) {
        struct group *group = &groups->group[groups->count++];

        *group = group_from(node, training, bands);
        if (group->ops->kept_bytes)
            node->kept_bytes = group->ops->kept_bytes(node, training);
        node += node->last - node + 1;
    }
    connect(groups);
    return 0;
}

void groups_free(struct groups *groups)
{
    free(groups->node);
    free(groups->group);
}
