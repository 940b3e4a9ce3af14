/* Fully connected: y = W x + b. Packed: [panel of outputs][input][LANES], then the bias
 * [panel][LANES]. The derived copy for the input's gradient is [panel of inputs][output][LANES];
 * with bfloat16 it comes after one of the weights, and a panel's pairs fill the first half of its
 * place.
 */
#include "bf16.h"
#include "layers_on_device.h"
#include "nn/base/words.h"

#include <math.h>
#include <stdio.h>

/* Of the weights' gradient: so much of so many pictures stays in the first cache. */
enum { INPUTS_PER_BLOCK = 64, PICTURES_AT_ONCE = 64 };

struct linear {
    int outputs; /* 0: one per class */
};

static int parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct linear *own = layer->own;

    if (words_int(words, 1, 65536, &own->outputs, error) < 0)
        return -1;
    layer->bias = !words_accept(words, "nobias");
    return 0;
}

static int setup(struct layer *layer, struct nn_error *error)
{
    struct linear *own = layer->own;
    const int inputs = shape_size(layer->in);
    double bound = 1 / sqrt(inputs); /* PyTorch's kaiming_uniform_ with a = sqrt(5) */
    size_t padded;
    int64_t blocks;

    if (own->outputs == 0)
        own->outputs = layer->classes;
    if (own->outputs == 0) {
        snprintf(error->text, sizeof error->text,
                 "layer %d, 'linear': its size can be left out only in the last linear layer",
                 layer->number);
        return -1;
    }
    if (layer->in.area == 0 && layer->number != 0) {
        snprintf(
            error->text, sizeof error->text,
            "layer %d, 'linear %d': its input is a picture of %dx%dx%d; put 'flatten' before it",
            layer->number, own->outputs, layer->in.c, layer->in.h, layer->in.w);
        return -1;
    }
    layer->out = (struct shape){own->outputs, 1, 1, 1};
    padded = (size_t)panels(own->outputs) * LANES;
    layer->factors = inputs;
    layer->parameters = padded * (size_t)(inputs + layer->bias);
    /* Too many for an int only where the network is about to refuse so many parameters. */
    blocks = (int64_t)panels(own->outputs) * ((inputs + INPUTS_PER_BLOCK - 1) / INPUTS_PER_BLOCK);
    layer->blocks = (int)(blocks + layer->bias);
    layer->weight_grad_last = true;
    layer->derived_forward = layer->derived = (struct derived){0};
    if (layer->bf16) {
        layer->derived_forward = layer->derived =
            (struct derived){padded * (size_t)inputs, panels(own->outputs)};
        layer->thread_bytes = MOST_TOGETHER * sizeof(real) *
                              (size_t)bf16_half(inputs > own->outputs ? inputs : own->outputs);
    }
    if (layer->input_gradient) {
        layer->derived.numbers += (size_t)panels(inputs) * LANES * (size_t)own->outputs;
        layer->derived.blocks += panels(inputs);
    }
    layer->multiply_adds = (int64_t)inputs * own->outputs;
    layer->tensors = 1 + layer->bias;
    layer->tensor[0] =
        (struct layer_tensor){"weight", 2, {own->outputs, inputs}, false, -bound, bound};
    layer->tensor[1] = (struct layer_tensor){"bias", 1, {own->outputs}, false, -bound, bound};
    return 0;
}

static void describe(const struct layer *layer, char *text, size_t size)
{
    const struct linear *own = layer->own;

    snprintf(text, size, "linear %d%s", own->outputs, layer->bias ? "" : " nobias");
}

static size_t place(const struct layer *layer, int tensor, int64_t index)
{
    const int inputs = shape_size(layer->in);
    const struct linear *own = layer->own;
    int output, input;

    if (tensor == 1)
        return (size_t)panels(own->outputs) * LANES * (size_t)inputs + (size_t)index;
    output = (int)(index / inputs);
    input = (int)(index % inputs);
    /* A picture straight from the data is [channel][position] in PyTorch, too. */
    input = flat_place(inputs, layer->in.area ? layer->in.area : layer->in.h * layer->in.w, input);
    return ((size_t)(output / LANES) * (size_t)inputs + (size_t)input) * LANES +
           (size_t)(output % LANES);
}

static const real *bias_of(const struct node *node)
{
    const struct linear *own = node->layer->own;
    const size_t weights =
        (size_t)panels(own->outputs) * LANES * (size_t)shape_size(node->layer->in);

    return node->layer->bias ? node->parameters + weights : NULL;
}

/* Multiplies the vectors of a shard's pictures by packed weights. */
static void multiply(const struct node *node, const struct shard *shard, const struct grid *from,
                     const real *weights, const real *bias, const struct grid *to)
{
    const int inputs = shape_size((struct shape){from->c, from->h, from->w, 1});
    struct gemm p = {
        .x = grid_row(from, shard->first, 0),
        .x_row = from->picture,
        .lines = 1,
        .rows = shard->count,
        .runs = 1,
        .run = inputs,
        .w = weights,
        .w_panel = (ptrdiff_t)inputs * LANES,
        .bias = bias,
        .out = grid_row(to, shard->first, 0),
        .out_row = to->picture,
        .columns = shape_size((struct shape){to->c, to->h, to->w, 1}),
    };
    real *pairs = thread_scratch(node, shard);

    if (!node->layer->bf16) {
        kernels->gemm(&p);
        return;
    }
    p.run = bf16_half(inputs);
    for (int i = 0; i < shard->count; i++)
        bf16_row(p.x + i * p.x_row, inputs, pairs + (ptrdiff_t)i * p.run);
    p.x = pairs;
    p.x_row = p.run;
    kernels->gemm_bf16(&p);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    multiply(node, shard, &node->in, node->layer->bf16 ? node->derived : node->parameters,
             bias_of(node), &node->out);
}

