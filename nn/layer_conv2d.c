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

/* Where the output is small, a shard of it is too short a sum for so many weights, and a sum over
 * the batch is done for a part of the weights at a time. Elsewhere all weights' sums over a shard
 * are done while that is in the cache. */
static bool by_batch(const struct layer *layer)
{
    return layer->out.h * layer->out.w <= 16;
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
    layer->late = by_batch(layer);
    layer->blocks =
        by_batch(layer)
            ? panels(own->outputs) * own->kh + layer->bias
            : (int)((layer->parameters + PARAMETERS_PER_BLOCK - 1) / PARAMETERS_PER_BLOCK);
    layer->derived =
        (size_t)panels(in.c) * LANES * (size_t)(own->kh * own->kw) * (size_t)own->outputs;
    layer->refresh_blocks = own->kh * own->kw;
    layer->shard_bytes = by_batch(layer) ? 0 : layer->parameters * sizeof(real);
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

/* A product with the `taps_y` x `taps_x` pixels of `in` that each position of `out` sees. */
struct positions {
    const struct grid *in, *out;
    int taps_y, taps_x;
    int from_y, from_x, to_y, to_x; /* of the first position, in `in` and in `out` */
    int h, w;                       /* number of positions */
    int step_in, step_out;          /* from position to position */
};

/* Of `taps` pixels from `from` on those inside the picture: the border adds nothing. */
struct inside {
    int first, count;
};

static struct inside inside(int from, int taps, int size)
{
    const int first = from < 0 ? -from : 0, end = from + taps < size ? taps : size - from;

    return (struct inside){first, end > first ? end - first : 0};
}

/* How many positions from number `first` on have the same taps inside. */
static int alike(int from, int step, int taps, int size, int first, int count)
{
    const struct inside one = inside(from + first * step, taps, size);
    int next = first + 1;

    while (next < count) {
        const struct inside other = inside(from + next * step, taps, size);

        if (other.first != one.first || other.count != one.count)
            break;
        next++;
    }
    return next - first;
}

/* Whether a product's rows are the shard's pictures, which lets each position leave out what lies
 * in the border, or positions side by side: better for few pictures, and where a product is too
 * short to be started for each position. */
static bool by_picture(const struct positions *at, const struct shard *shard)
{
    return at->w < shard->count || (shard->count == SHARD && at->in->c > 1);
}

/* Row y of the positions, rows of the product being the shard's pictures: whatever lies in the
 * border is left out. */
static void products_by_picture(struct product p, const struct positions *at, int y,
                                const struct shard *shard)
{
    const struct grid *in = at->in, *out = at->out;
    const int in_y = at->from_y + y * at->step_in;
    const struct inside rows = inside(in_y, at->taps_y, in->h);
    int count;

    p.rows = shard->count;
    p.x_row = in->picture;
    p.out_row = out->picture;
    p.runs = rows.count;
    p.x_line = at->step_in * in->c;
    p.out_line = at->step_out * out->c;
    for (int x = 0; x < at->w; x += count) {
        const int in_x = at->from_x + x * at->step_in;
        const struct inside columns = inside(in_x, at->taps_x, in->w);

        count = alike(at->from_x, at->step_in, at->taps_x, in->w, x, at->w);
        p.x = grid_row(in, shard->first, in_y + rows.first) + (in_x + columns.first) * in->c;
        p.out = grid_row(out, shard->first, at->to_y + y * at->step_out) +
                (at->to_x + x * at->step_out) * out->c;
        p.run = columns.count * in->c;
        p.w += rows.first * p.w_run + (ptrdiff_t)columns.first * in->c * LANES;
        p.lines = count;
        kernels->product(&p);
        p.w -= rows.first * p.w_run + (ptrdiff_t)columns.first * in->c * LANES;
    }
}

/* Rows y to y + count - 1 of the positions, which have the same kernel rows inside; rows of the
 * product go along them. */
static void products_by_row(struct product p, const struct positions *at, int y, int count,
                            const struct shard *shard)
{
    const struct grid *in = at->in, *out = at->out;
    const int in_y = at->from_y + y * at->step_in;
    const struct inside rows = inside(in_y, at->taps_y, in->h);

    p.lines = count;
    p.x_line = at->step_in * in->row;
    p.out_line = at->step_out * out->row;
    p.rows = at->w;
    p.x_row = at->step_in * in->c;
    p.out_row = at->step_out * out->c;
    p.runs = rows.count;
    p.run = at->taps_x * in->c;
    p.w += rows.first * p.w_run;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        p.x = grid_row(in, i, in_y + rows.first) + at->from_x * in->c;
        p.out = grid_row(out, i, at->to_y + y * at->step_out) + at->to_x * out->c;
        kernels->product(&p);
    }
}

