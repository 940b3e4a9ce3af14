/* Convolution (cross-correlation, as everywhere in the field).
 *
 * Channels last with a stored border: the kw pixels under one kernel row are one run of kw*c
 * numbers, so that a row of the output is a product of overlapping runs with packed weights
 * [panel of outputs][ky][kx][input][LANES]; after these the bias, [panel][LANES].
 *
 * The input's gradient is a convolution of the output's, for each phase of the stride on its own:
 * input row y takes from output rows q - j, q = (y + pad) / stride, the kernel rows
 * ky = (y + pad) % stride + stride * j. Derived weights hold, for each phase, the kernel's rows and
 * columns of that phase flipped: [phase y][phase x][panel of inputs][j][j][output][LANES]. */
#include "layer.h"
#include "words.h"

#include <math.h>
#include <stdio.h>

enum { MAX_KERNEL = 31, PARAMETERS_PER_BLOCK = 1024 };

struct conv {
    int outputs, kh, kw, stride, pad;
};

static size_t weight_size(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)panels(own->outputs) * LANES * (size_t)(own->kh * own->kw * layer->in.c);
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
            found = words_int(words, 0, MAX_KERNEL - 1, &own->pad, error);
        else if (words_accept(words, "nobias"))
            layer->bias = false;
        else
            return 0;
    }
    return found < 0 ? -1
                     : words_error(words, error, "a number is missing: %s", layer->type->usage);
}

/* Kernel rows (or columns) of a phase of the stride. */
static int phase_taps(int kernel, int stride, int phase)
{
    return phase < kernel ? (kernel - phase + stride - 1) / stride : 0;
}

/* How far the input's gradient reaches past the ends of the output's, in one direction. */
static int reach(int in, int out, int kernel, int stride, int pad)
{
    int border = 0;

    for (int x = 0; x < in; x++) {
        int last = (x + pad) / stride;
        int first = last - phase_taps(kernel, stride, (x + pad) % stride) + 1;

        if (-first > border)
            border = -first;
        if (last - (out - 1) > border)
            border = last - (out - 1);
    }
    return border;
}

static int setup(struct layer *layer, struct nn_error *error)
{
    struct conv *own = layer->own;
    const struct shape in = layer->in;
    const int fan_in = in.c * own->kh * own->kw;
    const double bound = 1 / sqrt(fan_in); /* PyTorch's kaiming_uniform_ with a = sqrt(5) */
    int reach_y, reach_x;

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
    reach_y = reach(in.h, layer->out.h, own->kh, own->stride, own->pad);
    reach_x = reach(in.w, layer->out.w, own->kw, own->stride, own->pad);
    layer->border_dout = reach_y > reach_x ? reach_y : reach_x;
    layer->factors = fan_in;
    layer->parameters =
        weight_size(layer) + (layer->bias ? (size_t)panels(own->outputs) * LANES : 0);
    layer->blocks = (int)((layer->parameters + PARAMETERS_PER_BLOCK - 1) / PARAMETERS_PER_BLOCK);
    layer->derived =
        (size_t)panels(in.c) * LANES * (size_t)(own->kh * own->kw) * (size_t)own->outputs;
    layer->refresh_blocks = own->kh * own->kw;
    layer->shard_bytes = layer->parameters * sizeof(real);
    layer->multiply_adds = (int64_t)fan_in * own->outputs * layer->out.h * layer->out.w;
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
        return weight_size(layer) + (size_t)index;
    output = (int)(index / ((int64_t)inputs * taps));
    input = (int)(index / taps % inputs);
    tap = (int)(index % taps);
    return (((size_t)(output / LANES) * (size_t)taps + (size_t)tap) * (size_t)inputs +
            (size_t)input) *
               LANES +
           (size_t)(output % LANES);
}

/* Rows y, y + 1, ... of a picture's output, all that `out` holds. */
static void rows(const struct node *node, int picture, int y, const struct grid *out)
{
    const struct conv *own = node->layer->own;

    for (int r = 0; r < out->h; r++)
        kernels->product(&(struct product){
            .x = grid_row(&node->in, picture, (y + r) * own->stride - own->pad) -
                 own->pad * node->in.c,
            .x_row = own->stride * node->in.c,
            .x_run = node->in.row,
            .rows = out->w,
            .runs = own->kh,
            .run = own->kw * node->in.c,
            .w = node->parameters,
            .bias = node->layer->bias ? node->parameters + weight_size(node->layer) : NULL,
            .out = grid_row(out, 0, r),
            .out_row = out->c,
            .columns = own->outputs,
        });
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        const struct grid out = grid_part(&node->out, i, 0, node->out.h);

        rows(node, i, 0, &out);
    }
}

/* ---- The input's gradient ---- */

/* Where the derived weights of a phase begin: behind those of all phases before it. */
static size_t phase_at(const struct layer *layer, int phase_y, int phase_x)
{
    const struct conv *own = layer->own;
    size_t rows_before = 0, columns_before = 0, taps;

    for (int p = 0; p < phase_y; p++)
        rows_before += (size_t)phase_taps(own->kh, own->stride, p);
    for (int p = 0; p < phase_x; p++)
        columns_before += (size_t)phase_taps(own->kw, own->stride, p);
    taps = rows_before * (size_t)own->kw +
           columns_before * (size_t)phase_taps(own->kh, own->stride, phase_y);
    return taps * (size_t)panels(layer->in.c) * (size_t)own->outputs * LANES;
}

