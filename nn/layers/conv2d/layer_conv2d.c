/* Convolution (cross-correlation, as everywhere in the field).
 *
 * Channels last with a stored border: the kw pixels under one kernel row are one run of kw*c
 * numbers, so that a row of the output is a product of overlapping runs with packed weights
 * [panel of outputs][ky][kx][input][LANES]; after these the bias, [panel][LANES]. */
#include "conv2d.h"
#include "nn/base/words.h"
#include "nn/layers/bf16.h"
#include "nn/layers/layers_on_device.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

enum { MAX_KERNEL = 31 };

static int parse_pad(struct conv *own, struct words *words, struct nn_error *error)
{
    if (!words_accept(words, "same"))
        return words_int(words, 0, MAX_KERNEL - 1, &own->pad, error);
    if (own->kh == own->kw && own->kh % 2)
        return words_error(words, error, "pad takes a number: pad %d keeps the picture's size",
                           own->kh / 2);
    return words_error(words, error,
                       "pad takes a number, and none keeps the picture's size with a kernel of "
                       "%dx%d",
                       own->kh, own->kw);
}

static int parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct conv *own = layer->own;
    int found = words_int(words, 1, 65536, &own->outputs, error);

    if (found == 1)
        found = words_size(words, MAX_KERNEL, &own->kh, &own->kw, error);
    if (found == 0)
        return words_error(words, error, "number of channels and size are needed: %s",
                           layer->type->usage);
    own->stride = 1;
    layer->bias = true;
    while (found == 1) {
        if (words_accept(words, "stride"))
            found = words_int(words, 1, 64, &own->stride, error);
        else if (words_accept(words, "pad"))
            found = parse_pad(own, words, error);
        else if (words_accept(words, "nobias"))
            layer->bias = false;
        else
            return 0;
    }
    return found < 0 ? -1
                     : words_error(words, error, "a number is missing: %s", layer->type->usage);
}

/* States the derived numbers and scratch of sums over windows. */
static void set_sizes(struct layer *layer)
{
    const struct conv *own = layer->own;

    layer->derived_forward = layer->derived = (struct derived){0};
    layer->device_bytes = products_bytes_on_device(layer);
    if (layer->bf16) {
        const size_t forward = bf16_grid_numbers(layer->in, own->pad);
        const size_t back = bf16_grid_numbers(layer->out, conv2d_border_dout(layer));
        const size_t sums = conv2d_weight_grad_numbers(layer);
        const size_t most = forward > back ? forward : back;

        layer->derived_forward = layer->derived =
            (struct derived){conv2d_weight_size(layer), panels(own->outputs)};
        layer->thread_bytes = sizeof(real) * (most > sums ? most : sums);
    }
    if (layer->input_gradient) {
        layer->derived.numbers += conv2d_flipped_size(layer);
        layer->derived.blocks += panels(layer->in.c);
        layer->border_dout = conv2d_border_dout(layer);
    }
}

static int setup(struct layer *layer, struct nn_error *error)
{
    struct conv *own = layer->own;
    const struct shape in = layer->in;
    const int64_t fan_in = (int64_t)in.c * own->kh * own->kw;
    const double bound = 1 / sqrt((double)fan_in); /* PyTorch's kaiming_uniform_ with a = sqrt(5) */

    if (in.area || in.h + 2 * own->pad < own->kh || in.w + 2 * own->pad < own->kw) {
        snprintf(error->text, sizeof error->text,
                 in.area ? "layer %d, 'conv': its input is not a picture"
                         : "layer %d, 'conv': its kernel of %dx%d is larger than its input of "
                           "%dx%d with pad %d",
                 layer->number, own->kh, own->kw, in.h, in.w, own->pad);
        return -1;
    }
    layer->out.c = own->outputs;
    layer->out.h = (in.h + 2 * own->pad - own->kh) / own->stride + 1;
    layer->out.w = (in.w + 2 * own->pad - own->kw) / own->stride + 1;
    layer->border_in = own->pad;
    if (fan_in > INT_MAX) {
        layer->parameters = SIZE_MAX; /* refused as too large */
        return 0;
    }
    layer->bf16 = layer->bf16 && in.c % 2 == 0 && own->outputs % 2 == 0;
    own->winograd = conv2d_by_winograd(layer);
    layer->factors = (int)fan_in;
    layer->parameters =
        conv2d_weight_size(layer) + (layer->bias ? (size_t)panels(own->outputs) * LANES : 0);
    layer->weight_grad_last = conv2d_by_batch(layer);
    layer->blocks = conv2d_blocks(layer);
    if (own->winograd)
        conv2d_winograd_sizes(layer);
    else
        set_sizes(layer);
    layer->shard_bytes = conv2d_by_batch(layer) ? 0 : layer->parameters * sizeof(real);
    layer->shard_sums = conv2d_by_batch(layer) ? SUMS_NONE : SUMS_FOR_UPDATE;
    layer->multiply_adds = fan_in * own->outputs * layer->out.h * layer->out.w;
    layer->tensors = 1 + layer->bias;
    layer->tensor[0] = (struct layer_tensor){
        "weight", 4, {own->outputs, in.c, own->kh, own->kw}, false, -bound, bound};
    layer->tensor[1] = (struct layer_tensor){"bias", 1, {own->outputs}, false, -bound, bound};
    return 0;
}