static void products(const real *weights, const real *bias, const struct positions *at,
                     const struct shard *shard)
{
    const ptrdiff_t run = (ptrdiff_t)at->taps_x * at->in->c * LANES;
    const struct product p = {
        .x_run = at->in->row,
        .w = weights,
        .w_run = run,
        .w_panel = at->taps_y * run,
        .bias = bias,
        .columns = at->out->c,
    };
    int count;

    for (int y = 0; y < at->h; y += count) {
        count = alike(at->from_y, at->step_in, at->taps_y, at->in->h, y, at->h);
        if (by_picture(at, shard))
            for (int i = y; i < y + count; i++)
                products_by_picture(p, at, i, shard);
        else
            products_by_row(p, at, y, count, shard);
    }
}

/* All rows of `out` are rows y, y + 1, ... of the output. */
static void output_rows(const struct node *node, const struct shard *shard, int y,
                        const struct grid *out)
{
    const struct conv *own = node->layer->own;

    products(node->parameters,
             node->layer->bias ? node->parameters + weight_size(node->layer) : NULL,
             &(struct positions){
                 .in = &node->in,
                 .out = out,
                 .taps_y = own->kh,
                 .taps_x = own->kw,
                 .from_y = y * own->stride - own->pad,
                 .from_x = -own->pad,
                 .h = out->h,
                 .w = out->w,
                 .step_in = own->stride,
                 .step_out = 1,
             },
             shard);
}

static void rows(const struct node *node, int picture, int y, const struct grid *out)
{
    output_rows(node, &(struct shard){.first = picture, .count = 1}, y, out);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    output_rows(node, shard, 0, &node->out);
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

/* The pixels (y, x), (y, x + stride), ..., (y + stride, x), ... of the input's gradient. */
static void input_grad_phase(const struct node *node, const struct shard *shard, int y, int x)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride;
    const int phase_y = (y + own->pad) % stride, phase_x = (x + own->pad) % stride;
    const int taps_y = phase_taps(own->kh, stride, phase_y);
    const int taps_x = phase_taps(own->kw, stride, phase_x);

    products(node->derived + phase_at(node->layer, phase_y, phase_x), NULL,
             &(struct positions){
                 .in = &node->dout,
                 .out = &node->din,
                 .taps_y = taps_y,
                 .taps_x = taps_x,
                 .from_y = (y + own->pad) / stride - (taps_y - 1),
                 .from_x = (x + own->pad) / stride - (taps_x - 1),
                 .to_y = y,
                 .to_x = x,
                 .h = (node->din.h - y + stride - 1) / stride,
                 .w = (node->din.w - x + stride - 1) / stride,
                 .step_in = 1,
                 .step_out = stride,
             },
             shard);
}

static void input_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;

    for (int y = 0; y < own->stride && y < node->din.h; y++)
        for (int x = 0; x < own->stride && x < node->din.w; x++)
            input_grad_phase(node, shard, y, x);
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

/* As many pictures at a time as the first cache holds. */
static int pictures_at_once(const struct node *node)
{
    enum { CACHE = 24 << 10 };
    const ptrdiff_t each = node->in.h * node->in.row + node->dout.h * node->dout.row;
    const ptrdiff_t fit = CACHE / (ptrdiff_t)sizeof(real) / each;

    return fit < 1 ? 1 : fit > SHARD ? SHARD : (int)fit;
}

/* For all taps and panels; of pictures `first` to `first + count - 1`. */
static struct outer outer_of(const struct node *node, int first, int count, real *out)
{
    const struct conv *own = node->layer->own;
    const int run = own->kw * node->in.c;

    return (struct outer){
        .x = grid_row(&node->in, first, -own->pad) - own->pad * node->in.c,
        .x_picture = node->in.picture,
        .x_line = own->stride * node->in.row,
        .x_step = own->stride * node->in.c,
        .x_run = node->in.row,
        .dy = grid_row(&node->dout, first, 0),
        .dy_picture = node->dout.picture,
        .dy_line = node->dout.row,
        .dy_step = node->dout.c,
        .pictures = count,
        .lines = node->dout.h,
        .steps = node->dout.w,
        .runs = own->kh,
        .run = run,
        .columns = own->outputs,
        .out = out,
        .out_panel = (ptrdiff_t)own->kh * run * LANES,
    };
}

/* The outputs, in one direction, of whose window `tap` is not in the border. */
static struct inside seeing(const struct conv *own, int tap, int in, int out)
{
    const int ahead = own->pad - tap, behind = in - 1 + ahead;
    const int first = ahead > 0 ? (ahead + own->stride - 1) / own->stride : 0;
    int end = behind < 0 ? 0 : behind / own->stride + 1;

