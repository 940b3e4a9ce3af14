/* Prediction on a device, see predictor_on_device.h. */
#include "predictor_on_device.h"
#include "nn/plan/data_on_device.h"
#include "nn/plan/plan_on_device.h"

#include <stdlib.h>

enum {
    BYTES = 64 << 20, /* for the pictures that are worked on together, of each of several models */
    ROWS_MOST = 1024
};

/* The kinds of data of which a row takes the most bytes. */
static const float any;
static const struct nn_data largest = {.f32 = &any, .soft = &any};

/* Returns how many rows are worked on together: thousands of numbers for each kernel, as long as
 * they take no more than half of the room that there is. */
static int rows_together(const struct nn_network *net, size_t room)
{
    const size_t most = room / 2 < BYTES ? room / 2 : BYTES;
    size_t bytes = data_bytes_on_device(&largest, net, 1);
    int rows = ROWS_MOST;

    for (int i = 0; i < net->layers; i++) {
        const struct layer *layer = &net->layer[i];

        bytes += (size_t)(shape_size(layer->in) + shape_size(layer->out)) * sizeof(real) +
                 layer->device_bytes;
    }
    while (rows > SHARD && (size_t)rows * bytes > most)
        rows /= 2;
    return rows;
}

static int allocate(struct predictor_on_device *p, const struct nn_network *net)
{
    struct device_memory *memory = p->data.memory;
    const size_t rows = (size_t)p->rows, classes = (size_t)net->classes;

    device_twin(memory, p->weights->parameters, net->parameters * sizeof(real));
    device_twin(memory, p->weights->statistics, net->statistics * sizeof(real));
    device_twin(memory, p->pixel_value, 256 * sizeof *p->pixel_value);
    device_twin(memory, p->loss, rows * sizeof *p->loss);
    device_twin(memory, p->correct, rows);
    device_twin(memory, p->probabilities, rows * classes * sizeof *p->probabilities);
    data_reserve_on_device(&p->data, &largest, net, p->rows, 0);
    if (device_allocate(memory))
        return -1;
    device_upload(memory, p->pixel_value, 256 * sizeof *p->pixel_value);
    return 0;
}

int predictor_on_device_init(struct predictor_on_device *p, const struct nn_network *net,
                             const struct nn_weights *weights, struct nn_device *device,
                             const real *pixel_value)
{
    struct device_memory *memory = device_memory_new(device);
    const int rows = memory ? rows_together(net, device_room(memory)) : 1;

    *p = (struct predictor_on_device){
        .data = {.memory = memory, .by_batch = true},
        .weights = weights,
        .rows = rows,
        .loss = malloc((size_t)rows * sizeof *p->loss),
        .correct = malloc((size_t)rows),
        .probabilities = malloc((size_t)rows * (size_t)net->classes * sizeof *p->probabilities),
        .pixel_value = pixel_value,
        .version = UINT64_MAX, /* none yet */
    };
    if (memory && p->loss && p->correct && p->probabilities &&
        plan_init(&p->plan, net, weights, rows, 1, false, 0, &p->data) == 0 &&
        allocate(p, net) == 0)
        return 0;
    predictor_on_device_free(p);
    return -1;
}

void predictor_on_device_free(struct predictor_on_device *p)
{
    plan_free(&p->plan);
    device_memory_free(p->data.memory);
    free(p->loss);
    free(p->correct);
    free(p->probabilities);
    *p = (struct predictor_on_device){.rows = 0};
}

static void take_weights(struct predictor_on_device *p)
{
    const struct nn_network *net = p->weights->net;

    if (p->version == p->weights->version)
        return;
    device_upload(p->data.memory, p->weights->parameters, net->parameters * sizeof(real));
    device_upload(p->data.memory, p->weights->statistics, net->statistics * sizeof(real));
    plan_refresh_on_device(&p->plan);
    p->version = p->weights->version;
}

void predictor_on_device_run(struct predictor_on_device *p, const struct pass *pass, int64_t rows)
{
    struct device_memory *memory = p->data.memory;
    const int classes = p->weights->net->classes;
    struct pass there = *pass;

    take_weights(p);
    there.device = &p->data;
    there.loss = pass->loss ? p->loss : NULL;
    there.correct = pass->loss ? p->correct : NULL;
    there.probabilities = pass->probabilities ? p->probabilities : NULL;
    for (int64_t at = 0; at < rows; at += p->rows) {
        there.first = pass->first + at;
        there.rows = rows - at < p->rows ? (int)(rows - at) : p->rows;
        plan_run_on_device(&p->plan, false, &there);
        if (pass->loss)
            device_read(memory, device_at(memory, p->loss), pass->loss + at,
                        (size_t)there.rows * sizeof *p->loss);
        if (pass->correct)
            device_read(memory, device_at(memory, p->correct), pass->correct + at,
                        (size_t)there.rows);
        if (pass->probabilities)
            device_read(memory, device_at(memory, p->probabilities),
                        pass->probabilities + at * classes,
                        (size_t)(there.rows * classes) * sizeof *p->probabilities);
    }
}

struct grid predictor_on_device_fetch(const struct predictor_on_device *p, const struct grid *grid,
                                      int count)
{
    struct device_memory *memory = p->data.memory;
    const ptrdiff_t numbers = grid_row(grid, count - 1, grid->h - 1) + grid->w * grid->c - grid->at;
    struct grid here = *grid;

    here.at = malloc((size_t)numbers * sizeof *here.at);
    if (here.at)
        device_read(memory, device_at(memory, grid->at), here.at,
                    (size_t)numbers * sizeof *here.at);
    else
        device_fail(device_of(memory), NN_DEVICE_FULL, "no memory is left for what it has");
    return here;
}
