/* y = W x + b with a normalization s y + t behind it is (s W) x + (s b + t); with one before it,
 * W (s x + t) + b, it is (W s) x + (b + W t). The second holds where every factor of W meets a
 * number that was normalized: zeros around a picture are not. */
#include "fold_batchnorm.h"
#include "nn/base/memory.h"

#include <stdlib.h>

/* ---- Which layers stay ---- */

/* The next layer that prediction needs and that does more than change the shape. */
static const struct layer *next_worker(const struct layer *layer)
{
    do
        layer++;
    while (layer->type->training_only || layer->type->role == ROLE_SHAPE);
    return layer;
}

static bool takes_in_before(const struct layer *matrix)
{
    return matrix->type->role == ROLE_MATRIX && matrix->border_in == 0;
}

/* Room for weights and one bias for each output. */
static void add_bias(struct layer *matrix)
{
    matrix->bias = true;
    matrix->parameters = (size_t)panels(matrix->out.c) * LANES * ((size_t)matrix->factors + 1);
}

static void add_folding(struct folded *folded, const struct layer *norm, struct layer *matrix,
                        bool behind)
{
    folded->folding[folded->foldings++] = (struct folding){norm, matrix, behind};
    add_bias(matrix);
}

static struct layer *keep(struct folded *folded, const struct layer *layer)
{
    struct layer *kept = &folded->net.layer[folded->net.layers];

    folded->from[folded->net.layers++] = layer;
    *kept = *layer;
    kept->derived = kept->derived_forward;
    if (kept->type->role == ROLE_MATRIX)
        kept->shard_bytes = 0; /* for gradients */
    return kept;
}

static void choose_layers(struct folded *folded, const struct nn_network *net)
{
    const struct layer *waiting = NULL; /* a normalization that the next matrix layer takes in */
    struct layer *last = NULL;

    for (int i = 0; i < net->layers; i++) {
        const struct layer *layer = &net->layer[i];

        if (layer->type->training_only)
            continue;
        if (layer->type->role == ROLE_NORMALIZE) {
            if (last->type->role == ROLE_MATRIX) {
                add_folding(folded, layer, last, true);
                continue;
            }
            if (takes_in_before(next_worker(layer))) {
                waiting = layer;
                continue;
            }
        }
        last = keep(folded, layer);
        if (waiting && layer->type->role == ROLE_MATRIX) {
            add_folding(folded, waiting, last, false);
            waiting = NULL;
        }
    }
}

static void place_parameters(struct nn_network *net)
{
    net->parameters = net->derived = 0;
    for (int i = 0; i < net->layers; i++) {
        net->layer[i].parameters_at = net->parameters;
        net->parameters += net->layer[i].parameters;
        net->layer[i].derived_at = net->derived;
        net->derived += net->layer[i].derived.numbers;
    }
}

static int most_channels(const struct folded *folded)
{
    int most = 0;

    for (int i = 0; i < folded->foldings; i++)
        if (folded->folding[i].norm->in.c > most)
            most = folded->folding[i].norm->in.c;
    return most;
}

int folded_init(struct folded *folded, const struct nn_network *net)
{
    const size_t layers = (size_t)net->layers;
    size_t channels;

    *folded = (struct folded){.net = *net};
    folded->net.layers = 0;
    folded->net.layer = calloc(layers, sizeof *folded->net.layer);
    folded->from = calloc(layers, sizeof *folded->from);
    folded->folding = calloc(layers, sizeof *folded->folding);
    if (!folded->net.layer || !folded->from || !folded->folding)
        goto failed;
    choose_layers(folded, net);
    place_parameters(&folded->net);
    channels = (size_t)most_channels(folded) + 1;
    folded->scale = calloc(channels, sizeof *folded->scale);
    folded->shift = calloc(channels, sizeof *folded->shift);
    folded->weights.net = &folded->net;
    folded->weights.parameters = aligned_zeros(folded->net.parameters * sizeof(real));
    folded->weights.statistics = aligned_zeros(folded->net.statistics * sizeof(real));
    if (folded->scale && folded->shift && folded->weights.parameters && folded->weights.statistics)
        return 0;
failed:
    folded_free(folded);
    return -1;
}

