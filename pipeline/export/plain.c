/* A model's layers as plain steps. */
#include "plain.h"

#include "pipeline/base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BLOCKS = 8 }; /* within each other; nn/ has 4 */

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
    float *values = NULL;

    *size = 0;
    for (int t = 0; t < nn_network_tensors(model->net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(model->net, t);

        if (tensor.layer != layer || strcmp(strrchr(tensor.name, '.') + 1, what))
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
        into->bias[k] =
            (float)((double)into->bias[k] * (double)scale->weights[k] + (double)scale->bias[k]);
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
        s->kernel_h = s->in.h;
        s->kernel_w = s->in.w;
        s->stride_h = s->stride_w = 1;
        return 1;
    }
    if (begins(text, "add")) {
        s->kind = PLAIN_ADD;
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

/* Where a walk through the layers is: the step whose output the next layer takes, and those of the
 * open blocks, of which `other` is the branch that was done first, or the block's input. */
struct walk {
    int at, depth;
    int input[MOST_BLOCKS], other[MOST_BLOCKS];
};

/* Goes past a word that begins a branch. */
static bool is_branch(struct walk *walk, const char *text)
{
    if (begins(text, "residual")) {
        walk->input[walk->depth] = walk->other[walk->depth] = walk->at;
        walk->depth++;
        return true;
    }
    if (begins(text, "shortcut")) {
        walk->other[walk->depth - 1] = walk->at;
        walk->at = walk->input[walk->depth - 1];
        return true;
    }
    return false;
}

/* Tells whether a step's output is taken by the next layer alone. */
static bool is_alone(const struct walk *walk, int step)
{
    for (int d = 0; d < walk->depth; d++)
        if (walk->input[d] == step || walk->other[d] == step)
            return false;
    return walk->at == step;
}

static struct nn_shape shape_at(const struct plain *plain, const struct model *model, int step)
{
    return step < 0 ? nn_network_input(model->net) : plain->steps[step].out;
}

/* Adds a layer to the list, or to the step before it. */
static int add_layer(struct plain *plain, struct walk *walk, const struct model *model, int layer,
                     const char *path, struct err *err)
{
    struct plain_step *s = &plain->steps[plain->count];
    struct plain_step *before = plain->count ? s - 1 : NULL;
    int got;

    *s = (struct plain_step){
        .from = walk->at, .side = walk->at, .in = shape_at(plain, model, walk->at)};
    got = read_layer(s, model, layer, path, err);
    if (got <= 0) {
        drop(s);
        return got;
    }
    if (s->kind == PLAIN_ADD)
        s->side = walk->other[--walk->depth];
    if (s->kind == PLAIN_SCALE && before && is_alone(walk, plain->count - 1) &&
        (before->kind == PLAIN_CONV || before->kind == PLAIN_LINEAR)) {
        fold(before, s);
        drop(s);
        return 0;
    }
    walk->at = plain->count++;
    return 0;
}

/* ---- Memory ---- */

/* Tells whether a step may write its output over the input. */
static bool writes_over(const struct plain_step *s)
{
    return s->kind == PLAIN_LEAKY || s->kind == PLAIN_SCALE || s->kind == PLAIN_ADD;
}

/* Returns a place for `size` numbers that no step of `last` [places] needs at `now` or later. */
static int free_place(struct plain *plain, const int *last, int now, int64_t size)
{
    int place = 0;

    while (place < plain->places && last[place] >= now)
        place++;
    plain->places += place == plain->places;
    if (plain->room[place] < size)
        plain->room[place] = size;
    return place;
}

/* Gives each step a place for its output: the input's where that is of no further use, else the
 * first that is free. */
static int place_all(struct plain *plain, const struct model *model, struct err *err)
{
    const size_t values = (size_t)plain->count + 1; /* value 0: the pixels */
    int *use = calloc(2 * values, sizeof *use), *last = use ? use + values : NULL;

    plain->room = calloc(values, sizeof *plain->room);
    if (!use || !plain->room) {
        free(use);
        return err_memory(err, "the layers", 0);
    }
    for (int i = 0; i < plain->count; i++)
        use[plain->steps[i].from + 1] = use[plain->steps[i].side + 1] = i;
    use[plain->count] = plain->count;
    plain->input_place = free_place(plain, last, 0, shape_size(nn_network_input(model->net)));
    last[plain->input_place] = use[0];
    for (int i = 0; i < plain->count; i++) {
        struct plain_step *s = &plain->steps[i];
        const int from = s->from < 0 ? plain->input_place : plain->steps[s->from].place;

        s->place = s->kind == PLAIN_FLATTEN || (writes_over(s) && last[from] <= i)
                       ? from
                       : free_place(plain, last, i, shape_size(s->out));
        last[s->place] = s->place == from && last[from] > use[i + 1] ? last[from] : use[i + 1];
    }
    free(use);
    return 0;
}

int plain_make(struct plain *plain, const struct model *model, const char *path, struct err *err)
{
    const int layers = nn_network_layers(model->net);
    struct walk walk = {.at = -1};

    *plain = (struct plain){.count = 0};
    if (view_any(&model->view))
        return err_set(err, EX_DATAERR,
                       "%s: its network sees pictures normalized by '%s', which an exported one "
                       "would not do; predict does, and a model fitted without --normalize can be "
                       "exported",
                       path, model->view.text);
    *plain = (struct plain){.steps = calloc((size_t)layers + 1, sizeof *plain->steps)};
    if (!plain->steps)
        return err_memory(err, "the layers", 0);
    for (int i = 0; i < layers; i++)
        if (!is_branch(&walk, nn_network_layer(model->net, i).text) &&
            add_layer(plain, &walk, model, i, path, err))
            return -1;
    return place_all(plain, model, err);
}

void plain_free(struct plain *plain)
{
    for (int i = 0; i < plain->count; i++)
        drop(&plain->steps[i]);
    free(plain->steps);
    free(plain->room);
    *plain = (struct plain){.count = 0};
}