    end = end < out ? end : out;
    return (struct inside){first, end > first ? end - first : 0};
}

/* Tap (ky, kx) alone, of the outputs that see it. */
static void tap_grad(const struct node *node, struct outer o, int ky, int kx)
{
    const struct conv *own = node->layer->own;
    const struct inside y = seeing(own, ky, node->in.h, node->dout.h);
    const struct inside x = seeing(own, kx, node->in.w, node->dout.w);

    o.x += ky * o.x_run + kx * node->in.c + y.first * o.x_line + x.first * o.x_step;
    o.dy += y.first * o.dy_line + x.first * o.dy_step;
    o.out += (ptrdiff_t)(ky * own->kw + kx) * node->in.c * LANES;
    o.lines = y.count;
    o.steps = x.count;
    o.runs = 1;
    o.run = node->in.c;
    kernels->outer(&o);
}

static void shard_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    const bool by_tap = own->pad > 0 && node->in.c >= LANES;
    const int at_once = pictures_at_once(node);

    for (int i = 0; i < shard->count; i += at_once) {
        const int count = shard->count - i < at_once ? shard->count - i : at_once;
        struct outer o = outer_of(node, shard->first + i, count, shard_scratch(node, shard));

        o.add = i > 0;
        if (!by_tap)
            kernels->outer(&o);
        for (int t = 0; by_tap && t < own->kh * own->kw; t++)
            tap_grad(node, o, t / own->kw, t % own->kw);
    }
}

static void add_bias_grad(const struct node *node, const struct grid *dout, bool first,
                          real *gradient)
{
    const int channels = dout->c;

    if (first)
        memset(gradient, 0, (size_t)channels * sizeof(real));
    for (int y = 0; y < dout->h && !node->layer->mean_removed_next; y++)
        kernels->add_rows(grid_row(dout, 0, y), dout->w, channels, channels, gradient);
}

static void rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first)
{
    real *part = shard_scratch(node, shard);
    struct outer o = outer_of(node, picture, 1, part);

    o.x += y * o.x_line;
    o.dy = dout->at;
    o.dy_line = dout->row;
    o.lines = dout->h;
    o.add = !first;
    kernels->outer(&o);
    if (node->layer->bias)
        add_bias_grad(node, dout, first, part + weight_size(node->layer));
}

/* Pictures `first` to `first + count - 1`. */
static void bias_grad(const struct node *node, int first, int count, real *gradient)
{
    for (int i = first; i < first + count; i++) {
        const struct grid dout = grid_part(&node->dout, i, 0, node->dout.h);

        add_bias_grad(node, &dout, i == first, gradient);
    }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (!by_batch(node->layer)) {
        shard_grad(node, shard);
        if (node->layer->bias)
            bias_grad(node, shard->first, shard->count,
                      (real *)shard_scratch(node, shard) + weight_size(node->layer));
    }
    if (node->din.at) /* perhaps over the input */
        input_grad(node, shard);
}

static void add_shards(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const size_t all = node->layer->parameters;
    const int shards = (pass->rows + SHARD - 1) / SHARD;

    *begin = (size_t)block * PARAMETERS_PER_BLOCK;
    *end = *begin + PARAMETERS_PER_BLOCK < all ? *begin + PARAMETERS_PER_BLOCK : all;
    kernels->add_up((const real *)node->shard_scratch + *begin, (ptrdiff_t)all, shards,
                    (ptrdiff_t)(*end - *begin), node->gradients + *begin);
}

/* ---- The weights' gradient of the whole batch, a kernel row of a panel in each block ---- */

static void batch_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const struct conv *own = node->layer->own;
    const int panel = block / own->kh, ky = block % own->kh;
    const size_t row = (size_t)(own->kw * node->in.c) * LANES;
    struct outer o;

    *begin = (size_t)block * row;
    if (panel == panels(own->outputs)) {
        *end = node->layer->parameters;
        bias_grad(node, 0, pass->rows, node->gradients + *begin);
        return;
    }
    *end = *begin + row;
    o = outer_of(node, 0, pass->rows, node->gradients);
    o.dy += panel * LANES;
    o.out += panel * o.out_panel;
    o.columns = own->outputs - panel * LANES < LANES ? own->outputs - panel * LANES : LANES;
    for (int kx = 0; kx < own->kw; kx++)
        tap_grad(node, o, ky, kx);
}

static void weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end)
{
    if (by_batch(node->layer))
        batch_grad(node, pass, block, begin, end);
    else
        add_shards(node, pass, block, begin, end);
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
