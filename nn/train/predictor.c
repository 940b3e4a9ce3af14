/* Prediction: rows through the whole network, some at a time, in the memory of the thread that
 * takes them. */
#include "nn/base/pixel_values.h"
#include "nn/base/threads.h"
#include "nn/plan/absorb_batchnorm.h"
#include "nn/plan/plan.h"
#include "nn/plan/team.h"
#include "predictor_on_device.h"

#include <stdlib.h>

enum {
    ROWS_PER_SCORE = 4096, /* losses that nn_evaluate() keeps before it adds them up */
    CACHE = 512 << 10,     /* bytes that any processor's second-level cache has */
    MUCH = 64 << 20        /* bytes for a thread's pictures of many pixels */
};

/* The input of a layer, on its way into it. */
struct tap {
    const struct node *node; /* of the layer; NULL: none */
    double *scale, *shift;   /* [channels] of a normalization before it that it has absorbed */
    int channels;            /* 0: none */
    const struct layer *norm;
    real *values; /* [rows][numbers] of the data; NULL: not requested */
};

struct nn_predictor {
    const struct nn_weights *weights;
    struct absorbed absorbed; /* what is run in their place */
    struct nn_pool *pool;
    struct nn_input input;
    struct plan plan; /* for `rows` rows on each thread */
    int rows;
    struct pass pass;
    struct tap tap;
    struct predictor_on_device there; /* see nn_predictor_move() */
    real pixel_value[256];
    double *loss;
    uint8_t *correct;
};

/* Returns how many pictures go through the network together: 24 fill the kernels' tiles of 12 and
 * of 6 rows and share the weights that they wait for, unless what one layer reads and writes then
 * leaves the cache; large pictures go alone. Pictures do not depend on each other, so neither does
 * any number on this. */
static int rows_together(const struct nn_network *net)
{
    const int most = MOST_TOGETHER;
    size_t numbers = 0, bytes;

    for (int i = 0; i < net->layers; i++) {
        const size_t here =
            (size_t)shape_size(net->layer[i].in) + (size_t)shape_size(net->layer[i].out);

        if (here > numbers)
            numbers = here;
    }
    bytes = numbers * sizeof(real);
    return bytes * (size_t)most <= CACHE ? most : bytes * SHARD <= MUCH ? SHARD : 1;
}

struct nn_predictor *nn_predictor_new(const struct nn_network *net,
                                      const struct nn_weights *weights, struct nn_pool *pool,
                                      const struct nn_input *input)
{
    struct nn_predictor *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->weights = weights;
    p->pool = pool;
    p->input = *input;
    pixel_values(input, p->pixel_value);
    p->pass = (struct pass){.input = &p->input, .pixel_value = p->pixel_value};
    p->rows = rows_together(net);
    p->loss = malloc(ROWS_PER_SCORE * sizeof *p->loss);
    p->correct = malloc(ROWS_PER_SCORE);
    if (p->loss && p->correct && absorbed_init(&p->absorbed, net) == 0 &&
        plan_init(&p->plan, &p->absorbed.net, &p->absorbed.weights, p->rows * nn_pool_threads(pool),
                  nn_pool_threads(pool), false, 0, NULL) == 0)
        return p;
    nn_predictor_free(p);
    return NULL;
}

void nn_predictor_free(struct nn_predictor *p)
{
    if (!p)
        return;
    plan_free(&p->plan);
    predictor_on_device_free(&p->there);
    absorbed_free(&p->absorbed);
    free(p->tap.scale);
    free(p->loss);
    free(p->correct);
    free(p);
}

size_t nn_predictor_bytes(const struct nn_predictor *p)
{
    const size_t numbers = p->absorbed.net.parameters + p->absorbed.net.statistics;

    return p->plan.memory.bytes + numbers * sizeof(real) +
           ROWS_PER_SCORE * (sizeof *p->loss + sizeof *p->correct);
}

void nn_predictor_share(struct nn_predictor *p, const struct nn_team *team)
{
    p->pass.team = team;
}

