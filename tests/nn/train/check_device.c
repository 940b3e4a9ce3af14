/* A device gives the processor's bytes: after every step of every preset, every network of a budget
 * and every layer, with all that a training can have. Any device that OpenCL knows will do, such as
 * Debian's pocl-opencl-icd, which is this processor; and CUDA is tests/faults/cuda.c, which is
 * that, too: make deps FOR=gpu. */
#include "nn/network/network.h"
#include "nn/nn.h"

#include "tests/support/expect.h"
#include "tests/support/poison.h"
#include "tests/support/presets.h"

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_device(void);

enum { ROWS = 37, BATCH = 20, CLASSES = 10, STEPS = 3, MORE = 5, SMALL_NET = 1000000 };

/* The networks of pipeline/budgets/ besides presets, and others of their kind. */
static const struct {
    const char *name, *text;
} budgets[] = {
    {"strided", "conv 8 5x5 stride 2 pad 2, batchnorm, relu, conv 16 3x3 pad 1, batchnorm, relu, "
                "maxpool 2, conv 32 3x3 pad 1, batchnorm, relu, flatten, linear"},
    {"pooled-16", "conv 16 5x5, batchnorm, relu, maxpool 2, conv 32 3x3 pad 1, batchnorm, relu, "
                  "conv 32 3x3 pad 1, batchnorm, relu, maxpool 2, conv 64 3x3, batchnorm, relu, "
                  "conv 64 3x3 pad 1, batchnorm, relu, flatten, linear"},
    {"poolless-16",
     "conv 16 3x3, batchnorm, relu, conv 16 3x3, batchnorm, relu, conv 16 5x5 stride 2 pad 2, "
     "batchnorm, relu, conv 32 3x3, batchnorm, relu, conv 32 3x3, batchnorm, relu, "
     "conv 32 5x5 stride 2 pad 2, batchnorm, relu, conv 64 4x4, batchnorm, relu, flatten, linear"},
    {"stacked-16",
     "conv 16 3x3, batchnorm, relu, conv 16 3x3, batchnorm, relu, maxpool 2, conv 32 3x3 pad 1, "
     "batchnorm, relu, conv 32 3x3, batchnorm, relu, maxpool 2, conv 64 3x3 pad 1, batchnorm, "
     "relu, conv 64 3x3, batchnorm, relu, flatten, linear"},
    {"stacked-32",
     "conv 32 3x3, batchnorm, relu, conv 32 3x3, batchnorm, relu, maxpool 2, conv 64 3x3 pad 1, "
     "batchnorm, relu, conv 64 3x3, batchnorm, relu, maxpool 2, conv 128 3x3 pad 1, batchnorm, "
     "relu, conv 128 3x3, batchnorm, relu, flatten, linear"},
};

static struct nn_device *device; /* NULL: there is none */
static enum nn_precision precision;

/* Has kernels compiled once, and nothing left in the user's home: in a folder of build/tests. */
static void keep_in(const char *variable, const char *folder)
{
    char path[4096];

    ck_assert_ptr_nonnull(getcwd(path, sizeof path - 40));
    strcat(path, folder);
    setenv(variable, path, 0);
}

/* Opens the first device of a driver. NULL: there is none. */
static struct nn_device *open_device(enum nn_driver driver)
{
    static struct nn_device *opened[NN_DRIVERS];
    struct nn_device_info list[NN_DEVICES_MOST];
    struct nn_error error;

#ifdef SANITIZED /* they find faults of the driver's, too */
    return NULL;
#endif
    if (opened[driver] || strcmp(nn_kernels_name(), "baseline") == 0)
        return opened[driver];
    keep_in("POCL_CACHE_DIR", "/build/tests/pocl");
    keep_in("XDG_CACHE_HOME", "/build/tests/cuda/cache");
    /* The names by which these are asked for are in them. */
    if (driver == NN_CUDA && (system("command -v g++ >/dev/null") != 0 ||
                              !dlopen("build/tests/cuda/libcuda.so.1", RTLD_NOW) ||
                              !dlopen("build/tests/cuda/libnvrtc.so.12", RTLD_NOW)))
        return NULL;
    if (nn_devices(driver, list, &error) <= 0)
        return NULL;
    opened[driver] = nn_device_open(driver, 0, &error);
    ck_assert_msg(opened[driver] != NULL, "%s", error.text);
    poison_buffers(opened[driver], driver);
    return opened[driver];
}

