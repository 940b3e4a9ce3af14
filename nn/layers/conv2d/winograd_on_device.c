/* Convolutions with fewer multiplications on a device, see winograd.h: each transform and each
 * product of the whole batch at once. */
#include "nn/layers/layers_on_device.h"
#include "winograd.cl"
#include "winograd.h"

static int back_tiles(int size, int stride)
{
    return in_tiles((size + stride - 1) / stride);
}

/* Pieces of the scratch for each picture, as offsets in numbers: transformed inputs and outputs,
 * their gradients', and their products, of which a shard has some. */
struct pieces {
    size_t outputs, back_inputs, back_outputs, products, end;
};

static struct pieces pieces(const struct layer *layer)
{
    const struct conv *own = layer->own;
    const size_t tiles = POINTS * (size_t)(in_tiles(layer->out.h) * in_tiles(layer->out.w));
    const size_t back = POINTS * (size_t)(back_tiles(layer->in.h, own->stride) *
                                          back_tiles(layer->in.w, own->stride));
    const size_t inputs = (size_t)(phases(own) * layer->in.c), outputs = (size_t)own->outputs;
    struct pieces p = {.outputs = tiles * inputs};

    p.back_inputs = p.outputs + tiles * outputs;
    p.back_outputs = p.back_inputs + back * inputs;
    p.products = p.back_outputs + back * outputs;
    p.end = p.products + (POINTS * inputs * outputs + SHARD - 1) / SHARD;
    return p;
}

size_t conv2d_winograd_bytes_on_device(const struct layer *layer)
{
    return pieces(layer).end * sizeof(float);
}

static struct winograd_on_device describe(const struct node *node, const struct pass *pass)
{
    const struct layer *layer = node->layer;
    const struct conv *own = layer->own;
    const struct pieces p = pieces(layer);
    const i64 each = (i64)sizeof(float) * SHARD * shards_of(pass);
    const i64 derived = place_on_device(pass, node->derived);

    return (struct winograd_on_device){
        .in = grid_on_device(pass, &node->in),
        .out = grid_on_device(pass, &node->out),
        .din = grid_on_device(pass, &node->din),
        .dout = grid_on_device(pass, &node->dout),
        .weights = place_on_device(pass, node->parameters),
        .forward = derived,
        .back = derived + (i64)(winograd_weights_size(layer) * sizeof(float)),
        .inputs = node->device_scratch,
        .outputs = node->device_scratch + each * (i64)p.outputs,
        .back_inputs = node->device_scratch + each * (i64)p.back_inputs,
        .back_outputs = node->device_scratch + each * (i64)p.back_outputs,
        .products = node->device_scratch + each * (i64)p.products,
        .sums = place_on_device(pass, node->shard_scratch),
        .n = pass->rows,
        .kh = own->kh,
        .kw = own->kw,
        .stride = own->stride,
        .pad = own->pad,
        .bias = layer->bias,
        .bf16 = layer->bf16,
        .parameters = (int)layer->parameters,
        .groups = node->frozen ? 0 : shards_of(pass),
        .back_n = node->din.at ? pass->rows : 0,
        .ways = layer->derived.numbers > winograd_weights_size(layer) ? 2 : 1,
        .rows = in_tiles(layer->out.h),
        .columns = in_tiles(layer->out.w),
        .back_rows = back_tiles(layer->in.h, own->stride),
        .back_columns = back_tiles(layer->in.w, own->stride),
    };
}

static void run(const struct pass *pass, const char *kernel, int64_t items,
                const struct winograd_on_device *w)
{
    DEVICE_RUN(pass->device->memory, kernel, items, w);
}

void conv2d_winograd_forward_on_device(const struct node *node, const struct pass *pass)
{
    const struct winograd_on_device w = describe(node, pass);
    const int64_t tiles = (int64_t)w.n * w.rows * w.columns;

    run(pass, "winograd_take_input", tiles * w.stride * w.stride * w.in.c, &w);
    run(pass, "winograd_product", POINTS * SQUARES(tiles) * SQUARES(w.out.c), &w);
    run(pass, "winograd_give_output", tiles * w.out.c, &w);
}

/* Uses the transformed inputs of the forward pass. */
void conv2d_winograd_backward_on_device(const struct node *node, const struct pass *pass)
{
    const struct winograd_on_device w = describe(node, pass);
    const int64_t tiles = w.groups ? (int64_t)w.n * w.rows * w.columns : 0;
    const int64_t back = (int64_t)w.back_n * w.back_rows * w.back_columns;
    const int64_t pairs = (int64_t)w.groups * w.stride * w.stride * w.in.c * w.out.c;
    const int64_t inputs = back * w.stride * w.stride * w.in.c;
    const int64_t squares =
        (int64_t)w.groups * SQUARES(w.in.c) * SQUARES(w.out.c) + SQUARES(back) * SQUARES(w.in.c);

    run(pass, "winograd_back_take", (tiles + back) * w.out.c, &w);
    run(pass, "winograd_back_product", POINTS * w.stride * w.stride * squares, &w);
    run(pass, "winograd_back_give", pairs + inputs, &w);
}

void conv2d_winograd_refresh_on_device(const struct node *node, const struct pass *pass)
{
    const struct winograd_on_device w = describe(node, pass);

    run(pass, "winograd_weights", w.ways * (int64_t)w.stride * w.stride * w.in.c * w.out.c, &w);
}
