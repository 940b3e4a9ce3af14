#ifndef NN_OPENCL_H
#define NN_OPENCL_H

#include <stddef.h>
#include <stdint.h>

/* As much of OpenCL 1.2 as is used (Khronos, "The OpenCL Specification", version 1.2, and its
 * header cl.h), so that no package is needed to build. */

typedef int32_t cl_int;
typedef uint32_t cl_uint;
typedef uint64_t cl_ulong;
typedef struct opencl_platform *cl_platform_id;
typedef struct opencl_device *cl_device_id;
typedef struct opencl_context *cl_context;
typedef struct opencl_queue *cl_command_queue;
typedef struct opencl_memory *cl_mem;
typedef struct opencl_program *cl_program;
typedef struct opencl_kernel *cl_kernel;

enum {
    CL_DEVICE_NOT_FOUND = -1,
    CL_MEM_OBJECT_ALLOCATION_FAILURE = -4,
    CL_OUT_OF_RESOURCES = -5,
    CL_OUT_OF_HOST_MEMORY = -6,
    CL_INVALID_COMMAND_QUEUE = -36,
    CL_INVALID_BUFFER_SIZE = -61,
    CL_PLATFORM_NOT_FOUND_KHR = -1001,

    CL_DEVICE_TYPE = 0x1000,
    CL_DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010,
    CL_DEVICE_GLOBAL_MEM_SIZE = 0x101F,
    CL_DEVICE_ENDIAN_LITTLE = 0x1026,
    CL_DEVICE_AVAILABLE = 0x1027,
    CL_DEVICE_NAME = 0x102B,
    CL_DEVICE_DOUBLE_FP_CONFIG = 0x1032,
    CL_PROGRAM_BUILD_LOG = 0x1183
};
#define CL_DEVICE_TYPE_GPU ((cl_ulong)1 << 2)
#define CL_DEVICE_TYPE_ALL ((cl_ulong)0xFFFFFFFF)

#define OPENCL_FUNCTIONS(F)                                                                        \
    F(clGetPlatformIDs, (cl_uint, cl_platform_id *, cl_uint *))                                    \
    F(clGetDeviceIDs, (cl_platform_id, cl_ulong, cl_uint, cl_device_id *, cl_uint *))              \
    F(clGetDeviceInfo, (cl_device_id, cl_uint, size_t, void *, size_t *))                          \
    F(clBuildProgram, (cl_program, cl_uint, const cl_device_id *, const char *,                    \
                       void (*)(cl_program, void *), void *))                                      \
    F(clGetProgramBuildInfo, (cl_program, cl_device_id, cl_uint, size_t, void *, size_t *))        \
    F(clSetKernelArg, (cl_kernel, cl_uint, size_t, const void *))                                  \
    F(clEnqueueWriteBuffer, (cl_command_queue, cl_mem, cl_uint, size_t, size_t, const void *,      \
                             cl_uint, const void *, void *))                                       \
    F(clEnqueueReadBuffer,                                                                         \
      (cl_command_queue, cl_mem, cl_uint, size_t, size_t, void *, cl_uint, const void *, void *))  \
    F(clEnqueueFillBuffer, (cl_command_queue, cl_mem, const void *, size_t, size_t, size_t,        \
                            cl_uint, const void *, void *))                                        \
    F(clEnqueueNDRangeKernel, (cl_command_queue, cl_kernel, cl_uint, const size_t *,               \
                               const size_t *, const size_t *, cl_uint, const void *, void *))     \
    F(clFinish, (cl_command_queue))                                                                \
    F(clReleaseMemObject, (cl_mem))                                                                \
    F(clReleaseKernel, (cl_kernel))                                                                \
    F(clReleaseProgram, (cl_program))                                                              \
    F(clReleaseCommandQueue, (cl_command_queue))                                                   \
    F(clReleaseContext, (cl_context))
#define OPENCL_MAKERS(F)                                                                           \
    F(cl_context, clCreateContext,                                                                 \
      (const intptr_t *, cl_uint, const cl_device_id *,                                            \
       void (*)(const char *, const void *, size_t, void *), void *, cl_int *))                    \
    F(cl_command_queue, clCreateCommandQueue, (cl_context, cl_device_id, cl_ulong, cl_int *))      \
    F(cl_program, clCreateProgramWithSource,                                                       \
      (cl_context, cl_uint, const char **, const size_t *, cl_int *))                              \
    F(cl_kernel, clCreateKernel, (cl_program, const char *, cl_int *))                             \
    F(cl_mem, clCreateBuffer, (cl_context, cl_ulong, size_t, void *, cl_int *))

#define OPENCL_FIELD(name, parameters)       cl_int(*name) parameters;
#define OPENCL_MAKER(type, name, parameters) type(*name) parameters;
struct opencl {
    OPENCL_FUNCTIONS(OPENCL_FIELD)
    OPENCL_MAKERS(OPENCL_MAKER)
};
#undef OPENCL_FIELD
#undef OPENCL_MAKER

#endif