/* Begins a loop test over drivers, or over these for each precision: without a device it says so
 * and ends. */
#define NEEDS_DEVICE(name)                                                                         \
    const enum nn_driver driver = (enum nn_driver)(_i % NN_DRIVERS);                               \
    precision = _i < NN_DRIVERS ? NN_F32 : NN_BF16;                                                \
    device = open_device(driver);                                                                  \
    if (!device) {                                                                                 \
        printf("SKIPPED: device: %s: %s has none to compare with: make deps FOR=gpu\n", name,      \
               driver == NN_CUDA ? "CUDA" : "OpenCL");                                             \
        return;                                                                                    \
    }

/* ---- The same training here and there ---- */

struct data {
    struct nn_shape shape;
    struct nn_data nn;
    uint8_t *u8, *onehot;
    float *f32, *soft;
    int64_t index[ROWS];
};

struct side {
    struct nn_weights *weights;
    struct nn_trainer *trainer;
};

struct pair {
    const char *name;
    struct nn_network *net;
    struct nn_pool *pool;
    struct nn_training training;
    struct nn_input input;
    struct side side[2]; /* here, there */
};

/* Makes random pictures, more than are used, and labels of either kind. */
static void data_init(struct data *d, struct nn_shape shape)
{
    const struct nn_random random = {5, 0, 0};
    const size_t size = (size_t)(shape.c * shape.h * shape.w), all = (ROWS + MORE) * size;

    *d = (struct data){.shape = shape};
    d->u8 = malloc(all);
    d->f32 = malloc(all * sizeof *d->f32);
    d->onehot = calloc(ROWS + MORE, CLASSES);
    d->soft = calloc((ROWS + MORE) * CLASSES, sizeof *d->soft);
    for (size_t i = 0; i < all; i++) {
        d->u8[i] = (uint8_t)(i % 3 ? nn_random_below(&random, i, 256) : 0);
        d->f32[i] = (float)nn_random_unit(&random, i + all);
    }
    for (int row = 0; row < ROWS + MORE; row++) {
        d->onehot[row * CLASSES + row * 7 % CLASSES] = 1;
        d->soft[row * CLASSES + row * 7 % CLASSES] = 0.75f;
        d->soft[row * CLASSES + row * 3 % CLASSES] += 0.25f;
    }
    for (int i = 0; i < ROWS; i++)
        d->index[i] = (i * 5 + 2) % (ROWS + MORE);
    d->nn = (struct nn_data){.n = ROWS, .u8 = d->u8, .onehot = d->onehot};
}

static void data_free(struct data *d)
{
    free(d->u8);
    free(d->f32);
    free(d->onehot);
    free(d->soft);
}

static struct nn_training usual(void)
{
    return (struct nn_training){.optimizer = NN_ADAM,
                                .lr = 0.01,
                                .beta1 = 0.9,
                                .beta2 = 0.999,
                                .epsilon = 1e-8,
                                .batch = BATCH,
                                .epochs = 3,
                                .shuffle = true,
                                .seed = 3};
}

static void side_init(struct side *side, struct pair *pair, const struct data *data)
{
    const char *text = "out of memory";

    side->weights = nn_weights_new(pair->net);
    nn_weights_init(side->weights, 7);
    side->trainer = nn_trainer_new(pair->net, side->weights, pair->pool, &data->nn, &pair->input,
                                   &pair->training);
    if (!side->trainer && pair->training.device)
        nn_device_fault(device, &text);
    ck_assert_msg(side->trainer != NULL, "%s: %s", pair->name, text);
}

static void side_free(struct side *side)
{
    nn_trainer_free(side->trainer);
    nn_weights_free(side->weights);
}

