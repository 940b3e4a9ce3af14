/* Training on a device: its memory, what goes there and comes back, and the step of the optimizer.
 */
#include "trainer.cl"
#include "trainer.h"

#include "nn/plan/data_on_device.h"
#include "nn/plan/plan_on_device.h"

static void twin_numbers(struct nn_trainer *t, const real *numbers, size_t count)
{
    device_twin(t->on_device.memory, numbers, count * sizeof *numbers);
}

static void twin_weights(struct nn_trainer *t, const struct nn_weights *weights)
{
    twin_numbers(t, weights->parameters, t->net->parameters);
    twin_numbers(t, weights->statistics, t->net->statistics);
}

/* Makes room for all data, or else for a batch of it. What varies in size comes last, and by large
 * pieces, so that trainings on other folds of the same data have all in the same places: what they
 * are to run has the same arguments then. */
static void reserve_data(struct nn_trainer *t, size_t rows)
{
    enum { PIECE = 4096 };
    struct device_memory *memory = t->on_device.memory;
    const int64_t all = (t->n + PIECE - 1) / PIECE * PIECE;
    const struct nn_data *data = t->pass.data;
    const size_t order_bytes = (size_t)t->n * sizeof *t->order;
    const size_t estimated = estimate_bytes(&t->estimate);
    const size_t changes = t->augmenter ? rows * change_bytes_on_device(t->net->input) : 0;

    t->on_device.by_batch = device_room(memory) < data_bytes_on_device(data, t->net, all) +
                                                      order_bytes + estimated + changes;
    data_reserve_on_device(&t->on_device, data, t->net, t->on_device.by_batch ? (int64_t)rows : all,
                           t->augmenter ? (int)rows : 0);
    if (!t->on_device.by_batch) {
        device_twin(memory, t->order, order_bytes);
        device_twin(memory, t->estimate.order, estimated);
    }
}

/* Uploads what stays as it is. */
static void upload_data(struct nn_trainer *t)
{
    struct device_memory *memory = t->on_device.memory;
    const struct pass all = {.data = t->pass.data};

    if (!t->on_device.by_batch) {
        device_upload(memory, t->estimate.order, estimate_bytes(&t->estimate));
        data_upload_on_device(&t->on_device, &all, t->n);
    }
    if (t->augmenter)
        device_write(memory, t->on_device.background, augmenter_changes(t->augmenter)->background,
                     (size_t)t->net->input.c * sizeof(float));
}

int trainer_move_on_device(struct nn_trainer *t)
{
    struct device_memory *memory = t->on_device.memory;
    const size_t rows = (size_t)t->slot;
    const size_t class_bytes =
        t->pass.class_weights ? (size_t)t->net->classes * sizeof *t->pass.class_weights : 0;

    twin_weights(t, t->weights);
    twin_numbers(t, t->first, t->net->parameters);
    twin_numbers(t, t->second, t->net->parameters);
    if (t->average || t->measured)
        twin_weights(t, t->average ? t->average : t->measured);
    twin_numbers(t, t->pixel_value, 256);
    device_twin(memory, t->losses, WAITING * rows * sizeof *t->losses);
    device_twin(memory, t->hits, WAITING * rows);
    device_twin(memory, t->pass.class_weights, class_bytes);
    reserve_data(t, rows);
    if (device_allocate(memory))
        return -1;
    device_upload(memory, t->pixel_value, sizeof t->pixel_value);
    device_upload(memory, t->pass.class_weights, class_bytes);
    upload_data(t);
    return 0;
}

void trainer_upload_weights(struct nn_trainer *t, const struct nn_weights *weights)
{
    device_upload(t->on_device.memory, weights->parameters, t->net->parameters * sizeof(real));
    device_upload(t->on_device.memory, weights->statistics, t->net->statistics * sizeof(real));
}

void trainer_take_on_device(struct nn_trainer *t)
{
    if (!t->on_device.memory || t->version_on_device == t->weights->version)
        return;
    trainer_upload_weights(t, t->weights);
    if (t->average)
        trainer_upload_weights(t, t->average);
    device_upload(t->on_device.memory, t->first, t->net->parameters * sizeof(real));
    device_upload(t->on_device.memory, t->second, t->net->parameters * sizeof(real));
    t->version_on_device = t->version_here = t->weights->version;
}