void folded_free(struct folded *folded)
{
    free(folded->net.layer);
    free(folded->from);
    free(folded->folding);
    free(folded->scale);
    free(folded->shift);
    free(folded->weights.parameters);
    free(folded->weights.statistics);
    *folded = (struct folded){0};
}

/* ---- Their weights ---- */

/* The packed numbers of one panel of a matrix layer. */
struct panel {
    real *weights; /* [factors][LANES] */
    real *bias;    /* [LANES] */
    int first;     /* output in lane 0 */
    int lanes;     /* outputs */
};

static struct panel panel_of(const struct folded *folded, const struct layer *matrix, int number)
{
    real *packed = folded->weights.parameters + matrix->parameters_at;
    const ptrdiff_t each = (ptrdiff_t)matrix->factors * LANES;
    const int first = number * LANES, left = matrix->out.c - first;

    return (struct panel){
        .weights = packed + number * each,
        .bias = packed + panels(matrix->out.c) * each + first,
        .first = first,
        .lanes = left < LANES ? left : LANES,
    };
}

static void scale_outputs(const struct folded *folded, const struct layer *matrix,
                          const struct panel *panel)
{
    const double *scale = folded->scale + panel->first, *shift = folded->shift + panel->first;

    for (int k = 0; k < matrix->factors; k++)
        for (int l = 0; l < panel->lanes; l++)
            panel->weights[k * LANES + l] =
                (real)((double)panel->weights[k * LANES + l] * scale[l]);
    for (int l = 0; l < panel->lanes; l++)
        panel->bias[l] = (real)((double)panel->bias[l] * scale[l] + shift[l]);
}

static void scale_inputs(const struct folded *folded, const struct layer *matrix, int channels,
                         const struct panel *panel)
{
    double bias[LANES];

    for (int l = 0; l < panel->lanes; l++)
        bias[l] = (double)panel->bias[l];
    for (int k = 0; k < matrix->factors; k++) {
        const double scale = folded->scale[k % channels], shift = folded->shift[k % channels];

        for (int l = 0; l < panel->lanes; l++) {
            const double weight = (double)panel->weights[k * LANES + l];

            bias[l] += weight * shift;
            panel->weights[k * LANES + l] = (real)(weight * scale);
        }
    }
    for (int l = 0; l < panel->lanes; l++)
        panel->bias[l] = (real)bias[l];
}

static void fold(const struct folded *folded, const struct folding *folding,
                 const struct nn_weights *weights)
{
    const struct layer *norm = folding->norm, *matrix = folding->matrix;

    norm->type->affine(norm, weights->parameters + norm->parameters_at,
                       weights->statistics + norm->statistics_at, folded->scale, folded->shift);
    for (int p = 0; p < panels(matrix->out.c); p++) {
        const struct panel panel = panel_of(folded, matrix, p);

        if (folding->behind)
            scale_outputs(folded, matrix, &panel);
        else
            scale_inputs(folded, matrix, norm->in.c, &panel);
    }
}

/* A layer's parameters as they are; zeros for biases that it does not have. */
static void copy_parameters(const struct folded *folded, int number,
                            const struct nn_weights *weights)
{
    const struct layer *to = &folded->net.layer[number], *from = folded->from[number];
    real *parameters = folded->weights.parameters + to->parameters_at;

    memcpy(parameters, weights->parameters + from->parameters_at, from->parameters * sizeof(real));
    memset(parameters + from->parameters, 0, (to->parameters - from->parameters) * sizeof(real));
}

bool folded_take(struct folded *folded, const struct nn_weights *weights)
{
    if (folded->weights.version == weights->version)
        return false;
    for (int i = 0; i < folded->net.layers; i++)
        copy_parameters(folded, i, weights);
    memcpy(folded->weights.statistics, weights->statistics, folded->net.statistics * sizeof(real));
    for (int i = 0; i < folded->foldings; i++)
        fold(folded, &folded->folding[i], weights);
    folded->weights.version = weights->version;
    return true;
}
