#include "torch_steps.h"

#include "fixtures/torch_figures.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sequences of hashes from 4096 * seed on: one for each tensor by its number, and these. */
enum { PIXELS = 1000, LABELS, LIT };

int torch_case_count(void)
{
    return sizeof cases / sizeof *cases;
}

const struct torch_case *torch_case_get(int number)
{
    return &cases[number];
}

/* ---- What torch_steps.py made up ---- */

static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x85ebca6b;
    x = (x ^ x >> 13) * 0xc2b2ae35;
    return x ^ x >> 16;
}

static uint32_t hashed(const struct torch_case *run, int stream, int64_t index)
{
    return mix((uint32_t)index + mix((uint32_t)(4096 * run->seed + stream)));
}

static double unit(const struct torch_case *run, int stream, int64_t index)
{
    return (hashed(run, stream, index) >> 9) / 4194304.0 - 1;
}

/* The power of two at or below PyTorch's bound, 1 / sqrt(inputs of one output). */
static double bound(int64_t inputs)
{
    double scale = 1;

    while (scale * scale * inputs > 1)
        scale /= 2;
    return scale;
}

static double initial(const char *kind, double u)
{
    if (strcmp(kind, "weight") == 0)
        return u < 0 ? (u - 1) / 2 : (u + 1) / 2;
    return strcmp(kind, "running_var") == 0 ? 1 + u / 2 : u / 4;
}

static void set_weights(const struct torch_case *run, const struct nn_network *net,
                        struct nn_weights *weights)
{
    double scale = 0; /* of the last layer with a matrix; 0: the layer is batch normalization */

    for (int t = 0; t < nn_network_tensors(net); t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        const char *kind = strrchr(tensor.name, '.') + 1;
        nn_real *values = malloc(tensor.size * sizeof *values);

        ck_assert_ptr_nonnull(values);
        if (strcmp(kind, "weight") == 0)
            scale = tensor.ndim > 1 ? bound(tensor.size / tensor.dims[0]) : 0;
        for (int64_t i = 0; i < tensor.size; i++) {
            double u = unit(run, t, i);

            values[i] = (nn_real)(scale > 0 ? u * scale : initial(kind, u));
        }
        nn_weights_import(weights, t, values);
        free(values);
    }
}

static void set_picture(const struct torch_case *run, int row, int kind, uint8_t *pixels)
{
    struct nn_shape s = run->shape;

    for (int place = 0; place < s.c * s.h * s.w; place++) {
        int y = place / s.w % s.h, x = place % s.w;
        uint32_t drawn = hashed(run, PIXELS, row * 4096 + place);
        uint32_t lit = hashed(run, LIT, kind * 256 + y / 3 * 16 + x / 3) & 1;

        pixels[place] = (uint8_t)(lit * (drawn >> 24));
    }
}

struct made {
    uint8_t *u8, *onehot;
    float *soft;
};

static void made_free(struct made *made)
{
    free(made->u8);
    free(made->onehot);
    free(made->soft);
}

static struct nn_data make_data(const struct torch_case *run, struct made *made)
{
    int size = run->shape.c * run->shape.h * run->shape.w, n = run->classes;

    made->u8 = malloc((size_t)run->rows * size);
    made->onehot = calloc(run->rows, n);
    made->soft = calloc((size_t)run->rows * n, sizeof(float));
    ck_assert(made->u8 && made->onehot && made->soft);
    for (int row = 0; row < run->rows; row++) {
        uint32_t drawn = hashed(run, LABELS, row);
        int kind = drawn % n, label = drawn >> 30 == 0 ? (int)(drawn >> 16) % n : kind;

        set_picture(run, row, kind, made->u8 + (size_t)row * size);
        made->onehot[row * n + label] = 1;
        made->soft[row * n + label] = 0.75f;
        made->soft[row * n + (label + 1) % n] = 0.25f;
    }
    return (struct nn_data){.n = run->rows,
                            .u8 = made->u8,
                            .onehot = run->soft ? NULL : made->onehot,
                            .soft = run->soft ? made->soft : NULL};
}

/* ---- Comparing ---- */

static void check_losses(const struct torch_case *run, struct nn_trainer *trainer, double tolerance)
{
    const struct nn_progress *progress = nn_trainer_progress(trainer);
    int64_t correct = 0;
    int step = 0;

    for (int epoch = 1; step < run->steps; epoch++) {
        double loss = 0, weight = 0;

        nn_trainer_begin_epoch(trainer, epoch);
        for (; nn_trainer_step(trainer) == 1; step++) {
            ck_assert_int_lt(step, run->steps);
            ck_assert_double_eq_tol((progress->loss - loss) / (progress->weight - weight),
                                    run->losses[step], tolerance * run->losses[step]);
            loss = progress->loss;
            weight = progress->weight;
        }
        ck_assert_int_eq(progress->rows, run->rows);
        correct += progress->correct;
    }
    if (!run->soft)
        ck_assert_int_eq(correct, run->correct);
}

