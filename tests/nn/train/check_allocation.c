/* Training and prediction take their memory when they are made: no step allocates. The linker turns
 * every call of these functions into one of their __wrap_ (see the Makefile). */
#include "nn/nn.h"
#include "tests/support/presets.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>

Suite *suite_allocation(void);

enum { ROWS = 100, SIDE = 28, CLASSES = 10 };

static atomic_int allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
int __real_posix_memalign(void **block, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);

void *__wrap_malloc(size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __real_realloc(block, size);
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __real_posix_memalign(block, alignment, size);
}

static uint8_t pixels[ROWS * SIDE * SIDE], labels[ROWS * CLASSES];
static nn_real probabilities[ROWS * CLASSES];

START_TEST(no_step_allocates)
{
    const struct nn_data data = {.n = ROWS, .u8 = pixels, .onehot = labels};
    const struct nn_input input = {255, 0, 1};
    const struct nn_training training = {
        .optimizer = NN_ADAM, .lr = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .batch = 64, .epochs = 1};
    const int before = atomic_load(&allocations);
    struct nn_network *net;
    struct nn_error error;
    struct nn_weights *weights;
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_trainer *trainer;
    struct nn_predictor *predictor;
    struct nn_score score;
    int made, after;

    for (int i = 0; i < ROWS; i++)
        labels[i * CLASSES + i % CLASSES] = 1;
    ck_assert_int_eq(
        nn_network_new(&net, nets[_i].text, (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error), 0);
    weights = nn_weights_new(net);
    nn_weights_init(weights, 1);
    trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    predictor = nn_predictor_new(net, weights, pool, &input);
    made = atomic_load(&allocations);
    nn_trainer_begin_epoch(trainer, 1);
    while (nn_trainer_step(trainer) == 1)
        ;
    nn_evaluate(predictor, &data, &score);
    nn_predict(predictor, &data, probabilities);
    after = atomic_load(&allocations);
    ck_assert_int_gt(made, before); /* the count counts */
    ck_assert_int_eq(after, made);
    nn_predictor_free(predictor);
    nn_trainer_free(trainer);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
}
END_TEST

static struct nn_trainer *trainer_of(const struct nn_network *net, struct nn_weights *weights,
                                     struct nn_pool *pool, const struct nn_data *data, int batch)
{
    const struct nn_input input = {255, 0, 1};
    const struct nn_training training = {
        .optimizer = NN_ADAM, .batch = batch, .epochs = 1, .average = 0.9, .augment = {.shift = 1}};

    return nn_trainer_new(net, weights, pool, data, &input, &training);
}

START_TEST(memory_for_other_batches_is_worked_out_without_taking_it)
{
    static const int batches[] = {1, 8, 9, 64, 100, 1000};
    const struct nn_data data = {.n = ROWS, .u8 = pixels, .onehot = labels};
    struct nn_network *net;
    struct nn_error error;
    struct nn_weights *weights;
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_trainer *small;

    ck_assert_int_eq(
        nn_network_new(&net, nets[_i].text, (struct nn_shape){1, SIDE, SIDE}, CLASSES, &error), 0);
    weights = nn_weights_new(net);
    small = trainer_of(net, weights, pool, &data, 8);
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        struct nn_trainer *trainer = trainer_of(net, weights, pool, &data, batches[i]);

        ck_assert_uint_eq(nn_trainer_bytes_for(small, batches[i]), nn_trainer_bytes(trainer));
        nn_trainer_free(trainer);
    }
    nn_trainer_free(small);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
}
END_TEST

Suite *suite_allocation(void)
{
    Suite *suite = suite_create("allocation");
    TCase *tests = tcase_create("presets");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, no_step_allocates, 0, NETS);
    tcase_add_loop_test(tests, memory_for_other_batches_is_worked_out_without_taking_it, 0, NETS);
    suite_add_tcase(suite, tests);
    return suite;
}
