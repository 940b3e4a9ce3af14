/* Which layers of a network's list belong to a block, and how its branches are connected. */
#include "blocks.h"

#include <stdio.h>

static enum role role(const struct layer *layer)
{
    return layer->type->role;
}

/* ---- Check ---- */

static int refuse(const struct layer *layer, struct nn_error *error, const char *why)
{
    snprintf(error->text, sizeof error->text, "layer %d, '%s': %s", layer->number,
             layer->type->name, why);
    return -1;
}

/* Checks a `shortcut` or `add`. `open`: what began the branch that ends with it, NULL: nothing. */
static int check_end(const struct layer *layer, const struct layer *open, struct nn_error *error)
{
    if (!open)
        return refuse(layer, error,
                      "no 'residual' is open before it; a block is: residual, layers, add");
    if (open == layer - 1)
        return refuse(open, error,
                      role(open) == ROLE_SHORTCUT
                          ? "no layers follow; without 'shortcut' the block's input itself is added"
                          : "no layers follow, to whose output its input could be added");
    if (role(layer) == ROLE_SHORTCUT && role(open) == ROLE_SHORTCUT)
        return refuse(layer, error,
                      "its block has a shortcut already; three branches are two "
                      "blocks, one within the other");
    return 0;
}

int blocks_check(const struct nn_network *net, struct nn_error *error)
{
    const struct layer *open[MAX_NEST];
    int depth = 0;

    for (int i = 0; i < net->layers; i++) {
        const struct layer *layer = &net->layer[i];

        if (role(layer) == ROLE_RESIDUAL) {
            if (depth == MAX_NEST)
                return refuse(layer, error, "blocks lie at most four deep within each other");
            open[depth++] = layer;
        } else if (role(layer) == ROLE_SHORTCUT || role(layer) == ROLE_SUM) {
            if (check_end(layer, depth ? open[depth - 1] : NULL, error))
                return -1;
            if (role(layer) == ROLE_SUM)
                depth--;
            else
                open[depth - 1] = layer;
        }
    }
    return depth ? refuse(open[depth - 1], error, "no 'add' ends its block") : 0;
}

/* ---- Connections ---- */

void blocks_connect(struct nn_network *net)
{
    int residual[MAX_NEST], other[MAX_NEST], depth = 0;

    for (int i = 0; i < net->layers; i++) {
        struct layer *layer = &net->layer[i];

        if (role(layer) == ROLE_RESIDUAL) {
            residual[depth] = other[depth] = i;
            depth++;
        } else if (role(layer) == ROLE_SHORTCUT) {
            layer->side = residual[depth - 1];
            net->layer[residual[depth - 1]].side = i;
            other[depth - 1] = i - 1;
        } else if (role(layer) == ROLE_SUM) {
            depth--;
            layer->side = other[depth];
            if (other[depth] == residual[depth])
                net->layer[residual[depth]].side = i;
        }
    }
}

const struct layer *layer_before(const struct nn_network *net, const struct layer *layer)
{
    return role(layer) == ROLE_SHORTCUT ? &net->layer[layer->side] : layer - 1;
}

/* ---- Shapes ---- */

enum { SHAPE_TEXT = 40 };

static const char *shape_text(struct shape s, char text[SHAPE_TEXT])
{
    if (s.area)
        snprintf(text, SHAPE_TEXT, "%d", s.c);
    else
        snprintf(text, SHAPE_TEXT, "%dx%dx%d", s.c, s.h, s.w);
    return text;
}

/* Tells whether our order of a vector's numbers is PyTorch's. */
static bool in_order(struct shape s)
{
    return s.area == 1 || s.area == s.c;
}

/* Returns the stride of a 1x1 convolution that makes `in` pixels `out`; 0: none does. */
static int stride_between(int in, int out)
{
    const int stride = out ? (in + out - 1) / out : 0;

    return stride && (in - 1) / stride + 1 == out ? stride : 0;
}

