/* The network of a training and its first weights: drawn, or read from a model or from PyTorch's.
 */
#include "initial_weights.h"

#include "pipeline/model/network_size.h"
#include "pipeline/model/recipe.h"
#include "pipeline/tensor/meta.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the preset that --arch names, NULL if it is none. */
static const char *preset_name(const char *arch)
{
    for (int i = 0; arch && presets[i].name; i++)
        if (strcmp(presets[i].name, arch) == 0)
            return presets[i].name;
    return NULL;
}

/* Returns the description with so many outputs of the last layer that has any; NULL: out of memory.
 * It is one that a network gave. */
static char *with_outputs(const char *description, int outputs)
{
    const char *last = NULL;
    char *text;

    for (const char *layer = description; layer; layer = strstr(layer, ", ")) {
        layer += layer == description ? 0 : 2;
        for (int i = 0; i < 2; i++) {
            const char *word = i ? "conv " : "linear ";

            if (strncmp(layer, word, strlen(word)) == 0)
                last = layer + strlen(word);
        }
    }
    if (!last)
        return strdup(description);
    return asprintf(&text, "%.*s%d%s", (int)(last - description), description, outputs,
                    last + strspn(last, "0123456789")) < 0
               ? NULL
               : text;
}

/* Finds the network's description: --arch, or that of the model to begin with, with an output for
 * each class of the data. */
static int find_description(struct training *t, const struct tensor_file *from, char **description,
                            struct err *err)
{
    const char *recorded = from ? tensor_file_meta(from, "architecture") : NULL;

    if (t->settings.arch)
        return architecture_find(t->settings.arch, description, err);
    if (!recorded)
        return err_set(err, EX_USAGE, "%s: it does not say what network it is of; give --arch",
                       t->settings.from);
    *description = with_outputs(recorded, t->train.info.class_count);
    return *description ? 0 : err_memory(err, "a description", 0);
}

static int read_precision(struct training *t, const struct tensor_file *from, struct err *err)
{
    json_t *settings = tensor_file_meta_json(from, "settings", err);
    const int result =
        settings ? model_read_precision(&t->from_precision, settings, from, err) : -1;

    json_decref(settings);
    return result;
}

/* Sees pixels as the model's network does, and refuses one where options say otherwise: its weights
 * would be of no use. Bare weights do not say how theirs saw them. */
static int follow_from(struct training *t, const struct tensor_file *from, struct err *err)
{
    struct nn_input *now = &t->model.input;
    struct nn_input input;
    struct view view = {.text = ""};
    bool same;

    t->from_precision = t->settings.precision;
    t->from_bare = !*tensor_file_kind(from);
    if (t->from_bare)
        return 0;
    if (model_expect(from, err) || read_precision(t, from, err) ||
        model_read_input(&input, &view, t->train.info.c, from, err))
        return -1;
    same = strcmp(view.text, t->model.view.text) == 0;
    if (!same)
        err_set(err, EX_USAGE, "%s: its network sees pictures %s%s; give %s%s%s", t->settings.from,
                *view.text ? "normalized by " : "as they are", view.text,
                *view.text ? "--normalize '" : "no --normalize", view.text, *view.text ? "'" : "");
    view_free(&view);
    if (!same)
        return -1;
    if (strcmp(t->settings.divisor, "auto") == 0)
        t->settings.input.divisor = now->divisor = input.divisor;
    if (input.divisor == now->divisor && input.mean == now->mean && input.std == now->std)
        return 0;
    return err_set(err, EX_USAGE,
                   "%s: its network sees pixels / %g, mean %.9g, std %.9g, but this one pixels / "
                   "%g, mean %.9g, std %.9g; give --divisor %.9g --mean %.9g --std %.9g",
                   t->settings.from, (double)input.divisor, (double)input.mean, (double)input.std,
                   (double)now->divisor, (double)now->mean, (double)now->std, (double)input.divisor,
                   (double)input.mean, (double)input.std);
}

/* ---- Classes of the model to begin with ---- */

/* Says how the classes differ; "": they do not, or bare weights do not tell theirs. */
static int compare_classes(const struct training *t, const struct tensor_file *from,
                           char text[TRANSFER_TEXT], struct err *err)
{
    const struct dataset_info *now = &t->train.info;
    char **classes = NULL, **names = NULL;
    int count = 0;
    bool same;

    text[0] = 0;
    if (!*tensor_file_kind(from))
        return 0;
    if (meta_get_classes(from, &classes, &names, &count, err))
        return -1;
    same = count == now->class_count;
    for (int k = 0; k < count && same; k++)
        same = strcmp(classes[k], now->classes[k]) == 0;
    if (!same && count > 0)
        snprintf(text, TRANSFER_TEXT,
                 "its %d classes are '%.40s' to '%.40s', these %d '%.40s' to '%.40s'", count,
                 classes[0], classes[count - 1], now->class_count, now->classes[0],
                 now->classes[now->class_count - 1]);
    texts_free(classes, count);
    texts_free(names, count);
    return 0;
}

/* Tells whether a matrix has the shape of the other one transposed, which is no other number of
 * outputs. */
static bool is_transposed(const struct tensor *found, const struct nn_tensor *wanted)
{
    return wanted->ndim == 2 && found->dims[0] == wanted->dims[1] &&
           found->dims[1] == wanted->dims[0];
}

