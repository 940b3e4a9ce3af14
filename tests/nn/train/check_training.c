#include "nn/nn.h"

#include <check.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Promises of a trainer and a predictor besides arithmetic. Networks are read from outside: with
 * zero weights, softmax gives each of K classes 1/K, so that one SGD step of rate 1 on one picture
 * leaves in the weights of class k what the linear layer saw, times (label - 1/K). */

Suite *suite_training(void);

enum { MAX_ROWS = 64, MAX_SIZE = 1024, CLASSES = 4 };

struct bench {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    struct nn_data data;
    uint8_t u8[MAX_ROWS * MAX_SIZE], onehot[MAX_ROWS * CLASSES];
};

static const struct nn_input as_it_is = {1, 0, 1};

static struct nn_training sgd(double lr, int batch)
{
    return (struct nn_training){.optimizer = NN_SGD, .lr = lr, .batch = batch, .seed = 1};
}

/* A network with zero weights, or PyTorch's from a seed; pixels of 1, labels in turn. */
static struct bench *bench_new(const char *description, struct nn_shape shape, int rows,
                               uint64_t seed)
{
    struct bench *b = calloc(1, sizeof *b);
    struct nn_error error = {.text = ""};

    ck_assert_ptr_nonnull(b);
    ck_assert_int_le(rows, MAX_ROWS);
    ck_assert_int_le(shape.c * shape.h * shape.w, MAX_SIZE);
    ck_assert_msg(nn_network_new(&b->net, description, shape, CLASSES, &error) == 0, "%s",
                  error.text);
    b->weights = nn_weights_new(b->net);
    b->pool = nn_pool_new(2);
    if (seed)
        nn_weights_init(b->weights, seed);
    memset(b->u8, 1, sizeof b->u8);
    for (int row = 0; row < rows; row++)
        b->onehot[row * CLASSES + row % CLASSES] = 1;
    b->data = (struct nn_data){.n = rows, .u8 = b->u8, .onehot = b->onehot};
    return b;
}

static void bench_free(struct bench *b)
{
    nn_pool_free(b->pool);
    nn_weights_free(b->weights);
    nn_network_free(b->net);
    free(b);
}

static struct nn_trainer *trainer_of(struct bench *b, struct nn_training training)
{
    struct nn_trainer *trainer =
        nn_trainer_new(b->net, b->weights, b->pool, &b->data, &as_it_is, &training);

    ck_assert_ptr_nonnull(trainer);
    return trainer;
}

static float *export(const struct bench *b, int t)
{
    float *values = malloc(nn_network_tensor(b->net, t).size * sizeof *values);

    ck_assert_ptr_nonnull(values);
    nn_weights_export(b->weights, t, values);
    return values;
}

static void set_all(struct bench *b, int t, float value)
{
    struct nn_tensor tensor = nn_network_tensor(b->net, t);
    float *values = malloc(tensor.size * sizeof *values);

    ck_assert_ptr_nonnull(values);
    for (int64_t i = 0; i < tensor.size; i++)
        values[i] = value;
    nn_weights_import(b->weights, t, values);
    free(values);
}

/* Pictures of random bytes. */
static void randomize(struct bench *b)
{
    const struct nn_random random = {33, 0, 0};

    for (size_t i = 0; i < sizeof b->u8; i++)
        b->u8[i] = (uint8_t)nn_random_below(&random, i, 256);
}

/* ---- Epochs ---- */

START_TEST(an_epoch_is_every_row_once_with_a_short_last_batch)
{
    static const int rows[][2] = {{10, 4}, {12, 4}, {3, 4}, {1, 1}, {17, 16}, {9, 64}};
    const int n = rows[_i][0], batch = rows[_i][1];
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, n, 1);
    struct nn_trainer *trainer = trainer_of(b, sgd(0, batch));
    const struct nn_progress *progress = nn_trainer_progress(trainer);

    for (int epoch = 1; epoch <= 2; epoch++) {
        int64_t done = 0, steps = 0;

        nn_trainer_begin_epoch(trainer, epoch);
        ck_assert_int_eq(progress->epoch, epoch);
        ck_assert_int_eq(progress->rows, 0);
        while (nn_trainer_step(trainer) == 1) {
            done = done + batch < n ? done + batch : n;
            ck_assert_int_eq(progress->step, ++steps);
            ck_assert_int_eq(progress->rows, done);
        }
        ck_assert_int_eq(done, n);
        ck_assert_int_eq(nn_trainer_step(trainer), 0);
        ck_assert_int_eq(progress->step, steps);
    }
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

static int fetched[MAX_ROWS];

static void note_fetch(const void *rows, int64_t row)
{
    ck_assert_ptr_eq(rows, fetched);
    fetched[row]++;
}

