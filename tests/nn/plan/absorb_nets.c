#include "absorb_nets.h"

#include "nn/base/pixel_values.h"
#include "nn/plan/absorb_batchnorm.h"
#include "nn/plan/plan.h"
#include "tests/support/presets.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 19, SIDE = 28, CLASSES = 10 };

static const struct {
    const char *text;
    int after, before; /* normalizations that a matrix layer absorbs */
} made[] = {
    {"conv 5 3x3 nobias, batchnorm, relu, flatten, linear", 1, 0},
    {"conv 18 3x3 stride 2 pad 1, batchnorm, leakyrelu, conv 17 2x2, batchnorm, flatten, linear", 2,
     0},
    {"linear 33 nobias, batchnorm, relu, linear 20, batchnorm, relu, batchnorm, linear", 2, 1},
    {"conv 17 3x3, relu, batchnorm, conv 20 3x3 nobias, relu, batchnorm, dropout 0.3, flatten, "
     "linear",
     0, 2},
    /* around the padded convolution's picture there are zeros, whatever a normalization says */
    {"conv 6 3x3, relu, batchnorm, conv 7 3x3 pad 1, relu, flatten, linear", 0, 0},
    {"batchnorm, conv 4 5x5 stride 3, dropout 0.5, batchnorm, batchnorm, relu, flatten, linear", 2,
     1},
    /* the flattened picture's normalization has other channels than the convolution */
    {"conv 3 9x9 stride 5, flatten, batchnorm, linear 12, relu, batchnorm, dropout 0.1, linear", 0,
     2},
    {"conv 8 3x3 pad 1, batchnorm, maxpool 2, batchnorm, avgpool 2, batchnorm, flatten, linear", 1,
     1},
    {"flatten, linear, batchnorm", 1, 0},
    /* blocks: what their ends lie between is not absorbed, for others read it as well */
    {"conv 5 3x3 pad 1, batchnorm, relu, residual, conv 5 3x3 pad 1 nobias, batchnorm, relu, conv "
     "5 "
     "3x3 pad 1, batchnorm, add, relu, residual, conv 17 1x1 stride 2, batchnorm, dropout 0.3, "
     "shortcut, conv 17 3x3 stride 2 pad 1 nobias, batchnorm, add, relu, flatten, linear",
     5, 0},
    {"conv 5 3x3, residual, batchnorm, relu, conv 5 3x3 pad 1, add, batchnorm, residual, "
     "batchnorm, "
     "conv 6 1x1, shortcut, batchnorm, conv 6 1x1, add, flatten, linear",
     0, 2},
    {"conv 5 3x3, residual, dropout 0.5, add, residual, residual, dropout 0.2, shortcut, conv 5 "
     "1x1, "
     "batchnorm, add, add, relu, flatten, linear",
     1, 0},
};
enum { MADE = sizeof made / sizeof *made };

struct run {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_input input;
    uint8_t *pixels;
    struct nn_data data;
};

int absorb_net_count(void)
{
    return MADE + NETS;
}

static double draw(int what, int64_t index, double low, double high)
{
    const struct nn_random random = {31, 0, (uint32_t)what};

    return low + (high - low) * nn_random_unit(&random, (uint64_t)index);
}

/* Sets what a normalization has after some training: a weight of either sign, a mean, a variance.
 */
static void unsettle(struct nn_weights *weights, const struct nn_network *net, int draws)
{
    for (int t = 0; t < nn_network_tensors(net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(net, t);
        const bool variance = strstr(tensor.name, "running_var") != NULL;
        real *values;

        if (!tensor.statistic && tensor.ndim > 1)
            continue;
        values = malloc((size_t)tensor.size * sizeof *values);
        ck_assert_ptr_nonnull(values);
        for (int64_t i = 0; i < tensor.size; i++)
            values[i] = (real)draw(100 * draws + t, i, variance ? 0.2 : -1, 1.5);
        nn_weights_import(weights, t, values);
        free(values);
    }
}

static struct run open_run(const char *description)
{
    struct run run = {.input = {255, 0.13f, 0.31f}};
    struct nn_error error = {.text = ""};

    ck_assert_msg(nn_network_new(&run.net, description, (struct nn_shape){1, SIDE, SIDE}, CLASSES,
                                 &error) == 0,
                  "%s", error.text);
    run.weights = nn_weights_new(run.net);
    run.pixels = malloc(ROWS * SIDE * SIDE);
    ck_assert(run.weights && run.pixels);
    nn_weights_init(run.weights, 6);
    for (int i = 0; i < ROWS * SIDE * SIDE; i++)
        run.pixels[i] = (uint8_t)draw(1, i, 0, 256);
    run.data = (struct nn_data){.n = ROWS, .u8 = run.pixels};
    return run;
}

static void close_run(struct run *run)
{
    nn_weights_free(run->weights);
    nn_network_free(run->net);
    free(run->pixels);
}

/* Predicts by every layer of the network, all rows at once. */
static void predict_unabsorbed(const struct run *run, struct nn_pool *pool, real *probabilities)
{
    enum { SHARDS = (ROWS + SHARD - 1) / SHARD };
    real pixel_value[256];
    const struct pass pass = {.data = &run->data,
                              .input = &run->input,
                              .pixel_value = pixel_value,
                              .probabilities = probabilities};
    struct plan plan;

    pixel_values(&run->input, pixel_value);
    ck_assert_int_eq(plan_init(&plan, run->net, run->weights, SHARDS * SHARD, 1, false, 0,
                               NULL),
                     0);
    plan_refresh(&plan, pool);
    for (int s = 0; s < SHARDS; s++) {
        const int first = s * SHARD;
        const struct shard shard = {s, first, ROWS - first < SHARD ? ROWS - first : SHARD, first,
                                    0};

        for (int i = 0; i < plan.phase->calls; i++)
            plan.phase->call[i].run(plan.phase->call[i].node, &pass, &shard);
    }
    plan_free(&plan);
}

static void count_absorptions(const struct run *run, int after, int before)
{
    struct absorbed absorbed;
    int found = 0;

    ck_assert_int_eq(absorbed_init(&absorbed, run->net), 0);
    for (int i = 0; i < absorbed.absorptions; i++)
        found += absorbed.absorption[i].after;
    ck_assert_int_eq(found, after);
    ck_assert_int_eq(absorbed.absorptions - found, before);
    absorbed_free(&absorbed);
}

void absorb_net_check(int number, double tolerance)
{
    struct run run = open_run(number < MADE ? made[number].text : nets[number - MADE].text);
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_predictor *predictor = nn_predictor_new(run.net, run.weights, pool, &run.input);
    real expected[ROWS * CLASSES], got[ROWS * CLASSES];

    ck_assert(pool && predictor);
    if (number < MADE)
        count_absorptions(&run, made[number].after, made[number].before);
    /* The second time with other weights: the predictor has to follow. */
    for (int draws = 0; draws < 2; draws++) {
        unsettle(run.weights, run.net, draws);
        predict_unabsorbed(&run, pool, expected);
        nn_predict(predictor, &run.data, got);
        for (int i = 0; i < ROWS * CLASSES; i++)
            ck_assert_msg(fabs((double)got[i] - (double)expected[i]) <=
                              tolerance * ((double)expected[i] + 1e-3),
                          "%s: probability %d is %.17g, unabsorbed %.17g",
                          nn_network_description(run.net), i, (double)got[i], (double)expected[i]);
    }
    nn_predictor_free(predictor);
    nn_pool_free(pool);
    close_run(&run);
}
