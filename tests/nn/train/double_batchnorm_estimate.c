#include "nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Statistics that are estimated for averaged weights, next to plain sums over the same batches; and
 * that the training does not notice. (With convolutions, over one batch: the torch suite.) */

Suite *suite_batchnorm_estimate(void);

enum { IN = 12, FIRST = 7, SECOND = 4, CLASSES = 3, MOST_ROWS = 1100, SIDE = 8 };
static const char *const text =
    "linear 7, batchnorm, relu, dropout 0.5, linear 4, relu, batchnorm, "
    "linear";
static const struct nn_input input = {256, 0.125f, 0.5f}; /* exact in float */

static uint8_t pixels[MOST_ROWS * SIDE * SIDE], onehot[MOST_ROWS * CLASSES];

static struct nn_data make_data(int rows)
{
    const struct nn_random random = {5, 0, 0};

    memset(onehot, 0, sizeof onehot);
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)nn_random_below(&random, i, 256);
    for (int row = 0; row < rows; row++)
        onehot[row * CLASSES + row * CLASSES / rows] = 1; /* sorted */
    return (struct nn_data){.n = rows, .u8 = pixels, .onehot = onehot};
}

static struct nn_training usual(int batch, double average)
{
    return (struct nn_training){.optimizer = NN_SGD,
                                .lr = 0.1,
                                .momentum = 0.9,
                                .epochs = 2,
                                .batch = batch,
                                .average = average,
                                .augment = {.shift = 2},
                                .seed = 6};
}

/* ---- Beside plain sums ---- */

/* Rows in the order of epoch 0, which is by chance without --shuffle too: Fisher and Yates. */
static void draw_rows(int *rows, int n, uint64_t seed)
{
    const struct nn_random random = {seed, NN_RANDOM_SHUFFLE, 0};

    for (int i = 0; i < n; i++)
        rows[i] = i;
    for (int i = n - 1; i > 0; i--) {
        const int j = (int)nn_random_below(&random, (uint64_t)i, (uint64_t)i + 1), kept = rows[i];

        rows[i] = rows[j];
        rows[j] = kept;
    }
}

/* out[rows][outputs] = x[rows][inputs] times the layer's weights and with its biases. */
static void product(const struct nn_weights *weights, int tensor, const double *x, int rows,
                    int inputs, int outputs, double *out)
{
    double w[IN * FIRST], bias[FIRST];

    nn_weights_export(weights, tensor, w);
    nn_weights_export(weights, tensor + 1, bias);
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < outputs; o++) {
            double *sum = &out[r * outputs + o];

            *sum = bias[o];
            for (int i = 0; i < inputs; i++)
                *sum += w[o * inputs + i] * x[r * inputs + i];
        }
}

static void rectify(double *x, int count)
{
    for (int i = 0; i < count; i++)
        x[i] = x[i] > 0 ? x[i] : 0;
}

/* Normalizes x[rows][c] and adds the batch's share of `batches` to mean[c] and variance[c]. */
static void normalize(const struct nn_weights *weights, int tensor, double *x, int rows, int c,
                      int batches, double *mean, double *variance)
{
    double gamma[FIRST], beta[FIRST];

    nn_weights_export(weights, tensor, gamma);
    nn_weights_export(weights, tensor + 1, beta);
    for (int k = 0; k < c; k++) {
        double m = 0, v = 0;

        for (int r = 0; r < rows; r++)
            m += x[r * c + k] / rows;
        for (int r = 0; r < rows; r++)
            v += (x[r * c + k] - m) * (x[r * c + k] - m) / rows;
        for (int r = 0; r < rows; r++)
            x[r * c + k] = gamma[k] * (x[r * c + k] - m) / sqrt(v + 1e-5) + beta[k];
        mean[k] += m / batches;
        variance[k] += v * rows / (rows - 1) / batches;
    }
}

static void expect_statistic(const struct nn_weights *weights, int tensor, const double *wanted,
                             int count)
{
    double values[FIRST];

    nn_weights_export(weights, tensor, values);
    for (int i = 0; i < count; i++)
        ck_assert_double_eq_tol(values[i], wanted[i], 1e-12 * (1 + fabs(wanted[i])));
}

