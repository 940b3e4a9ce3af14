#ifndef NN_NVRTC_H
#define NN_NVRTC_H

#include "private.h"

/* Compiles the kernels for a device of `capability` (90 for 9.0) and a driver of `version` (12040
 * for CUDA 12.4), by the best suited NVRTC that is found. Returns what cuModuleLoadData() takes, to
 * be freed, of *bytes; *by is NVRTC's version. NULL: the device's fault is noted. */
char *nvrtc_compile(struct nn_device *device, int capability, int version, size_t *bytes, int *by);

/* Reads what was compiled for the same arguments, and keeps it; where files cannot be kept, nothing
 * is. NULL: there is none. */
char *kept_read(int capability, int version, size_t *bytes);
void kept_write(int capability, int version, const char *image, size_t bytes);

#endif
