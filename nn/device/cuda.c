/* Devices by CUDA's driver. What is computed is the kernels' business, see dialect.h. */
#include "cuda.h"

#include "nvrtc.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

static struct cuda functions;
static const struct cuda *const cuda = &functions; /* once it is loaded */

struct cuda_device_open {
    struct nn_device device; /* first */
    cuda_device id;
    cuda_context context;
    cuda_module module;
};

static struct cuda_device_open *of(struct nn_device *device)
{
    return (struct cuda_device_open *)device;
}

/* ---- The library ---- */

static const char *code_text(cuda_result code)
{
    const char *name;

    return cuda->cuGetErrorName(code, &name) ? "an error without a name" : name;
}

/* Returns what may help. */
static const char *advice(cuda_result code)
{
    switch (code) {
    case CUDA_STUB_LIBRARY:
        return ": this libcuda.so.1 is only for linking, the driver's own comes later in "
               "LD_LIBRARY_PATH or not at all";
    case CUDA_NO_DEVICE:
        return getenv("CUDA_VISIBLE_DEVICES") ? ": none of CUDA_VISIBLE_DEVICES is there" : "";
    case CUDA_SYSTEM_DRIVER_MISMATCH:
        return ": libcuda.so.1 and the kernel's driver differ; after an upgrade a restart helps";
    case CUDA_COMPAT_NOT_SUPPORTED_ON_DEVICE:
        return ": a libcuda.so.1 for forward compatibility, which this GPU does not take, comes "
               "first in LD_LIBRARY_PATH";
    case CUDA_UNSUPPORTED_PTX_VERSION:
        return ": NVRTC is newer than the driver; an NVRTC of the driver's CUDA helps, which "
               "nvidia-smi names";
    default:
        return "";
    }
}

/* Loads the library once. Returns -1 with the reason. */
static int load(struct nn_error *error)
{
    /* Where it lies besides the loader's own folders: in containers of Kubernetes and Kaggle, on
     * Colab, in WSL, on NixOS. */
    static const char *const places[] = {
        "libcuda.so.1",
        "/usr/local/nvidia/lib64/libcuda.so.1",
        "/usr/lib64-nvidia/libcuda.so.1",
        "/usr/lib/wsl/lib/libcuda.so.1",
        "/run/opengl-driver/lib/libcuda.so.1",
    };
    static const char *const names[] = {CUDA_FUNCTIONS(CUDA_NAME) NULL};
    static bool loaded;
    void *library = NULL;
    const char *missing;
    cuda_result code;

    if (loaded)
        return 0;
    if (!library_possible(error))
        return -1;
    for (size_t i = 0; !library && i < sizeof places / sizeof *places; i++)
        library = library_open(places[i]);
    if (!library) {
        snprintf(error->text, sizeof error->text,
                 "there is no CUDA: libcuda.so.1 cannot be loaded, which NVIDIA's driver has (a "
                 "container gets it by --gpus all)");
        return -1;
    }
    missing = library_find(library, names, &functions);
    if (missing) {
        snprintf(error->text, sizeof error->text, "libcuda.so.1 lacks %s of CUDA 11.2", missing);
        return -1;
    }
    code = cuda->cuInit(0);
    if (code)
        snprintf(error->text, sizeof error->text, "CUDA: cuInit says %d, %s%s", code,
                 code_text(code), advice(code));
    loaded = code == 0;
    return loaded ? 0 : -1;
}

/* Notes what a call said. Tells whether it failed. */
static bool failed(struct nn_device *device, const char *call, cuda_result code,
                   enum nn_device_fault fault)
{
    if (code)
        device_fail(device, code == CUDA_OUT_OF_MEMORY ? NN_DEVICE_FULL : fault, "%s says %d, %s%s",
                    call, code, code_text(code), advice(code));
    return code != 0;
}

/* Makes the device the thread's. Tells whether that failed. */
static bool enter(struct nn_device *device)
{
    return failed(device, "cuCtxSetCurrent", cuda->cuCtxSetCurrent(of(device)->context),
                  NN_DEVICE_LOST);
}

/* ---- What is there ---- */

static int count_devices(struct nn_error *error)
{
    int count = 0;
    cuda_result code;

    if (load(error))
        return -1;
    code = cuda->cuDeviceGetCount(&count);
    if (code) {
        snprintf(error->text, sizeof error->text, "CUDA: cuDeviceGetCount says %d, %s", code,
                 code_text(code));
        return -1;
    }
    return count < NN_DEVICES_MOST ? count : NN_DEVICES_MOST;
}

static void describe(int number, struct nn_device_info *info)
{
    cuda_device id;
    size_t bytes = 0;

    *info = (struct nn_device_info){.gpu = true};
    if (cuda->cuDeviceGet(&id, number) ||
        cuda->cuDeviceGetName(info->name, sizeof info->name, id) ||
        cuda->cuDeviceTotalMem_v2(&bytes, id))
        snprintf(info->name, sizeof info->name, "a device that says nothing");
    info->bytes = (int64_t)bytes;
}

/* ---- Opening ---- */

