/* Devices by OpenCL. What is computed is the kernels' business, see dialect.h. */
#include "opencl.h"

#include "private.h"

#include <stdio.h>
#include <stdlib.h>

static struct opencl functions;
static const struct opencl *const cl = &functions; /* once it is loaded */

struct opencl_device {
    struct nn_device device; /* first */
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
};

static struct opencl_device *of(struct nn_device *device)
{
    return (struct opencl_device *)device;
}

/* ---- The library ---- */

/* Loads the library once. Returns -1 with the reason. */
static int load(struct nn_error *error)
{
#define NAME_FUNCTION(name, parameters)    #name,
#define NAME_MAKER(type, name, parameters) #name,
    static const char *const names[] = {OPENCL_FUNCTIONS(NAME_FUNCTION) OPENCL_MAKERS(NAME_MAKER)
                                            NULL};
    static bool loaded;
    const char *missing;
    void *library;

    if (loaded)
        return 0;
    if (!library_possible(error))
        return -1;
    library = library_open("libOpenCL.so.1");
    if (!library) {
        snprintf(
            error->text, sizeof error->text,
            "there is no OpenCL: libOpenCL.so.1 cannot be loaded (Debian: ocl-icd-libopencl1, and "
            "the driver of the device)");
        return -1;
    }
    missing = library_find(library, names, &functions);
    if (missing)
        snprintf(error->text, sizeof error->text, "libOpenCL.so.1 lacks %s of OpenCL 1.2", missing);
    loaded = !missing;
    return loaded ? 0 : -1;
}

