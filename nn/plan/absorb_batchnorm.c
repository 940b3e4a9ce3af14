/* Absorbs normalizations: y = W x + b with a normalization s y + t after it is (s W) x + (s b + t);
 * with one before it, W (s x + t) + b, it is (W s) x + (b + W t). The second holds where every
 * factor of W meets a number that was normalized: zeros around a picture are not. */
#include "absorb_batchnorm.h"
#include "nn/base/memory.h"
#include "nn/network/blocks.h"

#include <stdlib.h>

/* ---- Which layers stay ---- */

/* Returns the next layer that prediction needs and that does more than change the shape. */
static const struct layer *next_worker(const struct layer *layer)
{
    do
        layer++;
    while (layer->type->training_only || layer->type->role == ROLE_SHAPE);
    return layer;
}

static bool absorbs_before(const struct layer *matrix)
{
    return matrix->type->role == ROLE_MATRIX && matrix->border_in == 0;
}

/* Makes room for one bias for each output. */
static void add_bias(struct layer *matrix)
{
    matrix->bias = true;
    matrix->parameters = (size_t)panels(matrix->out.c) * LANES * ((size_t)matrix->factors + 1);
}

static void add_absorption(struct absorbed *absorbed, const struct layer *norm,
                           struct layer *matrix, bool after)
{
    absorbed->absorption[absorbed->absorptions++] = (struct absorption){norm, matrix, after};
    add_bias(matrix);
}

static struct layer *keep(struct absorbed *absorbed, const struct layer *layer)
{
    struct layer *kept = &absorbed->net.layer[absorbed->net.layers];

    absorbed->from[absorbed->net.layers++] = layer;
    *kept = *layer;
    kept->derived = kept->derived_forward;
    if (kept->type->role == ROLE_MATRIX)
        kept->shard_bytes = 0; /* for gradients */
    return kept;
}