/* Tells whether the file's weights of the output layer have another number of outputs. */
static bool output_differs(const struct training *t, const struct tensor_file *from, int layer)
{
    const struct nn_network *net = t->model.net;

    for (int i = 0; i < nn_network_tensors(net); i++) {
        const struct nn_tensor wanted = nn_network_tensor(net, i);
        const struct tensor *found = tensor_file_find(from, wanted.name);

        if (wanted.layer == layer && found && found->ndim == wanted.ndim &&
            found->dims[0] != wanted.dims[0] && !is_transposed(found, &wanted))
            return true;
    }
    return false;
}

/* Finds how many layers get the file's weights: all, or where the outputs stand for other classes
 * those before that layer; t->transfer says why. */
static int find_taken(struct training *t, const struct tensor_file *from, int *layers,
                      struct err *err)
{
    const int output = nn_network_output_layer(t->model.net);
    const bool differs = output_differs(t, from, output);

    *layers = INT_MAX;
    if (compare_classes(t, from, t->transfer, err))
        return -1;
    if (t->settings.same_classes) {
        t->transfer[0] = 0;
        return differs ? err_set(err, EX_USAGE,
                                 "--same-classes: %s has another number of classes than %d",
                                 t->settings.from, t->train.info.class_count)
                       : 0;
    }
    if (differs && !t->transfer[0])
        snprintf(t->transfer, TRANSFER_TEXT, "it has another number of outputs than %d",
                 t->train.info.class_count);
    if (t->transfer[0])
        *layers = output;
    return 0;
}

/* Reads --freeze and --from-lr. */
static int set_frozen(struct training *t, struct err *err)
{
    struct nn_training *nn = &t->settings.nn;
    const int output = nn_network_output_layer(t->model.net);
    const char *text = t->settings.freeze;
    char *end;
    long number;

    nn->tuned = nn->tuned_rate != 1 ? output : 0;
    if (!text)
        return 0;
    number = strcmp(text, "all-but-last") == 0 ? (end = "", output) : strtol(text, &end, 10);
    if (end == text || *end || number < 1 || number > output)
        return err_set(err, EX_USAGE,
                       "--freeze takes all-but-last, or how many of the layers before the last "
                       "with weights, number %d from 0, not '%s'",
                       output, text);
    nn->frozen = (int)number;
    return 0;
}

/* Sets the output layer to zero: random weights on features that are trained already have losses
 * far above guessing, whose first steps spoil the features. */
static int clear_output(struct training *t, struct err *err)
{
    const struct nn_network *net = t->model.net;
    const int output = nn_network_output_layer(net);

    for (int i = 0; i < nn_network_tensors(net); i++) {
        const struct nn_tensor tensor = nn_network_tensor(net, i);
        float *zeros;

        if (tensor.layer != output)
            continue;
        zeros = calloc((size_t)tensor.size, sizeof *zeros);
        if (!zeros)
            return err_memory(err, "the weights", 0);
        nn_weights_import(t->model.weights, i, zeros);
        free(zeros);
    }
    return 0;
}

static int read_weights(struct training *t, struct tensor_file *from, struct err *err)
{
    int layers;

    if (find_taken(t, from, &layers, err) || set_frozen(t, err))
        return -1;
    nn_weights_init(t->model.weights, t->settings.nn.seed);
    if (clear_output(t, err))
        return -1;
    return model_read_weights(t->model.net, t->model.weights, layers, from, err);
}

static int make_network(struct training *t, struct tensor_file *from, struct err *err)
{
    const struct dataset_info *info = &t->train.info;
    const struct training_settings *s = &t->settings;
    const struct nn_shape shape = {info->c, info->h, info->w};
    struct nn_error fault;
    char *description = NULL, what[512];
    int result, small;

    t->settings.preset = preset_name(s->arch);
    if ((from && follow_from(t, from, err)) || find_description(t, from, &description, err))
        return -1;
    snprintf(what, sizeof what, "--%s %.400s",
             s->recipe ? "recipe"
             : s->arch ? "arch"
                       : "from",
             s->recipe ? s->recipe
             : s->arch ? s->arch
                       : s->from);
    result = nn_network_new(&t->model.net, description, shape, info->class_count, &fault);
    small = result && !fault.out_of_memory
                ? network_check_size(what, description, shape, info->class_count, err)
                : 0;
    free(description);
    if (result && fault.out_of_memory)
        return err_memory(err, "the network", 0);
    if (small)
        return -1;
    if (result)
        return err_set(err, EX_USAGE, "--%s %s: %s", s->arch ? "arch" : "from",
                       s->arch ? s->arch : s->from, fault.text);
    nn_network_set_precision(t->model.net, s->precision);
    t->model.weights = nn_weights_new(t->model.net);
    if (!t->model.weights)
        return err_memory(err, "the weights", 0);
    if (from)
        return read_weights(t, from, err);
    if (s->init_std > 0)
        nn_weights_init_normal(t->model.weights, s->nn.seed, s->init_std);
    else
        nn_weights_init(t->model.weights, s->nn.seed);
    return 0;
}

int training_open_from(struct training *t, struct err *err)
{
    struct seen *seen = &t->model.seen;

    if (!t->settings.from)
        return 0;
    if (tensor_file_open(&t->from, t->settings.from, &t->inputs, "from", err) ||
        seen_read(seen, t->from, err))
        return -1;
    seen->partial |= !seen->recorded;
    return 0;
}

int training_make_network(struct training *t, struct err *err)
{
    const int result = make_network(t, t->from, err);

    tensor_file_close(t->from);
    t->from = NULL;
    return result;
}
