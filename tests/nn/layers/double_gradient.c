#include "nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every layer's gradients against finite differences, through the code that trains. Nothing here
 * sees a gradient: one plain SGD step of rate 1 over all rows takes it off the weights, and steps
 * of rate 0 from moved weights give the losses. Weights in front of a layer test its input
 * gradient. */

Suite *suite_gradient(void);

enum {
    ROWS = 11,  /* a full shard and a short one */
    PROBES = 14 /* numbers tried of each tensor */
};

struct layers {
    const char *text;
    struct nn_shape shape;
};

/* Sizes go around the vectors' width, 16; a 1x1 convolution in front gives the layer its channels.
 * Nothing is pooled or cut right after equal numbers: the differences need a smooth loss. */
static const struct layers all[] = {
    /* linear */
    {"linear 3", {1, 2, 3}},
    {"linear 3", {3, 5, 4}},
    {"linear 1, linear 3", {1, 1, 1}},
    {"linear 15, linear 16, linear 17, linear 3", {1, 3, 5}},
    {"linear 33, linear 3, linear 6, linear 3", {2, 4, 4}},
    {"flatten, linear 5, linear 3", {3, 3, 2}},
    /* conv, straight on the picture */
    {"conv 1 1x1, flatten, linear 3", {1, 1, 1}},
    {"conv 6 5x5, flatten, linear 3", {1, 8, 7}},
    {"conv 16 3x3 pad 1, flatten, linear 3", {1, 6, 5}},
    {"conv 17 3x3, flatten, linear 3", {3, 5, 6}},
    {"conv 33 4x4, flatten, linear 3", {1, 4, 4}},
    {"conv 3 2x2 stride 2, flatten, linear 3", {3, 7, 6}},
    {"conv 15 5x5 stride 2 pad 2, flatten, linear 3", {1, 7, 8}},
    /* conv, with an input gradient: channels in by channels out */
    {"conv 1 1x1, conv 1 3x3 pad 1, flatten, linear 3", {1, 5, 4}},
    {"conv 1 1x1, conv 17 2x2 pad 1, flatten, linear 3", {3, 3, 4}},
    {"conv 3 1x1, conv 15 3x3, flatten, linear 3", {2, 5, 4}},
    {"conv 3 1x1, conv 33 3x3 pad 2, flatten, linear 3", {1, 3, 4}},
    {"conv 6 1x1, conv 3 5x5 pad 1, flatten, linear 3", {1, 6, 5}},
    {"conv 6 1x1, conv 16 5x5 stride 2 pad 2, flatten, linear 3", {1, 7, 6}},
    {"conv 15 1x1, conv 6 3x3 stride 2, flatten, linear 3", {1, 6, 7}},
    {"conv 15 1x1, conv 17 3x3 stride 2 pad 1, flatten, linear 3", {1, 5, 6}},
    {"conv 16 1x1, conv 16 3x3 pad 1, flatten, linear 3", {1, 4, 5}},
    {"conv 16 1x1, conv 1 4x4 stride 3 pad 1, flatten, linear 3", {1, 8, 7}},
    {"conv 17 1x1, conv 15 4x4, flatten, linear 3", {1, 4, 4}},
    {"conv 17 1x1, conv 33 2x2 stride 2, flatten, linear 3", {1, 5, 4}},
    {"conv 33 1x1, conv 6 3x3 pad 1, flatten, linear 3", {1, 4, 3}},
    {"conv 33 1x1, conv 17 5x5 stride 2 pad 2, flatten, linear 3", {1, 5, 5}},
    {"conv 4 1x1, conv 5 1x1 stride 2, flatten, linear 3", {1, 5, 4}},
    {"conv 4 1x1, conv 5 2x2 stride 3, flatten, linear 3", {1, 8, 9}},
    {"conv 4 3x3, conv 5 3x3 stride 2 pad 1, conv 6 3x3 pad 1, flatten, linear 3", {1, 8, 7}},
    {"conv 4 1x1, conv 5 3x1, conv 6 1x4 pad 1, flatten, linear 3", {1, 6, 5}},
    {"conv 4 1x1, conv 5 2x5 stride 2 pad 1, flatten, linear 3", {1, 6, 7}},
    /* conv, with fewer multiplications; the picture's edge and its outputs not in whole tiles */
    {"conv 16 1x1, conv 32 3x3 pad 1, flatten, linear 3", {1, 6, 7}},
    {"conv 32 1x1, conv 16 3x3, flatten, linear 3", {1, 9, 10}},
    {"conv 24 1x1, conv 19 3x3, flatten, linear 3", {1, 9, 8}},
    {"conv 16 1x1, conv 16 5x5 stride 2 pad 2, flatten, linear 3", {1, 13, 10}},
    {"conv 16 3x3, relu, batchnorm, conv 16 3x3, relu, batchnorm, conv 32 5x5 stride 2 pad 2, "
     "relu, "
     "batchnorm, flatten, linear 3",
     {1, 18, 17}},
    /* relu */
    {"linear 1, relu, linear 3", {1, 3, 4}},
    {"linear 17, relu, linear 33, relu, linear 3", {1, 3, 4}},
    {"conv 15 3x3, relu, conv 3 3x3, relu, flatten, linear 3", {1, 7, 6}},
    {"linear 3, relu", {1, 4, 4}},
    {"conv 5 3x3, leakyrelu, conv 6 2x2, leakyrelu 0.3, flatten, linear 3", {1, 6, 5}},
    {"linear 17, leakyrelu 0.5, dropout 0.3, linear 3", {1, 3, 4}},
    {"linear 7, batchnorm, leakyrelu, linear 3", {1, 3, 4}},
    /* no biases */
    {"conv 5 3x3 nobias, conv 17 2x2 stride 2 nobias, flatten, linear 3 nobias", {1, 7, 6}},
    /* avgpool, globalpool */
    {"conv 1 3x3, avgpool 2, flatten, linear 3", {1, 6, 7}},
    {"conv 17 3x3, relu, avgpool 3 stride 2 pad 1, conv 6 2x2, flatten, linear 3", {1, 7, 6}},
    {"conv 33 2x2, avgpool 2x3 stride 1, flatten, linear 3", {1, 4, 5}},
    {"conv 1 2x2, globalpool, flatten, linear 3", {1, 4, 5}},
    {"conv 17 2x2, relu, globalpool, flatten, linear 3", {1, 4, 5}},
    {"conv 6 3x3 pad 1, batchnorm, relu, globalpool, conv 4 1x1, flatten, linear 3", {1, 3, 4}},
    /* maxpool */
    {"conv 5 1x1, maxpool 3 stride 2 pad 1, flatten, linear 3", {1, 7, 6}},
    {"conv 17 2x2, maxpool 2x4 pad 1, flatten, linear 3", {1, 6, 7}},
    {"conv 1 3x3, maxpool 2, flatten, linear 3", {1, 6, 7}},
    {"conv 6 1x1, maxpool 3, flatten, linear 3", {2, 7, 9}},
    {"conv 15 3x3 pad 1, maxpool 2, flatten, linear 3", {1, 5, 5}},
    {"conv 16 3x3, relu, maxpool 2, conv 17 2x2, relu, flatten, linear 3", {1, 7, 8}},
    {"conv 17 3x3, maxpool 2, relu, flatten, linear 3", {1, 6, 6}},
    {"conv 33 1x1, maxpool 4, flatten, linear 3", {1, 4, 9}},
    {"conv 3 1x1, maxpool 1, flatten, linear 3", {1, 4, 3}},
    {"conv 5 1x1, maxpool 3 stride 2, flatten, linear 3", {1, 7, 6}},
    {"conv 5 1x1, maxpool 2 stride 3, flatten, linear 3", {1, 8, 7}},
    {"maxpool 2, conv 3 2x2, flatten, linear 3", {3, 6, 7}},
    {"conv 3 3x3 pad 1, maxpool 2, conv 4 5x5 pad 2, maxpool 2, flatten, linear 3", {1, 9, 8}},
    /* batchnorm */
    {"batchnorm, flatten, linear 3", {3, 4, 5}},
    {"conv 1 3x3, batchnorm, flatten, linear 3", {1, 5, 4}},
    {"conv 6 3x3, batchnorm, relu, flatten, linear 3", {3, 5, 4}},
    {"conv 15 1x1, relu, batchnorm, flatten, linear 3", {1, 3, 3}},
    {"conv 16 3x3 pad 1, batchnorm, relu, maxpool 2, conv 17 3x3 pad 1, batchnorm, relu, "
     "maxpool 2, flatten, linear 6, relu, linear 3",
     {1, 8, 9}},
    {"conv 17 4x4, relu, batchnorm, flatten, linear 3", {1, 4, 4}},
    {"conv 33 2x2, batchnorm, conv 3 2x2, flatten, linear 3", {1, 4, 5}},
    {"conv 5 3x3, batchnorm, maxpool 2, relu, flatten, linear 3", {1, 8, 7}},
    {"conv 5 3x3, maxpool 2, batchnorm, relu, flatten, linear 3", {1, 8, 7}},
    {"conv 5 3x3, batchnorm, conv 4 5x5 stride 2 pad 2, batchnorm, flatten, linear 3", {1, 7, 8}},
    {"linear 1, batchnorm, linear 3", {1, 3, 2}},
    {"linear 17, batchnorm, relu, linear 3", {1, 3, 4}},
    {"linear 33, relu, batchnorm, linear 3", {1, 3, 4}},
    {"linear 3, batchnorm", {1, 3, 4}},
    {"conv 3 3x3, flatten, batchnorm, linear 3", {1, 5, 4}},
    {"conv 4 3x3, batchnorm, batchnorm, flatten, linear 3", {1, 5, 4}},
    /* dropout */
    {"linear 17, dropout 0.5, linear 3", {1, 3, 4}},
    {"flatten, dropout 0.25, linear 5, linear 3", {1, 3, 4}},
    {"conv 6 3x3, relu, dropout 0.4, conv 17 2x2, dropout 0.2, flatten, linear 3", {1, 6, 5}},
    {"conv 4 3x3, batchnorm, relu, dropout 0.3, maxpool 2, flatten, dropout 0.3, linear 3",
     {1, 8, 7}},
    {"conv 5 3x3, dropout 0.3, batchnorm, flatten, linear 7, dropout 0, linear 3", {1, 5, 6}},
    {"linear 9, relu, dropout 0.9, linear 3", {1, 4, 4}},
    /* blocks of branches: the input itself added, another shape, one within the other; outputs of
     * 16 positions and fewer, whose weights' gradient is summed when all backward is done */
    {"flatten, residual, linear 12, relu, add, linear 3", {1, 3, 4}},
    {"conv 5 1x1, residual, conv 5 3x3 pad 1, relu, conv 5 3x3 pad 1, add, relu, flatten, linear 3",
     {2, 7, 6}},
    {"conv 16 1x1, residual, conv 16 3x3 pad 1, batchnorm, relu, conv 16 3x3 pad 1, batchnorm, "
     "add, "
     "relu, maxpool 2, flatten, linear 3",
     {1, 9, 10}},
    {"conv 3 1x1, residual, conv 6 3x3 stride 2 pad 1, batchnorm, relu, conv 6 3x3 pad 1, "
     "batchnorm, "
     "shortcut, conv 6 1x1 stride 2, batchnorm, add, relu, globalpool, flatten, linear 3",
     {1, 7, 6}},
    {"conv 3 1x1, residual, batchnorm, relu, conv 6 3x3 stride 2 pad 1, shortcut, conv 6 1x1 "
     "stride "
     "2, add, batchnorm, relu, flatten, linear 3",
     {1, 7, 6}},
    {"residual, conv 4 3x3 pad 1, relu, shortcut, conv 4 1x1, add, flatten, linear 3", {2, 4, 5}},
    {"residual, conv 2 3x3 pad 1, add, relu, flatten, linear 3", {2, 4, 5}},
    {"residual, conv 2 3x3 pad 1, shortcut, avgpool 3 stride 1 pad 1, add, relu, conv 3 3x3, "
     "flatten, "
     "linear 3",
     {2, 4, 5}},
    {"residual, avgpool 3 stride 1 pad 1, shortcut, conv 2 1x1, add, relu, conv 3 3x3, flatten, "
     "linear "
     "3",
     {2, 4, 5}},
    {"conv 5 1x1, residual, relu, shortcut, leakyrelu 0.3, add, conv 5 3x3, flatten, linear 3",
     {1, 5, 4}},
    {"conv 5 1x1, residual, conv 5 3x3 pad 1, relu, flatten, shortcut, flatten, add, linear 3",
     {1, 5, 4}},
    {"conv 5 3x3 pad 1, relu, residual, dropout 0.3, conv 5 3x3 pad 1, relu, dropout 0.2, add, "
     "dropout "
     "0.1, conv 4 2x2, flatten, linear 3",
     {1, 5, 4}},
    {"conv 5 1x1, residual, residual, conv 5 3x3 pad 1, relu, shortcut, conv 5 1x1, add, relu, "
     "conv 5 "
     "1x1, shortcut, conv 5 3x3 pad 1, relu, add, relu, flatten, linear 3",
     {1, 4, 4}},
    {"conv 5 1x1, residual, residual, residual, conv 5 3x3 pad 1, add, relu, add, shortcut, "
     "residual, "
     "batchnorm, add, relu, add, relu, flatten, linear 3",
     {1, 5, 5}},
    {"linear 6, residual, linear 9, relu, shortcut, linear 9 nobias, add, residual, linear 9, add, "
     "relu, linear 3",
     {1, 3, 4}},
    /* all of it, small */
    {"conv 5 3x3, relu, batchnorm, conv 6 5x5 stride 2 pad 2, relu, batchnorm, dropout 0.4, "
     "conv 7 4x4, relu, batchnorm, flatten, dropout 0.4, linear 3",
     {1, 10, 10}},
};

