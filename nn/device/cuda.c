/* Devices by CUDA's driver. What is computed is the kernels' business, see dialect.h. */
#include "cuda.h"

#include "nvrtc.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

struct cuda_device_open {
    struct nn_device device; /* first */
    const struct cuda *cuda;
    cuda_device id;
    cuda_context context;
    cuda_module module;
};

static struct cuda_device_open *of(struct nn_device *device)
{
    return (struct cuda_device_open *)device;
}

/* ---- The library ---- */

static const char *code_text(const struct cuda *cuda, cuda_result code)
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

/* Loads the library once. Returns NULL with the reason. */
static const struct cuda *load(struct nn_error *error)
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
    static struct cuda functions;
    static bool loaded;
    void *library = NULL;
    const char *missing;
    cuda_result code;

    if (loaded)
        return &functions;
    if (!library_possible(error))
        return NULL;
    for (size_t i = 0; !library && i < sizeof places / sizeof *places; i++)
        library = library_open(places[i]);
    if (!library) {
        snprintf(error->text, sizeof error->text,
                 "there is no CUDA: libcuda.so.1 cannot be loaded, which NVIDIA's driver has (a "
                 "container gets it by --gpus all)");
        return NULL;
    }
    missing = library_find(library, names, &functions);
    if (missing) {
        snprintf(error->text, sizeof error->text, "libcuda.so.1 lacks %s of CUDA 11.2", missing);
        return NULL;
    }
    code = functions.cuInit(0);
    if (code)
        snprintf(error->text, sizeof error->text, "CUDA: cuInit says %d, %s%s", code,
                 code_text(&functions, code), advice(code));
    loaded = code == 0;
    return loaded ? &functions : NULL;
}

/* Notes what a call said. Tells whether it failed. */
static bool failed(struct cuda_device_open *d, const char *call, cuda_result code,
                   enum nn_device_fault fault)
{
    if (code)
        device_fail(&d->device, code == CUDA_OUT_OF_MEMORY ? NN_DEVICE_FULL : fault,
                    "%s says %d, %s%s", call, code, code_text(d->cuda, code), advice(code));
    return code != 0;
}

/* Makes the device the thread's. Tells whether that failed. */
static bool enter(struct cuda_device_open *d)
{
    return failed(d, "cuCtxSetCurrent", d->cuda->cuCtxSetCurrent(d->context), NN_DEVICE_LOST);
}

/* ---- What is there ---- */

static int count_devices(const struct cuda *cuda, struct nn_error *error)
{
    int count = 0;
    const cuda_result code = cuda->cuDeviceGetCount(&count);

    if (code) {
        snprintf(error->text, sizeof error->text, "CUDA: cuDeviceGetCount says %d, %s", code,
                 code_text(cuda, code));
        return -1;
    }
    return count < NN_DEVICES_MOST ? count : NN_DEVICES_MOST;
}

static void describe(const struct cuda *cuda, int number, struct nn_device_info *info)
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

static int list(struct nn_device_info infos[NN_DEVICES_MOST], struct nn_error *error)
{
    const struct cuda *cuda = load(error);
    const int count = cuda ? count_devices(cuda, error) : -1;

    for (int i = 0; i < count; i++)
        describe(cuda, i, &infos[i]);
    return count;
}

/* ---- Opening ---- */

/* Loads the kernels, compiled now where they are not kept or no longer fit. */
static void load_kernels(struct cuda_device_open *d, int capability, int version)
{
    size_t bytes = 0;
    char *image = kept_read(capability, version, &bytes);
    cuda_result code = image ? d->cuda->cuModuleLoadData(&d->module, image) : -1;
    int by;

    if (code) {
        free(image);
        image = nvrtc_compile(&d->device, capability, version, &bytes, &by);
        code = image ? d->cuda->cuModuleLoadData(&d->module, image) : 0;
        if (image && code)
            device_fail(&d->device, NN_DEVICE_REFUSED,
                        "its driver, of CUDA %d.%d, does not take what NVRTC %d.%d compiled: "
                        "cuModuleLoadData says %d, %s%s",
                        version / 1000, version % 1000 / 10, by / 10, by % 10, code,
                        code_text(d->cuda, code), advice(code));
        else if (image)
            kept_write(capability, version, image, bytes);
    }
    free(image);
}

static void open_device(struct cuda_device_open *d, int number)
{
    const struct cuda *cuda = d->cuda;
    int major, minor, version;
    size_t total;

    if (failed(d, "cuDeviceGet", cuda->cuDeviceGet(&d->id, number), NN_DEVICE_REFUSED) ||
        failed(d, "cuDeviceGetAttribute",
               cuda->cuDeviceGetAttribute(&major, CUDA_CAPABILITY_MAJOR, d->id),
               NN_DEVICE_REFUSED) ||
        failed(d, "cuDeviceGetAttribute",
               cuda->cuDeviceGetAttribute(&minor, CUDA_CAPABILITY_MINOR, d->id),
               NN_DEVICE_REFUSED) ||
        failed(d, "cuDriverGetVersion", cuda->cuDriverGetVersion(&version), NN_DEVICE_REFUSED) ||
        failed(d, "cuDevicePrimaryCtxRetain", cuda->cuDevicePrimaryCtxRetain(&d->context, d->id),
               NN_DEVICE_REFUSED) ||
        enter(d) ||
        failed(d, "cuMemGetInfo", cuda->cuMemGetInfo_v2(&d->device.most, &total),
               NN_DEVICE_REFUSED))
        return;
    load_kernels(d, 10 * major + minor, version);
}

