/* Layers that the planner merges against the same layers one by one: `dropout 0`, which does
 * nothing, keeps neighbours apart, and so does a stride that is written down. */
#include "../nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

Suite *suite_merge(void);

enum { ROWS = 19, SIDE = 11, CHANNELS = 2, CLASSES = 3, STEPS = 4 };

/* What may stand behind a matrix layer, in this order, each of it or not. */
static const char *const parts[][2] = {
    {"relu", "relu"},
    {"batchnorm", "batchnorm"},
    {"relu", "relu"},
    {"maxpool 3", "maxpool 3 stride 3"},
};
enum { CHOICES = 1 << 4, PLACES = 4 };

/* A network with those parts whose bits are set in `choice`, merged or apart. Place 0: behind the
 * first layer, whose input needs no gradient; 1: likewise, but dear to compute; 2: behind a second
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

/* All weights after some steps, then the probabilities. The caller frees them. */
static double *train(const char *description, int64_t *count)
{
    const struct nn_data data = {.n = ROWS, .u8 = pixels, .onehot = labels};
    const struct nn_input input = {255, 0.5f, 0.5f};
    const struct nn_training training = {
        .optimizer = NN_SGD, .lr = 0.05, .momentum = 0.9, .batch = ROWS, .epochs = STEPS};
    struct nn_network *net;
    struct nn_error error;
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_weights *weights;
    struct nn_trainer *trainer;
    struct nn_predictor *predictor;
    double *values;

    ck_assert_int_eq(
        nn_network_new(&net, description, (struct nn_shape){CHANNELS, SIDE, SIDE}, CLASSES, &error),
        0);
    weights = nn_weights_new(net);
    nn_weights_init(weights, 3);
    trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    predictor = nn_predictor_new(net, weights, pool, &input);
    for (int epoch = 1; epoch <= STEPS; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        ck_assert_int_eq(nn_trainer_step(trainer), 1);
    }
    *count = ROWS * CLASSES;
    for (int i = 0; i < nn_network_tensors(net); i++)
        *count += nn_network_tensor(net, i).size;
    values = malloc((size_t)*count * sizeof *values);
    nn_predict(predictor, &data, values);
    for (int64_t i = 0, at = ROWS * CLASSES; i < nn_network_tensors(net); i++) {
        nn_weights_export(weights, (int)i, values + at);
        at += nn_network_tensor(net, (int)i).size;
    }
    nn_predictor_free(predictor);
    nn_trainer_free(trainer);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
    return values;
}

START_TEST(merged_layers_compute_what_single_ones_do)
{
    int64_t merged_count, single_count;
    double *merged, *single;

    make_data();
    merged = train(describe(_i % CHOICES, _i / CHOICES, false), &merged_count);
    single = train(describe(_i % CHOICES, _i / CHOICES, true), &single_count);
    ck_assert_int_eq(merged_count, single_count);
    for (int64_t i = 0; i < merged_count; i++)
        ck_assert_double_eq_tol(merged[i], single[i], 1e-11 * (1 + fabs(single[i])));
    free(merged);
    free(single);
}
END_TEST

Suite *suite_merge(void)
{
    Suite *suite = suite_create("merge");
    TCase *tests = tcase_create("choices");

    tcase_add_loop_test(tests, merged_layers_compute_what_single_ones_do, 0, CHOICES * PLACES);
    suite_add_tcase(suite, tests);
    return suite;
}