/* Loads the kernels, compiled now where they are not kept or no longer fit. */
static void load_kernels(struct cuda_device_open *d, int capability, int version)
{
    size_t bytes = 0;
    char *image = kept_read(capability, version, &bytes);
    cuda_result code = image ? cuda->cuModuleLoadData(&d->module, image) : -1;
    int by;

    if (code) {
        free(image);
        image = nvrtc_compile(&d->device, capability, version, &bytes, &by);
        code = image ? cuda->cuModuleLoadData(&d->module, image) : 0;
        if (image && code)
            device_fail(&d->device, NN_DEVICE_REFUSED,
                        "its driver, of CUDA %d.%d, does not take what NVRTC %d.%d compiled: "
                        "cuModuleLoadData says %d, %s%s",
                        version / 1000, version % 1000 / 10, by / 10, by % 10, code,
                        code_text(code), advice(code));
        else if (image)
            kept_write(capability, version, image, bytes);
    }
    free(image);
}

static void open_device(struct nn_device *device, int number)
{
    const enum nn_device_fault refused = NN_DEVICE_REFUSED;
    struct cuda_device_open *d = of(device);
    int major, minor, version;
    size_t total;

    if (failed(device, "cuDeviceGet", cuda->cuDeviceGet(&d->id, number), refused) ||
        failed(device, "cuDeviceGetAttribute",
               cuda->cuDeviceGetAttribute(&major, CUDA_CAPABILITY_MAJOR, d->id), refused) ||
        failed(device, "cuDeviceGetAttribute",
               cuda->cuDeviceGetAttribute(&minor, CUDA_CAPABILITY_MINOR, d->id), refused) ||
        failed(device, "cuDriverGetVersion", cuda->cuDriverGetVersion(&version), refused) ||
        failed(device, "cuDevicePrimaryCtxRetain",
               cuda->cuDevicePrimaryCtxRetain(&d->context, d->id), refused) ||
        enter(device) ||
        failed(device, "cuMemGetInfo", cuda->cuMemGetInfo_v2(&device->most, &total), refused))
        return;
    load_kernels(d, 10 * major + minor, version);
}

static void close_device(struct nn_device *device)
{
    struct cuda_device_open *d = of(device);

    if (d->module)
        cuda->cuModuleUnload(d->module);
    if (d->context)
        cuda->cuDevicePrimaryCtxRelease_v2(d->id);
}

/* ---- Memory and kernels ---- */

static cuda_pointer pointer(const void *buffer, size_t at)
{
    return (uintptr_t)buffer + at;
}

static void release(struct nn_device *device, void *buffer)
{
    if (!cuda->cuCtxSetCurrent(of(device)->context))
        cuda->cuMemFree_v2(pointer(buffer, 0));
}

static void *make_buffer(struct nn_device *device, size_t bytes)
{
    size_t left = 0, total;
    cuda_pointer at;
    cuda_result code;

    if (enter(device))
        return NULL;
    code = cuda->cuMemAlloc_v2(&at, bytes);
    if (code == CUDA_OUT_OF_MEMORY && !cuda->cuMemGetInfo_v2(&left, &total))
        device_fail(device, NN_DEVICE_FULL, "%zu MiB are needed, and %zu are left",
                    (bytes >> 20) + 1, left >> 20);
    if (failed(device, "cuMemAlloc", code, NN_DEVICE_FULL))
        return NULL;
    if (!failed(device, "cuMemsetD8", cuda->cuMemsetD8_v2(at, 0, bytes), NN_DEVICE_LOST))
        return (void *)(uintptr_t)at;
    cuda->cuMemFree_v2(at);
    return NULL;
}

static void write_bytes(struct nn_device *device, void *buffer, size_t at, const void *from,
                        size_t bytes)
{
    if (!enter(device))
        failed(device, "cuMemcpyHtoD", cuda->cuMemcpyHtoD_v2(pointer(buffer, at), from, bytes),
               NN_DEVICE_LOST);
}

static void read_bytes(struct nn_device *device, void *buffer, size_t at, void *to, size_t bytes)
{
    if (!enter(device))
        failed(device, "cuMemcpyDtoH", cuda->cuMemcpyDtoH_v2(to, pointer(buffer, at), bytes),
               NN_DEVICE_LOST);
}

static void *make_kernel(struct nn_device *device, const char *name)
{
    struct cuda_device_open *d = of(device);
    cuda_function kernel;

    return enter(device) ||
                   failed(device, "cuModuleGetFunction",
                          cuda->cuModuleGetFunction(&kernel, d->module, name), NN_DEVICE_LOST)
               ? NULL
               : kernel;
}

static void run(struct nn_device *device, void *const *buffers, int count, void *kernel,
                size_t items, const void *arguments, size_t bytes)
{
    enum { GROUP = 128 };
    void *all[SIDES + 1];

    (void)bytes; /* the kernel knows */
    for (int i = 0; i < SIDES; i++)
        all[i] = (void *)(uintptr_t)&buffers[i < count ? i : 0];
    all[SIDES] = (void *)(uintptr_t)arguments;
    if (!enter(device))
        failed(device, "cuLaunchKernel",
               cuda->cuLaunchKernel(kernel, (unsigned)((items + GROUP - 1) / GROUP),
                                    (unsigned)count, 1, GROUP, 1, 1, 0, NULL, all, NULL),
               NN_DEVICE_LOST);
}

const struct device_driver cuda_driver = {
    "CUDA",        sizeof(struct cuda_device_open),
    count_devices, describe,
    open_device,   close_device,
    make_buffer,   release,
    write_bytes,   read_bytes,
    make_kernel,   run,
};
