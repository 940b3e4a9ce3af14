/* A device's memory: pieces of one block, and the twins of the processor's arrays among them. */
#include "private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TWINS_MOST = 16, LINE = 256 }; /* where pieces begin: what the widest accesses want */

struct device_memory {
    struct nn_device *device;
    struct {
        const void *array;
        size_t bytes;
        i64 at;
    } twin[TWINS_MOST];
    int twins;
    size_t bytes; /* reserved so far */
    void *buffer;
};

struct device_memory *device_memory_new(struct nn_device *device)
{
    struct device_memory *memory = calloc(1, sizeof *memory);

    if (memory)
        memory->device = device;
    return memory;
}

void device_memory_free(struct device_memory *memory)
{
    if (!memory)
        return;
    if (memory->buffer)
        memory->device->driver->release(memory->device, memory->buffer);
    free(memory);
}

struct nn_device *device_of(const struct device_memory *memory)
{
    return memory->device;
}

i64 device_reserve(struct device_memory *memory, size_t bytes)
{
    const size_t at = memory->bytes;

    memory->bytes = (at + bytes + LINE - 1) / LINE * LINE;
    return (i64)at;
}

void device_twin(struct device_memory *memory, const void *array, size_t bytes)
{
    const int i = memory->twins++;

    memory->twin[i].array = array;
    memory->twin[i].bytes = bytes;
    memory->twin[i].at = device_reserve(memory, bytes);
}

size_t device_room(const struct device_memory *memory)
{
    const struct nn_device *device = memory->device;
    const size_t taken = memory->bytes + LINE;
    const size_t most = device->share ? device->share : device->most;

    return taken < most ? most - taken : 0;
}

int device_allocate(struct device_memory *memory)
{
    const size_t bytes = memory->bytes + LINE;
    struct nn_device *device = memory->device;

    if (bytes > device->most)
        device_fail(device, NN_DEVICE_FULL, "%zu MiB are needed, and it gives %zu at a time",
                    (bytes >> 20) + 1, device->most >> 20);
    if (!device->fault)
        memory->buffer = device->driver->buffer(device, bytes);
    return memory->buffer ? 0 : -1;
}

i64 device_at(const struct device_memory *memory, const void *place)
{
    for (int i = 0; place && i < memory->twins; i++) {
        const uintptr_t within = (uintptr_t)place - (uintptr_t)memory->twin[i].array;

        if (within < memory->twin[i].bytes)
            return memory->twin[i].at + (i64)within;
    }
    return -1;
}

void device_write(struct device_memory *memory, i64 at, const void *from, size_t bytes)
{
    if (!memory->device->fault && bytes)
        memory->device->driver->write(memory->device, memory->buffer, (size_t)at, from, bytes);
}

void device_read(struct device_memory *memory, i64 at, void *to, size_t bytes)
{
    if (!memory->device->fault && bytes)
        memory->device->driver->read(memory->device, memory->buffer, (size_t)at, to, bytes);
}

void device_upload(struct device_memory *memory, const void *array, size_t bytes)
{
    device_write(memory, device_at(memory, array), array, bytes);
}

void device_download(struct device_memory *memory, void *array, size_t bytes)
{
    device_read(memory, device_at(memory, array), array, bytes);
}

int device_kernel(struct nn_device *device, const char *name)
{
    void *kernel;

    for (int i = 0; i < device->kernels; i++)
        if (strcmp(device->kernel[i].name, name) == 0)
            return i;
    kernel = device->driver->kernel(device, name);
    if (!kernel)
        return -1;
    snprintf(device->kernel[device->kernels].name, KERNEL_NAME, "%s", name);
    device->kernel[device->kernels].kernel = kernel;
    return device->kernels++;
}

void device_run(struct device_memory *memory, const char *name, int64_t items,
                const void *arguments, size_t bytes)
{
    enum { GROUP_MOST = 1024 };
    struct nn_device *device = memory->device;
    int kernel;

    if (items > INT_MAX - GROUP_MOST) /* kernels count with int */
        device_fail(device, NN_DEVICE_FULL, "a batch is too large for its kernels");
    kernel = device->fault || items == 0 ? -1 : device_kernel(device, name);
    if (kernel >= 0)
        device->driver->run(device, &memory->buffer, 1, device->kernel[kernel].kernel,
                            (size_t)items, arguments, bytes);
}