struct sight {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    float *pictures, *labels;
    struct nn_data data;
};

static double drawn(uint32_t purpose, uint64_t index)
{
    const struct nn_random random = {17, purpose, 0};

    return nn_random_unit(&random, index);
}

/* PyTorch's weights, but batch normalization not where it starts, and with scales of both signs. */
static void set_weights(const struct sight *s)
{
    nn_weights_init(s->weights, 5);
    for (int t = 0; t < nn_network_tensors(s->net); t++) {
        struct nn_tensor tensor = nn_network_tensor(s->net, t);
        nn_real *values = malloc(tensor.size * sizeof *values);

        ck_assert_ptr_nonnull(values);
        nn_weights_export(s->weights, t, values);
        for (int64_t i = 0; i < tensor.size && tensor.ndim == 1; i++) {
            double u = drawn(100 + t, i);

            values[i] +=
                strstr(tensor.name, "weight") ? (i % 3 ? u / 2 : -2 - u / 2) : u / 2 - 0.25;
        }
        if (!strstr(tensor.name, "running"))
            nn_weights_import(s->weights, t, values);
        free(values);
    }
}

/* Pictures of independent numbers; soft labels, so that every class counts for every row. */
static void set_data(struct sight *s, int size)
{
    s->pictures = malloc(ROWS * size * sizeof(float));
    s->labels = malloc(ROWS * 3 * sizeof(float));
    ck_assert(s->pictures && s->labels);
    for (int i = 0; i < ROWS * size; i++)
        s->pictures[i] = (float)drawn(0, i) * 2 - 1;
    for (int row = 0; row < ROWS; row++) {
        float first = (float)drawn(1, row) * 0.75f;

        s->labels[row * 3 + row % 3] = 1 - first;
        s->labels[row * 3 + (row + 1) % 3] = first * 0.75f;
        s->labels[row * 3 + (row + 2) % 3] = first * 0.25f;
    }
    s->data = (struct nn_data){.n = ROWS, .f32 = s->pictures, .soft = s->labels};
}