static const real *back_weights(const struct node *node)
{
    return node->derived + node->layer->derived_forward.numbers;
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (node->din.at)
        multiply(node, shard, &node->dout, back_weights(node), NULL, &node->din);
}

static void bias_grad(const struct node *node, const struct pass *pass, real *gradient)
{
    const struct linear *own = node->layer->own;

    for (int o = 0; o < own->outputs; o++)
        gradient[o] = 0;
    if (node->layer->mean_removed_next)
        return;
    kernels->sum_rows(grid_row(&node->dout, 0, 0), pass->rows, node->dout.picture, own->outputs,
                      gradient);
}

/* Does what the kernel of that name does for pictures that are its only steps. */
static void gemm_weight_grad_bf16(const struct gemm_weight_grad *given)
{
    real x[PICTURES_AT_ONCE / 2 * INPUTS_PER_BLOCK], dy[PICTURES_AT_ONCE / 2 * LANES];
    struct gemm_weight_grad pairs = *given;

    for (int s = 0; s < given->steps; s += 2) {
        const bool two = s + 1 < given->steps;
        const real *x_even = given->x + s * given->x_step;
        const real *dy_even = given->dy + s * given->dy_step;

        kernels->pair_rows(x_even, two ? x_even + given->x_step : NULL, given->run,
                           x + s / 2 * INPUTS_PER_BLOCK);
        kernels->pair_rows(dy_even, two ? dy_even + given->dy_step : NULL, LANES,
                           dy + s / 2 * LANES);
    }
    pairs.steps = bf16_half(given->steps);
    pairs.x = x;
    pairs.x_step = INPUTS_PER_BLOCK;
    pairs.dy = dy;
    pairs.dy_step = LANES;
    kernels->gemm_weight_grad_bf16(&pairs);
}

static void weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end)
{
    const struct linear *own = node->layer->own;
    const int inputs = shape_size(node->layer->in);
    const int per_panel = (inputs + INPUTS_PER_BLOCK - 1) / INPUTS_PER_BLOCK;
    const int panel = block / per_panel, first = block % per_panel * INPUTS_PER_BLOCK;
    const int count = inputs - first < INPUTS_PER_BLOCK ? inputs - first : INPUTS_PER_BLOCK;

    if (panel == panels(own->outputs)) {
        *begin = (size_t)panel * LANES * (size_t)inputs;
        *end = node->layer->parameters;
        bias_grad(node, pass, node->gradients + *begin);
        return;
    }
    *begin = ((size_t)panel * (size_t)inputs + (size_t)first) * LANES;
    *end = *begin + (size_t)count * LANES;
    for (int i = 0; i < pass->rows; i += PICTURES_AT_ONCE)
        (node->layer->bf16 ? gemm_weight_grad_bf16
                           : kernels->gemm_weight_grad)(&(struct gemm_weight_grad){
            .x = grid_row(&node->in, i, 0) + first,
            .x_step = node->in.picture,
            .dy = grid_row(&node->dout, i, 0) + panel * LANES,
            .dy_step = node->dout.picture,
            .pictures = 1,
            .lines = 1,
            .steps = pass->rows - i < PICTURES_AT_ONCE ? pass->rows - i : PICTURES_AT_ONCE,
            .runs = 1,
            .run = count,
            .columns = own->outputs - panel * LANES < LANES ? own->outputs - panel * LANES : LANES,
            .out = node->gradients + *begin,
            .add = i > 0,
        });
}

static void refresh_back(const struct node *node, int panel)
{
    const struct linear *own = node->layer->own;
    const ptrdiff_t inputs = shape_size(node->layer->in), first = (ptrdiff_t)panel * LANES;
    real *to = node->derived + node->layer->derived_forward.numbers + first * own->outputs;

    kernels->transpose(node->parameters + first * LANES, inputs * LANES,
                       inputs - first < LANES ? (int)(inputs - first) : LANES, own->outputs, to);
    if (node->layer->bf16)
        bf16_weights(to, own->outputs, to);
}

static void refresh(const struct node *node, int block)
{
    const int forward = node->layer->derived_forward.blocks, inputs = shape_size(node->layer->in);
    const ptrdiff_t at = (ptrdiff_t)block * inputs * LANES;

    if (block < forward)
        bf16_weights(node->parameters + at, inputs, node->derived + at);
    else
        refresh_back(node, block - forward);
}

/* Describes it as a convolution of one position, whose channels are all inputs. */
static struct products products(const struct node *node, const struct pass *pass)
{
    struct products p = products_on_device(node, pass);

    p.in.c = p.din.c = shape_size(node->layer->in);
    p.in.h = p.in.w = p.din.h = p.din.w = 1;
    p.vectors = 1;
    return p;
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    products_forward_on_device(node, pass, &p);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    products_backward_on_device(node, pass, products(node, pass));
}

static struct device_gradients device_gradients(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    return products_gradients_on_device(node, &p);
}

static void device_refresh(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    products_refresh_on_device(pass, &p);
}

const struct layer_type layer_linear = {
    .name = "linear",
    .usage = "linear [N] [nobias]",
    .example = "flatten, linear 5",
    .role = ROLE_MATRIX,
    .own_size = sizeof(struct linear),
    .parse = parse,
    .setup = setup,
    .describe = describe,
    .place = place,
    .ops =
        {
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
    .weight_grad = weight_grad,
    .refresh = refresh,
    .device_gradients = device_gradients,
    .device_refresh = device_refresh,
};
