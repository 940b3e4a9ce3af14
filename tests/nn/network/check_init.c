#include "nn/nn.h"
#include "pipeline/model/recipe.h"
#include "tests/support/expect.h"
#include "tests/support/presets.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Initial weights, their way in and out, and the descriptions that make networks. */

Suite *suite_init(void);

static const struct nn_shape digits = {1, 28, 28};

static struct nn_network *make(const char *description, struct nn_shape shape, int classes)
{
    struct nn_network *net = NULL;
    struct nn_error error = {.text = ""};

    ck_assert_msg(nn_network_new(&net, description, shape, classes, &error) == 0, "%s: %s",
                  description, error.text);
    return net;
}

static float *export(const struct nn_weights *weights, int t, int64_t size)
{
    float *values = malloc(size * sizeof *values);

    ck_assert_ptr_nonnull(values);
    nn_weights_export(weights, t, values);
    return values;
}

/* ---- Initial weights ---- */

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Mean and variance within five standard errors, and the Kolmogorov-Smirnov distance where one
 * sample in ten thousand of a true uniform goes. */
static void check_uniform(const char *name, float *values, int64_t n, double bound)
{
    double sum = 0, squares = 0, distance = 0, root = sqrt((double)n);

    qsort(values, n, sizeof *values, ascending);
    for (int64_t i = 0; i < n; i++) {
        double u = (values[i] / bound + 1) / 2;

        EXPECT(u >= -1e-6 && u <= 1 + 1e-6, "%s: %g is beyond %g", name, values[i], bound);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        distance = fmax(distance, fmax((double)(i + 1) / (double)n - u, u - (double)i / (double)n));
    }
    ck_assert_msg(fabs(sum / (double)n - 0.5) * root < 5 * sqrt(1.0 / 12), "%s: mean %g", name,
                  sum / (double)n);
    ck_assert_msg(fabs(squares / (double)n - 1.0 / 12) * root < 5 * sqrt(1.0 / 180),
                  "%s: variance %g", name, squares / (double)n);
    ck_assert_msg(distance * root < 2.23, "%s: %g from uniform", name, distance);
}

/* Is every number `value`? */
static void check_constant(const char *name, const float *values, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        EXPECT(values[i] == value, "%s[%d] is %g", name, (int)i, values[i]);
}

START_TEST(initial_weights_are_distributed_as_pytorchs)
{
    struct nn_network *net = make(nets[_i].text, digits, 10);
    struct nn_weights *weights = nn_weights_new(net);
    double bound = 0; /* of the last layer with a matrix; 0: batch normalization */

    nn_weights_init(weights, 1);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        const char *kind = strrchr(tensor.name, '.') + 1;
        float *values = export(weights, t, tensor.size);

        if (strcmp(kind, "weight") == 0)
            bound = tensor.ndim > 1 ? 1 / sqrt((double)(tensor.size / tensor.dims[0])) : 0;
        if (bound > 0)
            check_uniform(tensor.name, values, tensor.size, bound);
        else
            check_constant(tensor.name, values, tensor.size,
                           strcmp(kind, "weight") == 0 || strcmp(kind, "running_var") == 0);
        free(values);
    }
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

START_TEST(a_seed_always_gives_the_same_weights_and_another_seed_others)
{
    struct nn_network *net = make(nets[_i].text, digits, 10);
    struct nn_weights *a = nn_weights_new(net), *b = nn_weights_new(net), *c = nn_weights_new(net);

    nn_weights_init(a, 1);
    nn_weights_init(b, 5);
    nn_weights_init(b, 1);
    nn_weights_init(c, 2);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        float *x = export(a, t, tensor.size), *y = export(b, t, tensor.size),
              *z = export(c, t, tensor.size);
        int64_t equal = 0;

        ck_assert_mem_eq(x, y, tensor.size * sizeof *x);
        for (int64_t i = 0; i < tensor.size; i++)
            equal += x[i] == z[i];
        if (x[0] != 0 && x[0] != 1)
            ck_assert_msg(equal <= tensor.size / 1000, "%s: %d of %d numbers stay", tensor.name,
                          (int)equal, (int)tensor.size);
        free(x);
        free(y);
        free(z);
    }
    nn_weights_free(a);
    nn_weights_free(b);
    nn_weights_free(c);
    nn_network_free(net);
}
END_TEST