/* Row y of the input's gradient, its pixels x, x + stride, ... */
static void backward_pixels(const struct node *node, int picture, int y, int x)
{
    const struct conv *own = node->layer->own;
    const int phase_y = (y + own->pad) % own->stride, phase_x = (x + own->pad) % own->stride;
    const int taps_y = phase_taps(own->kh, own->stride, phase_y);
    const int taps_x = phase_taps(own->kw, own->stride, phase_x);
    const int from_y = (y + own->pad) / own->stride - (taps_y - 1);
    const int from_x = (x + own->pad) / own->stride - (taps_x - 1);

    kernels->product(&(struct product){
        .x = grid_row(&node->dout, picture, from_y) + from_x * node->dout.c,
        .x_row = node->dout.c,
        .x_run = node->dout.row,
        .rows = (node->din.w - x + own->stride - 1) / own->stride,
        .runs = taps_y,
        .run = taps_x * node->dout.c,
        .w = node->derived + phase_at(node->layer, phase_y, phase_x),
        .out = grid_row(&node->din, picture, y) + x * node->din.c,
        .out_row = own->stride * node->din.c,
        .columns = node->din.c,
    });
}

static void input_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;

    for (int i = shard->first; i < shard->first + shard->count; i++)
        for (int y = 0; y < node->din.h; y++)
            for (int x = 0; x < own->stride && x < node->din.w; x++)
                backward_pixels(node, i, y, x);
}

/* Block: one kernel tap, ky * kw + kx, of all panels. */
static void refresh(const struct node *node, int block)
{
    const struct conv *own = node->layer->own;
    const int inputs = node->layer->in.c, outputs = own->outputs;
    const int ky = block / own->kw, kx = block % own->kw;
    const int phase_y = ky % own->stride, phase_x = kx % own->stride;
    const int taps_y = phase_taps(own->kh, own->stride, phase_y);
    const int taps_x = phase_taps(own->kw, own->stride, phase_x);
    const int flipped = (taps_y - 1 - ky / own->stride) * taps_x + taps_x - 1 - kx / own->stride;
    real *phase = node->derived + phase_at(node->layer, phase_y, phase_x);

    for (int panel = 0; panel < panels(inputs); panel++) {
        real *to = phase + ((ptrdiff_t)panel * taps_y * taps_x + flipped) * outputs * LANES;
        const int lanes = inputs - panel * LANES < LANES ? inputs - panel * LANES : LANES;

        for (int o = 0; o < outputs; o++, to += LANES) {
            const real *from =
                node->parameters +
                (((ptrdiff_t)(o / LANES) * own->kh * own->kw + block) * inputs + panel * LANES) *
                    LANES +
                o % LANES;

            for (int l = 0; l < lanes; l++)
                to[l] = from[l * LANES];
        }
    }
}

/* ---- The weights' gradient: each shard's part, then their sum ---- */

static void add_bias_grad(const struct node *node, const struct grid *dout, bool first, real *part)
{
    const int channels = dout->c;

    if (first)
        memset(part, 0, (size_t)channels * sizeof(real));
    for (int y = 0; y < dout->h && !node->layer->mean_removed_next; y++)
        kernels->add_rows(grid_row(dout, 0, y), dout->w, channels, channels, part);
}

/* Adds rows y, y + 1, ... of a picture's gradient dout, all that it holds, to the shard's part. */
static void rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first)
{
    const struct conv *own = node->layer->own;
    const int run = own->kw * node->in.c;
    real *part = shard_scratch(node, shard);

    for (int ky = 0; ky < own->kh; ky++)
        kernels->outer(&(struct outer){
            .x = grid_row(&node->in, picture, y * own->stride + ky - own->pad) -
                 own->pad * node->in.c,
            .x_group = own->stride * node->in.row,
            .x_step = own->stride * node->in.c,
            .dy = dout->at,
            .dy_group = dout->row,
            .dy_step = dout->c,
            .groups = dout->h,
            .steps = dout->w,
            .run = run,
            .columns = own->outputs,
            .out = part + (ptrdiff_t)ky * run * LANES,
            .out_panel = (ptrdiff_t)own->kh * run * LANES,
            .add = !first,
        });
    if (node->layer->bias)
        add_bias_grad(node, dout, first, part + weight_size(node->layer));
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        const struct grid dout = grid_part(&node->dout, i, 0, node->dout.h);

        rows_grad(node, shard, i, 0, &dout, i == shard->first);
    }
    if (node->din.at) /* perhaps over the input */
        input_grad(node, shard);
}

static void weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end)
{
    const size_t all = node->layer->parameters;
    const int shards = (pass->rows + SHARD - 1) / SHARD;

    *begin = (size_t)block * PARAMETERS_PER_BLOCK;
    *end = *begin + PARAMETERS_PER_BLOCK < all ? *begin + PARAMETERS_PER_BLOCK : all;
    kernels->add_up((const real *)node->shard_scratch + *begin, (ptrdiff_t)all, shards,
                    (ptrdiff_t)(*end - *begin), node->gradients + *begin);
}

const struct layer_type layer_conv2d = {
    .name = "conv",
    .usage = "conv N KxK [stride S] [pad P] [nobias]",
    .example = "conv 5 3x2 stride 2 pad 1",
    .role = ROLE_MATRIX,
    .own_size = sizeof(struct conv),
    .over_input = true,
    .parse = parse,
    .setup = setup,
    .describe = describe,
    .place = place,
    .forward = forward,
    .backward = backward,
    .rows = rows,
    .rows_grad = rows_grad,
    .weight_grad = weight_grad,
    .refresh = refresh,
};
