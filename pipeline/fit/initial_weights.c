/* The network of a training and its first weights: drawn, or read from a model or from PyTorch's.
 */
#include "initial_weights.h"

#include "pipeline/model/network_size.h"
#include "pipeline/model/recipe.h"

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

/* Finds the network's description: --arch, or that of the model to begin with. */
static int find_description(struct training *t, const struct tensor_file *from, char **description,
                            struct err *err)
{
    const char *recorded = from ? tensor_file_meta(from, "architecture") : NULL;

    if (t->settings.arch)
        return architecture_find(t->settings.arch, description, err);
    if (!recorded)
        return err_set(err, EX_USAGE, "%s: it does not say what network it is of; give --arch",
                       t->settings.from);
    *description = strdup(recorded);
    return *description ? 0 : err_memory(err, "a description", 0);
}

/* Sees pixels as the model's network does, and refuses one where options say otherwise: its weights
 * would be of no use. Bare weights do not say how theirs saw them. */
static int follow_from(struct training *t, const struct tensor_file *from, struct err *err)
{
    struct nn_input *now = &t->model.input;
    struct nn_input input;

    if (!*tensor_file_kind(from))
        return 0;
    if (tensor_file_expect(from, "model/1", err) || model_read_input(&input, from, err))
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
    t->model.weights = nn_weights_new(t->model.net);
    if (!t->model.weights)
        return err_memory(err, "the weights", 0);
    if (from) {
        if (seen_read(&t->model.seen, from, err))
            return -1;
        t->model.seen.partial |= !t->model.seen.recorded;
        return model_read_weights(t->model.net, t->model.weights, from, err);
    }
    if (s->init_std > 0)
        nn_weights_init_normal(t->model.weights, s->nn.seed, s->init_std);
    else
        nn_weights_init(t->model.weights, s->nn.seed);
    return 0;
}

int training_make_network(struct training *t, struct err *err)
{
    struct tensor_file *from = NULL;
    int result = -1;

    if (!t->settings.from ||
        tensor_file_open(&from, t->settings.from, &t->inputs, "from", err) == 0)
        result = make_network(t, from, err);
    tensor_file_close(from);
    return result;
}