static void describe(const struct layer *layer, char *text, size_t size)
{
    const struct conv *own = layer->own;
    int used = snprintf(text, size, "conv %d %dx%d", own->outputs, own->kh, own->kw);

    if (own->stride != 1)
        used += snprintf(text + used, size - (size_t)used, " stride %d", own->stride);
    if (own->pad != 0)
        used += snprintf(text + used, size - (size_t)used, " pad %d", own->pad);
    if (!layer->bias)
        snprintf(text + used, size - (size_t)used, " nobias");
}

static size_t place(const struct layer *layer, int tensor, int64_t index)
{
    const struct conv *own = layer->own;
    const int taps = own->kh * own->kw, inputs = layer->in.c;
    int output, input, tap;

    if (tensor == 1)
        return conv2d_weight_size(layer) + (size_t)index;
    output = (int)(index / ((int64_t)inputs * taps));
    input = (int)(index / taps % inputs);
    tap = (int)(index % taps);
    return (((size_t)(output / LANES) * (size_t)taps + (size_t)tap) * (size_t)inputs +
            (size_t)input) *
               LANES +
           (size_t)(output % LANES);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct conv *own = node->layer->own;

    (void)pass;
    if (own->winograd)
        conv2d_winograd_forward(node, shard);
    else
        conv2d_forward(node, shard);
}

/* Adds up the shard's gradient of the parameters first: that of the input may be written over the
 * input. */
static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct conv *own = node->layer->own;

    (void)pass;
    if (!conv2d_by_batch(node->layer)) {
        real *gradient = shard_scratch(node, shard);

        if (own->winograd)
            conv2d_winograd_weight_grad(node, shard, gradient);
        else
            conv2d_shard_weight_grad(node, shard, gradient);
        if (node->layer->bias)
            conv2d_shard_bias_grad(node, shard, gradient + conv2d_weight_size(node->layer));
    }
    if (!node->din.at)
        return;
    if (own->winograd)
        conv2d_winograd_input_grad(node, shard);
    else
        conv2d_input_grad(node, shard);
}

static void refresh(const struct node *node, int block)
{
    const struct conv *own = node->layer->own;
    const struct derived *forward = &node->layer->derived_forward;
    const ptrdiff_t at = (ptrdiff_t)block * node->layer->factors * LANES;

    if (own->winograd) {
        conv2d_winograd_refresh(node, block);
    } else if (block < forward->blocks) {
        bf16_weights(node->parameters + at, node->layer->factors, node->derived + at);
    } else {
        conv2d_flip_panel(node, block - forward->blocks, node->derived + forward->numbers);
        if (node->layer->bf16)
            conv2d_pair_panel(node, block - forward->blocks, node->derived + forward->numbers);
    }
}

static struct products products(const struct node *node, const struct pass *pass)
{
    const struct conv *own = node->layer->own;
    struct products p = products_on_device(node, pass);

    p.kh = own->kh;
    p.kw = own->kw;
    p.stride = own->stride;
    p.pad = own->pad;
    if (own->winograd)
        p.bf16 = 0; /* the transforms round */
    if (!conv2d_by_batch(node->layer)) {
        p.sums = place_on_device(pass, node->shard_scratch);
        p.per = SHARD;
        p.groups = shards_of(pass);
    }
    return p;
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct conv *own = node->layer->own;

    if (own->winograd)
        conv2d_winograd_forward_on_device(node, pass);
    else
        products_forward_on_device(node, pass, products(node, pass));
}

/* Sums up the gradients of the parameters first where that of the input may be written over the
 * input that these read. */
static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct conv *own = node->layer->own;
    struct products p = products(node, pass);

    if (own->winograd) {
        conv2d_winograd_backward_on_device(node, pass);
        p.from = (int)conv2d_weight_size(node->layer);
    }
    p.din_items = p.bf16 || conv2d_by_batch(node->layer);
    products_backward_on_device(node, pass, p);
    if (p.din_items || own->winograd)
        return;
    p.din_items = 1;
    p.groups = 0;
    products_backward_on_device(node, pass, p);
}

static struct device_gradients device_gradients(const struct node *node, const struct pass *pass)
{
    const struct products p = products(node, pass);

    return products_gradients_on_device(node, &p);
}

static void device_refresh(const struct node *node, const struct pass *pass)
{
    const struct conv *own = node->layer->own;
    const struct products p = products(node, pass);

    if (own->winograd)
        conv2d_winograd_refresh_on_device(node, pass);
    else
        products_refresh_on_device(node, pass, &p);
}

const struct layer_type layer_conv2d = {
    .name = "conv",
    .usage = "conv N KxK [stride S] [pad P] [nobias]",
    .example = "conv 5 3x2 stride 2 pad 1",
    .role = ROLE_MATRIX,
    .own_size = sizeof(struct conv),
    .parse = parse,
    .setup = setup,
    .describe = describe,
    .place = place,
    .ops =
        {
            .over_input = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
    .rows = conv2d_rows,
    .rows_grad = conv2d_rows_grad,
    .weight_grad = conv2d_weight_grad,
    .refresh = refresh,
    .device_gradients = device_gradients,
    .device_refresh = device_refresh,
};
