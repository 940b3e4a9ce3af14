/* Layers that the planner merges against the same layers one by one: `dropout 0`, which does
 * nothing, keeps neighbours apart, and a maximum that is merged even alone is taken in two, first
 * along the rows, so that of equal values the same one counts. */
#include "nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

Suite *suite_fuse(void);

enum { ROWS = 19, SIDE = 11, CHANNELS = 2, CLASSES = 3, STEPS = 4 };

/* Layers that may follow a matrix layer, in this order, each or not. */
static const char *const parts[][2] = {
    {"relu", "relu"},
    {"batchnorm", "batchnorm"},
    {"relu", "relu"},
    {"maxpool 3", "maxpool 1x3 stride 1, maxpool 3x1 stride 3"},
};
enum { CHOICES = 1 << 4, PLACES = 4 };

/* A network with those parts whose bits are set in `choice`, merged or apart. Place 0: after the
 * first layer, whose input needs no gradient; 1: likewise, but dear to compute; 2: after a second
 * one; 3: without a matrix layer before it. */
static const char *describe(int choice, int place, bool apart)
{
    static const char *const before[PLACES] = {
        "conv 17 3x3 pad 1", "conv 5 5x5", "conv 3 2x2, conv 16 3x3 stride 2 pad 2", "dropout 0"};
    static char text[2][200];
    int used = snprintf(text[apart], sizeof *text, "%s", before[place]);

    for (int i = 0; i < 4; i++)
        if (choice & 1 << i)
            used += snprintf(text[apart] + used, sizeof *text - (size_t)used, "%s, %s",
                             apart ? ", dropout 0" : "", parts[i][apart]);
    snprintf(text[apart] + used, sizeof *text - (size_t)used, ", flatten, linear 4, relu, linear");
    return text[apart];
}

static uint8_t pixels[ROWS * CHANNELS * SIDE * SIDE], labels[ROWS * CLASSES];

static void make_data(void)
{
    const struct nn_random random = {5, 0, 0};

    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)nn_random_below(&random, i, 256);
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < CLASSES; k++)
            labels[i * CLASSES + k] = i % CLASSES == k;
}

struct run {
    struct nn_network *net;
    struct nn_pool *pool;
    struct nn_weights *weights;
    struct nn_trainer *trainer;
};

static const struct nn_data data = {.n = ROWS, .u8 = pixels, .onehot = labels};
static const struct nn_input input = {255, 0.5f, 0.5f};

static struct run begin(const char *description)
{
    static const struct nn_training training = {
        .optimizer = NN_SGD, .lr = 0.05, .momentum = 0.9, .batch = ROWS, .epochs = STEPS};
    const struct nn_shape shape = {CHANNELS, SIDE, SIDE};
    struct run run = {.pool = nn_pool_new(2)};
    struct nn_error error;

    ck_assert_int_eq(nn_network_new(&run.net, description, shape, CLASSES, &error), 0);
    run.weights = nn_weights_new(run.net);
    nn_weights_init(run.weights, 3);
    run.trainer = nn_trainer_new(run.net, run.weights, run.pool, &data, &input, &training);
    return run;
}

static void end(struct run *run)
{
    nn_trainer_free(run->trainer);
    nn_weights_free(run->weights);
    nn_network_free(run->net);
    nn_pool_free(run->pool);
}

/* Returns in how many groups the layers of a network run, the two ends included. */
static int groups_of(const char *description)
{
    struct run run = begin(description);
    const int groups = nn_trainer_plan(run.trainer).groups;

    end(&run);
    return groups;
}

/* The probabilities after some steps, then all weights. The caller frees them. */
static double *train(const char *description, int64_t *count)
{
    struct run run = begin(description);
    struct nn_predictor *predictor = nn_predictor_new(run.net, run.weights, run.pool, &input);
    double *values;

    for (int epoch = 1; epoch <= STEPS; epoch++) {
        nn_trainer_begin_epoch(run.trainer, epoch);
        ck_assert_int_eq(nn_trainer_step(run.trainer), 1);
    }
    *count = ROWS * CLASSES;
    for (int i = 0; i < nn_network_tensors(run.net); i++)
        *count += nn_network_tensor(run.net, i).size;
    values = malloc((size_t)*count * sizeof *values);
    nn_predict(predictor, &data, values);
    for (int64_t i = 0, at = ROWS * CLASSES; i < nn_network_tensors(run.net); i++) {
        nn_weights_export(run.weights, (int)i, values + at);
        at += nn_network_tensor(run.net, (int)i).size;
    }
    nn_predictor_free(predictor);
    end(&run);
    return values;
}

