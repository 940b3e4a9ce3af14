/* Frozen layers stay as they are and work as in prediction; tuned ones learn at a rate of their
 * own. */
#include "nn/nn.h"

#include "tests/support/presets.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_freeze(void);

enum { ROWS = 12, SIDE = 28, CLASSES = 10 };

struct bench {
    struct nn_network *net;
    struct nn_weights *weights, *before;
    struct nn_pool *pool;
    struct nn_data data;
    uint8_t u8[ROWS * SIDE * SIDE], onehot[ROWS * CLASSES];
};

static const struct nn_input input = {255, 0.1f, 0.5f};

/* Random pictures and labels; statistics of batch normalization that no batch of them has, with
 * means of both signs: else rectifiers after it would leave nothing in a deep network. */
static struct bench *bench_new(const char *description)
{
    const struct nn_random random = {5, 0, 0};
    struct bench *b = calloc(1, sizeof *b);
    struct nn_error error;

    ck_assert_ptr_nonnull(b);
    ck_assert_int_eq(
        nn_network_new(&b->net, description, (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error), 0);
    b->weights = nn_weights_new(b->net);
    b->before = nn_weights_new(b->net);
    b->pool = nn_pool_new(2);
    nn_weights_init(b->weights, 7);
    for (int t = 0; t < nn_network_tensors(b->net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(b->net, t);
        const bool mean = strstr(tensor.name, "running_mean") != NULL;
        float *values = malloc((size_t)tensor.size * sizeof *values);

        ck_assert_ptr_nonnull(values);
        for (int64_t i = 0; i < tensor.size && tensor.statistic; i++)
            values[i] = (mean && i % 2 ? -1.0f : 1.0f) * (0.5f + (float)i / 100);
        if (tensor.statistic)
            nn_weights_import(b->weights, t, values);
        free(values);
    }
    nn_weights_copy(b->before, b->weights);
    for (size_t i = 0; i < sizeof b->u8; i++)
        b->u8[i] = (uint8_t)nn_random_below(&random, i, 256);
    for (int row = 0; row < ROWS; row++)
        b->onehot[row * CLASSES + row * 7 % CLASSES] = 1;
    b->data = (struct nn_data){.n = ROWS, .u8 = b->u8, .onehot = b->onehot};
    return b;
}

static void bench_free(struct bench *b)
{
    nn_pool_free(b->pool);
    nn_weights_free(b->weights);
    nn_weights_free(b->before);
    nn_network_free(b->net);
    free(b);
}

static struct nn_training usual(enum nn_optimizer optimizer, int batch)
{
    return (struct nn_training){.optimizer = optimizer,
                                .lr = 0.01,
                                .beta1 = 0.9,
                                .beta2 = 0.999,
                                .epsilon = 1e-8,
                                .weight_decay = 0.1,
                                .batch = batch,
                                .epochs = 1,
                                .seed = 1,
                                .tuned_rate = 1};
}

static struct nn_trainer *begin(struct bench *b, const struct nn_training *training)
{
    struct nn_trainer *trainer =
        nn_trainer_new(b->net, b->weights, b->pool, &b->data, &input, training);

    ck_assert_ptr_nonnull(trainer);
    nn_trainer_begin_epoch(trainer, 1);
    return trainer;
}

static void train(struct bench *b, const struct nn_training *training)
{
    struct nn_trainer *trainer = begin(b, training);

    while (nn_trainer_step(trainer) == 1)
        ;
    nn_trainer_free(trainer);
}

static float *export(const struct nn_weights *weights, const struct nn_network *net, int t)
{
    float *values = malloc((size_t)nn_network_tensor(net, t).size * sizeof *values);

    ck_assert_ptr_nonnull(values);
    nn_weights_export(weights, t, values);
    return values;
}

/* Whether a tensor has the same bytes in both. */
static bool same(const struct bench *b, const struct nn_weights *x, const struct nn_weights *y,
                 int t)
{
    float *a = export(x, b->net, t), *c = export(y, b->net, t);
    const size_t bytes = (size_t)nn_network_tensor(b->net, t).size * sizeof *a;
    const bool result = memcmp(a, c, bytes) == 0;

    free(a);
    free(c);
    return result;
}

#ifdef SANITIZED /* it all takes twenty times as long */
enum { EACH = 9 };
#else
enum { EACH = 1 };
#endif

/* Every number of layers up to all but the last, of every preset, with an average as well. */
START_TEST(frozen_layers_stay_to_the_byte_and_the_others_learn)
{
    struct bench *b = bench_new(nets[_i].text);
    const int output = nn_network_output_layer(b->net);

    for (int frozen = 0; frozen <= output; frozen += EACH) {
        struct nn_training training = usual(frozen % 2 ? NN_ADAMW : NN_SGD, 8);
        struct nn_trainer *trainer;

        training.frozen = frozen;
        training.average = 0.9;
        nn_weights_copy(b->weights, b->before);
        trainer = begin(b, &training);
        while (nn_trainer_step(trainer) == 1)
            ;
        nn_trainer_estimate(trainer);
        for (int t = 0; t < nn_network_tensors(b->net); t++) {
            const struct nn_tensor tensor = nn_network_tensor(b->net, t);
            const bool stays = tensor.layer < frozen;

            ck_assert_msg(same(b, b->weights, b->before, t) == stays, "%s: %d layers, %s",
                          nets[_i].name, frozen, tensor.name);
            ck_assert_int_eq(same(b, nn_trainer_average(trainer), b->before, t), stays);
        }
        nn_trainer_free(trainer);
    }
    bench_free(b);
}
END_TEST

/* Without a normalization forward is the same, and so is the first step of what learns. */
START_TEST(what_is_not_frozen_takes_the_same_first_step)
{
    struct bench *b =
        bench_new("conv 16 3x3, relu, conv 16 3x3 pad 1, relu, maxpool 2, conv 16 3x3, "
                  "relu, flatten, linear 20, relu, linear 10");
    struct nn_weights *all = nn_weights_new(b->net);
    struct nn_training training = usual(NN_SGD, ROWS);

    train(b, &training);
    nn_weights_copy(all, b->weights);
    for (int frozen = 1; frozen <= nn_network_output_layer(b->net); frozen++) {
        training.frozen = frozen;
        nn_weights_copy(b->weights, b->before);
        train(b, &training);
        for (int t = 0; t < nn_network_tensors(b->net); t++)
            if (nn_network_tensor(b->net, t).layer >= frozen)
                ck_assert(same(b, b->weights, all, t));
    }
    nn_weights_free(all);
    bench_free(b);
}
END_TEST

/* All but the last: the loss of a batch is what prediction has for it, running statistics and no
 * dropout. */
START_TEST(frozen_layers_work_as_in_prediction)
{
    struct bench *b = bench_new(nets[_i].text);
    struct nn_training training = usual(NN_ADAM, ROWS);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &input);
    struct nn_trainer *trainer;
    struct nn_score score;

    training.frozen = nn_network_output_layer(b->net);
    nn_evaluate(predictor, &b->data, &score);
    trainer = begin(b, &training);
    ck_assert_int_eq(nn_trainer_step(trainer), 1);
    ck_assert_double_eq_tol(nn_trainer_progress(trainer)->loss, score.loss, 1e-4 * score.loss);
    nn_trainer_free(trainer);
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

/* One step of SGD is proportional to its rate. */
START_TEST(tuned_layers_learn_at_a_share_of_the_rate)
{
    struct bench *b = bench_new("linear 20, relu, linear 15, relu, linear 10");
    struct nn_weights *whole = nn_weights_new(b->net);
    struct nn_training training = usual(NN_SGD, ROWS);

    train(b, &training);
    nn_weights_copy(whole, b->weights);
    nn_weights_copy(b->weights, b->before);
    training.tuned = 4;
    training.tuned_rate = 0.25;
    train(b, &training);
    for (int t = 0; t < nn_network_tensors(b->net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(b->net, t);
        float *from = export(b->before, b->net, t), *full = export(whole, b->net, t),
              *share = export(b->weights, b->net, t);

        for (int64_t i = 0; i < tensor.size; i++)
            ck_assert_double_eq_tol(share[i] - from[i],
                                    (tensor.layer < 4 ? 0.25 : 1) * (full[i] - from[i]), 1e-7);
        free(from);
        free(full);
        free(share);
    }
    nn_weights_free(whole);
    bench_free(b);
}
END_TEST

Suite *suite_freeze(void)
{
    Suite *suite = suite_create("freeze");
    TCase *tests = tcase_create("layers");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, frozen_layers_stay_to_the_byte_and_the_others_learn, 0, NETS);
    tcase_add_test(tests, what_is_not_frozen_takes_the_same_first_step);
    tcase_add_loop_test(tests, frozen_layers_work_as_in_prediction, 0, NETS);
    tcase_add_test(tests, tuned_layers_learn_at_a_share_of_the_rate);
    suite_add_tcase(suite, tests);
    return suite;
}
