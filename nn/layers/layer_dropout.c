/* Dropout (Srivastava et al. 2014), inverted: in training each number is zeroed with probability p
 * and otherwise divided by 1-p; in prediction and while statistics are estimated nothing happens.
 * Whether number u of a picture is dropped follows from seed, layer, epoch and the picture's place
 * in the epoch's order, so backward draws the same again instead of storing it. */
#include "layer_dropout.cl"
#include "layers_on_device.h"
#include "nn/base/words.h"

#include <stdio.h>

struct dropout {
    double p;
};

static int parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct dropout *own = layer->own;
    int found = words_real(words, 0, 0.99, &own->p, error);

    if (found == 0)
        return words_error(words, error, "the share to drop is needed: %s", layer->type->usage);
    return found == 1 ? 0 : -1;
}

static void describe(const struct layer *layer, char *text, size_t size)
{
    const struct dropout *own = layer->own;

    snprintf(text, size, "dropout %g", own->p);
}

/* Sets to[u] = from[u] * (0 or 1/(1-p)) for one picture. Each row begins with bits of its own
 * index. */
static void drop(const struct node *node, const struct pass *pass, const struct grid *from,
                 const struct grid *to, int picture, int64_t position)
{
    const struct dropout *own = node->layer->own;
    const int row = from->w * from->c;
    struct nn_random random = pass->dropout;

    random.purpose = NN_RANDOM_DROPOUT | (uint32_t)node->layer->number << 8;
    for (int y = 0; y < from->h; y++) {
        const uint64_t index = (uint64_t)(position * from->h + y) * (uint64_t)((row + 3) / 4);

        kernels->dropout(&random, index, (uint32_t)(own->p * 0x1p32), (real)(1 / (1 - own->p)),
                         grid_row(from, picture, y), row, grid_row(to, picture, y));
    }
}

static void copy(const struct grid *from, const struct grid *to, int picture)
{
    if (from->at == to->at)
        return;
    for (int y = 0; y < from->h; y++)
        memcpy(grid_row(to, picture, y), grid_row(from, picture, y),
               (size_t)from->w * (size_t)from->c * sizeof(real));
}

static bool drops(const struct node *node, const struct pass *pass)
{
    const struct dropout *own = node->layer->own;

    return pass->training && !node->frozen && !pass->estimated && own->p > 0;
}

static void pass_on(const struct node *node, const struct pass *pass, const struct shard *shard,
                    const struct grid *from, const struct grid *to)
{
    for (int i = 0; i < shard->count; i++)
        if (drops(node, pass))
            drop(node, pass, from, to, shard->first + i, pass->position + shard->base + i);
        else
            copy(from, to, shard->first + i);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    pass_on(node, pass, shard, &node->in, &node->out);
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    if (node->din.at)
        pass_on(node, pass, shard, &node->dout, &node->din);
}

static void pass_on_on_device(const struct node *node, const struct pass *pass,
                              const struct grid *from, const struct grid *to)
{
    const struct dropout *own = node->layer->own;
    const struct drop drop = {
        .from = grid_on_device(pass, from),
        .to = grid_on_device(pass, to),
        .seed = pass->dropout.seed,
        .position = pass->position,
        .purpose = NN_RANDOM_DROPOUT | (uint32_t)node->layer->number << 8,
        .epoch = pass->dropout.epoch,
        .threshold = (uint32_t)(own->p * 0x1p32),
        .scale = (float)(real)(1 / (1 - own->p)),
        .n = pass->rows,
    };

    if (!drops(node, pass))
        elementwise_on_device(pass, COPY, from, NULL, to, 0);
    else
        DEVICE_RUN(pass->device->memory, "drop",
                   (int64_t)pass->rows * from->h * ((from->w * from->c + 3) / 4), &drop);
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    pass_on_on_device(node, pass, &node->in, &node->out);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    if (node->din.at)
        pass_on_on_device(node, pass, &node->dout, &node->din);
}

const struct layer_type layer_dropout = {
    .name = "dropout",
    .usage = "dropout P",
    .example = "dropout 0.3",
    .role = ROLE_ELEMENTWISE,
    .own_size = sizeof(struct dropout),
    .training_only = true,
    .parse = parse,
    .describe = describe,
    .ops =
        {
            .in_place = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
