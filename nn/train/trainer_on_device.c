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

/* Makes room for all data, or else for a batch of it. */
static void reserve_data(struct nn_trainer *t, size_t rows)
{
    struct device_memory *memory = t->on_device.memory;
    const struct nn_data *data = t->pass.data;
    const size_t order_bytes = (size_t)t->n * sizeof *t->order;
    const size_t estimated = estimate_bytes(&t->estimate);
    const size_t changes = t->augmenter ? rows * change_bytes_on_device(t->net->input) : 0;

    t->on_device.by_batch = device_room(memory) < data_bytes_on_device(data, t->net, t->n) +
                                                      order_bytes + estimated + changes;
    if (!t->on_device.by_batch) {
        device_twin(memory, t->order, order_bytes);
        device_twin(memory, t->estimate.order, estimated);
    }
    data_reserve_on_device(&t->on_device, data, t->net,
                           t->on_device.by_batch ? (int64_t)rows : t->n,
                           t->augmenter ? (int)rows : 0);
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

/* Updates the parameters from `begin` to `end` there. */
static void update_range_on_device(struct nn_trainer *t, const struct rates *rates, size_t begin,
                                   size_t end)
{
    const struct device_memory *memory = t->on_device.memory;
    const bool adam = t->training.optimizer != NN_SGD;
    const struct step_on_device step = {
        .weights = device_at(memory, t->weights->parameters),
        .gradients = device_at(memory, t->plan.groups.node[0].gradients),
        .first = device_at(memory, t->first),
        .second = device_at(memory, t->second),
        .average = t->average ? device_at(memory, t->average->parameters) : -1,
        .begin = (int)begin,
        .end = (int)end,
        .rate = (float)(adam ? rates->adam.rate : rates->sgd.lr),
        .momentum = (float)rates->sgd.momentum,
        .l2 = (float)(adam ? rates->adam.l2 : rates->sgd.l2),
        .decay = (float)rates->adam.decay,
        .beta1c = (float)rates->adam.beta1c,
        .beta2c = (float)rates->adam.beta2c,
        .root = (float)rates->adam.root,
        .epsilon = (float)rates->adam.epsilon,
        .average_rate = (float)t->average_rate,
        .nesterov = rates->sgd.nesterov,
    };

    DEVICE_RUN(t->on_device.memory, adam ? "step_adam" : "step_sgd", (int64_t)(end - begin), &step);
}

void trainer_update_on_device(struct nn_trainer *t)
{
    size_t begin = 0, end = 0;
    bool tuned = false;

    plan_weight_grad_on_device(&t->plan, &t->pass);
    for (int i = 0; i < t->plan.groups.nodes; i++) {
        const struct node *node = &t->plan.groups.node[i];
        const bool slower = node->layer->number < t->training.tuned;

        if (node->frozen || node->layer->parameters == 0)
            continue;
        if (end > begin && slower != tuned) {
            update_range_on_device(t, &t->rates[tuned], begin, end);
            begin = end;
        }
        if (end == begin)
            begin = node->layer->parameters_at;
        end = node->layer->parameters_at + node->layer->parameters;
        tuned = slower;
    }
    if (end > begin)
        update_range_on_device(t, &t->rates[tuned], begin, end);
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