static void pair_init(struct pair *pair, const char *name, const char *net, const struct data *data,
                      const struct nn_training *training)
{
    struct nn_error error;

    *pair = (struct pair){.name = name, .training = *training, .input = {255, 0.1f, 0.5f}};
    ck_assert_msg(nn_network_new(&pair->net, net, data->shape, CLASSES, &error) == 0, "%s: %s",
                  name, error.text);
    nn_network_set_precision(pair->net, precision);
    pair->pool = nn_pool_new(2);
    side_init(&pair->side[0], pair, data);
    pair->training.device = device;
    side_init(&pair->side[1], pair, data);
}

static void pair_free(struct pair *pair)
{
    side_free(&pair->side[0]);
    side_free(&pair->side[1]);
    nn_pool_free(pair->pool);
    nn_network_free(pair->net);
}

enum numbers { KEPT, TRAINED, AVERAGE, FIRST, SECOND, KINDS };
static const char *const kinds[] = {"kept", "trained", "average", "first moment", "second moment"};

static void export(const struct side *side, enum numbers kind, int tensor, float *values)
{
    if (kind == KEPT)
        nn_weights_export(nn_trainer_kept(side->trainer), tensor, values);
    else if (kind == TRAINED)
        nn_weights_export(side->weights, tensor, values);
    else if (kind == AVERAGE)
        nn_weights_export(nn_trainer_average(side->trainer), tensor, values);
    else
        nn_trainer_export(side->trainer, kind == FIRST ? NN_FIRST : NN_SECOND, tensor, values);
}