static const char *code_text(cl_int code)
{
    static const struct {
        cl_int code;
        const char *name;
    } names[] = {
        {CL_DEVICE_NOT_FOUND, "DEVICE_NOT_FOUND"},
        {-2, "DEVICE_NOT_AVAILABLE"},
        {-3, "COMPILER_NOT_AVAILABLE"},
        {CL_MEM_OBJECT_ALLOCATION_FAILURE, "MEM_OBJECT_ALLOCATION_FAILURE"},
        {CL_OUT_OF_RESOURCES, "OUT_OF_RESOURCES"},
        {CL_OUT_OF_HOST_MEMORY, "OUT_OF_HOST_MEMORY"},
        {-11, "BUILD_PROGRAM_FAILURE"},
        {-30, "INVALID_VALUE"},
        {-34, "INVALID_CONTEXT"},
        {CL_INVALID_COMMAND_QUEUE, "INVALID_COMMAND_QUEUE"},
        {-38, "INVALID_MEM_OBJECT"},
        {-43, "INVALID_BUILD_OPTIONS"},
        {-46, "INVALID_KERNEL_NAME"},
        {-51, "INVALID_ARG_SIZE"},
        {-54, "INVALID_WORK_GROUP_SIZE"},
        {CL_INVALID_BUFFER_SIZE, "INVALID_BUFFER_SIZE"},
        {CL_PLATFORM_NOT_FOUND_KHR, "no platform, that is no driver, is installed"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "see cl.h";
}

/* Notes what a call said. Tells whether it failed. */
static bool failed(struct nn_device *device, const char *call, cl_int code,
                   enum nn_device_fault fault)
{
    if (code)
        device_fail(device, fault, "%s says %d, %s", call, code, code_text(code));
    return code != 0;
}

/* ---- What is there ---- */

enum { PLATFORMS_MOST = 16 };

static cl_device_id ids[NN_DEVICES_MOST]; /* that were last found */

static cl_ulong number_of(cl_device_id id, cl_uint what)
{
    cl_ulong value = 0;

    return cl->clGetDeviceInfo(id, what, sizeof value, &value, NULL) ? 0 : value;
}

static int count_devices(struct nn_error *error)
{
    cl_platform_id platforms[PLATFORMS_MOST];
    cl_uint count = 0;
    cl_int code;
    int found = 0;

    if (load(error))
        return -1;
    code = cl->clGetPlatformIDs(PLATFORMS_MOST, platforms, &count);
    if (code) {
        snprintf(error->text, sizeof error->text, "OpenCL: clGetPlatformIDs says %d, %s", code,
                 code_text(code));
        return -1;
    }
    for (cl_uint i = 0; i < count && i < PLATFORMS_MOST && found < NN_DEVICES_MOST; i++) {
        const int left = NN_DEVICES_MOST - found;
        cl_uint here = 0;

        if (cl->clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, (cl_uint)left, ids + found, &here))
            continue; /* a platform without a device says that it found none */
        found += (int)here < left ? (int)here : left;
    }
    return found;
}

static void describe(int number, struct nn_device_info *info)
{
    *info = (struct nn_device_info){
        .gpu = (number_of(ids[number], CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU) != 0,
        .bytes = (int64_t)number_of(ids[number], CL_DEVICE_GLOBAL_MEM_SIZE),
    };
    if (cl->clGetDeviceInfo(ids[number], CL_DEVICE_NAME, sizeof info->name - 1, info->name, NULL) ||
        !*info->name)
        snprintf(info->name, sizeof info->name, "a device without a name");
}

/* ---- Opening ---- */

/* Compiles the kernels. Subnormal numbers are zero as they are on the processor, see
 * nn/base/denormals.h. */
static void build(struct opencl_device *d)
{
    static const char options[] =
        "-cl-std=CL1.2 -cl-denorms-are-zero -cl-fp32-correctly-rounded-divide-sqrt";
    const char *source = device_source;
    char log[256] = "";
    cl_int code;

    d->program = cl->clCreateProgramWithSource(d->context, 1, &source, NULL, &code);
    if (failed(&d->device, "clCreateProgramWithSource", code, NN_DEVICE_REFUSED))
        return;
    code = cl->clBuildProgram(d->program, 1, &d->id, options, NULL, NULL);
    if (code == 0)
        return;
    /* A log longer than this is not given at all. */
    cl->clGetProgramBuildInfo(d->program, d->id, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log, NULL);
    device_fail(&d->device, NN_DEVICE_REFUSED, "its driver cannot compile the kernels: %d, %s%s%s",
                code, code_text(code), *log ? ": " : "", log);
}

static void open_device(struct nn_device *device, int number)
{
    struct opencl_device *d = of(device);
    cl_int code;

    d->id = ids[number];
    device->most = (size_t)number_of(d->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    if (!number_of(d->id, CL_DEVICE_DOUBLE_FP_CONFIG)) {
        device_fail(device, NN_DEVICE_REFUSED, "it has no double precision, which sums need");
        return;
    }
    d->context = cl->clCreateContext(NULL, 1, &d->id, NULL, NULL, &code);
    if (failed(device, "clCreateContext", code, NN_DEVICE_REFUSED))
        return;
    d->queue = cl->clCreateCommandQueue(d->context, d->id, 0, &code);
    if (failed(device, "clCreateCommandQueue", code, NN_DEVICE_REFUSED))
        return;
    build(d);
}

static void close_device(struct nn_device *device)
{
    struct opencl_device *d = of(device);

    for (int i = 0; i < device->kernels; i++)
        cl->clReleaseKernel(device->kernel[i].kernel);
    if (d->program)
        cl->clReleaseProgram(d->program);
    if (d->queue)
        cl->clReleaseCommandQueue(d->queue);
    if (d->context)
        cl->clReleaseContext(d->context);
}

/* ---- Memory ---- */

static void release(struct nn_device *device, void *buffer)
{
    (void)device;
    cl->clReleaseMemObject(buffer);
}

static void *make_buffer(struct nn_device *device, size_t bytes)
{
    static const uint32_t zero;
    struct opencl_device *d = of(device);
    cl_int code;
    const cl_mem buffer = cl->clCreateBuffer(d->context, 0, bytes, NULL, &code);

    if (failed(device, "clCreateBuffer", code, NN_DEVICE_FULL))
        return NULL;
    code = cl->clEnqueueFillBuffer(d->queue, buffer, &zero, sizeof zero, 0, bytes, 0, NULL, NULL);
    if (!failed(device, "clEnqueueFillBuffer", code, NN_DEVICE_FULL) &&
        !failed(device, "clFinish", cl->clFinish(d->queue), NN_DEVICE_FULL))
        return buffer;
    release(device, buffer);
    return NULL;
}

enum { WAIT = 1 };

static void write_bytes(struct nn_device *device, void *buffer, size_t at, const void *from,
                        size_t bytes)
{
    struct opencl_device *d = of(device);

    failed(device, "clEnqueueWriteBuffer",
           cl->clEnqueueWriteBuffer(d->queue, buffer, WAIT, at, bytes, from, 0, NULL, NULL),
           NN_DEVICE_LOST);
}

static void read_bytes(struct nn_device *device, void *buffer, size_t at, void *to, size_t bytes)
{
    struct opencl_device *d = of(device);

    failed(device, "clEnqueueReadBuffer",
           cl->clEnqueueReadBuffer(d->queue, buffer, WAIT, at, bytes, to, 0, NULL, NULL),
           NN_DEVICE_LOST);
}

/* ---- Kernels ---- */

static void *make_kernel(struct nn_device *device, const char *name)
{
    cl_int code;
    const cl_kernel kernel = cl->clCreateKernel(of(device)->program, name, &code);

    return failed(device, "clCreateKernel", code, NN_DEVICE_LOST) ? NULL : kernel;
}

static void run(struct nn_device *device, void *const *buffers, int count, void *kernel,
                size_t items, const void *arguments, size_t bytes)
{
    enum { GROUP = 64 };
    const size_t group[] = {GROUP, 1}, all[] = {(items + GROUP - 1) / GROUP * GROUP, (size_t)count};
    struct opencl_device *d = of(device);

    for (int i = 0; i <= SIDES; i++) {
        const size_t size = i < SIDES ? sizeof *buffers : bytes;
        const void *argument = i < SIDES ? &buffers[i < count ? i : 0] : arguments;

        if (failed(device, "clSetKernelArg", cl->clSetKernelArg(kernel, (cl_uint)i, size, argument),
                   NN_DEVICE_LOST))
            return;
    }
    failed(device, "clEnqueueNDRangeKernel",
           cl->clEnqueueNDRangeKernel(d->queue, kernel, 2, NULL, all, group, 0, NULL, NULL),
           NN_DEVICE_LOST);
}

const struct device_driver opencl_driver = {
    "OpenCL",      sizeof(struct opencl_device),
    count_devices, describe,
    open_device,   close_device,
    make_buffer,   release,
    write_bytes,   read_bytes,
    make_kernel,   run,
};