int nn_predictor_move(struct nn_predictor *p, struct nn_device *device)
{
    if (!device)
        return 0;
    return predictor_on_device_init(&p->there, &p->absorbed.net, &p->absorbed.weights, device,
                                    p->pixel_value);
}

struct shard_job {
    const struct nn_predictor *predictor;
    int first; /* item of this process */
    int64_t rows;
};

/* Has rows fetched that come some shards later. */
static void fetch_ahead(const struct nn_predictor *p, int64_t row)
{
    enum { AHEAD = 1024 };
    const struct nn_data *data = p->pass.data;
    const int64_t from = row == 0 ? 0 : row + AHEAD, to = row + AHEAD + p->rows;

    for (int64_t i = from; data->fetch && i < to && i < data->n; i++)
        data->fetch(data->fetched, data->index ? data->index[i] : i);
}

/* Copies what pictures bring to the tapped layer, `count` from `first` on of its input's, in
 * PyTorch's order; the first one is the data's row `row`. */
static void take_tapped(const struct tap *tap, const struct grid *in, int first, int count,
                        int64_t row)
{
    const int area = tap->node->layer->in.area, size = in->c * in->h * in->w;

    for (int i = 0; i < count; i++) {
        real *to = tap->values + (row + i) * size;

        for (int y = 0; y < in->h; y++) {
            const real *from = grid_row(in, first + i, y);

            for (int x = 0; x < in->w; x++)
                for (int k = 0; k < in->c; k++) {
                    const int at = area ? flat_place(in->c, area, k) : k;
                    const double value = (double)from[x * in->c + at];

                    to[(k * in->h + y) * in->w + x] =
                        (real)(tap->channels ? value * tap->scale[at % tap->channels] +
                                                   tap->shift[at % tap->channels]
                                             : value);
                }
        }
    }
}

/* Takes `rows` rows through the whole network. */
static void run_shard(void *argument, int item, int thread)
{
    const struct shard_job *job = argument;
    const struct nn_predictor *p = job->predictor;
    const int64_t base = (int64_t)(job->first + item) * p->rows, left = job->rows - base;
    const struct shard shard = {thread, thread * p->rows, left < p->rows ? (int)left : p->rows,
                                base, thread};
    const struct phase *phase = p->plan.phase;

    fetch_ahead(p, p->pass.first + base);
    for (int i = 0; i < phase->calls; i++) {
        if (p->tap.values && phase->call[i].node == p->tap.node)
            take_tapped(&p->tap, &p->tap.node->in, shard.first, shard.count, p->pass.first + base);
        phase->call[i].run(phase->call[i].node, &p->pass, &shard);
    }
}

/* Has all processes have what each computed of its rows, so many of them `together`. */
static void gather_results(const struct pass *pass, int64_t rows, int together, size_t classes)
{
    if (pass->loss)
        team_gather_pictures(pass->team, pass->loss, rows, together, sizeof *pass->loss);
    if (pass->correct)
        team_gather_pictures(pass->team, pass->correct, rows, together, sizeof *pass->correct);
    if (pass->probabilities)
        team_gather_pictures(pass->team, pass->probabilities, rows, together,
                             classes * sizeof *pass->probabilities);
}

/* Predicts the pass's rows on the device, some at a time where what a tap takes comes back. */
static void run_there(struct nn_predictor *p, int64_t rows)
{
    const struct node *nodes = p->there.plan.groups.node, *tapped = p->tap.node;
    const int64_t most = p->tap.values ? p->there.rows : rows;
    struct pass pass = p->pass;

    for (int64_t at = 0; at < rows; at += most) {
        const int64_t count = rows - at < most ? rows - at : most;
        struct grid in;

        pass.first = p->pass.first + at;
        predictor_on_device_run(&p->there, &pass, count);
        if (!p->tap.values)
            continue;
        pass.probabilities += count * p->absorbed.net.classes;
        in = predictor_on_device_fetch(&p->there, &nodes[tapped - p->plan.groups.node].in,
                                       (int)count);
        if (in.at)
            take_tapped(&p->tap, &in, 0, (int)count, pass.first);
        free(in.at);
    }
}

