#include "nn/base/threads.h"
#include "nn/nn.h"
#include "tests/support/presets.h"

#include <check.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The same bytes whatever the number of threads and, with fused multiply-add, whatever the vectors'
 * width: trained weights, losses and predictions of every preset. */

Suite *suite_threads(void);

enum { ROWS = 45, BATCH = 20, PIXELS = 28 * 28, CLASSES = 10 };

/* All that a run leaves after, in one block. */
struct result {
    float *numbers; /* all tensors, then probabilities[ROWS][CLASSES] */
    size_t count;
    double loss;
    int64_t correct;
    struct nn_score score;
};

static uint8_t pixels[ROWS * PIXELS], onehot[ROWS * CLASSES];
static const struct nn_data data = {.n = ROWS, .u8 = pixels, .onehot = onehot};

static void make_data(void)
{
    for (int row = 0; row < ROWS; row++) {
        const struct nn_random random = {11, 0, (uint32_t)row};
        int label = row * 7 % CLASSES;

        memset(onehot + row * CLASSES, 0, CLASSES);
        onehot[row * CLASSES + label] = 1;
        for (int i = 0; i < PIXELS; i++) {
            uint64_t value = nn_random_below(&random, i, 256);

            pixels[row * PIXELS + i] = (i / 28 / 4 + i % 28 / 4 + label) % 3 ? 0 : (uint8_t)value;
        }
    }
}

static void collect(const struct nn_network *net, const struct nn_weights *weights,
                    struct result *result)
{
    size_t size = ROWS * CLASSES;

    for (int t = 0; t < nn_network_tensors(net); t++)
        size += nn_network_tensor(net, t).size;
    result->numbers = calloc(size, sizeof(float));
    ck_assert_ptr_nonnull(result->numbers);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        nn_weights_export(weights, t, result->numbers + result->count);
        result->count += nn_network_tensor(net, t).size;
    }
}

/* Up to two epochs of 20, 20 and 5 pictures, shuffled; then a prediction. */
static struct result run(const char *description, const char *table, int threads, int steps)
{
    const struct nn_input input = {255, 0.13f, 0.31f};
    const struct nn_training training = {.optimizer = NN_ADAM,
                                         .lr = 1e-3,
                                         .beta1 = 0.9,
                                         .beta2 = 0.999,
                                         .epsilon = 1e-8,
                                         .schedule = NN_EXPONENTIAL,
                                         .gamma = 0.9,
                                         .batch = BATCH,
                                         .shuffle = true,
                                         .seed = 21};
    struct result result = {0};
    struct nn_network *net = NULL;
    struct nn_error error = {.text = ""};

    ck_assert_int_eq(nn_kernels_choose(table), 0);
    ck_assert_msg(
        nn_network_new(&net, description, (struct nn_shape){1, 28, 28}, CLASSES, &error) == 0, "%s",
        error.text);
    struct nn_weights *weights = nn_weights_new(net);
    struct nn_pool *pool = nn_pool_new(threads);
    nn_weights_init(weights, 4);
    struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    struct nn_predictor *predictor = nn_predictor_new(net, weights, pool, &input);
    ck_assert(trainer && predictor);
    for (int epoch = 1; steps > 0; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (steps > 0 && nn_trainer_step(trainer) == 1)
            steps--;
        result.loss += nn_trainer_progress(trainer)->loss;
        result.correct += nn_trainer_progress(trainer)->correct;
    }
    collect(net, weights, &result);
    nn_predict(predictor, &data, result.numbers + result.count);
    result.count += ROWS * CLASSES;
    nn_evaluate(predictor, &data, &result.score);
    nn_predictor_free(predictor);
    nn_trainer_free(trainer);
    nn_pool_free(pool);
    nn_weights_free(weights);
    nn_network_free(net);
    return result;
}

static bool same(const struct result *a, const struct result *b)
{
    return a->count == b->count &&
           memcmp(a->numbers, b->numbers, a->count * sizeof *a->numbers) == 0 &&
           memcmp(&a->loss, &b->loss, sizeof a->loss) == 0 && a->correct == b->correct &&
           memcmp(&a->score.loss, &b->score.loss, sizeof a->score.loss) == 0 &&
           a->score.correct == b->score.correct;
}

#ifdef SANITIZED /* it all takes ten times as long */
static const int thread_counts[] = {3};
enum { STEPS = 2 };
#else
static const int thread_counts[] = {2, 3, 4, 8};
enum { STEPS = 5 };
#endif

/* Adam's first steps go by the signs of gradients, and batch normalization makes small differences
 * between tables large ones: after five steps the loss of deep networks differs by a percent. */
static int steps_of(int preset)
{
    return strstr(nets[preset].text, "batchnorm") ? 2 : STEPS;
}

/* In the one table that main() chose, the first that runs here unless CSVNET_KERNELS says. */
static void expect_same_bytes(const char *name, const char *text, int steps)
{
    const char *table = nn_kernels_name();

    make_data();
    struct result one = run(text, table, 1, steps);
    ck_assert(isfinite(one.loss) && one.loss > 0);
    for (size_t i = 0; i < sizeof thread_counts / sizeof *thread_counts; i++) {
        const int threads = thread_counts[i];
        struct result many = run(text, table, threads, steps);

        ck_assert_msg(same(&one, &many), "%s: %d threads differ from one", name, threads);
        free(many.numbers);
    }
    free(one.numbers);
}