START_TEST(each_row_is_fetched_once_an_epoch_and_before_its_batch)
{
    static const int rows[][2] = {{64, 1}, {64, 3}, {61, 4}, {5, 64}};
    const int n = rows[_i][0], batch = rows[_i][1];
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, n, 1);
    struct nn_trainer *trainer;
    int64_t index[MAX_ROWS];

    for (int i = 0; i < n; i++)
        index[i] = n - 1 - i;
    b->data.index = index;
    b->data.fetch = note_fetch;
    b->data.fetched = fetched;
    trainer = trainer_of(b, sgd(0, batch));
    for (int epoch = 1; epoch <= 2; epoch++) {
        int64_t sum = 0;

        memset(fetched, 0, sizeof fetched);
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1) {
            sum = 0;
            for (int i = 0; i < n; i++)
                sum += fetched[i];
            ck_assert_int_ge(sum, nn_trainer_progress(trainer)->rows);
        }
        ck_assert_int_eq(sum, n);
        for (int i = 0; i < n; i++)
            ck_assert_int_eq(fetched[i], 1);
    }
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

/* The loss and the hits of a rate of 0 are those of an evaluation. */
START_TEST(progress_sums_what_an_evaluation_finds)
{
    struct bench *b = bench_new("linear 9, relu, linear", (struct nn_shape){1, 3, 3}, 45, 3);
    struct nn_trainer *trainer = NULL;
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    struct nn_score score;

    randomize(b);
    trainer = trainer_of(b, sgd(0, 7));
    nn_trainer_begin_epoch(trainer, 1);
    while (nn_trainer_step(trainer) == 1)
        ;
    nn_evaluate(predictor, &b->data, &score);
    ck_assert_int_eq(nn_trainer_progress(trainer)->correct, score.correct);
    ck_assert_int_gt(score.correct, 0);
    ck_assert_double_eq_tol(nn_trainer_progress(trainer)->loss, score.loss, 1e-9 * score.loss);
    nn_predictor_free(predictor);
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

/* Row r lights pixel r alone, and trained alone changes the weights of that pixel alone. */
static void read_order(uint64_t seed, int epoch, bool shuffle, int order[MAX_ROWS])
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 8, 8}, MAX_ROWS, 0);
    struct nn_training training = sgd(1, 1);
    struct nn_trainer *trainer = NULL;

    memset(b->u8, 0, sizeof b->u8);
    for (int row = 0; row < MAX_ROWS; row++)
        b->u8[row * MAX_ROWS + row] = 1;
    training.shuffle = shuffle;
    training.seed = seed;
    trainer = trainer_of(b, training);
    nn_trainer_begin_epoch(trainer, epoch);
    for (int step = 0; step < MAX_ROWS; step++) {
        float *before = export(b, 0), *after = NULL;

        ck_assert_int_eq(nn_trainer_step(trainer), 1);
        after = export(b, 0);
        order[step] = -1;
        for (int pixel = 0; pixel < MAX_ROWS; pixel++)
            if (before[pixel] != after[pixel]) {
                ck_assert_int_eq(order[step], -1);
                order[step] = pixel;
            }
        free(before);
        free(after);
    }
    nn_trainer_free(trainer);
    bench_free(b);
}

START_TEST(without_shuffling_rows_come_in_their_order)
{
    int order[MAX_ROWS];

    read_order(1, 1, false, order);
    for (int i = 0; i < MAX_ROWS; i++)
        ck_assert_int_eq(order[i], i);
}
END_TEST

START_TEST(each_epoch_and_seed_shuffles_all_rows_anew)
{
    static const struct {
        uint64_t seed;
        int epoch;
    } runs[] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 1}};
    int order[5][MAX_ROWS];

    for (int r = 0; r < 5; r++) {
        bool seen[MAX_ROWS] = {false};
        int same = 0;

        read_order(runs[r].seed, runs[r].epoch, true, order[r]);
        for (int i = 0; i < MAX_ROWS; i++) {
            ck_assert_int_ge(order[r][i], 0);
            ck_assert(!seen[order[r][i]]);
            seen[order[r][i]] = true;
        }
        for (int before = 0; before < r && r < 4; before++, same = 0) {
            for (int i = 0; i < MAX_ROWS; i++)
                same += order[r][i] == order[before][i];
            ck_assert_int_le(same, 8); /* 1 expected */
        }
    }
    ck_assert_mem_eq(order[4], order[0], sizeof order[0]);
}
END_TEST