/* Two layers of one shape draw different numbers, and so do a layer's weights and biases. */
START_TEST(no_two_tensors_share_their_numbers)
{
    struct nn_network *net = make("linear 9, linear 9, linear 9", (struct nn_shape){1, 3, 3}, 9);
    struct nn_weights *weights = nn_weights_new(net);
    float *all[6];

    nn_weights_init(weights, 1);
    for (int t = 0; t < 6; t++)
        all[t] = export(weights, t, nn_network_tensor(net, t).size);
    for (int a = 0; a < 6; a++)
        for (int b = 0; b < a; b++)
            for (int i = 0; i < 9; i++)
                ck_assert(all[a][i] != all[b][i]);
    for (int t = 0; t < 6; t++)
        free(all[t]);
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

/* Kolmogorov-Smirnov as above, against the normal distribution. */
START_TEST(normal_initial_weights_are_normal)
{
    struct nn_network *net = make(nets[_i].text, digits, 10);
    struct nn_weights *weights = nn_weights_new(net);
    bool matrix = false;

    nn_weights_init_normal(weights, 3, 0.02);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        const char *kind = strrchr(tensor.name, '.') + 1;
        float *values = export(weights, t, tensor.size);
        double distance = 0, n = (double)tensor.size;

        if (strcmp(kind, "weight") == 0)
            matrix = tensor.ndim > 1;
        qsort(values, tensor.size, sizeof *values, ascending);
        for (int64_t i = 0; i < tensor.size && matrix; i++) {
            double u = erfc(-values[i] / 0.02 / sqrt(2)) / 2;

            distance = fmax(distance, fmax((double)(i + 1) / n - u, u - (double)i / n));
        }
        ck_assert_msg(distance * sqrt(n) < 2.23, "%s: %g from normal", tensor.name, distance);
        if (!matrix)
            check_constant(tensor.name, values, tensor.size,
                           strcmp(kind, "weight") == 0 || strcmp(kind, "running_var") == 0);
        free(values);
    }
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

/* ---- In and out ---- */

START_TEST(a_copy_has_every_number)
{
    struct nn_network *net = make(nets[_i].text, digits, 10);
    struct nn_weights *a = nn_weights_new(net), *b = nn_weights_new(net);

    nn_weights_init(a, 8);
    nn_weights_copy(b, a);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        int64_t size = nn_network_tensor(net, t).size;
        float *x = export(a, t, size), *y = export(b, t, size);

        ck_assert_mem_eq(x, y, size * sizeof *x);
        free(x);
        free(y);
    }
    nn_weights_free(a);
    nn_weights_free(b);
    nn_network_free(net);
}
END_TEST

START_TEST(every_number_comes_out_where_it_went_in)
{
    struct nn_network *net = make(nets[_i].text, digits, 10);
    struct nn_weights *weights = nn_weights_new(net);
    const int tensors = nn_network_tensors(net);
    int64_t trained = 0;

    for (int t = 0; t < tensors; t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);
        float *values = export(weights, t, tensor.size);

        check_constant(tensor.name, values, tensor.size, 0); /* as nn_weights_new promises */
        for (int64_t i = 0; i < tensor.size; i++)
            values[i] = (float)(i + 1) / 16 + (float)t * 8192;
        nn_weights_import(weights, t, values);
        free(values);
    }
    for (int t = 0; t < tensors; t++) { /* after all imports: none wrote over another */
        struct nn_tensor tensor = nn_network_tensor(net, t);
        float *values = export(weights, t, tensor.size);
        int64_t size = 1;

        for (int d = 0; d < tensor.ndim; d++)
            size *= tensor.dims[d];
        ck_assert_int_eq(size, tensor.size);
        for (int64_t i = 0; i < tensor.size; i++)
            EXPECT(values[i] == (float)(i + 1) / 16 + (float)t * 8192, "%s[%d] is %g", tensor.name,
                   (int)i, values[i]);
        if (!strstr(tensor.name, "running"))
            trained += size;
        free(values);
    }
    ck_assert_int_eq(nn_network_parameters(net), trained);
    nn_weights_free(weights);
    nn_network_free(net);
}
END_TEST

