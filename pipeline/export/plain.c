/* A model's layers as plain steps. */
#include "plain.h"

#include "pipeline/base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Words of a layer's description ---- */

/* Returns the number after a word of the description, or `otherwise`. */
static double number_after(const char *text, const char *word, double otherwise)
{
    const char *at = strstr(text, word);

    return at ? strtod(at + strlen(word), NULL) : otherwise;
}

static bool begins(const char *text, const char *name)
{
    const size_t size = strlen(name);

    return strncmp(text, name, size) == 0 && (text[size] == ' ' || text[size] == 0);
}

/* Reads "3x3" or "2", stride and pad. */
static void read_window(struct plain_step *s, const char *size, const char *text, bool pools)
{
    char *end;

    s->kernel_h = s->kernel_w = (int)strtol(size, &end, 10);
    if (*end == 'x')
        s->kernel_w = (int)strtol(end + 1, NULL, 10);
    s->stride_h = (int)number_after(text, " stride ", pools ? s->kernel_h : 1);
    s->stride_w = (int)number_after(text, " stride ", pools ? s->kernel_w : 1);
    s->pad = (int)number_after(text, " pad ", 0);
}

/* ---- Weights ---- */

/* Returns the values of a layer's tensor, for free(); NULL: it has none, or out of memory. */
static float *values_of(const struct model *model, int layer, const char *what, int64_t *size,
                        struct err *err)
{
    char name[40];
    float *values = NULL;

    *size = 0;
    snprintf(name, sizeof name, "%d.%s", layer, what);
    for (int t = 0; t < nn_network_tensors(model->net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(model->net, t);

        if (strcmp(tensor.name, name))
            continue;
        *size = tensor.size;
        values = rows_alloc(tensor.size, sizeof *values, "weights", err);
        if (values)
            nn_weights_export(model->weights, t, values);
        return values;
    }
    return NULL;
}

/* Fills weights and bias; without a bias it is zeros. */
static int take_weights(struct plain_step *s, const struct model *model, int layer, struct err *err)
{
    int64_t size;

    s->weights = values_of(model, layer, "weight", &s->weight_count, err);
    if (!s->weights)
        return -1;
    s->bias_count = s->out.c;
    s->bias = values_of(model, layer, "bias", &size, err);
    if (s->bias || size)
        return s->bias ? 0 : -1;
    s->bias = calloc((size_t)s->bias_count, sizeof *s->bias);
    return s->bias ? 0 : err_memory(err, "weights", 0);
}

/* Fills weights and bias with what batch normalization comes to (epsilon is PyTorch's). */
static int take_scale(struct plain_step *s, const struct model *model, int layer, struct err *err)
{
    const double epsilon = 1e-5;
    int64_t size;
    float *mean = values_of(model, layer, "running_mean", &size, err);
    float *var = mean ? values_of(model, layer, "running_var", &size, err) : NULL;
    int result = var ? take_weights(s, model, layer, err) : -1;

    for (int k = 0; k < s->bias_count && result == 0; k++) {
        const double factor = (double)s->weights[k] / sqrt((double)var[k] + epsilon);

        s->bias[k] = (float)((double)s->bias[k] - (double)mean[k] * factor);
        s->weights[k] = (float)factor;
    }
    free(mean);
    free(var);
    return result;
}

/* Makes `into`, a convolution or a linear layer, do what `scale` does after it. */
static void fold(struct plain_step *into, const struct plain_step *scale)
{
    const int64_t each = into->weight_count / into->bias_count;

    for (int k = 0; k < into->bias_count; k++) {
        for (int64_t i = 0; i < each; i++)
            into->weights[k * each + i] =
                (float)((double)into->weights[k * each + i] * (double)scale->weights[k]);
        into->bias[k] = (float)((double)into->bias[k] * (double)scale->weights[k] +
                                (double)scale->bias[k]);
    }
}

/* ---- The list ---- */

static void drop(struct plain_step *s)
{
    free(s->weights);
    free(s->bias);
    *s = (struct plain_step){.kind = PLAIN_FLATTEN};
}

/* Reads layer number `layer`. Returns 1 it is a step, 0 it does nothing in prediction, -1 error. */
static int read_layer(struct plain_step *s, const struct model *model, int layer, const char *path,
                      struct err *err)
{
    const struct nn_layer_info info = nn_network_layer(model->net, layer);
    const char *text = info.text;

    s->out = info.out;
    if (begins(text, "dropout"))
        return 0;
    if (begins(text, "flatten")) {
        s->kind = PLAIN_FLATTEN;
        return 1;
    }
    if (begins(text, "relu") || begins(text, "leakyrelu")) {
        s->kind = PLAIN_LEAKY;
        s->slope = begins(text, "relu") ? 0 : (float)number_after(text, "leakyrelu ", 0.01);
        return 1;
    }
    if (begins(text, "globalpool")) {
        s->kind = PLAIN_GLOBAL;
        return 1;
    }
    if (begins(text, "maxpool") || begins(text, "avgpool")) {
        s->kind = begins(text, "maxpool") ? PLAIN_MAXPOOL : PLAIN_AVGPOOL;
        read_window(s, strchr(text, ' ') + 1, text, true);
        return 1;
    }
    if (begins(text, "conv")) {
        s->kind = PLAIN_CONV;
        read_window(s, strchr(strchr(text, ' ') + 1, ' ') + 1, text, false);
        return take_weights(s, model, layer, err) ? -1 : 1;
    }
    if (begins(text, "linear")) {
        s->kind = PLAIN_LINEAR;
        return take_weights(s, model, layer, err) ? -1 : 1;
    }
    if (begins(text, "batchnorm")) {
        s->kind = PLAIN_SCALE;
        return take_scale(s, model, layer, err) ? -1 : 1;
    }
    return err_set(err, EX_DATAERR, "%s: layer %d, '%s', cannot be exported", path, layer, text);
}

int plain_make(struct plain *plain, const struct model *model, const char *path, struct err *err)
{
    const int layers = nn_network_layers(model->net);
    struct nn_shape in = nn_network_input(model->net);

    *plain = (struct plain){.steps = calloc((size_t)layers + 1, sizeof *plain->steps)};
    if (!plain->steps)
        return err_memory(err, "the layers", 0);
    for (int i = 0; i < layers; i++) {
        struct plain_step *s = &plain->steps[plain->count];
        struct plain_step *before = plain->count ? s - 1 : NULL;
        const int got = read_layer(s, model, i, path, err);

        if (got < 0) {
            drop(s);
            return -1;
        }
        if (got == 0)
            continue;
        s->in = in;
        in = s->out;
        if (s->kind == PLAIN_SCALE && before &&
            (before->kind == PLAIN_CONV || before->kind == PLAIN_LINEAR)) {
            fold(before, s);
            drop(s);
            continue;
        }
        plain->count++;
    }
    return 0;
}

void plain_free(struct plain *plain)
{
    for (int i = 0; i < plain->count; i++)
        drop(&plain->steps[i]);
    free(plain->steps);
    *plain = (struct plain){.count = 0};
}