/* Predicts rows first..first+rows-1 of data. */
static void run(struct nn_predictor *p, const struct nn_data *data, int64_t first, int64_t rows)
{
    const struct nn_team *team = p->pass.team;
    const int items = (int)((rows + p->rows - 1) / p->rows), rank = team_rank(team);
    struct shard_job job = {p, team_first(team, items, rank), rows};

    if (absorbed_take(&p->absorbed, p->weights))
        plan_refresh(&p->plan, p->pool);
    p->pass.data = data;
    p->pass.first = first;
    if (p->there.data.memory) {
        run_there(p, rows);
        return;
    }
    pool_run(p->pool, run_shard, &job, team_first(team, items, rank + 1) - job.first);
    gather_results(&p->pass, rows, p->rows, (size_t)p->absorbed.net.classes);
}

void nn_predict_scored(struct nn_predictor *p, const struct nn_data *data, real *probabilities,
                       double *losses)
{
    const int64_t at_once = (int64_t)1 << 20;

    p->pass.correct = NULL;
    for (int64_t first = 0; first < data->n; first += at_once) {
        p->pass.loss = losses ? losses + first : NULL;
        p->pass.probabilities = probabilities + first * p->absorbed.net.classes;
        run(p, data, first, data->n - first < at_once ? data->n - first : at_once);
    }
}

void nn_predict(struct nn_predictor *p, const struct nn_data *data, real *probabilities)
{
    nn_predict_scored(p, data, probabilities, NULL);
}

/* Finds a normalization before the layer that it has absorbed. */
static int tap_absorbed(struct nn_predictor *p, const struct layer *layer)
{
    struct tap *tap = &p->tap;

    for (int i = 0; i < p->absorbed.absorptions; i++) {
        const struct absorption *absorption = &p->absorbed.absorption[i];

        if (absorption->matrix != layer || absorption->after)
            continue;
        tap->norm = absorption->norm;
        tap->channels = absorption->norm->in.c;
        tap->scale = calloc(2 * (size_t)tap->channels, sizeof *tap->scale);
        if (!tap->scale)
            return -1;
        tap->shift = tap->scale + tap->channels;
    }
    return 0;
}

int nn_predictor_tap(struct nn_predictor *p, int number, struct nn_shape *shape)
{
    free(p->tap.scale);
    p->tap = (struct tap){.node = NULL};
    for (int i = 1; i < p->plan.groups.nodes; i++) {
        const struct node *node = &p->plan.groups.node[i];
        const struct layer *layer = node->layer;

        if (layer->number != number || !node->in.at)
            continue;
        if (layer->type->role != ROLE_MATRIX && layer->type->role != ROLE_POOL)
            return -1;
        *shape = (struct nn_shape){layer->in.c, layer->in.h, layer->in.w};
        p->tap.node = node;
        return tap_absorbed(p, layer);
    }
    return -1;
}

void nn_predict_tapped(struct nn_predictor *p, const struct nn_data *data, real *probabilities,
                       real *values)
{
    struct tap *tap = &p->tap;

    if (tap->norm)
        tap->norm->type->affine(tap->norm, p->weights->parameters + tap->norm->parameters_at,
                                p->weights->statistics + tap->norm->statistics_at, tap->scale,
                                tap->shift);
    tap->values = values;
    nn_predict(p, data, probabilities);
    tap->values = NULL;
}

void nn_evaluate(struct nn_predictor *p, const struct nn_data *data, struct nn_score *score)
{
    *score = (struct nn_score){.rows = data->n};
    p->pass.probabilities = NULL;
    p->pass.loss = p->loss;
    p->pass.correct = p->correct;
    for (int64_t first = 0; first < data->n; first += ROWS_PER_SCORE) {
        const int64_t rows = data->n - first < ROWS_PER_SCORE ? data->n - first : ROWS_PER_SCORE;

        run(p, data, first, rows);
        for (int64_t i = 0; i < rows; i++) {
            score->loss += p->loss[i];
            score->correct += p->correct[i];
        }
    }
}