/* The names and shapes of nn.Sequential's state_dict(), less num_batches_tracked. */
START_TEST(tensors_are_named_and_shaped_as_pytorchs)
{
    static const struct {
        const char *name;
        int ndim;
        int64_t dims[4];
    } expected[] = {
        {"0.weight", 4, {6, 3, 5, 4}}, {"0.bias", 1, {6}},
        {"1.weight", 1, {6}},          {"1.bias", 1, {6}},
        {"1.running_mean", 1, {6}},    {"1.running_var", 1, {6}},
        {"5.weight", 2, {10, 30}},     {"5.bias", 1, {10}},
    };
    struct nn_network *net = make("conv 6 5x4, batchnorm, relu, maxpool 2, flatten, linear",
                                  (struct nn_shape){3, 6, 14}, 10);

    ck_assert_int_eq(nn_network_tensors(net), 8);
    for (int t = 0; t < 8; t++) {
        struct nn_tensor tensor = nn_network_tensor(net, t);

        ck_assert_str_eq(tensor.name, expected[t].name);
        ck_assert_int_eq(tensor.ndim, expected[t].ndim);
        for (int d = 0; d < tensor.ndim; d++)
            ck_assert_int_eq(tensor.dims[d], expected[t].dims[d]);
    }
    nn_network_free(net);
}
END_TEST

/* ---- Descriptions ---- */

START_TEST(tensors_of_blocks_are_named_as_modules_in_modules)
{
    static const char *const names[] = {
        "0.weight",
        "0.bias",
        "1.body.0.weight",
        "1.body.0.bias",
        "1.body.2.body.0.weight",
        "1.body.2.body.0.bias",
        "1.body.3.weight",
        "1.body.3.bias",
        "1.shortcut.0.weight",
        "1.shortcut.1.weight",
        "1.shortcut.1.bias",
        "1.shortcut.1.running_mean",
        "1.shortcut.1.running_var",
        "4.weight",
        "4.bias",
    };
    static const int layers[] = {0, 0, 2, 2, 5, 5, 7, 7, 9, 10, 10, 10, 10, 14, 14};
    struct nn_network *net =
        make("conv 4 1x1, residual, conv 4 1x1, relu, residual, conv 4 1x1, add, conv 4 1x1, "
             "shortcut, conv 4 1x1 nobias, batchnorm, add, relu, flatten, linear",
             (struct nn_shape){1, 4, 4}, 10);

    ck_assert_int_eq(nn_network_tensors(net), sizeof names / sizeof *names);
    for (int t = 0; t < nn_network_tensors(net); t++) {
        ck_assert_str_eq(nn_network_tensor(net, t).name, names[t]);
        ck_assert_int_eq(nn_network_tensor(net, t).layer, layers[t]);
    }
    ck_assert_int_eq(nn_network_layer(net, 1).depth, 0);
    ck_assert_int_eq(nn_network_layer(net, 4).depth, 1);
    ck_assert_int_eq(nn_network_layer(net, 5).depth, 2);
    ck_assert_int_eq(nn_network_layer(net, 6).depth, 1);
    ck_assert_int_eq(nn_network_layer(net, 8).depth, 0);
    ck_assert_int_eq(nn_network_layer(net, 9).depth, 1);
    ck_assert_int_eq(nn_network_layer(net, 11).depth, 0);
    nn_network_free(net);
}
END_TEST

START_TEST(presets_have_their_known_sizes)
{
    static const int64_t parameters[] = {7850,  7850,   15910,  32430,  79510,  20490,
                                         44470, 207018, 326410, 272186, 303418, 627320};
    struct nn_network *net = make(nets[_i].text, digits, 10);

    ck_assert_int_eq(nn_network_parameters(net), parameters[_i]);
    ck_assert_str_eq(nn_network_description(net), nets[_i].text);
    ck_assert_int_eq(nn_network_input(net).h, 28);
    nn_network_free(net);
}
END_TEST