/* Tensors: 0 weight, 1 bias | 2..5 batch normalization | 6, 7 | 8..11 | 12, 13. */
static void expect_estimate(const struct nn_weights *weights, const int *row, int batches, int rows)
{
    double mean[2][FIRST] = {{0}}, variance[2][FIRST] = {{0}};
    double *x = malloc((size_t)rows * IN * sizeof *x);
    double *first = malloc((size_t)rows * FIRST * sizeof *first);
    double *second = malloc((size_t)rows * SECOND * sizeof *second);

    ck_assert(x && first && second);
    for (int b = 0; b < batches; b++) {
        for (int i = 0; i < rows * IN; i++)
            x[i] = (pixels[row[b * rows + i / IN] * IN + i % IN] / 256.0 - (double)input.mean) /
                   (double)input.std;
        product(weights, 0, x, rows, IN, FIRST, first);
        normalize(weights, 2, first, rows, FIRST, batches, mean[0], variance[0]);
        rectify(first, rows * FIRST);
        product(weights, 6, first, rows, FIRST, SECOND, second);
        rectify(second, rows * SECOND);
        normalize(weights, 8, second, rows, SECOND, batches, mean[1], variance[1]);
    }
    expect_statistic(weights, 4, mean[0], FIRST);
    expect_statistic(weights, 5, variance[0], FIRST);
    expect_statistic(weights, 10, mean[1], SECOND);
    expect_statistic(weights, 11, variance[1], SECOND);
    free(x);
    free(first);
    free(second);
}

/* Whole batches of a thousand rows or of all, at least one. */
static const struct size {
    int rows, batch, batches, used;
} sizes[] = {{150, 40, 3, 40}, {1100, 100, 10, 100}, {21, 64, 1, 21}, {1100, 1050, 1, 1050}};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(statistics_are_means_over_batches_of_the_averaged_network)
{
    const struct size *size = &sizes[_i];
    const struct nn_data data = make_data(size->rows);
    const struct nn_training training = usual(size->batch, 0.5);
    struct nn_network *net = NULL;
    struct nn_error error;
    int row[MOST_ROWS];

    ck_assert_int_eq(nn_network_new(&net, text, (struct nn_shape){1, 3, IN / 3}, CLASSES, &error),
                     0);
    struct nn_weights *weights = nn_weights_new(net);
    struct nn_pool *pool = nn_pool_new(2);
    nn_weights_init(weights, 3);
    struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    ck_assert_ptr_nonnull(trainer);
    draw_rows(row, size->rows, training.seed);
    for (int epoch = 1; epoch <= 2; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1)
            ;
        nn_trainer_estimate(trainer);
        expect_estimate(nn_trainer_average(trainer), row, size->batches, size->used);
    }
    nn_trainer_free(trainer);
    nn_pool_free(pool);
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

/* ---- Beside a training without it ---- */

static double *all_tensors(const struct nn_network *net, const struct nn_weights *weights,
                           size_t *count)
{
    double *values;
    size_t size = 1;

    for (int t = 0; t < nn_network_tensors(net); t++)
        size += (size_t)nn_network_tensor(net, t).size;
    values = calloc(size, sizeof *values);
    ck_assert_ptr_nonnull(values);
    *count = 0;
    for (int t = 0; t < nn_network_tensors(net); t++) {
        nn_weights_export(weights, t, values + *count);
        *count += (size_t)nn_network_tensor(net, t).size;
    }
    return values;
}

/* What two epochs end in: the weights, or the averaged ones; statistics are estimated at the end
 * and before every step or not. */
