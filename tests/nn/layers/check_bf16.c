#include "nn/layers/conv2d/conv2d.h"
#include "nn/network/network.h"
#include "tests/support/expect.h"
#include "tests/support/noise.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Layers with bfloat16 operands against plain sums in double, whose operands are rounded in the
 * same places. What is left are the roundings of float sums; a value that is rounded elsewhere, or
 * not, is a thousand times as far off. Transforms round other numbers: those are compared with sums
 * of numbers that are not rounded at all. */

Suite *suite_bf16(void);

static const struct {
    const char *before, *text;
    int h, w;
    bool bf16, transformed;
} layers[] = {
    {"conv 4 1x1", "conv 6 3x3 pad 1", 6, 7, true, false},
    {"conv 2 1x1", "conv 2 1x1", 5, 4, true, false},
    {"conv 6 1x1", "conv 16 5x5", 9, 10, true, false},
    {"conv 16 1x1", "conv 34 3x2 stride 2 pad 1", 7, 8, true, false},
    {"conv 8 1x1", "conv 18 4x4 stride 3 pad 2 nobias", 10, 11, true, false},
    {"conv 16 1x1", "conv 16 3x3 pad 1", 4, 4, true, false}, /* too small for transforms */
    {"conv 4 1x1", "conv 4 2x2 stride 5", 3, 3, true, false},
    {"conv 4 1x1", "conv 4 3x3 pad 4", 3, 2, true, false},
    {"conv 3 1x1", "conv 6 3x3 pad 1", 6, 7, false, false},
    {"conv 4 1x1", "conv 5 3x3 pad 1", 6, 7, false, false},
    {"flatten, linear 33", "linear 10", 3, 3, true, false},
    {"flatten, linear 200", "linear 35", 3, 3, true, false},
    {"flatten, linear 1", "linear 1", 2, 2, true, false},
    {"conv 16 1x1", "conv 32 3x3 pad 1", 12, 12, true, true},
    {"conv 32 1x1", "conv 16 3x3", 9, 11, true, true},
    {"conv 22 1x1", "conv 26 3x3 pad 1", 8, 9, true, true},
    {"conv 16 1x1", "conv 16 5x5 stride 2 pad 2", 24, 24, true, true},
};
enum { LAYERS = sizeof layers / sizeof *layers };

static struct nn_network *net;

static void release(void)
{
    release_memory();
    nn_network_free(net);
}

static int last_layer(void)
{
    return net->layers - 1;
}

/* Returns the layer in question: the one before the last, flatten and linear, or softmax. */
static const struct layer *layer_of(int number)
{
    const bool linear = strncmp(layers[number].text, "linear", 6) == 0;
    char text[200];
    struct nn_error error;

    snprintf(text, sizeof text, "%s, %s%s", layers[number].before, layers[number].text,
             linear ? ", linear 3" : ", flatten, linear 3");
    ck_assert_msg(nn_network_new(&net, text,
                                 (struct nn_shape){1, layers[number].h, layers[number].w}, 3,
                                 &error) == 0,
                  "%s", error.text);
    nn_network_set_precision(net, NN_BF16);
    return &net->layer[last_layer() - (linear ? 2 : 3)];
}

/* Rounds to bfloat16: by 2^16 + 1 as Dekker splits numbers, to nearest even. */
static double rounded(real x)
{
    int exponent;
    const double fraction = frexp((double)x, &exponent);

    return ldexp(nearbyint(ldexp(fraction, 8)), exponent - 8);
}

static double exact(real x)
{
    return (double)x;
}

struct sums {
    double (*operand)(real);
    double *out, *din, *gradient; /* [picture][y][x][c], PyTorch's order of weights */
};

/* Convolves; a linear layer is a convolution of one position. */
static struct sums sums_of(const struct node *node, int pictures, double (*operand)(real))
{
    const struct layer *layer = node->layer;
    const struct shape in = layer->in, out = layer->out;
    const bool linear = layer->type->rows == NULL;
    const struct conv one = {.outputs = out.c, .kh = 1, .kw = 1, .stride = 1};
    const struct conv *own = linear ? &one : layer->own;
    const int taps = own->kh * own->kw;
    struct sums sums = {
        operand,
        zeros((size_t)(pictures * shape_size(out)) * sizeof(double)),
        zeros((size_t)(pictures * shape_size(in)) * sizeof(double)),
        zeros((size_t)(out.c * in.c * taps) * sizeof(double)),
    };

    for (int at = 0; at < pictures * out.h * out.w * out.c; at++) {
        const int o = at % out.c, x = at / out.c % out.w, y = at / out.c / out.w % out.h;
        const int n = at / shape_size(out);
        const double dy = operand(grid_row(&node->dout, n, y)[x * out.c + o]);

        if (layer->bias)
            sums.out[at] = (double)node->parameters[layer->type->place(layer, 1, o)];
        for (int t = 0; t < taps * in.c; t++) {
            const int i = t / taps, ky = t % taps / own->kw, kx = t % own->kw;
            const int from_y = y * own->stride + ky - own->pad;
            const int from_x = x * own->stride + kx - own->pad;
            const int64_t index = (int64_t)o * in.c * taps + t;
            double number, weight;

            if (from_y < 0 || from_y >= in.h || from_x < 0 || from_x >= in.w)
                continue;
            number = operand(grid_row(&node->in, n, from_y)[from_x * in.c + i]);
            weight = operand(node->parameters[layer->type->place(layer, 0, index)]);
            sums.out[at] += number * weight;
            sums.din[((n * in.h + from_y) * in.w + from_x) * in.c + i] += dy * weight;
            sums.gradient[index] += dy * number;
        }
    }
    return sums;
}

