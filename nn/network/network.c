/* Networks from descriptions: parsing, setup of the layers one after another, and text again. */
#include "blocks.h"
#include "nn/base/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_NUMBERS = 1 << 26, /* of one layer's output per picture, and of its parameters */
    MAX_LAYERS = 4096
};

static const struct layer_type *find_type(const struct words *words)
{
    for (int i = 0; layer_types[i]; i++)
        if (strcasecmp(layer_types[i]->name, words->word[0]) == 0)
            return layer_types[i];
    return NULL;
}

/* Returns the words that descriptions may use. */
static const char *layer_words(void)
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
    struct words words = {.kind = "layer", .number = number};
    const char *here;

    layer->number = number;
    if (words_take(&words, description, error))
        return -1;
    layer->type = find_type(&words);
    here = layer->type ? NULL : foreign_layer(words.text);
    if (here)
        return words_error(&words, error, "%s", here);
    if (!layer->type)
        return words_error(&words, error, "no such layer; there are %s", layer_words());
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
    if (most - 2 > MAX_LAYERS) {
        snprintf(error->text, sizeof error->text, "%zu layers; there may be %d", most - 2,
                 MAX_LAYERS);
        return -1;
    }
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

/* Tells the last matrix layer the number of classes, and each layer whether the next one removes
 * the mean. */
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

/* Places a layer's numbers after those of the layers before it. */
static void add_numbers(struct nn_network *net, struct layer *layer)
{
    layer->parameters_at = net->parameters;
    layer->statistics_at = net->statistics;
    layer->derived_at = net->derived;
    net->parameters += layer->parameters;
    net->statistics += layer->statistics;
    net->derived += layer->derived.numbers;
}

/* Tells whether something learns that a layer's output depends on. */
static bool learns_up_to(const struct layer *layer)
{
    return layer->input_gradient || layer->parameters > 0;
}

/* Gives a layer its input. Returns -1 with a sentence if it is a sum that cannot be. */
static int connect(const struct nn_network *net, struct layer *layer, struct nn_error *error)
{
    const struct layer *before = layer_before(net, layer);

    layer->in = layer->out = before->out;
    layer->input_gradient = learns_up_to(before);
    if (layer->type->role != ROLE_SUM)
        return 0;
    layer->input_gradient |= learns_up_to(&net->layer[layer->side]);
    return blocks_check_sum(net, layer, error);
}

static int set_up(struct nn_network *net, struct nn_error *error)
{
    struct shape shape = {net->input.c, net->input.h, net->input.w, 0};

    net->layer[0].in = net->layer[0].out = shape;
    net->parameters = net->statistics = net->derived = 0;
    for (int i = 1; i < net->layers; i++) {
        struct layer *layer = &net->layer[i];

        layer->thread_bytes = 0;
        layer->bf16 = layer->type->role == ROLE_MATRIX && net->precision == NN_BF16;
        if (connect(net, layer, error) || (layer->type->setup && layer->type->setup(layer, error)))
            return -1;
        shape = layer->out;
        if ((int64_t)shape.c * shape.h * shape.w > MAX_NUMBERS || layer->parameters > MAX_NUMBERS) {
            snprintf(error->text, sizeof error->text,
                     "layer %d is too large: %d numbers at most per picture and in its weights",
                     layer->number, MAX_NUMBERS);
            return -1;
        }
        add_numbers(net, layer);
    }
    if (shape.area == 0 || shape.c != net->classes) {
        snprintf(error->text, sizeof error->text,
                 shape.area
                     ? "the network ends with %d output%s where there are %d classes"
                     : "the network ends with a picture of %d channel%s where one output for "
                       "each of %d classes is needed; put 'flatten' and 'linear' at its end",
                 shape.c, shape.c == 1 ? "" : "s", net->classes);
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
    if (blocks_check(net, error))
        goto failed;
    blocks_connect(net);
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

void nn_network_set_precision(struct nn_network *net, enum nn_precision precision)
{
    struct nn_error error;

    net->precision = precision;
    (void)set_up(net, &error); /* succeeded before, and its sizes stay but for scratch */
}

enum nn_precision nn_network_precision(const struct nn_network *net)
{
    return net->precision;
}

const char *nn_network_description(const struct nn_network *net)
{
    return net->description;
}

struct nn_shape nn_network_input(const struct nn_network *net)
{
    return net->input;
}

bool nn_network_needs_rows(const struct nn_network *net)
{
    for (int i = 0; i < net->layers; i++)
        if (net->layer[i].statistics > 0 && net->layer[i].in.h * net->layer[i].in.w == 1)
            return true;
    return false;
}

int64_t nn_network_multiply_adds(const struct nn_network *net)
{
    int64_t count = 0;

    for (int i = 0; i < net->layers; i++)
        count += net->layer[i].multiply_adds;
    return count;
}

/* Leaves out the input before the description's first layer and the softmax after its last. */
int nn_network_layers(const struct nn_network *net)
{
    return net->layers - 2;
}

int nn_network_output_layer(const struct nn_network *net)
{
    int number = 0;

    for (int i = 0; i < net->layers; i++)
        if (net->layer[i].classes > 0)
            number = net->layer[i].number;
    return number;
}

static bool pools_whole(const struct layer *layer)
{
    const struct window *window = &layer->window;

    return layer->type->role == ROLE_POOL && layer->out.h == 1 && layer->out.w == 1 &&
           (window->kh == 0 ||
            (window->kh == layer->in.h && window->kw == layer->in.w && window->pad == 0));
}

/* Tells whether a layer computes nothing when the network predicts. */
static bool only_passes_on(const struct layer *layer)
{
    return layer->type->role == ROLE_SHAPE || layer->type->training_only;
}

int nn_network_pooled_layer(const struct nn_network *net)
{
    const int output = nn_network_output_layer(net);
    int at = 1, i;

    while (at < net->layers && net->layer[at].number < output)
        at++;
    for (i = at - 1; i > 0 && only_passes_on(&net->layer[i]); i--)
        continue;
    if (i > 0 && pools_whole(&net->layer[i]))
        return net->layer[i].number;
    for (i = net->layers - 2; i > at && only_passes_on(&net->layer[i]); i--)
        continue;
    return i > at && pools_whole(&net->layer[i]) ? net->layer[i].number : -1;
}

struct nn_layer_info nn_network_layer(const struct nn_network *net, int number)
{
    const struct layer *layer = &net->layer[number + 1];
    struct nn_layer_info info = {.depth = layer_depth(net, layer),
                                 .out = {layer->out.c, layer->out.h, layer->out.w},
                                 .parameters = layer_parameters(layer),
                                 .multiply_adds = layer->multiply_adds,
                                 .bf16 = layer->bf16};

    _Static_assert(sizeof info.text == LAYER_TEXT, "room for a layer's text");
    layer_text(layer, info.text);
    return info;
}
