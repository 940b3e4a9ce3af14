#ifndef NN_DEVICE_H
#define NN_DEVICE_H

#include "dialect.h"
#include "nn/nn.h"

/* A device's memory and its kernels. A call that fails notes why, see nn_device_fault(), and from
 * then on none does anything: who trains looks after each batch. Kernels and copies are done in the
 * order of the calls. */

/* Everything that one trainer or predictor has on a device: one block, of which pieces are reserved
 * first. An array of the processor may have a twin there, that its address stands for. */
struct device_memory;
struct device_memory *device_memory_new(struct nn_device *device); /* NULL: out of memory */
void device_memory_free(struct device_memory *memory);
struct nn_device *device_of(const struct device_memory *memory);
/* Reserves memory; returns its offset. */
i64 device_reserve(struct device_memory *memory, size_t bytes);
/* Reserves a twin of an array, which needs no more than its address. */
void device_twin(struct device_memory *memory, const void *array, size_t bytes);
/* Returns how many bytes more the device can give, or one's share of it, beyond which others may
 * have to wait. */
size_t device_room(const struct device_memory *memory);
/* Makes what was reserved, of zeros. Returns -1 if that failed. */
int device_allocate(struct device_memory *memory);
/* Returns the offset of what `place` points to within a twin; NULL: -1. */
i64 device_at(const struct device_memory *memory, const void *place);

/* Copy to the device, and from it when all before is done. */
void device_write(struct device_memory *memory, i64 at, const void *from, size_t bytes);
void device_read(struct device_memory *memory, i64 at, void *to, size_t bytes);
/* Copy an array, or the beginning of one, to its twin and back. */
void device_upload(struct device_memory *memory, const void *array, size_t bytes);
void device_download(struct device_memory *memory, void *array, size_t bytes);

/* Runs a kernel for so many items, with its struct. */
void device_run(struct device_memory *memory, const char *kernel, int64_t items,
                const void *arguments, size_t bytes);
#define DEVICE_RUN(memory, kernel, items, arguments)                                               \
    device_run(memory, kernel, items, arguments, sizeof *(arguments))

/* Notes a fault, unless there is one. Returns -1. */
__attribute__((format(printf, 3, 4))) int
device_fail(struct nn_device *device, enum nn_device_fault fault, const char *format, ...);

#endif