static struct node node_of(const struct layer *layer, int pictures)
{
    struct node node = {.layer = layer, .thread_bytes = layer->thread_bytes};

    node.in = make_grid(layer->in, layer->border_in, pictures, 1);
    node.out = make_grid(layer->out, 0, pictures, 2);
    node.dout = make_grid(layer->out, layer->border_dout, pictures, 3);
    node.din = make_grid(layer->in, 0, pictures, 4);
    node.parameters = noise(layer->parameters, 5);
    node.gradients = noise(layer->parameters, 6);
    node.derived = zeros(layer->derived.numbers * sizeof(real));
    node.thread_scratch = zeros(2 * layer->thread_bytes);
    node.shard_scratch = zeros(4 * layer->shard_bytes);
    return node;
}

/* The distance of numbers from what is expected: the largest, or with transforms the root of the
 * mean square as a share of what is expected. */
static double distance(const double *got, const double *expected, size_t n, bool share)
{
    double most = 0, errors = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        const double error = got[i] - expected[i];

        most = fmax(most, fabs(error));
        errors += error * error;
        squares += expected[i] * expected[i];
    }
    return share ? sqrt(errors / squares) : most;
}

static double grid_distance(const struct grid *grid, int pictures, const double *expected,
                            bool share)
{
    const size_t row = (size_t)(grid->w * grid->c), n = (size_t)(pictures * grid->h) * row;
    double *got = malloc(n * sizeof *got), result;

    for (size_t i = 0; i < n; i++)
        got[i] =
            (double)grid_row(grid, (int)(i / row) / grid->h, (int)(i / row) % grid->h)[i % row];
    result = distance(got, expected, n, share);
    free(got);
    return result;
}

static double gradient_distance(const struct node *node, const double *expected, bool share)
{
    const struct layer_tensor *weight = &node->layer->tensor[0];
    size_t n = 1;
    double *got, result;

    for (int d = 0; d < weight->ndim; d++)
        n *= (size_t)weight->dims[d];
    got = malloc(n * sizeof *got);
    for (size_t i = 0; i < n; i++)
        got[i] = (double)node->gradients[node->layer->type->place(node->layer, 0, (int64_t)i)];
    result = distance(got, expected, n, share);
    free(got);
    return result;
}

static void run(const struct node *node, int pictures)
{
    const struct layer *layer = node->layer;
    const struct pass pass = {.training = true, .rows = pictures};
    size_t begin, end;

    for (int b = 0; b < layer->derived.blocks; b++)
        layer->type->refresh(node, b);
    for (int i = 0; i < pictures; i += SHARD) {
        const struct shard shard = {i / SHARD, i, pictures - i < SHARD ? pictures - i : SHARD, i,
                                    1};

        layer->type->ops.forward(node, &pass, &shard);
        layer->type->ops.backward(node, &pass, &shard);
    }
    for (int b = 0; b < layer->blocks; b++)
        layer->type->weight_grad(node, &pass, b, &begin, &end);
}

/* 19 pictures are three shards, the last one of an odd number; a prediction takes them at once. */
START_TEST(layers_round_what_they_multiply)
{
    const struct layer *layer = layer_of(_i / 2);
    const int pictures = _i % 2 ? 19 : 1;
    const bool share = layers[_i / 2].transformed;
    const struct node node = node_of(layer, pictures);
    const double most = share ? 0.02 : 2e-5;
    struct sums sums;
    double d;

    ck_assert_int_eq(layer->bf16, layers[_i / 2].bf16);
    if (!layer->bf16) {
        release();
        return;
    }
    sums = sums_of(&node, pictures, share ? exact : rounded);
    run(&node, pictures);
    d = grid_distance(&node.out, pictures, sums.out, share);
    ck_assert_msg(d < most, "%s: output %g", layers[_i / 2].text, d);
    d = grid_distance(&node.din, pictures, sums.din, share);
    ck_assert_msg(d < most, "%s: input's gradient %g", layers[_i / 2].text, d);
    d = gradient_distance(&node, sums.gradient, share);
    ck_assert_msg(d < most, "%s: weights' gradient %g", layers[_i / 2].text, d);
    layer->type->ops.forward(&node, &(struct pass){.rows = 0},
                             &(struct shard){0, 0, pictures, 0, 1});
    d = grid_distance(&node.out, pictures, sums.out, share);
    ck_assert_msg(d < most, "%s: prediction %g", layers[_i / 2].text, d);
    release();
}
END_TEST

Suite *suite_bf16(void)
{
    Suite *suite = suite_create("bf16");
    TCase *tests = tcase_create("layers");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, layers_round_what_they_multiply, 0, 2 * LAYERS);
    suite_add_tcase(suite, tests);
    return suite;
}