/* A bias right before batch normalization has a gradient of zero; PyTorch's rounding noise, which
 * Adam would make a step like any other, was held back by torch_steps.py. So such biases, and the
 * running means that they shift, are compared like all others. */
static void check_tensor(const struct torch_tensor *torch, const struct nn_tensor *tensor,
                         const nn_real *values, double tolerance)
{
    double scale = sqrt(torch->squares / (double)torch->size), sum = 0, squares = 0;
    int samples = torch->size < TORCH_SAMPLES ? (int)torch->size : TORCH_SAMPLES;

    ck_assert_str_eq(tensor->name, torch->name);
    ck_assert_int_eq(tensor->size, torch->size);
    for (int i = 0; i < samples; i++) {
        int64_t place = samples > 1 ? i * (torch->size - 1) / (samples - 1) : 0;

        ck_assert_msg(fabs((double)values[place] - torch->values[i]) <= tolerance * scale,
                      "%s[%d] is %.9g, PyTorch's %.9g", torch->name, (int)place,
                      (double)values[place], torch->values[i]);
    }
    for (int64_t i = 0; i < torch->size; i++) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
    }
    ck_assert_msg(fabs(sum - torch->sum) <= tolerance * scale * (double)torch->size,
                  "the sum of %s is %.9g, PyTorch's %.9g", torch->name, sum, torch->sum);
    ck_assert_msg(fabs(squares - torch->squares) <= 2 * tolerance * torch->squares,
                  "the sum of squares of %s is %.9g, PyTorch's %.9g", torch->name, squares,
                  torch->squares);
}

static void check_weights(const struct torch_case *run, const struct nn_network *net,
                          const struct nn_weights *weights, double tolerance)
{
    ck_assert_int_eq(nn_network_tensors(net), run->tensor_count);
    for (int t = 0; t < run->tensor_count; t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        nn_real *values = malloc(tensor.size * sizeof *values);

        ck_assert_ptr_nonnull(values);
        nn_weights_export(weights, t, values);
        check_tensor(&run->tensors[t], &tensor, values, tolerance);
        free(values);
    }
}

static void check_prediction(const struct torch_case *run, struct nn_predictor *predictor,
                             const struct nn_data *data, double tolerance)
{
    nn_real *probabilities = malloc((size_t)run->rows * run->classes * sizeof(nn_real));
    struct nn_score score;

    ck_assert_ptr_nonnull(probabilities);
    nn_evaluate(predictor, data, &score);
    ck_assert_int_eq(score.rows, run->rows);
    ck_assert_double_eq_tol(score.loss, run->loss, tolerance * run->loss);
    nn_predict(predictor, data, probabilities);
    for (int i = 0; i < TORCH_PREDICTED * run->classes; i++)
        ck_assert_double_eq_tol(probabilities[i], run->probabilities[i], tolerance);
    free(probabilities);
}

void torch_case_check(const struct torch_case *run, const struct torch_tolerance *tolerance)
{
    const struct nn_input input = {256, 0, 1};
    static const double class_weights[] = {0.5, 0.75, 1, 1.25};
    const bool adam = run->training.optimizer != NN_SGD;
    struct nn_training training = run->training;
    struct made made = {0};
    struct nn_data data = make_data(run, &made);
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_error error = {.text = ""};
    struct nn_network *net = NULL;

    ck_assert(!run->weighted || run->classes == 4);
    training.class_weights = run->weighted ? class_weights : NULL;
    ck_assert_msg(nn_network_new(&net, run->description, run->shape, run->classes, &error) == 0,
                  "%s", error.text);
    struct nn_weights *weights = nn_weights_new(net);
    set_weights(run, net, weights);
    struct nn_trainer *trainer = nn_trainer_new(net, weights, pool, &data, &input, &training);
    const struct nn_weights *ended = training.average > 0 ? nn_trainer_average(trainer) : weights;
    struct nn_predictor *predictor = nn_predictor_new(net, ended, pool, &input);

    check_losses(run, trainer, tolerance->loss);
    nn_trainer_estimate(trainer);
    check_weights(run, net, ended, adam ? tolerance->adam : tolerance->sgd);
    check_prediction(run, predictor, &data, adam ? tolerance->adam : tolerance->loss);
    nn_predictor_free(predictor);
    nn_trainer_free(trainer);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
    made_free(&made);
}
