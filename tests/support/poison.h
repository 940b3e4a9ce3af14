#ifndef TESTS_POISON_H
#define TESTS_POISON_H

#include "nn/device/private.h"
#include "nn/train/trainer.h"

#include "expect.h"

#include <stdlib.h>
#include <string.h>

/* Fills a device's memory with NaN wherever a training step has to write before it reads, and
 * finds what kernels wrote where nothing is theirs: borders of grids, pictures that the batch has
 * not, gaps between arrays and the rest of the last line of 256 bytes of each. */

enum { POISON = 0xff, LINE_BYTES = 256 }; /* as floats and doubles NaN, -1 as whole numbers */

static struct device_memory *memory_of(const struct nn_trainer *t)
{
    return t->on_device.memory;
}

/* Marks bytes of the plan's block that a step may write. */
static void allow(char *allowed, const struct nn_trainer *t, const void *place, size_t bytes)
{
    memset(allowed + ((const char *)place - (const char *)t->plan.memory.block), 1, bytes);
}

static void allow_node(char *allowed, const struct nn_trainer *t, const struct node *node)
{
    const size_t shards = (size_t)(t->pass.rows + SHARD - 1) / SHARD;
    const struct grid *const grids[] = {&node->in,   &node->out,  &node->din,
                                        &node->dout, &node->side, &node->dside};

    for (size_t g = 0; g < sizeof grids / sizeof *grids; g++)
        for (int i = 0; i < t->pass.rows && grids[g]->at; i++)
            for (int y = 0; y < grids[g]->h; y++)
                allow(allowed, t, grid_row(grids[g], i, y),
                      (size_t)(grids[g]->w * grids[g]->c) * sizeof(real));
    allow(allowed, t, node->shard_scratch, shards * node->layer->shard_bytes);
    allow(allowed, t, node->batch_scratch, node->layer->batch_bytes);
    allow(allowed, t, node->kept, shards * node->kept_bytes);
    allow(allowed, t, node->gradients, node->layer->parameters * sizeof(real));
    allow(allowed, t, node->derived, node->layer->derived.numbers * sizeof(real));
}

/* Fills bytes on the device. */
static void fill(const struct nn_trainer *t, i64 at, size_t bytes)
{
    void *poison = malloc(bytes + 1);

    memset(poison, POISON, bytes);
    device_write(memory_of(t), at, poison, bytes);
    free(poison);
}

/* Fills the rest of the last line of an array, or tells whether it is as it was filled. */
static bool guard(const struct nn_trainer *t, i64 at, size_t bytes, bool look)
{
    unsigned char is[LINE_BYTES], poison[LINE_BYTES];
    const size_t rest = (LINE_BYTES - bytes % LINE_BYTES) % LINE_BYTES;

    memset(poison, POISON, sizeof poison);
    if (!look)
        device_write(memory_of(t), at + (i64)bytes, poison, rest);
    else
        device_read(memory_of(t), at + (i64)bytes, is, rest);
    return !look || memcmp(is, poison, rest) == 0;
}

static bool guard_twin(const struct nn_trainer *t, const void *array, size_t bytes, bool look)
{
    return !array || bytes == 0 || guard(t, device_at(memory_of(t), array), bytes, look);
}

/* Does so for all arrays. */
static bool guard_all(const struct nn_trainer *t, bool look)
{
    const struct nn_weights *average = t->average ? t->average : t->measured;
    const size_t parameters = t->net->parameters * sizeof(real);
    const size_t statistics = t->net->statistics * sizeof(real);
    bool well = guard_twin(t, t->weights->parameters, parameters, look);

    well &= guard_twin(t, t->weights->statistics, statistics, look);
    well &= guard_twin(t, t->first, parameters, look);
    well &= guard_twin(t, t->second, parameters, look);
    well &= !average || guard_twin(t, average->parameters, parameters, look);
    well &= !average || guard_twin(t, average->statistics, statistics, look);
    well &= guard_twin(t, t->pixel_value, sizeof t->pixel_value, look);
    well &= guard_twin(t, t->losses, WAITING * (size_t)t->slot * sizeof *t->losses, look);
    well &= guard_twin(t, t->hits, WAITING * (size_t)t->slot, look);
    well &= guard_twin(t, t->order, (size_t)t->n * sizeof *t->order, look);
    well &= guard_twin(t, t->plan.memory.block, t->plan.memory.bytes, look);
    for (int i = 0; i < t->plan.groups.nodes; i++) {
        const struct node *node = &t->plan.groups.node[i];

        well &= guard(t, node->device_scratch, (size_t)t->slot * node->layer->device_bytes, look);
    }
    return well;
}

/* Fills what the next step writes, when no losses are owed; and has it derive numbers from the
 * weights anew. */
static void poison_memory(struct nn_trainer *t)
{
    fill(t, device_at(memory_of(t), t->plan.memory.block), t->plan.memory.bytes);
    for (int i = 0; i < t->plan.groups.nodes; i++) {
        const struct node *node = &t->plan.groups.node[i];

        fill(t, node->device_scratch, (size_t)t->slot * node->layer->device_bytes);
    }
    fill(t, device_at(memory_of(t), t->losses), WAITING * (size_t)t->slot * sizeof *t->losses);
    fill(t, device_at(memory_of(t), t->hits), WAITING * (size_t)t->slot);
    if (t->augmenter)
        fill(t, t->on_device.changes, (size_t)t->slot * change_bytes_on_device(t->net->input));
    guard_all(t, false);
    t->derived_of = UINT64_MAX;
}

/* Fails where the last step wrote what is nothing's. */
static void expect_poison(const struct nn_trainer *t, const char *name, int step)
{
    const size_t bytes = t->plan.memory.bytes;
    unsigned char *is = malloc(bytes);
    char *allowed = calloc(1, bytes);

    device_read(memory_of(t), device_at(memory_of(t), t->plan.memory.block), is, bytes);
    for (int i = 0; i < t->plan.groups.nodes; i++)
        allow_node(allowed, t, &t->plan.groups.node[i]);
    for (size_t i = 0; i < bytes; i++)
        EXPECT(allowed[i] || is[i] == POISON,
               "%s, step %d: byte %zu of the plan's memory is nothing's, and was written", name,
               step, i);
    EXPECT(guard_all(t, true), "%s, step %d: more was written than an array has", name, step);
    free(is);
    free(allowed);
}

/* ---- Memory that is no zeros to begin with ---- */

static struct device_driver poisoned[NN_DRIVERS];
static const struct device_driver *pure[NN_DRIVERS];

static void *poisoned_buffer(struct nn_device *device, size_t bytes)
{
    void *buffer = pure[device->driver - poisoned]->buffer(device, bytes), *poison = malloc(bytes);

    ck_assert(buffer && poison);
    memset(poison, POISON, bytes);
    device->driver->write(device, buffer, 0, poison, bytes);
    free(poison);
    return buffer;
}

/* Has all memory that is made on a device filled. */
static void poison_buffers(struct nn_device *device, enum nn_driver driver)
{
    pure[driver] = device->driver;
    poisoned[driver] = *device->driver;
    poisoned[driver].buffer = poisoned_buffer;
    device->driver = &poisoned[driver];
}

#endif