/* Compares all numbers of one kind. */
static void compare(const struct pair *pair, enum numbers kind, int step)
{
    for (int t = 0; t < nn_network_tensors(pair->net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(pair->net, t);
        float *here = malloc((size_t)tensor.size * sizeof *here);
        float *there = malloc((size_t)tensor.size * sizeof *there);
        int64_t differ = 0, first = -1;

        if (tensor.statistic && kind >= FIRST)
            goto next;
        export(&pair->side[0], kind, t, here);
        export(&pair->side[1], kind, t, there);
        for (int64_t i = 0; i < tensor.size; i++)
            if (memcmp(&here[i], &there[i], sizeof *here)) {
                differ++;
                first = first < 0 ? i : first;
            }
        EXPECT(differ == 0,
               "%s, step %d, %s %s: %lld of %lld differ, the first number %lld: %a "
               "here, %a there",
               pair->name, step, kinds[kind], tensor.name, (long long)differ,
               (long long)tensor.size, (long long)first, (double)here[first], (double)there[first]);
    next:
        free(here);
        free(there);
    }
}

static void compare_all(const struct pair *pair, int step)
{
    const struct nn_progress *here = nn_trainer_progress(pair->side[0].trainer);
    const struct nn_progress *there = nn_trainer_progress(pair->side[1].trainer);

    for (int s = 0; s < 2; s++)
        ck_assert_int_eq(nn_trainer_settle(pair->side[s].trainer), 0);
    ck_assert_msg(here->loss == there->loss && here->correct == there->correct,
                  "%s, step %d: loss %.17g here, %.17g there", pair->name, step, here->loss,
                  there->loss);
    for (int s = 0; s < 2; s++) {
        nn_trainer_gather(pair->side[s].trainer);
        nn_trainer_estimate(pair->side[s].trainer);
    }
    for (int kind = 0; kind < KINDS; kind++)
        if (kind != AVERAGE || pair->training.average > 0)
            compare(pair, (enum numbers)kind, step);
}

/* Makes a predictor by the weights that were trained here. */
static struct nn_predictor *predictor_on(const struct pair *pair, bool there)
{
    struct nn_predictor *predictor =
        nn_predictor_new(pair->net, pair->side[0].weights, pair->pool, &pair->input);
    const char *text = "out of memory";

    if (there && nn_predictor_move(predictor, device)) {
        nn_device_fault(device, &text);
        ck_abort_msg("%s: %s", pair->name, text);
    }
    return predictor;
}

/* Compares the probabilities, losses and scores of rows by the weights that were trained here. */
static void compare_predictions(const struct pair *pair, const struct data *data, const char *name)
{
    const size_t n = (size_t)data->nn.n;
    float *probabilities[2];
    double *losses[2];
    struct nn_score score[2] = {0};

    for (int s = 0; s < 2; s++) {
        struct nn_predictor *predictor = predictor_on(pair, s == 1);

        probabilities[s] = malloc(n * CLASSES * sizeof(float));
        losses[s] = malloc(n * sizeof(double));
        nn_predict_scored(predictor, &data->nn, probabilities[s], losses[s]);
        if (nn_network_multiply_adds(pair->net) < SMALL_NET)
            nn_evaluate(predictor, &data->nn, &score[s]);
        nn_predictor_free(predictor);
    }
    ck_assert_msg(memcmp(probabilities[0], probabilities[1], n * CLASSES * sizeof(float)) == 0,
                  "%s: other probabilities", name);
    ck_assert_msg(memcmp(losses[0], losses[1], n * sizeof(double)) == 0, "%s: other losses", name);
    ck_assert_msg(score[0].loss == score[1].loss && score[0].correct == score[1].correct,
                  "%s: scored %.17g, %lld right here, %.17g, %lld there", name, score[0].loss,
                  (long long)score[0].correct, score[1].loss, (long long)score[1].correct);
    for (int s = 0; s < 2; s++) {
        free(probabilities[s]);
        free(losses[s]);
    }
}

/* Compares what comes into each layer for which that can be asked. */
static void compare_tapped(const struct pair *pair, const struct data *data)
{
    const size_t n = (size_t)data->nn.n;
    struct nn_predictor *const predictors[] = {predictor_on(pair, false), predictor_on(pair, true)};
    float *probabilities = malloc(n * CLASSES * sizeof *probabilities);

    for (int layer = 0; layer < pair->net->layers; layer++) {
        float *values[2];
        struct nn_shape shape;
        size_t bytes;

        if (nn_predictor_tap(predictors[0], layer, &shape) ||
            nn_predictor_tap(predictors[1], layer, &shape))
            continue;
        bytes = n * (size_t)(shape.c * shape.h * shape.w) * sizeof(float);
        for (int s = 0; s < 2; s++) {
            values[s] = malloc(bytes);
            nn_predict_tapped(predictors[s], &data->nn, probabilities, values[s]);
        }
        ck_assert_msg(memcmp(values[0], values[1], bytes) == 0, "%s: other inputs of layer %d",
                      pair->name, layer);
        free(values[0]);
        free(values[1]);
    }
    free(probabilities);
    nn_predictor_free(predictors[0]);
    nn_predictor_free(predictors[1]);
}

/* Takes so many steps on both sides, over epochs. */
static void take_steps(const struct pair *pair, int steps)
{
    int epoch = 1;

    for (int s = 0; s < 2; s++)
        nn_trainer_begin_epoch(pair->side[s].trainer, epoch);
    for (int step = 1; step <= steps; step++) {
        int here, there;

        poison_memory(pair->side[1].trainer);
        here = nn_trainer_step(pair->side[0].trainer);
        there = nn_trainer_step(pair->side[1].trainer);
        ck_assert_msg(here == there, "%s, step %d: %d here, %d there", pair->name, step, here,
                      there);
        if (here == 0) {
            epoch++;
            step--;
            for (int s = 0; s < 2; s++)
                nn_trainer_begin_epoch(pair->side[s].trainer, epoch);
        } else {
            expect_poison(pair->side[1].trainer, pair->name, step);
            compare_all(pair, step);
        }
    }
}

static void check_bytes(const char *name, const char *net, const struct data *data,
                        const struct nn_training *training, int steps)
{
    struct pair pair;

    pair_init(&pair, name, net, data, training);
    take_steps(&pair, steps);
    compare_predictions(&pair, data, name);
    if (nn_network_multiply_adds(pair.net) < SMALL_NET)
        compare_tapped(&pair, data);
    pair_free(&pair);
}

/* ---- Tests ---- */

/* Trains a network for pictures as MNIST's. Large ones, which take most of the suite's time, get
 * two batches, the second one shorter, and on CUDA only where there is no OpenCL: kernels are the
 * same. */
static void check_net(const char *name, const char *text, const struct data *data,
                      enum nn_driver driver)
{
    enum { LARGE = 2000000, FEW = 9 };
    struct nn_training training = usual();
    struct data few = *data;
    struct nn_network *net;
    struct nn_error error;
    int64_t work;

    ck_assert_int_eq(nn_network_new(&net, text, data->shape, CLASSES, &error), 0);
    work = nn_network_multiply_adds(net);
    nn_network_free(net);
    training.batch = FEW;
    few.nn.n = 2 * FEW - 1;
    if (work <= LARGE) {
        training.batch = BATCH;
        check_bytes(name, text, data, &training, STEPS);
    } else if (driver == NN_OPENCL || !open_device(NN_OPENCL))
        check_bytes(name, text, &few, &training, 2);
}

START_TEST(presets)
{
    struct data data;

    NEEDS_DEVICE("presets");
    data_init(&data, (struct nn_shape){1, 28, 28});
    for (int i = 0; i < NETS; i++)
        check_net(nets[i].name, nets[i].text, &data, driver);
    data_free(&data);
}
END_TEST

START_TEST(networks_of_budgets)
{
    struct data data;

    NEEDS_DEVICE("networks_of_budgets");
    data_init(&data, (struct nn_shape){1, 28, 28});
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++)
        check_net(budgets[i].name, budgets[i].text, &data, driver);
    data_free(&data);
}
END_TEST