static double *train(const char *description, double average, bool estimate, bool averaged,
                     size_t *count)
{
    const struct nn_data data = make_data(70);
    const struct nn_training training = usual(16, average);
    struct nn_network *net = NULL;
    struct nn_error error;
    double *values;

    ck_assert_int_eq(
        nn_network_new(&net, description, (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error), 0);
    struct nn_weights *weights = nn_weights_new(net);
    struct nn_pool *pool = nn_pool_new(2);
    nn_weights_init(weights, 3);
    struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    ck_assert_ptr_nonnull(trainer);
    for (int epoch = 1; epoch <= 2; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        do
            if (estimate)
                nn_trainer_estimate(trainer);
        while (nn_trainer_step(trainer) == 1);
    }
    nn_trainer_estimate(trainer);
    values = all_tensors(net, averaged ? nn_trainer_average(trainer) : weights, count);
    nn_trainer_free(trainer);
    nn_pool_free(pool);
    nn_weights_free(weights);
    nn_network_free(net);
    return values;
}

/* Networks with all that keeps something of a batch; the last without statistics. */
static const char *const nets[] = {
    "conv 6 3x3 pad 1, batchnorm, relu, maxpool 2, conv 17 3x3 pad 1, batchnorm, relu, conv 33 3x3 "
    "pad 1, relu, batchnorm, dropout 0.3, flatten, linear 20, batchnorm, relu, linear",
    "conv 32 3x3 pad 1, relu, conv 32 3x3 pad 1, batchnorm, leakyrelu 0.1, globalpool, flatten, "
    "linear",
    "conv 6 3x3, relu, maxpool 2, flatten, linear"};

START_TEST(a_training_goes_on_as_if_nothing_was_estimated)
{
    size_t count, same;
    double *with = train(nets[_i], 0.9, true, false, &count);
    double *without = train(nets[_i], 0, false, false, &same);

    ck_assert_int_eq(count, same);
    ck_assert_mem_eq(with, without, count * sizeof *with);
    free(with);
    free(without);
}
END_TEST

START_TEST(an_estimate_has_no_trace_of_those_before)
{
    size_t count, same;
    double *first = train(nets[_i], 0.9, false, true, &same);
    double *last = train(nets[_i], 0.9, true, true, &count);

    ck_assert_int_eq(count, same);
    ck_assert_mem_eq(first, last, count * sizeof *first);
    free(first);
    free(last);
}
END_TEST

static size_t bytes_of(const struct nn_network *net, struct nn_weights *weights,
                       struct nn_pool *pool, int rows, double average)
{
    const struct nn_data data = make_data(rows);
    const struct nn_training training = usual(16, average);
    struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    size_t bytes;

    ck_assert_ptr_nonnull(trainer);
    bytes = nn_trainer_bytes(trainer);
    nn_trainer_free(trainer);
    return bytes;
}

/* Before the first step they are those it began with; without batch normalization there are none,
 * and no memory for them. */
START_TEST(nothing_is_estimated_without_need)
{
    const struct nn_data data = make_data(70);
    const struct nn_training training = usual(16, 0.9), plain = usual(16, 0);

    for (int i = 0; i < 3; i++) {
        struct nn_network *net = NULL;
        struct nn_error error;
        size_t count;
        double *before, *after;

        ck_assert_int_eq(
            nn_network_new(&net, nets[i], (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error), 0);
        struct nn_weights *weights = nn_weights_new(net);
        struct nn_pool *pool = nn_pool_new(1);
        nn_weights_init(weights, 3);
        struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
        struct nn_trainer *other = nn_trainer_new(net, weights, pool, &data, &input, &plain);
        ck_assert(trainer && other);
        nn_trainer_estimate(trainer);
        nn_trainer_estimate(other);
        before = all_tensors(net, weights, &count);
        after = all_tensors(net, nn_trainer_average(trainer), &count);
        ck_assert_mem_eq(before, after, count * sizeof *before);
        for (int average = 0; average < 2; average++)
            ck_assert_uint_eq(bytes_of(net, weights, pool, 70, average * 0.9) -
                                  bytes_of(net, weights, pool, 16, average * 0.9),
                              /* an order of all rows, and one of four batches or of one */
                              (54 + (i == 2 ? 0 : 48)) * sizeof(int64_t));
        free(before);
        free(after);
        nn_trainer_free(trainer);
        nn_trainer_free(other);
        nn_pool_free(pool);
        nn_weights_free(weights);
        nn_network_free(net);
    }
}
END_TEST

Suite *suite_batchnorm_estimate(void)
{
    Suite *suite = suite_create("batchnorm_estimate");
    TCase *tests = tcase_create("statistics");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, statistics_are_means_over_batches_of_the_averaged_network, 0, SIZES);
    tcase_add_loop_test(tests, a_training_goes_on_as_if_nothing_was_estimated, 0, 3);
    tcase_add_loop_test(tests, an_estimate_has_no_trace_of_those_before, 0, 3);
    tcase_add_test(tests, nothing_is_estimated_without_need);
    suite_add_tcase(suite, tests);
    return suite;
}
