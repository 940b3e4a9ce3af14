/* Speed of training and prediction, measured inside one process:
 *     nn train|predict|peak THREADS SECONDS [BATCH DESCRIPTION [PRECISION]]
 * prints images per second (for peak: GFLOP/s of a loop of multiply-adds in registers) and the
 * share of the time that the threads had their processors. Pictures are 28x28 noise, 10 classes. */
#include "nn/nn.h"
#include "peak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, CLASSES = 10, ROWS = 8192 };

/* ---- Networks ---- */

static uint8_t pixels[ROWS * SIDE * SIDE], labels[ROWS * CLASSES];

static void make_data(void)
{
    const struct nn_random random = {1, 0, 0};

    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(nn_random_below(&random, i, 5) ? 0 : i * 7 % 256);
    for (int i = 0; i < ROWS; i++)
        labels[i * CLASSES + i % CLASSES] = 1;
}

struct bench {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    struct nn_data data;
    struct nn_input input;
    int batch;
};

/* Images per second; the first epoch warms up. */
static double measure_training(const struct bench *b, double seconds)
{
    const struct nn_training training = {.optimizer = NN_ADAM,
                                         .lr = 1e-3,
                                         .beta1 = 0.9,
                                         .beta2 = 0.999,
                                         .epsilon = 1e-8,
                                         .batch = b->batch,
                                         .shuffle = true,
                                         .seed = 1,
                                         .epochs = 1};
    struct nn_trainer *trainer =
        nn_trainer_new(b->net, b->weights, b->pool, &b->data, &b->input, &training);
    double begin, spent;
    int64_t images = 0, warm = 0;

    if (!trainer)
        abort();
    nn_trainer_begin_epoch(trainer, 1);
    while (warm++ < 8 && nn_trainer_step(trainer) == 1)
        ;
    begin = clock_now(CLOCK_MONOTONIC);
    for (int epoch = 2; (spent = clock_now(CLOCK_MONOTONIC) - begin) < seconds;) {
        nn_trainer_begin_epoch(trainer, epoch++);
        while (nn_trainer_step(trainer) == 1 && clock_now(CLOCK_MONOTONIC) - begin < seconds)
            ;
        images += nn_trainer_progress(trainer)->rows;
    }
    nn_trainer_free(trainer);
    return (double)images / spent;
}

static double measure_prediction(const struct bench *b, double seconds)
{
    struct nn_predictor *predictor = nn_predictor_new(b->net, b->weights, b->pool, &b->input);
    nn_real *probabilities = malloc(sizeof(nn_real) * ROWS * CLASSES);
    struct nn_data data = b->data;
    double begin, spent;
    int64_t images = 0;

    if (!predictor || !probabilities)
        abort();
    data.n = 1024;
    nn_predict(predictor, &data, probabilities);
    begin = clock_now(CLOCK_MONOTONIC);
    while ((spent = clock_now(CLOCK_MONOTONIC) - begin) < seconds) {
        nn_predict(predictor, &data, probabilities);
        images += data.n;
    }
    nn_predictor_free(predictor);
    free(probabilities);
    return (double)images / spent;
}

static double measure_network(const char *what, int threads, double seconds, int batch,
                              const char *description, bool bf16)
{
    struct bench b = {
        .data = {.n = ROWS, .u8 = pixels, .onehot = labels}, .input = {255, 0, 1}, .batch = batch};
    struct nn_error error;
    double rate;

    if (nn_network_new(&b.net, description, (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error)) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    nn_network_set_precision(b.net, bf16 ? NN_BF16 : NN_F32);
    make_data();
    b.weights = nn_weights_new(b.net);
    b.pool = nn_pool_new(threads);
    nn_weights_init(b.weights, 1);
    rate = strcmp(what, "train") == 0 ? measure_training(&b, seconds)
                                      : measure_prediction(&b, seconds);
    nn_pool_free(b.pool);
    nn_weights_free(b.weights);
    nn_network_free(b.net);
    return rate;
}

int main(int argc, char **argv)
{
    const double wall = clock_now(CLOCK_MONOTONIC), cpu = clock_now(CLOCK_PROCESS_CPUTIME_ID);
    const int threads = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    const double seconds = argc > 3 ? strtod(argv[3], NULL) : 0;
    double figure, share;

    if (threads < 1 || threads > 64 || argc < 4 || argc == 5 || argc > 7 ||
        nn_kernels_choose(getenv("CSVNET_KERNELS"))) {
        fprintf(stderr,
                "usage: nn train|predict|peak THREADS SECONDS [BATCH DESCRIPTION [PRECISION]]\n");
        return 64;
    }
    figure = argc == 4 ? measure_peak(threads, seconds)
                       : measure_network(argv[1], threads, seconds, (int)strtol(argv[4], NULL, 10),
                                         argv[5], argc == 7 && strcmp(argv[6], "bf16") == 0);
    share =
        (clock_now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (clock_now(CLOCK_MONOTONIC) - wall) / threads;
    printf("%.6g %.3f\n", figure, share);
    return 0;
}