static struct nn_device *open_number(int number, struct nn_error *error)
{
    const struct cuda *cuda = load(error);
    const int count = cuda ? count_devices(cuda, error) : -1;
    struct cuda_device_open *d;

    if (count >= 0 && number >= count)
        snprintf(error->text, sizeof error->text,
                 "there is no device %d: CUDA has %d in all; csvnet devices lists them", number + 1,
                 count);
    d = number < count ? calloc(1, sizeof *d) : NULL;
    error->out_of_memory = number < count && !d;
    if (!d)
        return NULL;
    d->device.driver = &cuda_driver;
    d->cuda = cuda;
    describe(cuda, number, &d->device.info);
    open_device(d, number);
    return &d->device;
}

static void close_device(struct nn_device *device)
{
    struct cuda_device_open *d = of(device);

    if (d->module)
        d->cuda->cuModuleUnload(d->module);
    if (d->context)
        d->cuda->cuDevicePrimaryCtxRelease_v2(d->id);
    free(d);
}

/* ---- Memory and kernels ---- */

static cuda_pointer pointer(const void *buffer, size_t at)
{
    return (uintptr_t)buffer + at;
}

static void release(struct nn_device *device, void *buffer)
{
    if (!of(device)->cuda->cuCtxSetCurrent(of(device)->context))
        of(device)->cuda->cuMemFree_v2(pointer(buffer, 0));
}

static void *make_buffer(struct nn_device *device, size_t bytes)
{
    struct cuda_device_open *d = of(device);
    size_t left = 0, total;
    cuda_pointer at;
    cuda_result code;

    if (enter(d))
        return NULL;
    code = d->cuda->cuMemAlloc_v2(&at, bytes);
    if (code == CUDA_OUT_OF_MEMORY && !d->cuda->cuMemGetInfo_v2(&left, &total))
        device_fail(device, NN_DEVICE_FULL, "%zu MiB are needed, and %zu are left",
                    (bytes >> 20) + 1, left >> 20);
    if (failed(d, "cuMemAlloc", code, NN_DEVICE_FULL))
        return NULL;
    if (!failed(d, "cuMemsetD8", d->cuda->cuMemsetD8_v2(at, 0, bytes), NN_DEVICE_LOST))
        return (void *)(uintptr_t)at;
    d->cuda->cuMemFree_v2(at);
    return NULL;
}

static void write_bytes(struct nn_device *device, void *buffer, size_t at, const void *from,
                        size_t bytes)
{
    struct cuda_device_open *d = of(device);

    if (!enter(d))
        failed(d, "cuMemcpyHtoD", d->cuda->cuMemcpyHtoD_v2(pointer(buffer, at), from, bytes),
               NN_DEVICE_LOST);
}

static void read_bytes(struct nn_device *device, void *buffer, size_t at, void *to, size_t bytes)
{
    struct cuda_device_open *d = of(device);

    if (!enter(d))
        failed(d, "cuMemcpyDtoH", d->cuda->cuMemcpyDtoH_v2(to, pointer(buffer, at), bytes),
               NN_DEVICE_LOST);
}

static void *make_kernel(struct nn_device *device, const char *name)
{
    struct cuda_device_open *d = of(device);
    cuda_function kernel;

    return enter(d) ||
                   failed(d, "cuModuleGetFunction",
                          d->cuda->cuModuleGetFunction(&kernel, d->module, name), NN_DEVICE_LOST)
               ? NULL
               : kernel;
}

static void run(struct nn_device *device, void *buffer, void *kernel, size_t items,
                const void *arguments, size_t bytes)
{
    enum { GROUP = 128 };
    struct cuda_device_open *d = of(device);
    cuda_pointer memory = pointer(buffer, 0);
    void *all[] = {&memory, (void *)(uintptr_t)arguments};

    (void)bytes; /* the kernel knows */
    if (!enter(d))
        failed(d, "cuLaunchKernel",
               d->cuda->cuLaunchKernel(kernel, (unsigned)((items + GROUP - 1) / GROUP), 1, 1, GROUP,
                                       1, 1, 0, NULL, all, NULL),
               NN_DEVICE_LOST);
}

const struct device_driver cuda_driver = {
    list,        open_number, close_device, make_buffer, release,
    write_bytes, read_bytes,  make_kernel,  run,
};