/* PyTorch divides by the batch's weight and gets NaN. */
START_TEST(a_batch_whose_rows_weigh_nothing_moves_nothing)
{
    static const double weights[CLASSES] = {0, 1, 1, 1};
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 1, 1);
    struct nn_training training = sgd(1, 1);
    struct nn_trainer *trainer = NULL;
    float *before = export(b, 0), *after = NULL;

    training.class_weights = weights;
    trainer = trainer_of(b, training);
    nn_trainer_begin_epoch(trainer, 1);
    ck_assert_int_eq(nn_trainer_step(trainer), 1);
    after = export(b, 0);
    ck_assert_mem_eq(after, before, CLASSES * 4 * sizeof *after);
    ck_assert_double_eq(nn_trainer_progress(trainer)->weight, 0);
    free(before);
    free(after);
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

/* Told is what the last batch was trained with, not what the next one will be. */
START_TEST(the_rate_told_is_that_of_the_last_batch)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 10, 1);
    struct nn_training training = sgd(0.5, 4);
    struct nn_trainer *trainer = NULL;
    double momentum;

    training.schedule = NN_ONE_CYCLE;
    training.epochs = 2;
    trainer = trainer_of(b, training);
    for (int epoch = 1; epoch <= 2; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        for (int64_t step = 0; step < 3; step++) {
            ck_assert_int_eq(nn_trainer_step(trainer), 1);
            ck_assert_double_eq(nn_trainer_progress(trainer)->lr,
                                nn_learning_rate(&training, epoch, step, 3, &momentum));
        }
    }
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

START_TEST(an_exponential_rate_falls_by_its_factor_each_epoch)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 1, 0);
    struct nn_training training = sgd(0.5, 1);
    float rates[3];

    training.schedule = NN_EXPONENTIAL;
    training.gamma = 0.25;
    for (int epoch = 1; epoch <= 3; epoch++) {
        struct nn_trainer *trainer = trainer_of(b, training);
        float *bias = NULL;

        set_all(b, 0, 0);
        set_all(b, 1, 0);
        nn_trainer_begin_epoch(trainer, epoch);
        ck_assert_double_eq_tol(nn_trainer_progress(trainer)->lr, 0.5 * pow(0.25, epoch - 1),
                                1e-15);
        ck_assert_int_eq(nn_trainer_step(trainer), 1);
        bias = export(b, 1);
        rates[epoch - 1] = bias[0] / 0.75f;
        free(bias);
        nn_trainer_free(trainer);
    }
    ck_assert_float_eq_tol(rates[0], 0.5f, 1e-6f);
    ck_assert_float_eq_tol(rates[1], 0.125f, 1e-6f);
    ck_assert_float_eq_tol(rates[2], 0.03125f, 1e-6f);
    bench_free(b);
}
END_TEST