/* Every layer, after a picture, whatever it gives. */
START_TEST(layers)
{
    struct data data;
    const struct nn_training training = usual();
    const char *example;

    NEEDS_DEVICE("layers");
    data_init(&data, (struct nn_shape){3, 9, 7});
    for (int i = 0; (example = nn_layer_example(i)); i++) {
        char net[300];

        snprintf(net, sizeof net, "conv 4 3x3 pad 1, %s%s", example,
                 strstr(example, "linear") ? ", linear" : ", flatten, linear");
        check_bytes(example, net, &data, &training, STEPS);
    }
    data_free(&data);
}
END_TEST

/* Shapes that go other ways: rows of more numbers than a sum takes at once, windows that leave
 * pixels out, rectifiers before and after a normalization, frozen layers below. */
static const struct {
    const char *name, *net;
    struct nn_shape shape;
} shapes[] = {
    {"wide", "conv 3 3x3, relu, batchnorm, relu, maxpool 2x3, flatten, linear", {1, 5, 150}},
    {"windows",
     "conv 5 2x3 stride 2 pad 1, maxpool 3, relu, maxpool 2, flatten, linear",
     {2, 31, 26}},
    {"overlapping",
     "conv 4 3x3, batchnorm, maxpool 3 stride 2 pad 1, relu, flatten, linear",
     {1, 20, 20}},
    {"vectors", "linear 33 nobias, batchnorm, relu, linear 17, relu, batchnorm, linear", {1, 6, 5}},
    {"winograd",
     "conv 16 3x3, relu, conv 32 3x3 pad 1, conv 16 4x4 stride 2 pad 2, batchnorm, "
     "conv 16 3x2 pad 1 nobias, relu, flatten, linear",
     {1, 24, 23}},
    {"tiles", "conv 16 1x1, conv 16 3x3 pad 1, flatten, linear", {1, 18, 20}},
    {"lanes", "conv 22 1x1, conv 18 3x3 pad 1, flatten, linear", {1, 11, 9}},
    {"pairs",
     "conv 6 3x3 stride 2 pad 1, relu, conv 8 4x3 stride 3 pad 2, relu, conv 2 2x2 nobias, "
     "flatten, "
     "linear 7, linear",
     {2, 19, 34}},
    {"branches",
     "conv 4 3x3 pad 1, residual, conv 6 3x3 stride 2 pad 1, relu, conv 8 3x3 pad 1, shortcut, "
     "conv 8 1x1 stride 2, add, relu, residual, conv 8 3x3 pad 1, add, flatten, linear",
     {1, 13, 11}},
};

START_TEST(other_shapes)
{
    const struct nn_training training = usual();

    NEEDS_DEVICE("other_shapes");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct data data;

        data_init(&data, shapes[i].shape);
        check_bytes(shapes[i].name, shapes[i].net, &data, &training, STEPS);
        data_free(&data);
    }
}
END_TEST