static void sight_open(struct sight *s, const struct layers *layers)
{
    struct nn_error error = {.text = ""};

    memset(s, 0, sizeof *s);
    ck_assert_msg(nn_network_new(&s->net, layers->text, layers->shape, 3, &error) == 0, "%s: %s",
                  layers->text, error.text);
    s->weights = nn_weights_new(s->net);
    s->pool = nn_pool_new(1);
    set_data(s, layers->shape.c * layers->shape.h * layers->shape.w);
    set_weights(s);
}

static void sight_close(struct sight *s)
{
    nn_pool_free(s->pool);
    nn_weights_free(s->weights);
    nn_network_free(s->net);
    free(s->pictures);
    free(s->labels);
}

/* One step over all rows with the same dropout every time; returns the mean loss before it. */
static double step(const struct sight *s, double lr)
{
    const struct nn_input input = {1, 0.125f, 0.75f};
    const struct nn_training training = {.optimizer = NN_SGD, .lr = lr, .batch = ROWS, .seed = 3};
    struct nn_trainer *trainer =
        nn_trainer_new(s->net, s->weights, s->pool, &s->data, &input, &training);
    double loss = 0;

    ck_assert_ptr_nonnull(trainer);
    nn_trainer_begin_epoch(trainer, 1);
    ck_assert_int_eq(nn_trainer_step(trainer), 1);
    loss = nn_trainer_progress(trainer)->loss / ROWS;
    nn_trainer_free(trainer);
    return loss;
}

