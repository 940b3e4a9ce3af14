/* An OpenCL that fails, to be found as libOpenCL.so.1 before the real one, to which it passes all
 * calls:
 *
 *     OPENCL=NAME:N     the Nth call of function NAME (from 1) fails, as those of it after that
 *     OPENCL=platforms  no driver is installed
 *     OPENCL=devices    no driver has a device
 *     OPENCL=doubles    the device has no double precision
 *     OPENCL=wrong      it rounds otherwise: one bit of what is read back is another
 *     OPENCL=memory     it has 4 KiB
 *     OPENCL=memory:N   it has N bytes for a buffer
 *     OPENCL=total:N    it has N bytes for all buffers
 *     OPENCL=signals    its compiler takes SIGTERM for itself, and then one comes
 *
 * The device says that it is a GPU called "fake". OPENCL_REAL is the real library. */
#define _GNU_SOURCE
#include "nn/device/opencl.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is(const char *mode)
{
    const char *given = getenv("OPENCL");

    return given && strcmp(given, mode) == 0;
}

/* Returns the number behind a mode that ends with a colon; 0: the mode is another one. */
static unsigned long long number_of(const char *mode)
{
    const char *given = getenv("OPENCL");

    return given && strncmp(given, mode, strlen(mode)) == 0
               ? strtoull(given + strlen(mode), NULL, 10)
               : 0;
}

/* Returns the real function; NULL: this call is to fail. */
static void *real(const char *name, int *calls)
{
    static void *library;
    const char *given = getenv("OPENCL"), *colon = given ? strchr(given, ':') : NULL;
    const char *path = getenv("OPENCL_REAL");

    ++*calls;
    if (colon && strncmp(given, name, (size_t)(colon - given)) == 0 && name[colon - given] == 0 &&
        *calls >= atoi(colon + 1))
        return NULL;
    if (!library)
        library = dlopen(path ? path : "/usr/lib/x86_64-linux-gnu/libOpenCL.so.1", RTLD_NOW);
    if (!library) {
        fprintf(stderr, "fake OpenCL: %s\n", dlerror());
        exit(1);
    }
    return dlsym(library, name);
}