void trainer_fetch_weights(const struct nn_trainer *t, const struct nn_weights *weights)
{
    device_download(t->on_device.memory, weights->parameters, t->net->parameters * sizeof(real));
    device_download(t->on_device.memory, weights->statistics, t->net->statistics * sizeof(real));
}

void trainer_fetch_here(struct nn_trainer *t)
{
    if (!t->on_device.memory || t->version_on_device != t->weights->version ||
        t->version_here == t->version_on_device)
        return;
    trainer_fetch_weights(t, t->weights);
    t->version_here = t->version_on_device;
}

int trainer_open_on_device(struct nn_trainer *t)
{
    if (!t->training.device)
        return 0;
    t->on_device.memory = device_memory_new(t->training.device);
    t->pass.device = &t->on_device;
    t->version_on_device = UINT64_MAX; /* none yet */
    return t->on_device.memory ? 0 : -1;
}

static struct step_on_device describe_step(const struct nn_trainer *t)
{
    const struct device_memory *memory = t->on_device.memory;
    const bool adam = t->training.optimizer != NN_SGD;
    const struct rates *all = &t->rates[0], *tuned = &t->rates[1];

    return (struct step_on_device){
        .weights = device_at(memory, t->weights->parameters),
        .first = device_at(memory, t->first),
        .second = device_at(memory, t->second),
        .average = t->average ? device_at(memory, t->average->parameters) : -1,
        .rate = {(float)(adam ? all->adam.rate : all->sgd.lr),
                 (float)(adam ? tuned->adam.rate : tuned->sgd.lr)},
        .decay = {(float)all->adam.decay, (float)tuned->adam.decay},
        .momentum = (float)all->sgd.momentum,
        .l2 = (float)(adam ? all->adam.l2 : all->sgd.l2),
        .beta1c = (float)all->adam.beta1c,
        .beta2c = (float)all->adam.beta2c,
        .root = (float)all->adam.root,
        .epsilon = (float)all->adam.epsilon,
        .average_rate = (float)t->average_rate,
        .adam = adam,
        .nesterov = all->sgd.nesterov,
    };
}

static struct piece_on_device describe_piece(const struct nn_trainer *t, const struct node *node)
{
    const struct layer *layer = node->layer;
    const struct device_gradients from =
        layer->type->device_gradients
            ? layer->type->device_gradients(node, &t->pass)
            : (struct device_gradients){device_at(t->on_device.memory, node->gradients), 1,
                                        (int)layer->parameters};

    return (struct piece_on_device){
        .gradients = from.at,
        .begin = (int)layer->parameters_at,
        .end = (int)(layer->parameters_at + layer->parameters),
        .groups = from.groups,
        .given = from.given,
        .tuned = layer->number < t->training.tuned,
    };
}

static void run_step(const struct nn_trainer *t, const struct step_on_device *step)
{
    int64_t items = 0;

    for (int i = 0; i < step->pieces; i++)
        items += step->piece[i].end - step->piece[i].begin;
    DEVICE_RUN(t->on_device.memory, "update", items, step);
}

void trainer_update_on_device(struct nn_trainer *t)
{
    struct step_on_device step = describe_step(t);

    for (int i = 0; i < t->plan.groups.nodes; i++) {
        const struct node *node = &t->plan.groups.node[i];

        if (node->frozen || node->layer->parameters == 0)
            continue;
        if (step.pieces == PIECES) {
            run_step(t, &step);
            step.pieces = 0;
        }
        step.piece[step.pieces++] = describe_piece(t, node);
    }
    run_step(t, &step);
}

bool trainer_is_well(const struct nn_trainer *t)
{
    const char *text;

    return nn_device_fault(t->training.device, &text) == NN_DEVICE_WELL;
}

bool trainer_fetch_losses(struct nn_trainer *t)
{
    const size_t numbers = (size_t)(t->waitings * t->slot);

    device_download(t->on_device.memory, t->losses, numbers * sizeof *t->losses);
    device_download(t->on_device.memory, t->hits, numbers);
    return trainer_is_well(t);
}