static double loss_with(const struct sight *s, int tensor, nn_real *values, int64_t place,
                        double moved)
{
    nn_real kept = values[place];
    double loss = 0;

    values[place] = kept + (nn_real)moved;
    nn_weights_import(s->weights, tensor, values);
    loss = step(s, 0);
    values[place] = kept;
    return loss;
}

/* A kink of relu or maxpool within the step spoils a difference, so a step that disagrees is tried
 * again shorter: a kink is then out of reach, a wrong gradient is not. */
static void check_number(const struct sight *s, const struct nn_tensor *tensor, int t,
                         nn_real *values, int64_t place, double gradient, double scale)
{
    double difference = 0;

    for (double h = 4e-6; h > 1e-8; h /= 4) {
        difference =
            (loss_with(s, t, values, place, h) - loss_with(s, t, values, place, -h)) / (2 * h);
        if (fabs(difference - gradient) <= 1e-5 * scale + 1e-8)
            return;
    }
    ck_abort_msg("%s: the gradient of %s[%d] is %.9g, differences give %.9g",
                 nn_network_description(s->net), tensor->name, (int)place, gradient, difference);
}

static void check_tensor(const struct sight *s, int t, nn_real *before, const nn_real *after)
{
    struct nn_tensor tensor = nn_network_tensor(s->net, t);
    int probes = tensor.size < PROBES ? (int)tensor.size : PROBES;
    double squares = 0;

    for (int64_t i = 0; i < tensor.size; i++)
        squares += (before[i] - after[i]) * (before[i] - after[i]);
    double scale = sqrt(squares / (double)tensor.size);
    if (tensor.ndim > 1)
        ck_assert_double_gt(scale, 1e-5); /* else nothing would be tested */
    for (int i = 0; i < probes; i++) {
        int64_t place = probes > 1 ? i * (tensor.size - 1) / (probes - 1) : 0;

        check_number(s, &tensor, t, before, place, before[place] - after[place], scale);
    }
    nn_weights_import(s->weights, t, before);
}

