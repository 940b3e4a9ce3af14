/* Fully connected: y = W x + b. Packed: [panel of outputs][input][LANES], then the bias
 * [panel][LANES]. The derived copy for the input's gradient is [panel of inputs][output][LANES];
 * with bfloat16 it comes after one of the weights, and a panel's pairs fill the first half of its
 * place. The weights' gradient is a sum over pictures: with bfloat16 each shard makes pairs of its
 * pictures' vectors, once for all blocks, rows of [input], [panel of outputs][LANES], and the sum
 * of the bias's gradient.
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
    layer->weight_grad_last = !layer->bf16;
    layer->derived_forward = layer->derived = (struct derived){0};
    layer->shard_bytes = 0;
    layer->device_bytes = products_bytes_on_device(layer);
    layer->shard_sums = SUMS_NONE;
    if (layer->bf16) {
        layer->derived_forward = layer->derived =
            (struct derived){padded * (size_t)inputs, panels(own->outputs)};
        layer->thread_bytes = MOST_TOGETHER * sizeof(real) *
                              (size_t)bf16_half(inputs > own->outputs ? inputs : own->outputs);
        layer->shard_bytes =
            sizeof(real) * (bf16_half(SHARD) * ((size_t)inputs + padded) + layer->bias * padded);
        layer->shard_sums = SUMS_FOR_UPDATE;
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

/* Counts the numbers of a row of a shard's pairs. */
static ptrdiff_t pairs_row(const struct layer *layer)
{
    const struct linear *own = layer->own;

    return shape_size(layer->in) + (ptrdiff_t)panels(own->outputs) * LANES;
}

/* Sums up the bias's gradient of some pictures. */
static void bias_grad(const struct node *node, int first, int count, real *gradient)
{
    const struct linear *own = node->layer->own;

    memset(gradient, 0, (size_t)own->outputs * sizeof *gradient);
    if (!node->layer->mean_removed_next)
        kernels->sum_rows(grid_row(&node->dout, first, 0), count, node->dout.picture, own->outputs,
                          gradient);
}

static void pair_pictures(const struct node *node, const struct shard *shard)
{
    const struct linear *own = node->layer->own;
    const ptrdiff_t row = pairs_row(node->layer);
    const int inputs = shape_size(node->layer->in), end = shard->first + shard->count;
    real *to = shard_scratch(node, shard), *sums = to + bf16_half(SHARD) * row;

    for (int i = shard->first; i < end; i += 2, to += row) {
        const bool two = i + 1 < end;

        kernels->pair_rows(grid_row(&node->in, i, 0), two ? grid_row(&node->in, i + 1, 0) : NULL,
                           inputs, to);
        kernels->pair_rows(grid_row(&node->dout, i, 0),
                           two ? grid_row(&node->dout, i + 1, 0) : NULL, own->outputs, to + inputs);
    }
    memset(to, 0, (size_t)(sums - to) * sizeof *to);
    if (node->layer->bias)
        bias_grad(node, shard->first, shard->count, sums);
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (node->layer->bf16)
        pair_pictures(node, shard);
    if (node->din.at)
        multiply(node, shard, &node->dout, back_weights(node), NULL, &node->din);
}

/* Sums up the bias's gradient of all pictures. */
static void whole_bias_grad(const struct node *node, const struct pass *pass, real *gradient)
{
    const struct linear *own = node->layer->own;
    const real *sums = (const real *)node->shard_scratch;

    if (node->layer->bf16)
        kernels->sum_parts(sums + bf16_half(SHARD) * pairs_row(node->layer),
                           (ptrdiff_t)(node->layer->shard_bytes / sizeof(real)),
                           (pass->rows + SHARD - 1) / SHARD, own->outputs, gradient);
    else
        bias_grad(node, 0, pass->rows, gradient);
}

/* Describes the sum over pictures `first` to `first + count - 1`, whole shards but the last. */
static struct gemm_weight_grad sum_of_pictures(const struct node *node, int first, int count)
{
    struct gemm_weight_grad g = {.pictures = 1, .lines = 1, .runs = 1, .add = first > 0};

    if (node->layer->bf16) {
        g.x_picture = g.dy_picture = (ptrdiff_t)(node->layer->shard_bytes / sizeof(real));
        g.x_step = g.dy_step = pairs_row(node->layer);
        g.x = (const real *)node->shard_scratch + first / SHARD * g.x_picture;
        g.dy = g.x + shape_size(node->layer->in);
        g.pictures = (count + SHARD - 1) / SHARD;
        g.steps = bf16_half(SHARD);
    } else {
        g.x = grid_row(&node->in, first, 0);
        g.dy = grid_row(&node->dout, first, 0);
        g.x_step = node->in.picture;
        g.dy_step = node->dout.picture;
        g.steps = count;
    }
    return g;
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
        whole_bias_grad(node, pass, node->gradients + *begin);
        return;
    }
    *begin = ((size_t)panel * (size_t)inputs + (size_t)first) * LANES;
    *end = *begin + (size_t)count * LANES;
    for (int i = 0; i < pass->rows; i += PICTURES_AT_ONCE) {
        const int left = pass->rows - i;
        struct gemm_weight_grad g =
            sum_of_pictures(node, i, left < PICTURES_AT_ONCE ? left : PICTURES_AT_ONCE);

        g.x += first;
        g.dy += panel * LANES;
        g.run = count;
        g.columns = own->outputs - panel * LANES < LANES ? own->outputs - panel * LANES : LANES;
        g.out = node->gradients + *begin;
        (node->layer->bf16 ? kernels->gemm_weight_grad_bf16 : kernels->gemm_weight_grad)(&g);
    }
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

/* Describes it as a convolution of a picture of one row, whose positions are the vectors. */
static struct products products(const struct node *node, const struct pass *pass)
{
    struct products p = products_on_device(node, pass);
    struct device_grid *const grids[] = {&p.in, &p.out, &p.din, &p.dout, &p.bias_dout};

    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        grids[i]->c = grids[i]->picture;
        grids[i]->h = 1;
        grids[i]->w = pass->rows;
    }
    p.n = 1;
    p.inputs = shape_size(node->layer->in);
    p.paired = SHARD * shards_of(pass);
    p.bias_run = node->layer->bf16 ? SHARD : pass->rows;
    return p;
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    products_forward_on_device(node, pass, products(node, pass));
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

    products_refresh_on_device(node, pass, &p);
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