START_TEST(preset_files_hold_the_presets_networks)
{
    char *description = NULL;
    struct err err = {0};
    struct nn_network *net = NULL;

    ck_assert_int_eq(architecture_find(nets[_i].name, &description, &err), 0);
    net = make(description, digits, 10);
    ck_assert_str_eq(nn_network_description(net), nets[_i].text);
    nn_network_free(net);
    free(description);
}
END_TEST

START_TEST(multiply_adds_are_counted_for_one_picture)
{
    struct nn_network *net = make(nets[7].text, digits, 10);

    ck_assert_int_eq(nn_network_multiply_adds(net),
                     28 * 28 * 16 * 9 + 14 * 14 * 32 * 9 * 16 + 1568 * 128 + 128 * 10);
    nn_network_free(net);
}
END_TEST

/* What may be written, and how it comes out. */
START_TEST(descriptions_have_one_spelling)
{
    static const char *const spelt[][2] = {
        {"linear", "linear 10"},
        {"  linear   40 ,relu,\n\tlinear", "linear 40, relu, linear 10"},
        {"conv 4 3, flatten, linear", "conv 4 3x3, flatten, linear 10"},
        {"conv 4 3x3 stride 1 pad 0, flatten, linear 10", "conv 4 3x3, flatten, linear 10"},
        {"conv 4 3x3 pad 1 stride 2, flatten, linear",
         "conv 4 3x3 stride 2 pad 1, flatten, linear 10"},
        {"maxpool 2x2, flatten, linear", "maxpool 2, flatten, linear 10"},
        {"flatten, linear 5, dropout 0.250, linear", "flatten, linear 5, dropout 0.25, linear 10"},
        {"conv 3 3 nobias, leakyrelu, globalpool, flatten, linear nobias",
         "conv 3 3x3 nobias, leakyrelu 0.01, globalpool, flatten, linear 10 nobias"},
        {"Residual, conv 2 3x3 pad 1, shortcut, conv 2 1x1, Add, flatten, linear",
         "residual, conv 2 3x3 pad 1, shortcut, conv 2 1x1, add, flatten, linear 10"},
        {"avgpool 3x2 pad 1 stride 2, flatten, linear",
         "avgpool 3x2 stride 2 pad 1, flatten, linear 10"},
    };
    struct nn_network *net = make(spelt[_i][0], digits, 10), *again = NULL;

    ck_assert_str_eq(nn_network_description(net), spelt[_i][1]);
    again = make(nn_network_description(net), digits, 10);
    ck_assert_str_eq(nn_network_description(again), spelt[_i][1]);
    nn_network_free(again);
    nn_network_free(net);
}
END_TEST