START_TEST(a_loss_that_is_not_finite_stops_the_step)
{
    struct bench *b = bench_new("linear 8, relu, linear", (struct nn_shape){1, 4, 4}, 8, 1);
    struct nn_trainer *trainer = NULL;
    int result = 1;

    randomize(b);
    trainer = trainer_of(b, sgd(1e30, 8));
    for (int epoch = 1; epoch <= 20 && result == 1; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        result = nn_trainer_step(trainer);
    }
    ck_assert_int_eq(result, -1);
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

/* relu and pools must let a number through that is none: a network whose first weights are lost
 * would otherwise go on training its last biases, and the loss stay finite. */
START_TEST(a_weight_that_is_not_a_number_stops_the_step)
{
    static const char *const nets[] = {
        "linear 20, relu, linear",
        "conv 17 3x3, relu, maxpool 2, flatten, linear",
        "conv 17 3x3, maxpool 2, relu, flatten, linear",
        "conv 3 3x3, batchnorm, relu, maxpool 2, flatten, linear",
        "conv 3 3x3, relu, batchnorm, flatten, linear",
    };
    struct bench *b = bench_new(nets[_i], (struct nn_shape){1, 8, 8}, 9, 1);
    float *values = export(b, 0);
    struct nn_trainer *trainer = NULL;

    values[0] = NAN;
    nn_weights_import(b->weights, 0, values);
    trainer = trainer_of(b, sgd(0.1, 9));
    nn_trainer_begin_epoch(trainer, 1);
    ck_assert_int_eq(nn_trainer_step(trainer), -1);
    nn_trainer_free(trainer);
    bench_free(b);
    free(values);
}
END_TEST

/* What the way back uses is made from the weights as they are, whoever changed them. */
START_TEST(weights_may_be_changed_between_two_steps)
{
    static const char net[] = "conv 3 3x3, conv 5 3x3 pad 1, relu, flatten, linear 20, linear";
    struct bench *changed = bench_new(net, (struct nn_shape){1, 8, 8}, 9, 1);
    struct bench *fresh = bench_new(net, (struct nn_shape){1, 8, 8}, 9, 2);
    struct nn_trainer *a = trainer_of(changed, sgd(0.1, 9)), *b = trainer_of(fresh, sgd(0.1, 9));

    nn_trainer_begin_epoch(a, 1);
    ck_assert_int_eq(nn_trainer_step(a), 1);
    nn_weights_init(changed->weights, 2);
    nn_trainer_begin_epoch(a, 2);
    nn_trainer_begin_epoch(b, 2);
    ck_assert_int_eq(nn_trainer_step(a), 1);
    ck_assert_int_eq(nn_trainer_step(b), 1);
    for (int t = 0; t < nn_network_tensors(fresh->net); t++) {
        float *values = export(changed, t), *expected = export(fresh, t);

        ck_assert_mem_eq(values, expected, nn_network_tensor(fresh->net, t).size * sizeof *values);
        free(values);
        free(expected);
    }
    nn_trainer_free(a);
    nn_trainer_free(b);
    bench_free(changed);
    bench_free(fresh);
}
END_TEST

/* One value per channel has no variance of its own. */
START_TEST(a_single_last_row_joins_the_batch_before_where_a_vector_is_normalized)
{
    static const struct {
        const char *net;
        bool needs_rows;
        int n, batch, rows[4]; /* after each step */
    } cases[] = {
        {"linear 5, batchnorm, relu, linear", true, 9, 4, {4, 9}},
        {"linear 5, batchnorm, relu, linear", true, 9, 8, {9}},
        {"linear 5, batchnorm, relu, linear", true, 7, 2, {2, 4, 7}},
        {"linear 5, batchnorm, relu, linear", true, 10, 4, {4, 8, 10}},
        {"conv 3 3x3, batchnorm, flatten, linear", false, 9, 4, {4, 8, 9}},
        {"conv 3 3x3, globalpool, batchnorm, flatten, linear", true, 9, 4, {4, 9}},
        {"linear 5, relu, linear", false, 9, 4, {4, 8, 9}},
    };
    const int n = cases[_i].n;
    struct bench *b = bench_new(cases[_i].net, (struct nn_shape){1, 4, 4}, n, 2);
    struct nn_trainer *trainer = NULL;
    int steps = 0;

    randomize(b);
    trainer = trainer_of(b, sgd(0.01, cases[_i].batch));
    nn_trainer_begin_epoch(trainer, 1);
    while (nn_trainer_step(trainer) == 1)
        ck_assert_int_eq(nn_trainer_progress(trainer)->rows, cases[_i].rows[steps++]);
    ck_assert_int_eq(nn_trainer_progress(trainer)->rows, n);
    ck_assert_int_eq(nn_trainer_steps(trainer), steps);
    ck_assert_int_eq(nn_network_needs_rows(b->net), cases[_i].needs_rows);
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

/* Statistics of the pictures themselves are known without the network. */
START_TEST(few_steps_are_scored_with_statistics_of_all_rows)
{
    enum { ROWS = 12 };
    struct bench *b = bench_new("batchnorm, flatten, linear", (struct nn_shape){1, 2, 2}, ROWS, 2);
    struct bench *alone =
        bench_new("batchnorm, flatten, linear", (struct nn_shape){1, 2, 2}, ROWS, 2);
    struct nn_trainer *trainer = NULL, *plain = NULL;
    double sum = 0;
    float mean;

    randomize(b);
    randomize(alone);
    for (int i = 0; i < ROWS * 4; i++)
        sum += b->u8[i];
    trainer = trainer_of(b, sgd(0.001, 4));
    plain = trainer_of(alone, sgd(0.001, 4));
    for (int epoch = 1; epoch <= 40; epoch++) { /* of three steps */
        nn_trainer_begin_epoch(trainer, epoch);
        nn_trainer_begin_epoch(plain, epoch);
        while (nn_trainer_step(trainer) == 1)
            ck_assert_int_eq(nn_trainer_step(plain), 1);
        nn_trainer_estimate(trainer);
        nn_weights_export(nn_trainer_kept(trainer), 2, &mean);
        if (epoch < 34)
            ck_assert_float_eq_tol(mean, sum / (ROWS * 4), 1e-3f);
        for (int t = 0; t < nn_network_tensors(b->net); t++) {
            const struct nn_tensor tensor = nn_network_tensor(b->net, t);
            float *own = export(b, t), *expected = export(alone, t), kept[MAX_SIZE];

            nn_weights_export(nn_trainer_kept(trainer), t, kept);
            ck_assert_mem_eq(own, expected, tensor.size * sizeof *own);
            if (!tensor.statistic || epoch >= 34)
                ck_assert_mem_eq(kept, own, tensor.size * sizeof *own);
            free(own);
            free(expected);
        }
    }
    nn_trainer_free(trainer);
    nn_trainer_free(plain);
    bench_free(b);
    bench_free(alone);
}
END_TEST

START_TEST(one_hot_labels_are_soft_labels_of_one)
{
    float soft[MAX_ROWS * CLASSES], *weights[2];

    for (int s = 0; s < 2; s++) {
        struct bench *b = bench_new("linear 5, relu, linear", (struct nn_shape){1, 3, 3}, 19, 2);
        struct nn_trainer *trainer = NULL;

        randomize(b);
        for (int i = 0; i < MAX_ROWS * CLASSES; i++)
            soft[i] = b->onehot[i];
        if (s)
            b->data.onehot = NULL, b->data.soft = soft;
        trainer = trainer_of(b, sgd(0.001, 8));
        nn_trainer_begin_epoch(trainer, 1);
        while (nn_trainer_step(trainer) == 1)
            ;
        weights[s] = export(b, 0);
        nn_trainer_free(trainer);
        bench_free(b);
    }
    ck_assert_mem_eq(weights[0], weights[1], 5 * 9 * sizeof(float));
    free(weights[0]);
    free(weights[1]);
}
END_TEST

START_TEST(rows_by_index_are_those_rows)
{
    static const int64_t index[] = {7, 3, 3, 30, 0, 12, 44, 8, 9};
    enum { ROWS = sizeof index / sizeof *index };
    const struct nn_shape shape = {1, 4, 4};
    struct bench *by_index = bench_new("linear 5, relu, linear", shape, 45, 2);
    struct bench *copied = bench_new("linear 5, relu, linear", shape, ROWS, 2);
    struct bench *both[] = {by_index, copied};
    float *weights[2], probabilities[2][ROWS * CLASSES];
    struct nn_score score[2];

    randomize(by_index);
    for (int i = 0; i < ROWS; i++) {
        memcpy(copied->u8 + 16 * i, by_index->u8 + 16 * index[i], 16);
        memcpy(copied->onehot + CLASSES * i, by_index->onehot + CLASSES * index[i], CLASSES);
    }
    by_index->data.n = ROWS;
    by_index->data.index = index;
    for (int b = 0; b < 2; b++) {
        struct nn_training training = sgd(1e-4, 4);
        struct nn_predictor *predictor =
            nn_predictor_new(both[b]->net, both[b]->weights, both[b]->pool, &as_it_is);
        struct nn_trainer *trainer = NULL;

        training.shuffle = true;
        trainer = trainer_of(both[b], training);
        nn_trainer_begin_epoch(trainer, 1);
        while (nn_trainer_step(trainer) == 1)
            ;
        ck_assert_int_eq(nn_trainer_progress(trainer)->rows, ROWS);
        weights[b] = export(both[b], 0);
        nn_predict(predictor, &both[b]->data, probabilities[b]);
        nn_evaluate(predictor, &both[b]->data, &score[b]);
        nn_predictor_free(predictor);
        nn_trainer_free(trainer);
        bench_free(both[b]);
    }
    ck_assert_mem_eq(weights[0], weights[1], 5 * 16 * sizeof(float));
    ck_assert_mem_eq(probabilities[0], probabilities[1], sizeof probabilities[0]);
    ck_assert_int_eq(score[0].correct, score[1].correct);
    ck_assert_double_eq(score[0].loss, score[1].loss);
    free(weights[0]);
    free(weights[1]);
}
END_TEST

/* ---- Stopping and going on ---- */

static const char *const resumed_net = "conv 5 3x3, batchnorm, relu, maxpool 2, dropout 0.3, "
                                       "flatten, linear 7, leakyrelu, linear";

/* Everything a checkpoint holds, into another trainer of another network's weights. */
static void carry_over(const struct nn_trainer *from, const struct bench *source,
                       struct nn_trainer *to, struct bench *target)
{
    const struct nn_progress progress = *nn_trainer_progress(from);

    for (int t = 0; t < nn_network_tensors(source->net); t++) {
        struct nn_tensor tensor = nn_network_tensor(source->net, t);
        float *values = export(source, t);

        nn_weights_import(target->weights, t, values);
        for (int m = NN_FIRST; m <= NN_SECOND && !tensor.statistic; m++) {
            nn_trainer_export(from, m, t, values);
            nn_trainer_import(to, m, t, values);
        }
        free(values);
    }
    nn_trainer_resume(to, &progress, nn_trainer_updates(from));
}

/* Trains three epochs of 8, 8, 8 and 3 rows; after `stop` steps another trainer goes on. */
static struct bench *train_with_stop(struct nn_training training, int stop,
                                     struct nn_progress *progress)
{
    struct bench *b = bench_new(resumed_net, (struct nn_shape){1, 8, 7}, 27, 6);
    struct nn_trainer *trainer = NULL;
    int steps = 0;

    randomize(b);
    trainer = trainer_of(b, training);
    for (int epoch = 1; epoch <= 3; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1)
            if (++steps == stop) {
                struct bench *other = bench_new(resumed_net, (struct nn_shape){1, 8, 7}, 27, 9);
                struct nn_trainer *next = NULL;

                randomize(other);
                next = trainer_of(other, training);
                carry_over(trainer, b, next, other);
                nn_trainer_free(trainer);
                bench_free(b);
                trainer = next;
                b = other;
            }
    }
    ck_assert_int_eq(steps, 12);
    *progress = *nn_trainer_progress(trainer);
    nn_trainer_free(trainer);
    return b;
}

/* After any step, the last of an epoch included. */
START_TEST(a_resumed_run_ends_in_the_same_bytes)
{
    static const struct nn_training trainings[] = {
        {.optimizer = NN_SGD, .momentum = 0.9, .nesterov = true, .lr = 1e-4},
        {.optimizer = NN_ADAM, .lr = 1e-3, .schedule = NN_ONE_CYCLE},
        {.optimizer = NN_ADAMW, .lr = 1e-3, .schedule = NN_COSINE, .weight_decay = 0.1},
    };
    struct nn_training training = trainings[_i / 12];
    struct nn_progress whole_progress, progress;
    struct bench *whole = NULL, *stopped = NULL;

    training.beta1 = 0.9;
    training.beta2 = 0.999;
    training.epsilon = 1e-8;
    training.epochs = 3;
    training.batch = 8;
    training.shuffle = true;
    whole = train_with_stop(training, 0, &whole_progress);
    stopped = train_with_stop(training, _i % 12 + 1, &progress);
    for (int t = 0; t < nn_network_tensors(whole->net); t++) {
        float *a = export(whole, t), *b = export(stopped, t);

        ck_assert_mem_eq(a, b, (size_t)nn_network_tensor(whole->net, t).size * sizeof *a);
        free(a);
        free(b);
    }
    ck_assert_double_eq(progress.loss, whole_progress.loss);
    ck_assert_int_eq(progress.correct, whole_progress.correct);
    ck_assert_int_eq(progress.step, 4);
    ck_assert_double_eq(progress.lr, whole_progress.lr);
    bench_free(whole);
    bench_free(stopped);
}
END_TEST

/* ---- Dropout ---- */

enum { DROPPED = 784 };

/* What dropout of 1/4 lets through of each of the first `rows` rows of an epoch: 0 or 4/3. Several
 * rows of one batch lie in separate columns: row r has label r alone of four classes. */
static void read_masks(const char *description, uint64_t seed, int epoch, int batch,
                       float masks[CLASSES][DROPPED])
{
    struct bench *b = bench_new(description, (struct nn_shape){1, 28, 28}, CLASSES, 0);
    struct nn_training training = sgd(1, batch);
    struct nn_trainer *trainer = NULL;

    training.seed = seed;
    trainer = trainer_of(b, training);
    nn_trainer_begin_epoch(trainer, epoch);
    for (int row = 0; row < CLASSES; row += batch) {
        float *weights = NULL;

        set_all(b, 0, 0);
        set_all(b, 1, 0);
        ck_assert_int_eq(nn_trainer_step(trainer), 1);
        weights = export(b, 0);
        /* Class k's weights: sum over the batch's rows r of mask[r] * ((r == k) - 1/4) / batch.
         * The difference of two classes leaves those two rows' masks apart. */
        for (int i = 0; i < DROPPED; i++) {
            float sum = 0;

            for (int r = row; r < row + batch; r++)
                sum += weights[r * DROPPED + i];
            /* sum = (1 - batch/4) * total / batch; undefined for a batch of 4, which is not used */
            float total = sum * (float)batch / (1 - (float)batch / CLASSES);

            for (int r = row; r < row + batch; r++)
                masks[r][i] = weights[r * DROPPED + i] * (float)batch + total / CLASSES;
        }
        free(weights);
    }
    nn_trainer_free(trainer);
    bench_free(b);
}

static int common(const float *a, const float *b)
{
    int same = 0;

    for (int i = 0; i < DROPPED; i++)
        same += fabsf(a[i] - b[i]) < 0.1f;
    return same;
}

START_TEST(dropout_keeps_its_share_and_scales_it_up)
{
    float masks[CLASSES][DROPPED];
    int kept = 0;

    read_masks("flatten, dropout 0.25, linear", 1, 1, 1, masks);
    for (int r = 0; r < CLASSES; r++)
        for (int i = 0; i < DROPPED; i++) {
            bool whole = fabsf(masks[r][i] - 4.0f / 3) < 1e-5f;

            ck_assert(whole || fabsf(masks[r][i]) < 1e-6f);
            kept += whole;
        }
    /* 2352 expected of 3136, standard deviation 24 */
    ck_assert_int_ge(kept, 2352 - 100);
    ck_assert_int_le(kept, 2352 + 100);
}
END_TEST

/* 490 of 784 places agree by chance (5/8), standard deviation 14. */
START_TEST(dropout_is_drawn_anew_for_each_row_epoch_seed_and_layer)
{
    float first[CLASSES][DROPPED], other[CLASSES][DROPPED];

    read_masks("flatten, dropout 0.25, linear", 1, 1, 1, first);
    for (int a = 0; a < CLASSES; a++)
        for (int b = 0; b < a; b++)
            ck_assert_int_le(common(first[a], first[b]), 560);
    read_masks("flatten, dropout 0.25, linear", 1, 2, 1, other);
    for (int r = 0; r < CLASSES; r++)
        ck_assert_int_le(common(first[r], other[r]), 560);
    read_masks("flatten, dropout 0.25, linear", 2, 1, 1, other);
    for (int r = 0; r < CLASSES; r++)
        ck_assert_int_le(common(first[r], other[r]), 560);
    read_masks("flatten, relu, dropout 0.25, linear", 1, 1, 1, other);
    for (int r = 0; r < CLASSES; r++)
        ck_assert_int_le(common(first[r], other[r]), 560);
}
END_TEST

START_TEST(dropout_does_not_depend_on_the_batch)
{
    float one[CLASSES][DROPPED], two[CLASSES][DROPPED];

    read_masks("flatten, dropout 0.25, linear", 5, 3, 1, one);
    read_masks("flatten, dropout 0.25, linear", 5, 3, 2, two);
    for (int r = 0; r < CLASSES; r++)
        ck_assert_int_eq(common(one[r], two[r]), DROPPED);
}
END_TEST

/* ---- Prediction ---- */

static const char *const predicted_net =
    "conv 5 3x3 pad 1, batchnorm, relu, maxpool 2, dropout 0.5, flatten, linear";

START_TEST(a_rows_probabilities_do_not_depend_on_the_rows_beside_it)
{
    struct bench *b = bench_new(predicted_net, (struct nn_shape){1, 6, 7}, MAX_ROWS, 4);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    float all[MAX_ROWS * CLASSES], alone[CLASSES];

    randomize(b);
    nn_predict(predictor, &b->data, all);
    for (int row = 0; row < MAX_ROWS; row++) {
        const struct nn_data one = {.n = 1, .u8 = b->u8 + row * 42};
        double sum = 0;

        nn_predict(predictor, &one, alone);
        ck_assert_mem_eq(alone, all + row * CLASSES, sizeof alone);
        for (int k = 0; k < CLASSES; k++)
            sum += alone[k];
        ck_assert_double_eq_tol(sum, 1, 1e-6);
    }
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

START_TEST(scores_are_those_of_the_probabilities)
{
    struct bench *b = bench_new(predicted_net, (struct nn_shape){1, 6, 7}, 61, 4);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    float p[61 * CLASSES];
    struct nn_score score;
    double loss = 0;
    int64_t correct = 0;

    randomize(b);
    nn_predict(predictor, &b->data, p);
    nn_evaluate(predictor, &b->data, &score);
    for (int row = 0; row < 61; row++) {
        const float *r = p + row * CLASSES;
        int best = 0;

        for (int k = 1; k < CLASSES; k++)
            best = r[k] > r[best] ? k : best;
        correct += best == row % CLASSES;
        loss -= log(r[row % CLASSES]);
    }
    ck_assert_int_eq(score.rows, 61);
    ck_assert_int_eq(score.correct, correct);
    ck_assert_double_eq_tol(score.loss, loss, 1e-5 * loss);
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

START_TEST(no_rows_are_no_trouble)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 0, 1);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    struct nn_score score;
    float nothing[1] = {7};

    nn_predict(predictor, &b->data, nothing);
    ck_assert_float_eq(nothing[0], 7);
    nn_evaluate(predictor, &b->data, &score);
    ck_assert_int_eq(score.rows, 0);
    ck_assert_double_eq(score.loss, 0);
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

START_TEST(a_predictor_sees_weights_that_changed)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 1, 0);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    const float bias[CLASSES] = {logf(1), logf(2), logf(3), logf(4)};
    float p[CLASSES];

    nn_predict(predictor, &b->data, p);
    ck_assert_float_eq_tol(p[2], 0.25f, 1e-6f);
    nn_weights_import(b->weights, 1, bias);
    nn_predict(predictor, &b->data, p);
    for (int k = 0; k < CLASSES; k++)
        ck_assert_float_eq_tol(p[k], (float)(k + 1) / 10, 1e-6f);
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

/* exp of such logits would overflow, and the probability of the label is 0; its loss is not. */
START_TEST(far_apart_logits_give_a_finite_loss)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 4, 0);
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &as_it_is);
    const float bias[CLASSES] = {30000, -30000, 0, 29999};
    float p[4 * CLASSES];
    struct nn_score score;

    nn_weights_import(b->weights, 1, bias);
    nn_predict(predictor, &b->data, p);
    ck_assert_float_eq_tol(p[0], 0.7310586f, 1e-6f); /* 1 / (1 + 1/e) */
    ck_assert_float_eq(p[1], 0);
    nn_evaluate(predictor, &b->data, &score);
    ck_assert_double_eq_tol(score.loss, 60000 + 30000 + 1 + 4 * log1p(exp(-1)), 1e-3);
    ck_assert_int_eq(score.correct, 1);
    nn_predictor_free(predictor);
    bench_free(b);
}
END_TEST