static void check_gradients(const struct layers *layers)
{
    struct sight s;
    nn_real **before = NULL, **after = NULL;
    int tensors = 0;

    sight_open(&s, layers);
    tensors = nn_network_tensors(s.net);
    before = calloc(tensors, sizeof *before);
    after = calloc(tensors, sizeof *after);
    ck_assert(before && after);
    for (int t = 0; t < tensors; t++) {
        int64_t size = nn_network_tensor(s.net, t).size;

        before[t] = malloc(size * sizeof(nn_real));
        after[t] = malloc(size * sizeof(nn_real));
        ck_assert(before[t] && after[t]);
        nn_weights_export(s.weights, t, before[t]);
    }
    step(&s, 1);
    for (int t = 0; t < tensors; t++) {
        nn_weights_export(s.weights, t, after[t]);
        nn_weights_import(s.weights, t, before[t]);
    }
    for (int t = 0; t < tensors; t++) {
        if (!strstr(nn_network_tensor(s.net, t).name, "running"))
            check_tensor(&s, t, before[t], after[t]);
        free(before[t]);
        free(after[t]);
    }
    free(before);
    free(after);
    sight_close(&s);
}

START_TEST(gradients_are_those_of_the_loss)
{
    check_gradients(&all[_i]);
}
END_TEST