#define SMALL                                                                                      \
    "conv 6 3x3 pad 1, batchnorm, relu, maxpool 2, dropout 0.3, flatten, linear 12, relu, linear"

static void check_training(const char *name, struct data *data, struct nn_training training)
{
    check_bytes(name, SMALL, data, &training, 5);
}

/* Sets each option of a training in turn. */
START_TEST(trainings)
{
    static const double weights[CLASSES] = {1, 2, 0.5, 1, 1.25, 3, 0, 1, 1, 0.1};
    struct data data;
    struct nn_training t = usual();

    NEEDS_DEVICE("trainings");
    data_init(&data, (struct nn_shape){1, 12, 14});
    check_training("adam", &data, t);
    t.weight_decay = 0.1;
    t.optimizer = NN_ADAMW;
    t.average = 0.9;
    check_training("adamw, average", &data, t);
    t.optimizer = NN_SGD;
    t.momentum = 0.9;
    t.schedule = NN_ONE_CYCLE;
    check_training("sgd, one cycle, average", &data, t);
    t.nesterov = true;
    t.average = 0;
    check_training("nesterov", &data, t);
    t = usual();
    t.label_smoothing = 0.1;
    t.class_weights = weights;
    check_training("smoothing, class weights", &data, t);
    t.frozen = 1;
    t.tuned = 6;
    t.tuned_rate = 0.1;
    check_training("frozen convolution, tuned", &data, t);
    t.frozen = 4;
    check_training("frozen normalization", &data, t);
    data.nn.onehot = NULL;
    data.nn.soft = data.soft;
    data.nn.index = data.index;
    check_training("soft labels, some rows", &data, usual());
    data.nn.u8 = NULL;
    data.nn.f32 = data.f32;
    check_training("floats", &data, usual());
    data_free(&data);
}
END_TEST

START_TEST(augmentations)
{
    static const char *const changes[] = {"shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3",
                                          "flip h v",
                                          "flip h alternate, erase 5",
                                          "shift 1, erase 4, elastic 1",
                                          "crop 2, thickness 0.6",
                                          "thickness 0.9, elastic 2, erase area 0.4 chance 0.7"};
    static const float background[] = {17, 3.5f};
    struct nn_error error;

    NEEDS_DEVICE("augmentations");
    for (size_t i = 0; i < 2 * (sizeof changes / sizeof *changes); i++) {
        const bool floats = i % 2;
        struct nn_training t = usual();
        struct data data;

        data_init(&data, (struct nn_shape){2, 12, 19});
        if (floats)
            data.nn.u8 = NULL, data.nn.f32 = data.f32;
        if (i / 2 % 2)
            data.nn.index = data.index;
        ck_assert_int_eq(nn_augment_parse(&t.augment, changes[i / 2], &error), 0);
        t.augment.background = background;
        t.plain_epochs = 1;
        check_training(changes[i / 2], &data, t);
        data_free(&data);
    }
}
END_TEST

/* Continues a training on the other side by its moments, both ways. */
START_TEST(resumed_across)
{
    struct data data;
    const struct nn_training training = usual();
    struct pair pair;

    NEEDS_DEVICE("resumed_across");
    data_init(&data, (struct nn_shape){1, 12, 14});
    for (int to = 0; to < 2; to++) {
        struct nn_trainer *from = NULL, *resumed = NULL;

        pair_init(&pair, "resumed", SMALL, &data, &training);
        take_steps(&pair, 3);
        from = pair.side[!to].trainer;
        resumed = pair.side[to].trainer;
        /* Go on from the other side's state, after steps of its own that went elsewhere. */
        nn_trainer_begin_epoch(resumed, 9);
        ck_assert_int_eq(nn_trainer_step(resumed), 1);
        for (int t = 0; t < nn_network_tensors(pair.net); t++) {
            const struct nn_tensor tensor = nn_network_tensor(pair.net, t);
            float *values = malloc((size_t)tensor.size * sizeof *values);

            nn_weights_export(pair.side[!to].weights, t, values);
            nn_weights_import(pair.side[to].weights, t, values);
            for (int m = NN_FIRST; m <= NN_SECOND && !tensor.statistic; m++) {
                nn_trainer_export(from, (enum nn_moment)m, t, values);
                nn_trainer_import(resumed, (enum nn_moment)m, t, values);
            }
            free(values);
        }
        ck_assert_int_eq(nn_trainer_settle(from), 0);
        nn_trainer_resume(resumed, nn_trainer_progress(from), nn_trainer_updates(from));
        ck_assert_int_eq(nn_trainer_step(from), nn_trainer_step(resumed));
        compare_all(&pair, 4);
        pair_free(&pair);
    }
    data_free(&data);
}
END_TEST