/* Inside, numbers too small for the exponent are flushed to zero, for speed; the caller's
 * arithmetic is not. */
START_TEST(the_callers_arithmetic_stays_as_it_was)
{
    struct bench *b = bench_new("linear", (struct nn_shape){1, 2, 2}, 8, 1);
    struct nn_trainer *trainer = trainer_of(b, sgd(0.1, 8));
    volatile float tiny = 1e-38f, sixteenth = 0.0625f;

    nn_trainer_begin_epoch(trainer, 1);
    ck_assert_int_eq(nn_trainer_step(trainer), 1);
    ck_assert(tiny * sixteenth > 0);
    ck_assert_int_eq(fegetround(), FE_TONEAREST);
    nn_trainer_free(trainer);
    bench_free(b);
}
END_TEST

Suite *suite_training(void)
{
    Suite *suite = suite_create("training");
    TCase *epochs = tcase_create("epochs"), *dropout = tcase_create("dropout");
    TCase *prediction = tcase_create("prediction");

    tcase_set_timeout(epochs, 60);
    tcase_add_loop_test(epochs, an_epoch_is_every_row_once_with_a_short_last_batch, 0, 6);
    tcase_add_loop_test(epochs, each_row_is_fetched_once_an_epoch_and_before_its_batch, 0, 4);
    tcase_add_test(epochs, progress_sums_what_an_evaluation_finds);
    tcase_add_test(epochs, without_shuffling_rows_come_in_their_order);
    tcase_add_test(epochs, each_epoch_and_seed_shuffles_all_rows_anew);
    tcase_add_test(epochs, a_batch_whose_rows_weigh_nothing_moves_nothing);
    tcase_add_test(epochs, the_rate_told_is_that_of_the_last_batch);
    tcase_add_test(epochs, an_exponential_rate_falls_by_its_factor_each_epoch);
    tcase_add_test(epochs, a_loss_that_is_not_finite_stops_the_step);
    tcase_add_loop_test(epochs, a_weight_that_is_not_a_number_stops_the_step, 0, 5);
    tcase_add_test(epochs, weights_may_be_changed_between_two_steps);
    tcase_add_loop_test(
        epochs, a_single_last_row_joins_the_batch_before_where_a_vector_is_normalized, 0, 7);
    tcase_add_test(epochs, few_steps_are_scored_with_statistics_of_all_rows);
    tcase_add_test(epochs, one_hot_labels_are_soft_labels_of_one);
    tcase_add_test(epochs, rows_by_index_are_those_rows);
    tcase_add_loop_test(epochs, a_resumed_run_ends_in_the_same_bytes, 0, 36);
    suite_add_tcase(suite, epochs);
    tcase_set_timeout(dropout, 60);
    tcase_add_test(dropout, dropout_keeps_its_share_and_scales_it_up);
    tcase_add_test(dropout, dropout_is_drawn_anew_for_each_row_epoch_seed_and_layer);
    tcase_add_test(dropout, dropout_does_not_depend_on_the_batch);
    suite_add_tcase(suite, dropout);
    tcase_set_timeout(prediction, 60);
    tcase_add_test(prediction, a_rows_probabilities_do_not_depend_on_the_rows_beside_it);
    tcase_add_test(prediction, scores_are_those_of_the_probabilities);
    tcase_add_test(prediction, no_rows_are_no_trouble);
    tcase_add_test(prediction, a_predictor_sees_weights_that_changed);
    tcase_add_test(prediction, far_apart_logits_give_a_finite_loss);
    tcase_add_test(prediction, the_callers_arithmetic_stays_as_it_was);
    suite_add_tcase(suite, prediction);
    return suite;
}
