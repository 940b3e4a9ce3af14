/* A driver of CUDA without a GPU, to be found as libcuda.so.1: memory is the process's, and
 * kernels, which tests/faults/nvrtc.c compiles for this processor, run as loops over their items.
 *
 *     CUDA=NAME:N[:CODE]  the Nth call of function NAME (from 1) fails, as those of it after that
 *     CUDA=wrong          it rounds otherwise: one bit of what is read back is another
 *     CUDA=memory         it has 4 KiB left
 *     CUDA_SAYS=VERSION,CAPABILITY  12040,90: CUDA 12.4, sm_90
 *     CUDA_PTX=FILE       takes no PTX, which it writes to FILE */
#define _GNU_SOURCE
#include "fake_cuda.h"

#include "nn/device/dialect.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEVICE = 0, GIB = 30, WRONG_EACH = 24 };

static char context; /* its address is the context */
static int current, retained, allocations;

static int is(const char *mode)
{
    const char *given = getenv("CUDA");

    return given && strcmp(given, mode) == 0;
}

static void says(int *version, int *capability)
{
    const char *given = getenv("CUDA_SAYS");

    *version = 12040;
    *capability = 90;
    if (given)
        sscanf(given, "%d,%d", version, capability);
}

/* Returns what this call of `name` is to fail with, or 0; but a context is needed where it says so.
 */
static cuda_result fault(const char *name, int *calls, int needs_context)
{
    const char *given = getenv("CUDA"), *colon = given ? strchr(given, ':') : NULL, *second;

    ++*calls;
    if (colon && strncmp(given, name, (size_t)(colon - given)) == 0 && name[colon - given] == 0 &&
        *calls >= atoi(colon + 1)) {
        second = strchr(colon + 1, ':');
        return second ? atoi(second + 1) : LAUNCH_FAILED;
    }
    return needs_context && (!current || !retained) ? INVALID_CONTEXT : 0;
}