/* Writes the layers of a shortcut that makes `to` of `from`; "": one layer does not. */
static void suggest(struct shape from, struct shape to, char *text, size_t size)
{
    const int stride = stride_between(from.h, to.h);

    *text = 0;
    if (from.area && to.area)
        snprintf(text, size, "linear %d", to.c);
    else if (!from.area && !to.area && stride == 1 && to.w == from.w)
        snprintf(text, size, "conv %d 1x1", to.c);
    else if (!from.area && !to.area && stride && stride == stride_between(from.w, to.w))
        snprintf(text, size, "conv %d 1x1 stride %d", to.c, stride);
}

int blocks_check_sum(const struct nn_network *net, const struct layer *add, struct nn_error *error)
{
    const struct layer *side = &net->layer[add->side];
    const struct shape a = add[-1].out, b = side->out;
    const bool identity = role(side) == ROLE_RESIDUAL;
    const struct layer *residual = side;
    char text[2][SHAPE_TEXT], layers[60];

    if (a.c == b.c && a.h == b.h && a.w == b.w && !a.area == !b.area) {
        if (a.area == b.area || (in_order(a) && in_order(b)))
            return 0;
        return refuse(add, error,
                      "a flattened picture of several channels and a linear layer's output have "
                      "their numbers in different orders; put a linear layer between 'flatten' "
                      "and 'residual'");
    }
    if (!identity) /* the layer after the body is 'shortcut', which knows its residual */
        residual = &net->layer[side[1].side];
    suggest(residual->out, identity ? a : b, layers, sizeof layers);
    snprintf(error->text, sizeof error->text,
             identity && *layers
                 ? "layer %d, 'add': the block's layers make %s of its input of %s; give the input "
                   "that shape too, by 'shortcut, %s' before 'add'"
             : identity
                 ? "layer %d, 'add': the block's layers make %s of its input of %s; they have to "
                   "keep that shape, or layers after a 'shortcut' give it to the input too"
             : *layers ? "layer %d, 'add': the shortcut makes %s and the block's other layers %s; "
                         "the shortcut that fits is '%s'"
                       : "layer %d, 'add': the shortcut makes %s and the block's other layers %s; "
                         "both have to make one shape",
             add->number, shape_text(a, text[0]), shape_text(b, text[1]), layers);
    return -1;
}

/* ---- Names ---- */

/* A walk through the list: for each block that is open, and for the network itself, the number of
 * the next module in the branch. */
struct walk {
    int depth;
    int at[MAX_NEST + 1];
    bool shortcut[MAX_NEST + 1];
};

/* Goes on to the layer after `layer`. */
static void walk_past(struct walk *walk, const struct layer *layer)
{
    if (role(layer) == ROLE_RESIDUAL) {
        walk->depth++;
        walk->at[walk->depth] = 0;
        walk->shortcut[walk->depth] = false;
    } else if (role(layer) == ROLE_SHORTCUT) {
        walk->at[walk->depth] = 0;
        walk->shortcut[walk->depth] = true;
    } else {
        walk->depth -= role(layer) == ROLE_SUM;
        walk->at[walk->depth] += role(layer) != ROLE_INPUT;
    }
}

static struct walk walk_to(const struct nn_network *net, const struct layer *layer)
{
    struct walk walk = {0};

    for (const struct layer *before = net->layer; before < layer; before++)
        walk_past(&walk, before);
    return walk;
}

int layer_depth(const struct nn_network *net, const struct layer *layer)
{
    return walk_to(net, layer).depth - (role(layer) == ROLE_SHORTCUT || role(layer) == ROLE_SUM);
}

void layer_path(const struct nn_network *net, const struct layer *layer, char text[PATH_TEXT])
{
    const struct walk walk = walk_to(net, layer);
    int used = snprintf(text, PATH_TEXT, "%d", walk.at[0]);

    for (int d = 1; d <= walk.depth && used < PATH_TEXT; d++)
        used += snprintf(text + used, PATH_TEXT - (size_t)used, ".%s.%d",
                         walk.shortcut[d] ? "shortcut" : "body", walk.at[d]);
}
