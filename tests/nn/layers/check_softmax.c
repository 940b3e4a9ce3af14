#include "nn/nn.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_softmax(void);

/* Rows are worked on together, with few classes, or in pieces, with many. */
static const int classes_of[] = {2, 3, 8, 10, 63, 64, 65, 127, 128, 129, 300};
enum { COUNTS = sizeof classes_of / sizeof *classes_of, ROWS = 25, MOST = 300 };

struct bench {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    struct nn_predictor *predictor;
    float x[ROWS];
    uint8_t onehot[ROWS * MOST];
    nn_real weight[MOST], bias[MOST], p[ROWS * MOST];
    double loss[ROWS];
};

/* One number x for each row, so that the logit of class k is weight[k] x + bias[k]. */
static struct bench *bench_new(int classes)
{
    struct bench *b = calloc(1, sizeof *b);
    struct nn_error error;

    ck_assert_ptr_nonnull(b);
    ck_assert_int_eq(
        nn_network_new(&b->net, "flatten, linear", (struct nn_shape){1, 1, 1}, classes, &error), 0);
    b->weights = nn_weights_new(b->net);
    nn_weights_init(b->weights, 1);
    nn_weights_export(b->weights, 0, b->weight);
    nn_weights_export(b->weights, 1, b->bias);
    b->pool = nn_pool_new(1);
    b->predictor = nn_predictor_new(b->net, b->weights, b->pool, &(struct nn_input){1, 0, 1});
    for (int row = 0; row < ROWS; row++) {
        b->x[row] = (float)(7 * row % ROWS - ROWS / 2);
        b->onehot[row * classes + row % classes] = 1;
    }
    return b;
}

static void bench_free(struct bench *b)
{
    nn_predictor_free(b->predictor);
    nn_pool_free(b->pool);
    nn_weights_free(b->weights);
    nn_network_free(b->net);
    free(b);
}

static void predict(struct bench *b, int classes, int first, int rows)
{
    const struct nn_data data = {
        .n = rows, .f32 = b->x + first, .onehot = b->onehot + first * classes};

    nn_predict_scored(b->predictor, &data, b->p + first * classes, b->loss + first);
}

START_TEST(probabilities_and_losses_are_those_of_the_formula)
{
    const int classes = classes_of[_i];
    struct bench *b = bench_new(classes);

    predict(b, classes, 0, ROWS);
    for (int row = 0; row < ROWS; row++) {
        double sum = 0;

        for (int k = 0; k < classes; k++)
            sum += exp((double)b->weight[k] * (double)b->x[row] + (double)b->bias[k]);
        for (int k = 0; k < classes; k++) {
            const double logit = (double)b->weight[k] * (double)b->x[row] + (double)b->bias[k];

            ck_assert_double_eq_tol((double)b->p[row * classes + k], exp(logit) / sum, 1e-5);
            if (k == row % classes)
                ck_assert_double_eq_tol(b->loss[row], log(sum) - logit, 1e-4);
        }
    }
    bench_free(b);
}
END_TEST

START_TEST(a_row_gives_the_same_bytes_alone_as_among_others)
{
    const int classes = classes_of[_i];
    const size_t bytes = (size_t)(ROWS * classes) * sizeof(nn_real);
    struct bench *b = bench_new(classes);
    nn_real together[ROWS * MOST];
    double loss[ROWS];

    predict(b, classes, 0, ROWS);
    memcpy(together, b->p, bytes);
    memcpy(loss, b->loss, sizeof loss);
    memset(b->p, 0, bytes);
    for (int row = 0; row < ROWS; row++)
        predict(b, classes, row, 1);
    ck_assert_mem_eq(b->p, together, bytes);
    ck_assert_mem_eq(b->loss, loss, sizeof loss);
    bench_free(b);
}
END_TEST

Suite *suite_softmax(void)
{
    Suite *suite = suite_create("softmax");
    TCase *tests = tcase_create("softmax");

    tcase_add_loop_test(tests, probabilities_and_losses_are_those_of_the_formula, 0, COUNTS);
    tcase_add_loop_test(tests, a_row_gives_the_same_bytes_alone_as_among_others, 0, COUNTS);
    suite_add_tcase(suite, tests);
    return suite;
}