#define CALL(name, parameters, arguments)                                                          \
    cl_int name parameters;                                                                        \
    cl_int name parameters                                                                         \
    {                                                                                              \
        static int calls;                                                                          \
        cl_int(*function) parameters = real(#name, &calls);                                        \
                                                                                                   \
        return function ? function arguments : CL_OUT_OF_RESOURCES;                                \
    }
#define MAKE(type, name, parameters, arguments)                                                    \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        static int calls;                                                                          \
        type(*function) parameters = real(#name, &calls);                                          \
                                                                                                   \
        if (function)                                                                              \
            return function arguments;                                                             \
        *code = CL_OUT_OF_RESOURCES;                                                               \
        return NULL;                                                                               \
    }

cl_int clGetPlatformIDs(cl_uint most, cl_platform_id *list, cl_uint *count);
cl_int clGetPlatformIDs(cl_uint most, cl_platform_id *list, cl_uint *count)
{
    static int calls;
    cl_int (*function)(cl_uint, cl_platform_id *, cl_uint *) = real("clGetPlatformIDs", &calls);

    if (is("platforms"))
        return CL_PLATFORM_NOT_FOUND_KHR;
    return function ? function(most, list, count) : CL_OUT_OF_RESOURCES;
}

cl_int clGetDeviceIDs(cl_platform_id p, cl_ulong type, cl_uint most, cl_device_id *list,
                      cl_uint *count);
cl_int clGetDeviceIDs(cl_platform_id p, cl_ulong type, cl_uint most, cl_device_id *list,
                      cl_uint *count)
{
    static int calls;
    cl_int (*function)(cl_platform_id, cl_ulong, cl_uint, cl_device_id *, cl_uint *) =
        real("clGetDeviceIDs", &calls);

    if (is("devices"))
        return CL_DEVICE_NOT_FOUND;
    return function ? function(p, type, most, list, count) : CL_OUT_OF_RESOURCES;
}

cl_int clGetDeviceInfo(cl_device_id id, cl_uint what, size_t size, void *value, size_t *is_size);
cl_int clGetDeviceInfo(cl_device_id id, cl_uint what, size_t size, void *value, size_t *is_size)
{
    static int calls;
    cl_int (*function)(cl_device_id, cl_uint, size_t, void *, size_t *) =
        real("clGetDeviceInfo", &calls);
    const cl_int code = function ? function(id, what, size, value, is_size) : CL_OUT_OF_RESOURCES;

    if (code)
        return code;
    if (what == CL_DEVICE_NAME)
        strcpy(value, "fake");
    if (what == CL_DEVICE_TYPE)
        *(cl_ulong *)value = CL_DEVICE_TYPE_GPU;
    if (what == CL_DEVICE_DOUBLE_FP_CONFIG && is("doubles"))
        *(cl_ulong *)value = 0;
    if (what == CL_DEVICE_MAX_MEM_ALLOC_SIZE && is("memory"))
        *(cl_ulong *)value = 4096;
    if (what == CL_DEVICE_MAX_MEM_ALLOC_SIZE && number_of("memory:"))
        *(cl_ulong *)value = number_of("memory:");
    if (what == CL_DEVICE_MAX_MEM_ALLOC_SIZE && number_of("total:"))
        *(cl_ulong *)value = number_of("total:");
    return 0;
}

cl_int clEnqueueReadBuffer(cl_command_queue q, cl_mem m, cl_uint wait, size_t at, size_t size,
                           void *to, cl_uint n, const void *events, void *event);
cl_int clEnqueueReadBuffer(cl_command_queue q, cl_mem m, cl_uint wait, size_t at, size_t size,
                           void *to, cl_uint n, const void *events, void *event)
{
    static int calls;
    cl_int (*function)(cl_command_queue, cl_mem, cl_uint, size_t, size_t, void *, cl_uint,
                       const void *, void *) = real("clEnqueueReadBuffer", &calls);
    const cl_int code =
        function ? function(q, m, wait, at, size, to, n, events, event) : CL_OUT_OF_RESOURCES;

    for (size_t i = 0; i + 24 <= size && is("wrong"); i += 24)
        ((char *)to)[i] ^= 1;
    return code;
}

static void leave(int number)
{
    (void)number;
    _exit(99);
}

cl_int clBuildProgram(cl_program p, cl_uint n, const cl_device_id *ids, const char *options,
                      void (*done)(cl_program, void *), void *user);
cl_int clBuildProgram(cl_program p, cl_uint n, const cl_device_id *ids, const char *options,
                      void (*done)(cl_program, void *), void *user)
{
    static int calls;
    cl_int (*function)(cl_program, cl_uint, const cl_device_id *, const char *,
                       void (*)(cl_program, void *), void *) = real("clBuildProgram", &calls);

    if (is("signals")) {
        signal(SIGTERM, leave);
        kill(getpid(), SIGTERM);
    }
    return function ? function(p, n, ids, options, done, user) : CL_OUT_OF_RESOURCES;
}
CALL(clGetProgramBuildInfo,
     (cl_program p, cl_device_id id, cl_uint what, size_t size, void *value, size_t *is_size),
     (p, id, what, size, value, is_size))
CALL(clSetKernelArg, (cl_kernel k, cl_uint i, size_t size, const void *value), (k, i, size, value))
CALL(clEnqueueWriteBuffer,
     (cl_command_queue q, cl_mem m, cl_uint wait, size_t at, size_t size, const void *from,
      cl_uint n, const void *events, void *event),
     (q, m, wait, at, size, from, n, events, event))
CALL(clEnqueueFillBuffer,
     (cl_command_queue q, cl_mem m, const void *pattern, size_t each, size_t at, size_t size,
      cl_uint n, const void *events, void *event),
     (q, m, pattern, each, at, size, n, events, event))
CALL(clEnqueueNDRangeKernel,
     (cl_command_queue q, cl_kernel k, cl_uint dims, const size_t *at, const size_t *all,
      const size_t *group, cl_uint n, const void *events, void *event),
     (q, k, dims, at, all, group, n, events, event))
#ifndef OLD
CALL(clFinish, (cl_command_queue q), (q))
#endif
CALL(clReleaseKernel, (cl_kernel k), (k))
CALL(clReleaseProgram, (cl_program p), (p))
CALL(clReleaseCommandQueue, (cl_command_queue q), (q))
CALL(clReleaseContext, (cl_context c), (c))

MAKE(cl_context, clCreateContext,
     (const intptr_t *properties, cl_uint n, const cl_device_id *ids,
      void (*note)(const char *, const void *, size_t, void *), void *user, cl_int *code),
     (properties, n, ids, note, user, code))
MAKE(cl_command_queue, clCreateCommandQueue,
     (cl_context c, cl_device_id id, cl_ulong properties, cl_int *code), (c, id, properties, code))
MAKE(cl_program, clCreateProgramWithSource,
     (cl_context c, cl_uint n, const char **texts, const size_t *sizes, cl_int *code),
     (c, n, texts, sizes, code))
MAKE(cl_kernel, clCreateKernel, (cl_program p, const char *name, cl_int *code), (p, name, code))

/* The buffers that there are. */
static struct {
    cl_mem buffer;
    size_t size;
} buffers[1000];
static size_t taken;

cl_mem clCreateBuffer(cl_context c, cl_ulong flags, size_t size, void *host, cl_int *code);
cl_mem clCreateBuffer(cl_context c, cl_ulong flags, size_t size, void *host, cl_int *code)
{
    static int calls;
    cl_mem (*function)(cl_context, cl_ulong, size_t, void *, cl_int *) =
        real("clCreateBuffer", &calls);
    int i = 0;

    *code = CL_OUT_OF_RESOURCES;
    if (!function || (number_of("total:") && taken + size > number_of("total:")))
        return NULL;
    while (buffers[i].buffer)
        i++;
    buffers[i].buffer = function(c, flags, size, host, code);
    buffers[i].size = size;
    taken += size;
    return buffers[i].buffer;
}

cl_int clReleaseMemObject(cl_mem m);
cl_int clReleaseMemObject(cl_mem m)
{
    static int calls;
    cl_int (*function)(cl_mem) = real("clReleaseMemObject", &calls);

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        if (buffers[i].buffer == m) {
            taken -= buffers[i].size;
            buffers[i].buffer = NULL;
        }
    return function ? function(m) : CL_OUT_OF_RESOURCES;
}