/* Each with words that its sentence must have. */
static const struct {
    const char *description, *sentence;
} bad[] = {
    {"", "missing"},
    {"linear 10,", "missing"},
    {"linear 20,, linear 10", "missing"},
    {", linear 10", "missing"},
    {"liner 10", "'liner 10'"},
    {"liner 10", "linear"},
    {"linear 20, Softmax, linear", "in the loss"},
    {"linear 20, relu, linear 10, nn.LogSoftmax(dim=1)", "in the loss"},
    {"Dense 10", "linear N"},
    {"tf.keras.layers.Dense(10)", "linear N"},
    {"Conv2D 8 3x3, flatten, linear", "conv N KxK"},
    {"linear 20, TANH, linear", "relu and leakyrelu"},
    {"linear 20, sigmoid, linear", "relu and leakyrelu"},
    {"linear(20), relu, linear", "no brackets"},
    {"frobnicate(20), relu, linear", "no brackets"},
    {"conv 8 5x5 pad same, flatten, linear", "pad 2 keeps"},
    {"conv 8 4x4 pad same, flatten, linear", "none keeps"},
    {"tanhh", "no such layer"},
    {"convolution 32 of 3x3 with padding 1", "flatten, residual, shortcut, add"},
    {"linear 0", "linear"},
    {"linear -3", "linear"},
    {"linear 10 10", "'10'"},
    {"linear 1e9", "1e9"},
    {"linear 99999999999999999999", "linear"},
    {"linear ten", "'ten'"},
    {"linear 20, linear 9", "9 outputs where there are 10 classes"},
    {"linear 20, linear, linear 10", "layer 1"},
    {"relu", "linear"},
    {"flatten", "784 outputs where there are 10 classes"},
    {"conv 16, flatten, linear 10", "needed"},
    {"conv, flatten, linear 10", "needed"},
    {"conv 16 x3, flatten, linear 10", "layer 0"},
    {"conv 16 3x, flatten, linear 10", "layer 0"},
    {"conv 16 0x3, flatten, linear 10", "layer 0"},
    {"conv 16 3x3 pad, flatten, linear 10", "number is missing"},
    {"conv 16 3x3 stride 0, flatten, linear 10", "stride"},
    {"conv 16 3x3 padding 1, flatten, linear 10", "'padding'"},
    {"conv 16 29x29, flatten, linear 10", "larger than its input"},
    {"conv 16 3x3, conv 16 27x27, flatten, linear 10", "layer 1"},
    {"conv 16 3x3, linear 10", "flatten"},
    {"conv 10 28x28", "flatten"},
    {"linear 20, conv 16 3x3, flatten, linear 10", "not a picture"},
    {"flatten, maxpool 2, linear 10", "not a picture"},
    {"maxpool, flatten, linear 10", "needed"},
    {"maxpool 29, flatten, linear 10", "layer 0"},
    {"maxpool 2 stride, flatten, linear 10", "number is missing"},
    {"conv 4 3x3, maxpool 2, maxpool 14, flatten, linear 10", "larger than its input of 13x13"},
    {"maxpool 2 pad 2, flatten, linear 10", "half the window"},
    {"avgpool, flatten, linear 10", "needed"},
    {"flatten, globalpool, flatten, linear 10", "not a picture"},
    {"linear 20, leakyrelu 1, linear 10", "leakyrelu"},
    {"linear 20, leakyrelu -0.1, linear 10", "leakyrelu"},
    {"linear 20, dropout, linear 10", "dropout"},
    {"linear 20, dropout 1, linear 10", "dropout"},
    {"linear 20, dropout -0.1, linear 10", "dropout"},
    {"linear 20, dropout nan, linear 10", "dropout"},
    {"linear 20, dropout 0x1p-2, linear 10", "dropout"},
    {"linear 20, dropout 25%, linear 10", "dropout"},
    {"linear 20, batchnorm 20, linear 10", "'20'"},
    {"linear 20, relu relu, linear 10", "'relu'"},
    {"linear 65536, linear 65536, linear 10", "too large"},
    {"linear 20, add, linear 10", "layer 1, 'add': no 'residual' is open"},
    {"linear 20, shortcut, linear 10", "layer 1, 'shortcut': no 'residual' is open"},
    {"residual, linear 20, relu, linear 10", "layer 0, 'residual': no 'add' ends its block"},
    {"linear 20, residual, add, linear 10", "layer 1, 'residual': no layers follow"},
    {"residual, shortcut, linear 784, add, linear 10", "layer 0, 'residual': no layers follow"},
    {"residual, relu, shortcut, add, linear 10", "layer 2, 'shortcut': no layers follow"},
    {"residual, relu, shortcut, relu, shortcut, relu, add, linear", "has a shortcut already"},
    {"residual, residual, residual, residual, residual, relu, add, add, add, add, add, linear",
     "layer 4, 'residual': blocks lie at most four deep"},
    {"residual, flatten, linear 20, add, linear",
     "layer 3, 'add': the block's layers make 20 of its input of 1x28x28; they have to keep"},
    {"linear 9, residual, linear 20, add, linear",
     "make 20 of its input of 9; give the input that shape too, by 'shortcut, linear 20' before"},
    {"conv 4 1x1, residual, conv 8 3x3, add, flatten, linear",
     "make 8x26x26 of its input of 4x28x28; they have to keep"},
    {"conv 4 1x1, residual, conv 8 3x3 pad 1, add, flatten, linear",
     "make 8x28x28 of its input of 4x28x28; give the input that shape too, by 'shortcut, conv 8 "
     "1x1' before 'add'"},
    {"residual, conv 8 3x3 stride 2 pad 1, add, flatten, linear",
     "by 'shortcut, conv 8 1x1 stride 2' before 'add'"},
    {"residual, conv 8 3x3 stride 2 pad 1, shortcut, conv 8 1x1, add, flatten, linear",
     "layer 4, 'add': the shortcut makes 8x28x28 and the block's other layers 8x14x14; the "
     "shortcut "
     "that fits is 'conv 8 1x1 stride 2'"},
    {"residual, conv 8 9x9, shortcut, conv 8 1x1, add, flatten, linear",
     "both have to make one shape"},
    {"conv 2 3x3, flatten, residual, linear 1352, add, linear", "different orders"},
    {"BasicBlock(16, 16), flatten, linear", "residual, layers, add"},
    {"conv 8 3x3, Concatenate, flatten, linear", "branches are added here"},
    {"conv 65536 3x3, conv 65536 3x3, flatten, linear 10", "too large"},
};