/* Refuses a layer whose kernels are missing, by its name. */
START_TEST(layers_without_kernels)
{
    struct data data;
    struct nn_training training = usual();
    struct nn_network *net;
    struct nn_error error;
    struct layer_type without;
    const char *text;

    NEEDS_DEVICE("layers_without_kernels");
    data_init(&data, (struct nn_shape){1, 12, 14});
    ck_assert_int_eq(nn_network_new(&net, SMALL, data.shape, CLASSES, &error), 0);
    without = *net->layer[5].type;
    without.ops.device_forward = NULL;
    net->layer[5].type = &without;
    training.device = device;
    {
        struct nn_weights *weights = nn_weights_new(net);
        struct nn_pool *pool = nn_pool_new(1);
        const struct nn_input input = {255, 0, 1};

        ck_assert_ptr_null(nn_trainer_new(net, weights, pool, &data.nn, &input, &training));
        nn_pool_free(pool);
        nn_weights_free(weights);
    }
    ck_assert_int_eq(nn_device_fault(device, &text), NN_DEVICE_REFUSED);
    ck_assert_ptr_nonnull(strstr(text, "layer 4, 'dropout', is not on devices"));
    nn_network_free(net);
    data_free(&data);
}
END_TEST

/* Trains until the loss is not finite. */
static void diverge(struct nn_trainer *trainer)
{
    int epoch = 1, got;

    nn_trainer_begin_epoch(trainer, epoch);
    while ((got = nn_trainer_step(trainer)) >= 0)
        if (got == 0)
            nn_trainer_begin_epoch(trainer, ++epoch);
}

/* A loss that is not finite is found at the same batch, though the device is not waited for. */
START_TEST(diverging)
{
    static const double rates[] = {1e30, 3, 1};
    struct data data;
    struct nn_training training = usual();

    NEEDS_DEVICE("diverging");
    data_init(&data, (struct nn_shape){1, 12, 14});
    training.optimizer = NN_SGD;
    training.batch = 2;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct pair pair;
        const struct nn_progress *p[2];

        training.lr = rates[i];
        pair_init(&pair, "diverging", "linear 30, leakyrelu 0.9, linear 30, leakyrelu 0.9, linear",
                  &data, &training);
        for (int s = 0; s < 2; s++) {
            diverge(pair.side[s].trainer);
            p[s] = nn_trainer_progress(pair.side[s].trainer);
        }
        ck_assert(p[0]->epoch == p[1]->epoch && p[0]->step == p[1]->step &&
                  p[0]->rows == p[1]->rows && p[0]->correct == p[1]->correct &&
                  p[0]->lr == p[1]->lr && p[0]->weight == p[1]->weight);
        pair_free(&pair);
    }
    data_free(&data);
}
END_TEST

/* Adds a test over all drivers, and over `precisions`, as a case by whose name CK_RUN_CASE chooses
 * it. */
#define ADD(test, precisions)                                                                      \
    do {                                                                                           \
        TCase *tests = tcase_create(#test);                                                        \
        tcase_set_timeout(tests, 120);                                                             \
        tcase_add_loop_test(tests, test, 0, (precisions)*NN_DRIVERS);                              \
        suite_add_tcase(suite, tests);                                                             \
    } while (0)

Suite *suite_device(void)
{
    Suite *suite = suite_create("device");

    ADD(presets, 2);
    ADD(networks_of_budgets, 2);
    ADD(layers, 2);
    ADD(other_shapes, 2);
    ADD(trainings, 2);
    ADD(augmentations, 1);
    ADD(resumed_across, 2);
    ADD(diverging, 2);
    ADD(layers_without_kernels, 1);
    return suite;
}
