#include "nn/layers/conv2d/conv2d.h"
#include "nn/network/network.h"
#include "tests/support/noise.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Convolutions with fewer multiplications against those that multiply everything: the same node,
 * both ways, the results a few roundings apart. */

Suite *suite_winograd(void);

static const struct {
    int inputs;
    const char *text;
    int h, w;
    bool suits;
} convolutions[] = {
    {16, "conv 16 3x3 pad 1", 8, 8, true},
    {16, "conv 32 3x3 pad 1", 14, 14, true},
    {32, "conv 48 3x3", 9, 12, true},
    {48, "conv 16 3x3 pad 2", 5, 7, true},
    {16, "conv 16 3x3 pad 7", 3, 5, true},
    {16, "conv 16 2x2", 9, 8, true},
    {16, "conv 32 2x3 pad 1", 6, 6, true},
    {32, "conv 16 5x5 stride 2 pad 2", 24, 24, true},
    {16, "conv 32 5x5 stride 2 pad 4", 13, 10, true},
    {16, "conv 16 6x6 stride 2 pad 2", 13, 16, true},
    {16, "conv 16 4x5 stride 2", 18, 17, true},
    {32, "conv 32 5x4 stride 2 pad 2 nobias", 14, 13, true},
    /* channels that are no whole vectors */
    {24, "conv 32 3x3 pad 1", 8, 8, true},
    {16, "conv 24 3x3", 9, 10, true},
    {21, "conv 17 3x3 pad 1 nobias", 7, 11, true},
    {50, "conv 18 5x4 stride 2 pad 2", 14, 13, true},
    /* fewer than a vector; few outputs; strides and taps that there are no transforms for */
    {15, "conv 16 3x3 pad 1", 8, 8, false},
    {16, "conv 15 3x3 pad 1", 8, 8, false},
    {16, "conv 16 3x3 pad 1", 4, 4, false},
    {16, "conv 16 3x3 pad 1", 5, 5, false},
    {16, "conv 16 1x1", 8, 8, false},
    {16, "conv 16 4x3", 11, 10, false},
    {16, "conv 16 5x5 stride 2 pad 1", 16, 16, false},
    {16, "conv 16 5x5 stride 3 pad 3", 16, 16, false},
    {16, "conv 16 2x2 stride 3", 30, 30, false},
};
enum { CONVOLUTIONS = sizeof convolutions / sizeof *convolutions };

static struct nn_network *net;

static const struct layer *layer_of(int number)
{
    char text[100];
    struct nn_error error;

    snprintf(text, sizeof text, "conv %d 1x1, %s, flatten, linear 3", convolutions[number].inputs,
             convolutions[number].text);
    ck_assert_msg(
        nn_network_new(&net, text,
                       (struct nn_shape){1, convolutions[number].h, convolutions[number].w}, 3,
                       &error) == 0,
        "%s", error.text);
    return &net->layer[2];
}

static struct node node_of(const struct layer *layer)
{
    struct node node = {.layer = layer, .thread_bytes = layer->thread_bytes};

    node.in = make_grid(layer->in, layer->border_in, SHARD, 1);
    node.out = make_grid(layer->out, 0, SHARD, 2);
    node.dout = make_grid(layer->out, conv2d_border_dout(layer), SHARD, 3);
    node.din = make_grid(layer->in, 0, SHARD, 4);
    node.parameters = noise(layer->parameters, 5);
    node.derived = zeros(layer->derived.numbers * sizeof(real));
    node.thread_scratch = zeros(2 * layer->thread_bytes);
    return node;
}

static void expect_same(const struct grid *got, const struct grid *expected, int pictures,
                        const char *what)
{
    for (int i = 0; i < SHARD; i++)
        for (int y = 0; y < got->h; y++)
            for (int x = 0; x < got->w * got->c; x++) {
                const double a = grid_row(got, i, y)[x], b = grid_row(expected, i, y)[x];

                ck_assert_msg(i < pictures ? fabs(a - b) < 1e-12 : a == b,
                              "%s: %s of picture %d, row %d, number %d: %.17g, not %.17g",
                              nn_network_description(net), what, i, y, x, a, b);
            }
}

/* Thread 1's scratch; pictures after the shard are left alone. */
static void check_shard(const struct node *node, const struct shard *shard)
{
    const struct layer *layer = node->layer;
    struct node plain = *node;
    real *gradient = noise(layer->parameters, 7);
    real *expected = noise(layer->parameters, 8);
    struct conv direct = *(const struct conv *)layer->own;
    struct layer plain_layer = *layer;

    direct.winograd = false;
    plain_layer.own = &direct;
    plain_layer.derived_forward = (struct derived){0};
    plain.layer = &plain_layer;
    plain.out = make_grid(layer->out, 0, SHARD, 2);
    plain.din = make_grid(layer->in, 0, SHARD, 4);
    plain.derived = zeros(conv2d_flipped_size(layer) * sizeof(real));
    for (int b = 0; b < layer->derived.blocks; b++)
        layer->type->refresh(node, b);
    for (int p = 0; p < panels(layer->in.c); p++)
        conv2d_flip_panel(node, p, plain.derived);
    conv2d_winograd_forward(node, shard);
    conv2d_forward(&plain, shard);
    expect_same(&node->out, &plain.out, shard->count, "output");
    conv2d_winograd_input_grad(node, shard);
    conv2d_input_grad(&plain, shard);
    expect_same(&node->din, &plain.din, shard->count, "gradient");
    conv2d_winograd_weight_grad(node, shard, gradient);
    conv2d_shard_weight_grad(&plain, shard, expected);
    for (size_t i = 0; i < conv2d_weight_size(layer); i++) {
        const size_t panel = i / ((size_t)layer->factors * LANES);
        const bool empty = panel * LANES + i % LANES >= (size_t)direct.outputs;

        ck_assert_msg(fabs(gradient[i] - (empty ? 0 : expected[i])) < 1e-11,
                      "%s: gradient %zu: %.17g, not %.17g", nn_network_description(net), i,
                      gradient[i], expected[i]);
    }
}

START_TEST(fewer_multiplications_give_the_same)
{
    const struct layer *layer = layer_of(_i);
    const struct conv *own = layer->own;

    ck_assert_msg(own->winograd == convolutions[_i].suits, "%s", convolutions[_i].text);
    for (int count = 1; own->winograd && count <= SHARD; count += SHARD - 3) {
        const struct node node = node_of(layer);

        check_shard(&node, &(struct shard){0, 0, count, 0, 1});
        release_memory();
    }
    nn_network_free(net);
}
END_TEST

Suite *suite_winograd(void)
{
    Suite *suite = suite_create("winograd");
    TCase *tests = tcase_create("convolutions");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, fewer_multiplications_give_the_same, 0, CONVOLUTIONS);
    suite_add_tcase(suite, tests);
    return suite;
}