/* ---- Networks drawn at random, of blocks within blocks ---- */

enum { DRAWN = 60, DRAWN_TEXT = 2000 };

struct draw {
    int number;
    uint64_t draws;
    char *text;
    size_t used;
    int c; /* channels so far */
};

static int choose(struct draw *d, int choices)
{
    const struct nn_random random = {29, (uint32_t)d->number, 0};

    return (int)nn_random_below(&random, d->draws++, (uint64_t)choices);
}

static void put(struct draw *d, const char *layer)
{
    ck_assert_uint_lt(d->used + strlen(layer) + 2, DRAWN_TEXT);
    d->used += (size_t)sprintf(d->text + d->used, "%s%s", d->used ? ", " : "", layer);
}

static void put_conv(struct draw *d, int c, int stride)
{
    char text[80];

    snprintf(text, sizeof text,
             choose(d, 2) ? "conv %d 3x3 stride %d pad 1" : "conv %d 1x1 stride %d", c, stride);
    put(d, text);
    d->c = c;
}

static void put_layers(struct draw *d, int count, int depth);

/* Puts a block; where its body changes the shape, a shortcut makes the same of it. A block in a
 * branch keeps the shape. */
static void put_block(struct draw *d, int depth)
{
    static const int channels[] = {2, 5, 16, 17};
    const int in = d->c, out = depth > 1 ? in : channels[choose(d, 4)];
    const int stride = depth > 1 ? 1 : 1 + !choose(d, 3);
    const bool projects = out != in || stride > 1;

    put(d, "residual");
    put_layers(d, choose(d, 2), depth);
    if (projects)
        put_conv(d, out, stride);
    put_layers(d, 1 + choose(d, 2), depth);
    if (projects || !choose(d, 3)) {
        d->c = in;
        put(d, "shortcut");
        put_layers(d, choose(d, 2), depth);
        put_conv(d, out, stride);
        put_layers(d, choose(d, 2), depth);
    }
    put(d, "add");
}

static void put_layers(struct draw *d, int count, int depth)
{
    static const char *const small[] = {"batchnorm",     "relu",        "relu",
                                        "leakyrelu 0.3", "dropout 0.2", "avgpool 3 stride 1 pad 1"};

    for (int i = 0; i < count; i++) {
        const int choice = choose(d, 9);

        if (choice < 6)
            put(d, small[choice]);
        else if (choice == 6 || depth == 3)
            put_conv(d, d->c, 1);
        else
            put_block(d, depth + 1);
    }
}

START_TEST(gradients_of_blocks_are_those_of_the_loss)
{
    char text[DRAWN_TEXT];
    struct draw d = {.number = _i, .text = text};

    if (_i % 4)
        put_conv(&d, 1 + _i % 6, 1);
    else
        d.c = 2;
    put_layers(&d, 1 + _i % 2, 0);
    put_block(&d, 1);
    put_layers(&d, 1, 0);
    put(&d, "flatten");
    put(&d, "linear 3");
    check_gradients(&(struct layers){text, {2, 6, 5}});
}
END_TEST

/* By the example in its table a new layer is tested without an edit here. */
START_TEST(the_gradient_of_every_layer_type_is_that_of_the_loss)
{
    char text[200];

    snprintf(text, sizeof text, "conv 3 1x1, %s, flatten, linear 3", nn_layer_example(_i));
    check_gradients(&(struct layers){text, {2, 7, 6}});
}
END_TEST

Suite *suite_gradient(void)
{
    Suite *suite = suite_create("gradient");
    TCase *tests = tcase_create("differences");
    int types = 0;

    while (nn_layer_example(types))
        types++;

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, gradients_are_those_of_the_loss, 0, sizeof all / sizeof *all);
    tcase_add_loop_test(tests, gradients_of_blocks_are_those_of_the_loss, 0, DRAWN);
    tcase_add_loop_test(tests, the_gradient_of_every_layer_type_is_that_of_the_loss, 0, types);
    suite_add_tcase(suite, tests);
    return suite;
}
