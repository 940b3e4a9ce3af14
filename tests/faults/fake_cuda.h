#ifndef TESTS_FAKE_CUDA_H
#define TESTS_FAKE_CUDA_H

#include "nn/device/cuda.h"

enum {
    INVALID_VALUE = 1,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NOT_FOUND = 500,
    LAUNCH_FAILED = 719
};

/* What begins that which the fake NVRTC gives to the fake driver; a shared object follows. */
#define IMAGE_MAGIC "\177fake\n"
struct image {
    char magic[6], is_ptx;
    int version, capability;
    uint64_t bytes;
};

#endif