START_TEST(any_number_of_threads_gives_the_same_bytes)
{
    expect_same_bytes(nets[_i].name, nets[_i].text, steps_of(_i));
}
END_TEST

/* Gradients of odd channels, where each layer writes what the one before it sums up: under the
 * thread sanitizer that nobody reads on into another's pictures. */
START_TEST(odd_channels_give_the_same_bytes)
{
    expect_same_bytes("odd channels",
                      "maxpool 2, conv 5 3x3, leakyrelu 0.1, conv 6 3x3, leakyrelu 0.1, "
                      "conv 19 3x3, leakyrelu 0.1, flatten, linear",
                      5);
}
END_TEST

/* "baseline" may lack fused multiply-add; it is near, not the same. */
START_TEST(all_tables_with_fused_multiply_add_give_the_same_bytes)
{
    const char *const *tables = nn_kernels_available();

    make_data();
    struct result first = run(nets[_i].text, tables[0], 2, steps_of(_i));
    for (int i = 1; tables[i]; i++) {
        struct result other = run(nets[_i].text, tables[i], 2, steps_of(_i));

        if (strcmp(tables[i], "baseline") != 0)
            ck_assert_msg(same(&first, &other), "%s: %s differs from %s", nets[_i].name, tables[i],
                          tables[0]);
        ck_assert_double_eq_tol(other.loss, first.loss, 1e-3 * first.loss);
        free(other.numbers);
    }
    free(first.numbers);
}
END_TEST

START_TEST(pictures_in_float_train_and_predict_like_bytes)
{
    const char *text = nets[7].text;
    float *f32 = malloc(sizeof pixels * sizeof(float));
    const struct nn_input input = {255, 0.13f, 0.31f};
    const struct nn_training training = {.optimizer = NN_SGD, .lr = 0.1, .batch = BATCH, .seed = 2};
    float *numbers[2];
    size_t count = 0;

    make_data();
    ck_assert_ptr_nonnull(f32);
    for (size_t i = 0; i < sizeof pixels; i++)
        f32[i] = pixels[i];
    const struct nn_data floats = {.n = ROWS, .f32 = f32, .onehot = onehot};
    for (int f = 0; f < 2; f++) {
        struct nn_network *net = NULL;
        struct nn_error error;
        struct result result = {0};

        ck_assert_int_eq(nn_network_new(&net, text, (struct nn_shape){1, 28, 28}, 10, &error), 0);
        struct nn_weights *weights = nn_weights_new(net);
        struct nn_pool *pool = nn_pool_new(2);
        nn_weights_init(weights, 4);
        struct nn_trainer *trainer =
            nn_trainer_new(net, weights, pool, f ? &floats : &data, &input, &training);
        struct nn_predictor *predictor = nn_predictor_new(net, weights, pool, &input);
        nn_trainer_begin_epoch(trainer, 1);
        ck_assert_int_eq(nn_trainer_step(trainer), 1);
        collect(net, weights, &result);
        nn_predict(predictor, f ? &floats : &data, result.numbers + result.count);
        numbers[f] = result.numbers;
        count = result.count + ROWS * CLASSES;
        nn_predictor_free(predictor);
        nn_trainer_free(trainer);
        nn_pool_free(pool);
        nn_weights_free(weights);
        nn_network_free(net);
    }
    ck_assert_mem_eq(numbers[0], numbers[1], count * sizeof(float));
    free(numbers[0]);
    free(numbers[1]);
    free(f32);
}
END_TEST

