/* Augmentation as a training sees it. */
#include "augmented.h"
#include "tests/support/expect.h"

#include <math.h>

Suite *suite_augment_training(void);

struct bench {
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_pool *pool;
    uint8_t onehot[ROWS * CLASSES];
};

static void bench_open(struct bench *b, struct nn_shape shape, int threads)
{
    struct nn_error error;

    *b = (struct bench){.pool = nn_pool_new(threads)};
    ck_assert_int_eq(nn_network_new(&b->net, "conv 4 3x3, batchnorm, relu, flatten, linear", shape,
                                    CLASSES, &error),
                     0);
    b->weights = nn_weights_new(b->net);
    nn_weights_init(b->weights, 1);
    for (int row = 0; row < ROWS; row++)
        b->onehot[row * CLASSES + row % CLASSES] = 1;
}

/* Trains some epochs and returns the first tensor's numbers, and the losses' sum after them. */
static float *train(const struct nn_data *pixels, struct nn_shape shape, const char *description,
                    int epochs, int plain, int batch, int threads, int from_epoch)
{
    static const struct nn_input input = {255, 0.25f, 0.5f};
    struct nn_training training = {.optimizer = NN_SGD,
                                   .lr = 0.05,
                                   .batch = batch,
                                   .epochs = epochs,
                                   .plain_epochs = plain,
                                   .seed = 4};
    struct nn_data data = *pixels;
    struct nn_error error;
    struct bench b;
    float *numbers = calloc(4 * 3 * 9 + 1, sizeof *numbers);

    bench_open(&b, shape, threads);
    data.onehot = b.onehot;
    if (*description)
        MUST_PARSE(&training.augment, description);
    struct nn_trainer *trainer = nn_trainer_new(b.net, b.weights, b.pool, &data, &input, &training);
    for (int epoch = from_epoch; epoch <= epochs; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1)
            ;
    }
    nn_weights_export(b.weights, 0, numbers);
    numbers[4 * 3 * 9] = (float)nn_trainer_progress(trainer)->loss;
    nn_trainer_free(trainer);
    nn_weights_free(b.weights);
    nn_network_free(b.net);
    nn_pool_free(b.pool);
    return numbers;
}
enum { NUMBERS = 4 * 3 * 9 + 1 };

static const char *const all = "shift 2, rotate 10, scale 0.1, shear 0.1, elastic 2, erase 3";

/* The same bytes as a training on pictures that were changed before, of either type and by either
 * number of threads. */
START_TEST(a_training_sees_the_changed_pictures)
{
    const struct nn_shape s = {3, 10, 12};
    static uint8_t u8[ROWS * 3 * 10 * 12];
    static float f32[ROWS * 3 * 10 * 12];
    const int size = area_of(s);

    for (int is_u8 = 0; is_u8 < 2; is_u8++) {
        const struct nn_data data = data_of(is_u8);
        const struct nn_data changed = {
            .n = ROWS, .u8 = is_u8 ? u8 : NULL, .f32 = is_u8 ? NULL : f32};
        struct nn_augment augment;
        struct nn_error error;
        struct nn_augmenter *augmenter;
        float *as_seen, *one, *two, *without;

        MUST_PARSE(&augment, all);
        augmenter = nn_augmenter_new(&augment, s, 1);
        for (int row = 0; row < ROWS; row++) {
            const void *picture = augment_row(augmenter, s, 0, 4, 1, &data, row);

            if (is_u8)
                memcpy(u8 + row * size, picture, (size_t)size);
            else
                memcpy(f32 + row * size, picture, (size_t)size * sizeof *f32);
        }
        as_seen = train(&changed, s, "", 1, 0, 16, 1, 1);
        one = train(&data, s, all, 1, 0, 16, 1, 1);
        two = train(&data, s, all, 1, 0, 16, 2, 1);
        without = train(&data, s, "", 1, 0, 16, 2, 1);
        ck_assert_mem_eq(as_seen, one, NUMBERS * sizeof(float));
        ck_assert_mem_eq(two, one, NUMBERS * sizeof(float));
        ck_assert(memcmp(without, one, NUMBERS * sizeof(float)) != 0);
        free(as_seen);
        free(one);
        free(two);
        free(without);
        nn_augmenter_free(augmenter);
    }
}
END_TEST

START_TEST(the_last_epochs_are_plain)
{
    const struct nn_shape s = {3, 10, 12};
    const struct nn_data data = data_of(true);
    /* the last of three epochs alone, from the same weights */
    float *plain = train(&data, s, "", 3, 0, 16, 1, 3);
    float *ended = train(&data, s, all, 3, 1, 16, 1, 3),
          *not = train(&data, s, all, 3, 0, 16, 1, 3);

    ck_assert_mem_eq(plain, ended, NUMBERS * sizeof(float));
    ck_assert(memcmp(plain, not, NUMBERS * sizeof(float)) != 0);
    free(plain);
    free(ended);
    free(not );
}
END_TEST

Suite *suite_augment_training(void)
{
    Suite *suite = suite_create("augment_training");
    TCase *tests = tcase_create("training");

    draw_pictures();
    tcase_add_test(tests, a_training_sees_the_changed_pictures);
    tcase_add_test(tests, the_last_epochs_are_plain);
    suite_add_tcase(suite, tests);
    return suite;
}