static void choose_layers(struct absorbed *absorbed, const struct nn_network *net)
{
    const struct layer *waiting = NULL; /* to be absorbed by the next matrix layer */
    struct layer *last = NULL;

    for (int i = 0; i < net->layers; i++) {
        const struct layer *layer = &net->layer[i];

        if (layer->type->training_only)
            continue;
        if (layer->type->role == ROLE_NORMALIZE) {
            if (last->type->role == ROLE_MATRIX) {
                add_absorption(absorbed, layer, last, true);
                continue;
            }
            if (absorbs_before(next_worker(layer))) {
                waiting = layer;
                continue;
            }
        }
        last = keep(absorbed, layer);
        if (waiting && layer->type->role == ROLE_MATRIX) {
            add_absorption(absorbed, waiting, last, false);
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

static int most_channels(const struct absorbed *absorbed)
{
    int most = 0;

    for (int i = 0; i < absorbed->absorptions; i++)
        if (absorbed->absorption[i].norm->in.c > most)
            most = absorbed->absorption[i].norm->in.c;
    return most;
}

int absorbed_init(struct absorbed *absorbed, const struct nn_network *net)
{
    const size_t layers = (size_t)net->layers;
    size_t channels;

    *absorbed = (struct absorbed){.net = *net};
    absorbed->net.layers = 0;
    absorbed->net.layer = calloc(layers, sizeof *absorbed->net.layer);
    absorbed->from = calloc(layers, sizeof *absorbed->from);
    absorbed->absorption = calloc(layers, sizeof *absorbed->absorption);
    if (!absorbed->net.layer || !absorbed->from || !absorbed->absorption)
        goto failed;
    choose_layers(absorbed, net);
    blocks_connect(&absorbed->net);
    place_parameters(&absorbed->net);
    channels = (size_t)most_channels(absorbed) + 1;
    absorbed->scale = calloc(channels, sizeof *absorbed->scale);
    absorbed->shift = calloc(channels, sizeof *absorbed->shift);
    absorbed->weights.net = &absorbed->net;
    absorbed->weights.parameters = aligned_zeros(absorbed->net.parameters * sizeof(real));
    absorbed->weights.statistics = aligned_zeros(absorbed->net.statistics * sizeof(real));
    if (absorbed->scale && absorbed->shift && absorbed->weights.parameters &&
        absorbed->weights.statistics)
        return 0;
failed:
    absorbed_free(absorbed);
    return -1;
}

void absorbed_free(struct absorbed *absorbed)
{
    free(absorbed->net.layer);
    free(absorbed->from);
    free(absorbed->absorption);
    free(absorbed->scale);
    free(absorbed->shift);
    free(absorbed->weights.parameters);
    free(absorbed->weights.statistics);
    *absorbed = (struct absorbed){0};
}

/* ---- The weights ---- */

/* The packed numbers of one panel of a matrix layer. */
struct panel {
    real *weights; /* [factors][LANES] */
    real *bias;    /* [LANES] */
    int first;     /* output in lane 0 */
    int lanes;     /* outputs */
};

static struct panel panel_of(const struct absorbed *absorbed, const struct layer *matrix,
                             int number)
{
    real *packed = absorbed->weights.parameters + matrix->parameters_at;
    const ptrdiff_t each = (ptrdiff_t)matrix->factors * LANES;
    const int first = number * LANES, left = matrix->out.c - first;

    return (struct panel){
        .weights = packed + number * each,
        .bias = packed + panels(matrix->out.c) * each + first,
        .first = first,
        .lanes = left < LANES ? left : LANES,
    };
}

static void scale_outputs(const struct absorbed *absorbed, const struct layer *matrix,
                          const struct panel *panel)
{
    const double *scale = absorbed->scale + panel->first, *shift = absorbed->shift + panel->first;

    for (int k = 0; k < matrix->factors; k++)
        for (int l = 0; l < panel->lanes; l++)
            panel->weights[k * LANES + l] =
                (real)((double)panel->weights[k * LANES + l] * scale[l]);
    for (int l = 0; l < panel->lanes; l++)
        panel->bias[l] = (real)((double)panel->bias[l] * scale[l] + shift[l]);
}

static void scale_inputs(const struct absorbed *absorbed, const struct layer *matrix, int channels,
                         const struct panel *panel)
{
    double bias[LANES];

    for (int l = 0; l < panel->lanes; l++)
        bias[l] = (double)panel->bias[l];
    for (int k = 0; k < matrix->factors; k++) {
        const double scale = absorbed->scale[k % channels], shift = absorbed->shift[k % channels];

        for (int l = 0; l < panel->lanes; l++) {
            const double weight = (double)panel->weights[k * LANES + l];

            bias[l] += weight * shift;
            panel->weights[k * LANES + l] = (real)(weight * scale);
        }
    }
    for (int l = 0; l < panel->lanes; l++)
        panel->bias[l] = (real)bias[l];
}

static void absorb(const struct absorbed *absorbed, const struct absorption *absorption,
                   const struct nn_weights *weights)
{
    const struct layer *norm = absorption->norm, *matrix = absorption->matrix;

    norm->type->affine(norm, weights->parameters + norm->parameters_at,
                       weights->statistics + norm->statistics_at, absorbed->scale, absorbed->shift);
    for (int p = 0; p < panels(matrix->out.c); p++) {
        const struct panel panel = panel_of(absorbed, matrix, p);

        if (absorption->after)
            scale_outputs(absorbed, matrix, &panel);
        else
            scale_inputs(absorbed, matrix, norm->in.c, &panel);
    }
}

/* Copies a layer's parameters, with zeros for biases that the original does not have. */
static void copy_parameters(const struct absorbed *absorbed, int number,
                            const struct nn_weights *weights)
{
    const struct layer *to = &absorbed->net.layer[number], *from = absorbed->from[number];
    real *parameters = absorbed->weights.parameters + to->parameters_at;

    memcpy(parameters, weights->parameters + from->parameters_at, from->parameters * sizeof(real));
    memset(parameters + from->parameters, 0, (to->parameters - from->parameters) * sizeof(real));
}

bool absorbed_take(struct absorbed *absorbed, const struct nn_weights *weights)
{
    if (absorbed->weights.version == weights->version)
        return false;
    for (int i = 0; i < absorbed->net.layers; i++)
        copy_parameters(absorbed, i, weights);
    memcpy(absorbed->weights.statistics, weights->statistics,
           absorbed->net.statistics * sizeof(real));
    for (int i = 0; i < absorbed->absorptions; i++)
        absorb(absorbed, &absorbed->absorption[i], weights);
    absorbed->weights.version = weights->version;
    return true;
}
