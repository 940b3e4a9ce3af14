/* Fully connected: y = W x + b. Packed: [panel of outputs][input][LANES], then the bias
 * [panel][LANES]. The derived copy for the input's gradient is [panel of inputs][output][LANES]. */
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
    if (layer->input_gradient)
        layer->derived =
            (struct derived){(size_t)panels(inputs) * LANES * (size_t)own->outputs, panels(inputs)};
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

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct linear *own = node->layer->own;

    (void)pass;
    kernels->gemm(&(struct gemm){
        .x = grid_row(&node->in, shard->first, 0),
        .x_row = node->in.picture,
        .lines = 1,
        .rows = shard->count,
        .runs = 1,
        .run = shape_size(node->layer->in),
        .w = node->parameters,
        .w_panel = (ptrdiff_t)shape_size(node->layer->in) * LANES,
        .bias = bias_of(node),
        .out = grid_row(&node->out, shard->first, 0),
        .out_row = node->out.picture,
        .columns = own->outputs,
    });
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct linear *own = node->layer->own;

    (void)pass;
    if (!node->din.at)
        return;
    kernels->gemm(&(struct gemm){
        .x = grid_row(&node->dout, shard->first, 0),
        .x_row = node->dout.picture,
        .lines = 1,
        .rows = shard->count,
        .runs = 1,
        .run = own->outputs,
        .w = node->derived,
        .w_panel = (ptrdiff_t)own->outputs * LANES,
        .out = grid_row(&node->din, shard->first, 0),
        .out_row = node->din.picture,
        .columns = shape_size(node->layer->in),
    });
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
        kernels->gemm_weight_grad(&(struct gemm_weight_grad){
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

static void refresh(const struct node *node, int block)
{
    const struct linear *own = node->layer->own;
    const ptrdiff_t inputs = shape_size(node->layer->in), first = (ptrdiff_t)block * LANES;

    kernels->transpose(node->parameters + first * LANES, inputs * LANES,
                       inputs - first < LANES ? (int)(inputs - first) : LANES, own->outputs,
                       node->derived + first * own->outputs);
}

/* Describes it as a convolution of one position, whose channels are all inputs. */
static struct products products(const struct node *node, const struct pass *pass)
{
    struct products p = products_on_device(node, pass);

    p.in.c = p.din.c = shape_size(node->layer->in);
    p.in.h = p.in.w = p.din.h = p.din.w = 1;
    return p;
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    products_forward_on_device(node, pass, &p);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    products_input_grad_on_device(node, pass, &p);
}

static void device_weight_grad(const struct node *node, const struct pass *pass)
{
    struct products p = products(node, pass);

    products_weight_grad_on_device(pass, &p);
    p.dout.c = p.dout.picture; /* the pictures are the positions of one row */
    p.dout.w = pass->rows;
    p.dout.picture = 0;
    products_bias_grad_on_device(node, pass, &p);
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
    .device_weight_grad = device_weight_grad,
    .device_refresh = device_refresh,
};