START_TEST(large_pictures_go_alone_in_little_memory)
{
    enum { SIDE = 1536, PICTURES = 5, LARGE = SIDE * SIDE };
    const struct nn_input input = {255, 0.13f, 0.31f};
    uint8_t *large = malloc((size_t)PICTURES * LARGE);
    nn_real together[PICTURES * CLASSES], alone[CLASSES];
    struct nn_network *net = NULL;
    struct nn_error error;

    ck_assert_ptr_nonnull(large);
    for (int i = 0; i < PICTURES * LARGE; i++)
        large[i] = (uint8_t)(i / 7 * 31 + i / LARGE);
    ck_assert_int_eq(nn_network_new(&net, "avgpool 16, flatten, linear",
                                    (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error),
                     0);
    struct nn_weights *weights = nn_weights_new(net);
    struct nn_pool *pool = nn_pool_new(2);
    nn_weights_init(weights, 4);
    struct nn_predictor *predictor = nn_predictor_new(net, weights, pool, &input);
    /* the pixels of a picture as numbers on each thread, and little besides; eight would take 144
     * MiB */
    ck_assert_uint_lt(nn_predictor_bytes(predictor), 3 * LARGE * sizeof(nn_real));
    nn_predict(predictor, &(struct nn_data){.n = PICTURES, .u8 = large}, together);
    for (int i = 0; i < PICTURES; i++) {
        nn_predict(predictor, &(struct nn_data){.n = 1, .u8 = large + (size_t)i * LARGE}, alone);
        ck_assert_mem_eq(together + i * CLASSES, alone, sizeof alone);
    }
    nn_predictor_free(predictor);
    nn_pool_free(pool);
    nn_weights_free(weights);
    nn_network_free(net);
    free(large);
}
END_TEST

/* Returns the most memory that the process has had, in bytes. */
static size_t peak(void)
{
    struct rusage usage;

    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss * 1024;
}

START_TEST(threads_that_are_not_to_work_take_no_memory)
{
    const struct nn_input input = {255, 0.13f, 0.31f};
    const size_t before = peak();
    struct nn_pool *pool = nn_pool_new(32);
    struct nn_network *net;
    struct nn_error error;
    nn_real probabilities[ROWS * CLASSES];

    nn_pool_limit(pool, 1);
    ck_assert_int_eq(nn_network_new(&net, "conv 64 3x3 pad 1, relu, conv 64 3x3, flatten, linear",
                                    (struct nn_shape){1, 28, 28}, CLASSES, &error),
                     0);
    struct nn_weights *weights = nn_weights_new(net);
    nn_weights_init(weights, 4);
    struct nn_predictor *predictor = nn_predictor_new(net, weights, pool, &input);
    nn_predict(predictor, &data, probabilities);
    ck_assert_uint_lt(peak() - before, nn_predictor_bytes(predictor) / 4);
    nn_predictor_free(predictor);
    nn_pool_free(pool);
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

/* ---- The pool itself ---- */

enum { ITEMS = 13 };

struct counts {
    int item[ITEMS]; /* how often it was done */
};

static void count_item(void *argument, int item, int thread)
{
    struct counts *counts = argument;

    (void)thread;
    counts->item[item]++;
}

START_TEST(every_item_is_done_once)
{
    static const int threads[] = {1, 2, 3, 8};
    struct nn_pool *pool = nn_pool_new(threads[_i]);

    ck_assert_ptr_nonnull(pool);
    for (int round = 0; round < 3000; round++) {
        struct counts counts = {0};

        nn_pool_limit(pool, 1 + round / 4 % threads[_i]);
        for (int run = 0; run < round % 4; run++)
            pool_run(pool, count_item, &counts, ITEMS);
        for (int i = 0; i < ITEMS; i++)
            ck_assert_int_eq(counts.item[i], round % 4);
    }
    nn_pool_free(pool);
}
END_TEST

/* Also while its threads are only about to wait for their first job. */
START_TEST(a_pool_ends_whenever_it_is_freed)
{
    for (int round = 0; round < 4000; round++) {
        struct counts counts = {0};
        struct nn_pool *pool = nn_pool_new(2 + round % 3);

        ck_assert_ptr_nonnull(pool);
        if (round % 2)
            pool_run(pool, count_item, &counts, ITEMS);
        nn_pool_free(pool);
    }
}
END_TEST

struct meeting {
    atomic_int here, other_than_first;
};

/* Waits, though not for ever, until another thread works, too. */
static void meet(void *argument, int item, int thread)
{
    struct meeting *meeting = argument;
    const time_t end = time(NULL) + 60;

    (void)item;
    atomic_fetch_add(&meeting->here, 1);
    atomic_fetch_add(&meeting->other_than_first, thread != 0);
    while (atomic_load(&meeting->here) < 2 && time(NULL) < end)
        sched_yield();
}

START_TEST(as_many_threads_work_as_are_to)
{
    struct nn_pool *pool = nn_pool_new(2);

    ck_assert_ptr_nonnull(pool);
    for (int round = 0; round < 20; round++) {
        struct meeting alone = {1, 0}, together = {0, 0};

        nn_pool_limit(pool, 1);
        pool_run(pool, meet, &alone, ITEMS);
        ck_assert_int_eq(alone.other_than_first, 0);
        nn_pool_limit(pool, 2);
        pool_run(pool, meet, &together, 2);
        ck_assert_int_eq(together.other_than_first, 1);
    }
    ck_assert_int_eq(nn_pool_threads(pool), 2);
    nn_pool_limit(pool, 1);
    nn_pool_free(pool); /* whose other thread sleeps */
}
END_TEST

Suite *suite_threads(void)
{
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("bytes");

    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, any_number_of_threads_gives_the_same_bytes, 0, NETS);
    tcase_add_test(tests, odd_channels_give_the_same_bytes);
    tcase_add_loop_test(tests, all_tables_with_fused_multiply_add_give_the_same_bytes, 0, NETS);
    tcase_add_loop_test(tests, every_item_is_done_once, 0, 4);
    tcase_add_test(tests, as_many_threads_work_as_are_to);
    tcase_add_test(tests, a_pool_ends_whenever_it_is_freed);
    tcase_add_test(tests, large_pictures_go_alone_in_little_memory);
    tcase_add_test(tests, threads_that_are_not_to_work_take_no_memory);
    tcase_add_test(tests, pictures_in_float_train_and_predict_like_bytes);
    suite_add_tcase(suite, tests);
    return suite;
}
