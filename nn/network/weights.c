/* The numbers that a network learns: its tensors by number, and their memory. */
#include "blocks.h"
#include "nn/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tensors ---- */

/* Finds number `number` of all layers' tensors, the layer that owns it, and its number there. */
static const struct layer_tensor *find_tensor(const struct nn_network *net, int number,
                                              const struct layer **owner, int *within)
{
    for (int i = 0; i < net->layers; i++) {
        if (number < net->layer[i].tensors) {
            *owner = &net->layer[i];
            *within = number;
            return &net->layer[i].tensor[number];
        }
        number -= net->layer[i].tensors;
    }
    return NULL;
}

static int64_t tensor_size(const struct layer_tensor *tensor)
{
    int64_t size = 1;

    for (int i = 0; i < tensor->ndim; i++)
        size *= tensor->dims[i];
    return size;
}

int nn_network_tensors(const struct nn_network *net)
{
    int count = 0;

    for (int i = 0; i < net->layers; i++)
        count += net->layer[i].tensors;
    return count;
}

struct nn_tensor nn_network_tensor(const struct nn_network *net, int number)
{
    const struct layer *layer = net->layer;
    int within;
    const struct layer_tensor *tensor = find_tensor(net, number, &layer, &within);
    struct nn_tensor out = {.layer = layer->number,
                            .ndim = tensor->ndim,
                            .size = tensor_size(tensor),
                            .statistic = tensor->statistic};
    char path[PATH_TEXT];

    layer_path(net, layer, path);
    snprintf(out.name, sizeof out.name, "%s.%s", path, tensor->name);
    memcpy(out.dims, tensor->dims, sizeof out.dims);
    return out;
}

int64_t layer_parameters(const struct layer *layer)
{
    int64_t count = 0;

    for (int t = 0; t < layer->tensors; t++)
        if (!layer->tensor[t].statistic)
            count += tensor_size(&layer->tensor[t]);
    return count;
}

int64_t nn_network_parameters(const struct nn_network *net)
{
    int64_t count = 0;

    for (int i = 0; i < net->layers; i++)
        count += layer_parameters(&net->layer[i]);
    return count;
}

/* ---- Weights ---- */

struct nn_weights *nn_weights_new(const struct nn_network *net)
{
    struct nn_weights *weights = calloc(1, sizeof *weights);

    if (!weights)
        return NULL;
    weights->net = net;
    weights->parameters = aligned_zeros(net->parameters * sizeof(real));
    weights->statistics = aligned_zeros(net->statistics * sizeof(real));
    if (weights->parameters && weights->statistics)
        return weights;
    nn_weights_free(weights);
    return NULL;
}

void nn_weights_free(struct nn_weights *weights)
{
    if (!weights)
        return;
    free(weights->parameters);
    free(weights->statistics);
    free(weights);
}

/* Returns the place where number `index` of a layer's tensor is stored. */
static real *stored(const struct nn_weights *weights, const struct layer *layer, int tensor,
                    int64_t index)
{
    real *base = layer->tensor[tensor].statistic ? weights->statistics + layer->statistics_at
                                                 : weights->parameters + layer->parameters_at;

    return base + layer->type->place(layer, tensor, index);
}

/* Fills every tensor; std 0: PyTorch's defaults, else normal but for the constant ones. */
static void init(struct nn_weights *weights, uint64_t seed, double std)
{
    const int count = nn_network_tensors(weights->net);

    weights->version++;
    for (int number = 0; number < count; number++) {
        const struct layer *layer;
        int within;
        const struct layer_tensor *tensor = find_tensor(weights->net, number, &layer, &within);
        const struct nn_random random = {seed, NN_RANDOM_INIT, (uint32_t)number};
        const int64_t size = tensor_size(tensor);
        const double range = tensor->high - tensor->low;

        for (int64_t i = 0; i < size; i++)
            *stored(weights, layer, within, i) =
                (real)(std > 0 && range > 0
                           ? std * nn_random_normal(&random, (uint64_t)i)
                           : tensor->low + range * nn_random_unit(&random, (uint64_t)i));
    }
}

void nn_weights_init(struct nn_weights *weights, uint64_t seed)
{
    init(weights, seed, 0);
}

void nn_weights_init_normal(struct nn_weights *weights, uint64_t seed, double std)
{
    init(weights, seed, std);
}

void nn_weights_copy(struct nn_weights *to, const struct nn_weights *from)
{
    to->version++;
    memcpy(to->parameters, from->parameters, from->net->parameters * sizeof(real));
    memcpy(to->statistics, from->statistics, from->net->statistics * sizeof(real));
}

void nn_weights_export(const struct nn_weights *weights, int number, real *values)
{
    const struct layer *layer;
    int within;
    const int64_t size = tensor_size(find_tensor(weights->net, number, &layer, &within));

    for (int64_t i = 0; i < size; i++)
        values[i] = *stored(weights, layer, within, i);
}

void nn_weights_import(struct nn_weights *weights, int number, const real *values)
{
    const struct layer *layer;
    int within;
    const int64_t size = tensor_size(find_tensor(weights->net, number, &layer, &within));

    weights->version++;
    for (int64_t i = 0; i < size; i++)
        *stored(weights, layer, within, i) = values[i];
}
