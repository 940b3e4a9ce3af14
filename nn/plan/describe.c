/* A plan's groups of layers in words and numbers, for people. */
#include "describe.h"

#include <stdio.h>

/* Widens a range of phases to one more. */
static void extend(int range[2], int phase)
{
    if (range[0] == 0)
        range[0] = phase;
    range[1] = phase;
}

struct nn_group plan_group(const struct plan *plan, int number)
{
    const struct group *group = &plan->groups.group[number];
    const struct node *first = group->first, *last = first->last;
    const struct shape shape = last->layer->out;
    struct nn_group out = {.out = {shape.c, shape.h, shape.w}};
    size_t used = 0;

    for (const struct node *node = first; node <= last; node++) {
        char text[LAYER_TEXT];

        layer_text(node->layer, text);
        if (used < sizeof out.layers)
            used += (size_t)snprintf(out.layers + used, sizeof out.layers - used, "%s%s",
                                     node > first ? ", " : "", text);
        out.parameters += layer_parameters(node->layer);
        out.multiply_adds += node->layer->multiply_adds;
    }
    for (int p = 0; p < plan->phases; p++)
        for (int i = 0; i < plan->phase[p].calls; i++) {
            const struct call *call = &plan->phase[p].call[i];

            if (call->node == first)
                extend(call->run == group->ops->backward || call->run == group->ops->backward_apply
                           ? out.backward
                           : out.forward,
                       p + 1);
        }
    return out;
}
