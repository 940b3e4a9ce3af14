#include "network.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_NUMBERS = 1 << 26 }; /* of one layer's output per picture, and of its parameters */

static const struct layer_type *find_type(const struct words *words)
{
    for (int i = 0; layer_types[i]; i++)
        if (strcmp(layer_types[i]->name, words->word[0]) == 0)
            return layer_types[i];
    return NULL;
}

const char *nn_layer_words(void)
{
    static char text[400];
    size_t used = 0;

    for (int i = 0; layer_types[i] && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
                                 layer_types[i]->usage);
    return text;
}

const char *nn_layer_example(int number)
{
    return layer_types[number] ? layer_types[number]->example : NULL;
}

static int out_of_memory(struct nn_error *error)
{
    *error = (struct nn_error){.text = "out of memory", .out_of_memory = true};
    return -1;
}

static int parse_layer(struct layer *layer, int number, const char **description,
                       struct nn_error *error)
{
    struct words words = {.layer = number};

    layer->number = number;
    if (words_take(&words, description, error))
        return -1;
    layer->type = find_type(&words);
    if (!layer->type)
        return words_error(&words, error, "no such layer; there are %s", nn_layer_words());
    words.next = 1;
    layer->own = calloc(1, layer->type->own_size + 1);
    if (!layer->own)
        return out_of_memory(error);
    if (layer->type->parse && layer->type->parse(layer, &words, error))
        return -1;
    return words_end(&words, layer->type->usage, error);
}

static int parse_all(struct nn_network *net, const char *description, struct nn_error *error)
{
    size_t most = 3;

    for (const char *p = description; *p; p++)
        most += *p == ',';
    net->layer = calloc(most, sizeof *net->layer);
    if (!net->layer)
        return out_of_memory(error);
    net->layer[net->layers++].type = &layer_input;
    do {
        net->layers++;
        if (parse_layer(&net->layer[net->layers - 1], net->layers - 2, &description, error))
            return -1;
    } while (*description++ == ',');
    net->layer[net->layers++].type = &layer_softmax;
    return 0;
}

/* Tells the last matrix layer the number of classes and every layer what it can know of the next.
 */
static void look_ahead(struct nn_network *net)
{
    struct layer *last = NULL;

    for (int i = 0; i + 1 < net->layers; i++) {
        struct layer *layer = &net->layer[i];

        if (layer->type->role == ROLE_MATRIX)
            last = layer;
        layer->mean_removed_next = layer[1].type->removes_mean;
    }
    if (last)
        last->classes = net->classes;
}

static int set_up(struct nn_network *net, struct nn_error *error)
{
    struct shape shape = {net->input.c, net->input.h, net->input.w, 0};

    for (int i = 0; i < net->layers; i++) {
        struct layer *layer = &net->layer[i];

        layer->in = layer->out = shape;
        if (layer->type->setup && layer->type->setup(layer, error))
            return -1;
        shape = layer->out;
        if ((int64_t)shape.c * shape.h * shape.w > MAX_NUMBERS || layer->parameters > MAX_NUMBERS) {
            snprintf(error->text, sizeof error->text,
                     "layer %d is too large: %d numbers at most per picture and in its weights",
                     layer->number, MAX_NUMBERS);
            return -1;
        }
        layer->parameters_at = net->parameters;
        layer->statistics_at = net->statistics;
        layer->derived_at = net->derived;
        net->parameters += layer->parameters;
        net->statistics += layer->statistics;
        net->derived += layer->derived;
    }
    if (shape.area == 0 || shape.c != net->classes) {
        snprintf(error->text, sizeof error->text,
                 shape.area ? "the network ends with %d outputs where there are %d classes"
                            : "the network ends with a picture of %d channels where one output for "
                              "each of %d classes is needed; put 'flatten' and 'linear' at its end",
                 shape.c, net->classes);
        return -1;
    }
    return 0;
}

void layer_text(const struct layer *layer, char text[LAYER_TEXT])
{
    if (layer->type->describe)
        layer->type->describe(layer, text, LAYER_TEXT);
    else
        snprintf(text, LAYER_TEXT, "%s", layer->type->name);
}

static int describe(struct nn_network *net, struct nn_error *error)
{
    const size_t size = LAYER_TEXT * (size_t)net->layers;
    size_t used = 0;

    net->description = malloc(size);
    if (!net->description)
        return out_of_memory(error);
    for (int i = 1; i + 1 < net->layers; i++) {
        char text[LAYER_TEXT];

        layer_text(&net->layer[i], text);
        used +=
            (size_t)snprintf(net->description + used, size - used, "%s%s", i > 1 ? ", " : "", text);
    }
    return 0;
}

int nn_network_new(struct nn_network **out, const char *description, struct nn_shape input,
                   int classes, struct nn_error *error)
{
    struct nn_network *net = calloc(1, sizeof *net);

    *error = (struct nn_error){.out_of_memory = false};
    if (!net)
        return out_of_memory(error);
    net->input = input;
    net->classes = classes;
    if (parse_all(net, description, error))
        goto failed;
    look_ahead(net);
    if (set_up(net, error) || describe(net, error))
        goto failed;
    *out = net;
    return 0;
failed:
    nn_network_free(net);
    return -1;
}

void nn_network_free(struct nn_network *net)
{
    if (!net)
        return;
    for (int i = 0; i < net->layers; i++)
        free(net->layer[i].own);
    free(net->layer);
    free(net->description);
    free(net);
}

const char *nn_network_description(const struct nn_network *net)
{
    return net->description;
}

struct nn_shape nn_network_input(const struct nn_network *net)
{
    return net->input;
}

int nn_network_classes(const struct nn_network *net)
{
    return net->classes;
}

/* Number `number` of all layers' tensors, and whose it is. */
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
    const struct layer *layer;
    int within;
    const struct layer_tensor *tensor = find_tensor(net, number, &layer, &within);
    struct nn_tensor out = {
        .ndim = tensor->ndim, .size = tensor_size(tensor), .statistic = tensor->statistic};

    snprintf(out.name, sizeof out.name, "%d.%s", layer->number, tensor->name);
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

int64_t nn_network_multiply_adds(const struct nn_network *net)
{
    int64_t count = 0;

    for (int i = 0; i < net->layers; i++)
        count += net->layer[i].multiply_adds;
    return count;
}

/* ---- Weights ---- */

/* Of huge pages where the system has them: filling a thousand small ones takes longer than what is
 * done with them in a short run, and looking up their addresses slows every walk through them. */
void *aligned_zeros(size_t bytes)
{
    enum { LINE = 64, HUGE_PAGE = 2 << 20 };
    void *memory = NULL;

    bytes = (bytes + LINE - 1) / LINE * LINE + LINE; /* never 0, and room behind the last number */
    if (posix_memalign(&memory, bytes < HUGE_PAGE ? LINE : HUGE_PAGE, bytes))
        return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE)
        madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memset(memory, 0, bytes);
}

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

/* Where number `index` of a layer's tensor is stored. */
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
