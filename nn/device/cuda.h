#ifndef NN_CUDA_H
#define NN_CUDA_H

#include <stddef.h>
#include <stdint.h>

/* As much of CUDA's driver and of its compiler NVRTC is used as CUDA 11.2 has and later ones keep
 * (NVIDIA, "CUDA Driver API" and "NVRTC", and the headers cuda.h and nvrtc.h, whose macros give
 * some functions the names that end in _v2), so that no package is needed to build. */

typedef int cuda_result, cuda_device;
typedef uint64_t cuda_pointer;
typedef struct cuda_context *cuda_context;
typedef struct cuda_module *cuda_module;
typedef struct cuda_function *cuda_function;
typedef struct nvrtc_program *nvrtc_program;

enum {
    CUDA_OUT_OF_MEMORY = 2,
    CUDA_STUB_LIBRARY = 34,
    CUDA_NO_DEVICE = 100,
    CUDA_UNSUPPORTED_PTX_VERSION = 222,
    CUDA_LAUNCH_FAILED = 719,
    CUDA_SYSTEM_DRIVER_MISMATCH = 803,
    CUDA_COMPAT_NOT_SUPPORTED_ON_DEVICE = 804,

    CUDA_CAPABILITY_MAJOR = 75, /* attributes of a device */
    CUDA_CAPABILITY_MINOR = 76
};

#define CUDA_FUNCTIONS(F)                                                                          \
    F(cuInit, (unsigned))                                                                          \
    F(cuGetErrorName, (cuda_result, const char **))                                                \
    F(cuDriverGetVersion, (int *))                                                                 \
    F(cuDeviceGetCount, (int *))                                                                   \
    F(cuDeviceGet, (cuda_device *, int))                                                           \
    F(cuDeviceGetName, (char *, int, cuda_device))                                                 \
    F(cuDeviceTotalMem_v2, (size_t *, cuda_device))                                                \
    F(cuDeviceGetAttribute, (int *, int, cuda_device))                                             \
    F(cuDevicePrimaryCtxRetain, (cuda_context *, cuda_device))                                     \
    F(cuDevicePrimaryCtxRelease_v2, (cuda_device))                                                 \
    F(cuCtxSetCurrent, (cuda_context))                                                             \
    F(cuMemGetInfo_v2, (size_t *, size_t *))                                                       \
    F(cuMemAlloc_v2, (cuda_pointer *, size_t))                                                     \
    F(cuMemFree_v2, (cuda_pointer))                                                                \
    F(cuMemsetD8_v2, (cuda_pointer, unsigned char, size_t))                                        \
    F(cuMemcpyHtoD_v2, (cuda_pointer, const void *, size_t))                                       \
    F(cuMemcpyDtoH_v2, (void *, cuda_pointer, size_t))                                             \
    F(cuModuleLoadData, (cuda_module *, const void *))                                             \
    F(cuModuleUnload, (cuda_module))                                                               \
    F(cuModuleGetFunction, (cuda_function *, cuda_module, const char *))                           \
    F(cuLaunchKernel, (cuda_function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,  \
                       unsigned, void *, void **, void **))

/* Results are 0 or an error; what of each is asked for has the program's size in bytes. */
#define NVRTC_FUNCTIONS(F)                                                                         \
    F(nvrtcVersion, (int *, int *))                                                                \
    F(nvrtcGetNumSupportedArchs, (int *))                                                          \
    F(nvrtcGetSupportedArchs, (int *))                                                             \
    F(nvrtcCreateProgram, (nvrtc_program *, const char *, const char *, int, const char *const *,  \
                           const char *const *))                                                   \
    F(nvrtcCompileProgram, (nvrtc_program, int, const char *const *))                              \
    F(nvrtcGetCUBINSize, (nvrtc_program, size_t *))                                                \
    F(nvrtcGetCUBIN, (nvrtc_program, char *))                                                      \
    F(nvrtcGetPTXSize, (nvrtc_program, size_t *))                                                  \
    F(nvrtcGetPTX, (nvrtc_program, char *))                                                        \
    F(nvrtcGetProgramLogSize, (nvrtc_program, size_t *))                                           \
    F(nvrtcGetProgramLog, (nvrtc_program, char *))                                                 \
    F(nvrtcDestroyProgram, (nvrtc_program *))

#define CUDA_FIELD(name, parameters) cuda_result(*name) parameters;
struct cuda {
    CUDA_FUNCTIONS(CUDA_FIELD)
};
struct nvrtc {
    NVRTC_FUNCTIONS(CUDA_FIELD)
};
#undef CUDA_FIELD

#define CUDA_NAME(name, parameters) #name,

#endif