/* Begins a function of CUDA; the braces of its body follow. */
#define CALL(name, needs_context, parameters, arguments)                                           \
    static cuda_result do_##name parameters;                                                       \
    cuda_result name parameters;                                                                   \
    cuda_result name parameters                                                                    \
    {                                                                                              \
        static int calls;                                                                          \
        const cuda_result code = fault(#name, &calls, needs_context);                              \
                                                                                                   \
        return code ? code : do_##name arguments;                                                  \
    }                                                                                              \
    static cuda_result do_##name parameters

CALL(cuInit, 0, (unsigned flags), (flags))
{
    return flags ? INVALID_VALUE : 0;
}

cuda_result cuGetErrorName(cuda_result code, const char **name);
cuda_result cuGetErrorName(cuda_result code, const char **name)
{
    static const struct {
        cuda_result code;
        const char *name;
    } names[] = {
        {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
        {CUDA_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
        {CUDA_STUB_LIBRARY, "CUDA_ERROR_STUB_LIBRARY"},
        {46, "CUDA_ERROR_DEVICE_UNAVAILABLE"},
        {CUDA_NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
        {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
        {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
        {209, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
        {214, "CUDA_ERROR_ECC_UNCORRECTABLE"},
        {CUDA_UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
        {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
        {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
        {CUDA_SYSTEM_DRIVER_MISMATCH, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
        {CUDA_COMPAT_NOT_SUPPORTED_ON_DEVICE, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code) {
            *name = names[i].name;
            return 0;
        }
    return INVALID_VALUE;
}

/* NVRTC asks for one, and crashes where there is no such function. */
CALL(cuGetExportTable, 0, (const void **table, const void *which), (table, which))
{
    *table = NULL;
    return which ? NOT_FOUND : INVALID_VALUE;
}

CALL(cuDriverGetVersion, 0, (int *version), (version))
{
    int capability;

    says(version, &capability);
    return 0;
}

CALL(cuDeviceGetCount, 0, (int *count), (count))
{
    *count = 1;
    return 0;
}

CALL(cuDeviceGet, 0, (cuda_device * device, int number), (device, number))
{
    *device = DEVICE;
    return number == 0 ? 0 : INVALID_VALUE;
}

CALL(cuDeviceGetName, 0, (char *name, int size, cuda_device device), (name, size, device))
{
    snprintf(name, (size_t)size, "fake");
    return device == DEVICE ? 0 : INVALID_VALUE;
}

CALL(cuDeviceTotalMem_v2, 0, (size_t * bytes, cuda_device device), (bytes, device))
{
    *bytes = (size_t)4 << GIB;
    return device == DEVICE ? 0 : INVALID_VALUE;
}

CALL(cuDeviceGetAttribute, 0, (int *value, int attribute, cuda_device device),
     (value, attribute, device))
{
    int version, capability;

    says(&version, &capability);
    if (device != DEVICE ||
        (attribute != CUDA_CAPABILITY_MAJOR && attribute != CUDA_CAPABILITY_MINOR))
        return INVALID_VALUE;
    *value = attribute == CUDA_CAPABILITY_MAJOR ? capability / 10 : capability % 10;
    return 0;
}

CALL(cuDevicePrimaryCtxRetain, 0, (cuda_context * to, cuda_device device), (to, device))
{
    *to = (cuda_context)&context;
    retained++;
    return device == DEVICE ? 0 : INVALID_VALUE;
}

CALL(cuDevicePrimaryCtxRelease_v2, 0, (cuda_device device), (device))
{
    if (--retained == 0 && allocations && !getenv("CUDA"))
        fprintf(stderr, "fake CUDA: %d allocations left\n", allocations);
    return device == DEVICE && retained >= 0 ? 0 : INVALID_VALUE;
}

CALL(cuCtxSetCurrent, 0, (cuda_context given), (given))
{
    current = given == (cuda_context)&context;
    return current ? 0 : INVALID_CONTEXT;
}

CALL(cuMemGetInfo_v2, 1, (size_t * left, size_t *total), (left, total))
{
    *left = is("memory") ? 4096 : (size_t)3 << GIB;
    *total = (size_t)4 << GIB;
    return 0;
}

CALL(cuMemAlloc_v2, 1, (cuda_pointer * at, size_t bytes), (at, bytes))
{
    void *memory = bytes && bytes <= (size_t)3 << GIB ? malloc(bytes) : NULL;

    if (!memory)
        return bytes ? CUDA_OUT_OF_MEMORY : INVALID_VALUE;
    memset(memory, 0xff, bytes);
    *at = (uintptr_t)memory;
    allocations++;
    return 0;
}

CALL(cuMemFree_v2, 1, (cuda_pointer at), (at))
{
    free((void *)(uintptr_t)at);
    allocations--;
    return 0;
}

CALL(cuMemsetD8_v2, 1, (cuda_pointer at, unsigned char byte, size_t bytes), (at, byte, bytes))
{
    memset((void *)(uintptr_t)at, byte, bytes);
    return 0;
}

CALL(cuMemcpyHtoD_v2, 1, (cuda_pointer at, const void *from, size_t bytes), (at, from, bytes))
{
    memcpy((void *)(uintptr_t)at, from, bytes);
    return 0;
}

CALL(cuMemcpyDtoH_v2, 1, (void *to, cuda_pointer at, size_t bytes), (to, at, bytes))
{
    memcpy(to, (void *)(uintptr_t)at, bytes);
    for (size_t i = 0; i + WRONG_EACH <= bytes && is("wrong"); i += WRONG_EACH)
        ((char *)to)[i] ^= 1;
    return 0;
}

/* Writes PTX to the file that is asked for. */
static cuda_result take_ptx(const char *text)
{
    FILE *file = getenv("CUDA_PTX") ? fopen(getenv("CUDA_PTX"), "w") : NULL;

    if (file) {
        fputs(text, file);
        fclose(file);
    }
    return INVALID_IMAGE;
}

CALL(cuModuleLoadData, 1, (cuda_module * module, const void *image), (module, image))
{
    const struct image *head = image;
    int version, capability, file;
    char path[64];

    says(&version, &capability);
    if (memcmp(head->magic, IMAGE_MAGIC, sizeof head->magic) != 0)
        return take_ptx(image);
    if (head->is_ptx && head->version > version)
        return CUDA_UNSUPPORTED_PTX_VERSION;
    if (head->version / 1000 > version / 1000)
        return INVALID_IMAGE;
    if (head->is_ptx ? head->capability > capability : head->capability != capability)
        return 209;
    file = memfd_create("kernels", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file < 0 || write(file, head + 1, head->bytes) != (ssize_t)head->bytes)
        return CUDA_OUT_OF_MEMORY;
    *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    close(file);
    return *module ? 0 : INVALID_IMAGE;
}

CALL(cuModuleUnload, 1, (cuda_module module), (module))
{
    return dlclose(module) ? INVALID_VALUE : 0;
}

CALL(cuModuleGetFunction, 1, (cuda_function * function, cuda_module module, const char *name),
     (function, module, name))
{
    char launch[128];

    snprintf(launch, sizeof launch, "launch_%s", name);
    *function = dlsym(module, launch);
    return *function ? 0 : NOT_FOUND;
}

CALL(cuLaunchKernel, 1,
     (cuda_function function, unsigned x, unsigned y, unsigned z, unsigned threads_x,
      unsigned threads_y, unsigned threads_z, unsigned shared, void *stream, void **arguments,
      void **extra),
     (function, x, y, z, threads_x, threads_y, threads_z, shared, stream, arguments, extra))
{
    void (*launch)(const void *, const void *, unsigned, unsigned, unsigned);
    void *memories[SIDES];

    if (!x || !y || y > SIDES || z != 1 || !threads_x || threads_x > 1024 || threads_y != 1 ||
        threads_z != 1 || shared || stream || extra)
        return INVALID_VALUE;
    memcpy(&launch, &function, sizeof launch);
    for (int i = 0; i < SIDES; i++)
        memcpy(&memories[i], arguments[i], sizeof *memories);
    launch(memories, arguments[SIDES], x, y, threads_x);
    return 0;
}