START_TEST(a_bad_description_gets_a_sentence_that_names_the_fault)
{
    struct nn_network *net = NULL;
    struct nn_error error = {.text = ""};

    ck_assert_msg(nn_network_new(&net, bad[_i].description, digits, 10, &error) == -1,
                  "'%s' made a network", bad[_i].description);
    ck_assert_msg(strstr(error.text, bad[_i].sentence) != NULL, "'%s' says: %s",
                  bad[_i].description, error.text);
    ck_assert_ptr_null(net);
}
END_TEST

START_TEST(descriptions_beyond_all_bounds_are_refused)
{
    enum { LONG = 100000 };
    char *text = malloc(LONG + 1);
    struct nn_network *net = NULL;
    struct nn_error error = {.text = ""};

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', LONG);
    text[LONG] = 0;
    ck_assert_int_eq(nn_network_new(&net, text, digits, 10, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "too long"));
    memset(text, ',', LONG);
    ck_assert_int_eq(nn_network_new(&net, text, digits, 10, &error), -1);
    memset(text, ' ', LONG);
    ck_assert_int_eq(nn_network_new(&net, text, digits, 10, &error), -1);
    for (int i = 0; i < LONG; i += 5)
        memcpy(text + i, "relu,", 5);
    ck_assert_int_eq(nn_network_new(&net, text, digits, 10, &error), -1);
    ck_assert_str_eq(error.text, "20001 layers; there may be 4096");
    free(text);
    ck_assert_int_eq(nn_network_new(&net, "conv 1 31x31 pad 15, flatten, linear 10",
                                    (struct nn_shape){1 << 26, 1, 1}, 10, &error),
                     -1);
    ck_assert_ptr_nonnull(strstr(error.text, "too large"));
}
END_TEST

Suite *suite_init(void)
{
    Suite *suite = suite_create("init");
    TCase *weights = tcase_create("weights"), *descriptions = tcase_create("descriptions");

    tcase_set_timeout(weights, 60);
    tcase_add_loop_test(weights, initial_weights_are_distributed_as_pytorchs, 0, NETS);
    tcase_add_loop_test(weights, a_seed_always_gives_the_same_weights_and_another_seed_others, 0,
                        NETS);
    tcase_add_loop_test(weights, normal_initial_weights_are_normal, 0, NETS);
    tcase_add_loop_test(weights, a_copy_has_every_number, 0, NETS);
    tcase_add_test(weights, no_two_tensors_share_their_numbers);
    tcase_add_loop_test(weights, every_number_comes_out_where_it_went_in, 0, NETS);
    tcase_add_test(weights, tensors_are_named_and_shaped_as_pytorchs);
    suite_add_tcase(suite, weights);
    tcase_add_test(descriptions, tensors_of_blocks_are_named_as_modules_in_modules);
    tcase_add_loop_test(descriptions, presets_have_their_known_sizes, 0, NETS);
    tcase_add_loop_test(descriptions, preset_files_hold_the_presets_networks, 0, NETS);
    tcase_add_test(descriptions, multiply_adds_are_counted_for_one_picture);
    tcase_add_loop_test(descriptions, descriptions_have_one_spelling, 0, 9);
    tcase_add_loop_test(descriptions, a_bad_description_gets_a_sentence_that_names_the_fault, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_test(descriptions, descriptions_beyond_all_bounds_are_refused);
    suite_add_tcase(suite, descriptions);
    return suite;
}