static int layers_of(const char *description)
{
    int layers = 1;

    for (; *description; description++)
        layers += *description == ',';
    return layers;
}

START_TEST(merged_layers_compute_what_single_ones_do)
{
    const char *apart = describe(_i % CHOICES, _i / CHOICES, true);
    int64_t merged_count, single_count;
    double *merged, *single;

    make_data();
    merged = train(describe(_i % CHOICES, _i / CHOICES, false), &merged_count);
    single = train(apart, &single_count);
    ck_assert_int_eq(groups_of(apart), layers_of(apart) + 2);
    ck_assert_int_eq(merged_count, single_count);
    for (int64_t i = 0; i < merged_count; i++)
        ck_assert_double_eq_tol(merged[i], single[i], 1e-11 * (1 + fabs(single[i])));
    free(merged);
    free(single);
}
END_TEST

static const char *const sums[][2] = {
    {"conv 5 1x1, residual, conv 5 3x3 pad 1, add, relu, flatten, linear",
     "conv 5 1x1, residual, conv 5 3x3 pad 1, add, dropout 0, relu, flatten, linear"},
    {"conv 5 1x1, residual, conv 6 3x3 stride 2 pad 1, shortcut, conv 6 1x1 stride 2, add, relu, "
     "batchnorm, flatten, linear",
     "conv 5 1x1, residual, conv 6 3x3 stride 2 pad 1, shortcut, conv 6 1x1 stride 2, add, dropout "
     "0, "
     "relu, dropout 0, batchnorm, flatten, linear"},
    {"conv 5 1x1, residual, relu, residual, conv 5 1x1, add, relu, add, relu, flatten, linear",
     "conv 5 1x1, residual, relu, dropout 0, residual, conv 5 1x1, add, dropout 0, relu, add, "
     "dropout "
     "0, relu, flatten, linear"},
    {"residual, conv 2 1x1, shortcut, avgpool 3 stride 1 pad 1, add, relu, flatten, linear",
     "residual, conv 2 1x1, shortcut, avgpool 3 stride 1 pad 1, add, dropout 0, relu, flatten, "
     "linear"},
};
enum { SUMS = sizeof sums / sizeof *sums };

START_TEST(sums_and_their_rectifiers_compute_what_they_do_apart)
{
    int64_t merged_count, single_count;
    double *merged, *single;

    make_data();
    merged = train(sums[_i][0], &merged_count);
    single = train(sums[_i][1], &single_count);
    ck_assert_int_lt(groups_of(sums[_i][0]), groups_of(sums[_i][1]));
    ck_assert_int_eq(merged_count, single_count);
    for (int64_t i = 0; i < merged_count; i++)
        ck_assert_double_eq_tol(merged[i], single[i], 1e-11 * (1 + fabs(single[i])));
    free(merged);
    free(single);
}
END_TEST

START_TEST(windows_side_by_side_are_merged_however_they_are_written)
{
    ck_assert_int_eq(groups_of("conv 5 3x3, relu, maxpool 3, flatten, linear"), 5);
    ck_assert_int_eq(groups_of("conv 5 3x3, relu, maxpool 3 stride 3, flatten, linear"), 5);
    ck_assert_int_eq(groups_of("conv 5 3x3, relu, maxpool 1x3 stride 3, flatten, linear"), 7);
    ck_assert_int_eq(groups_of("conv 5 3x3, relu, maxpool 3 stride 2, flatten, linear"), 7);
    ck_assert_int_eq(groups_of("conv 5 3x3, relu, maxpool 2 stride 3, flatten, linear"), 7);
}
END_TEST

Suite *suite_fuse(void)
{
    Suite *suite = suite_create("fuse");
    TCase *tests = tcase_create("choices");

    tcase_add_loop_test(tests, merged_layers_compute_what_single_ones_do, 0, CHOICES * PLACES);
    tcase_add_loop_test(tests, sums_and_their_rectifiers_compute_what_they_do_apart, 0, SUMS);
    tcase_add_test(tests, windows_side_by_side_are_merged_however_they_are_written);
    suite_add_tcase(suite, tests);
    return suite;
}
