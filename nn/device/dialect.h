#ifndef NN_DIALECT_H
#define NN_DIALECT_H

/* What kernels for devices are written in, and the types of their arguments, which the processor
 * fills in: files NAME.cl are OpenCL C 1.2, CUDA C++ and, but for what ON_DEVICE hides, also C. The
 * program carries this file and all of them as one text, see Makefile.
 *
 * A kernel gets all of a training's memory, in which everything has an offset in bytes, and one
 * struct. Each of its items computes one number, or a few, by the processor's own order of sums,
 * fused where nn/kernels/ fuses: so both give the same bits. One launch can do the same in the
 * memory of up to SIDES trainings, of which the second index of an item says the one. */
enum { SIDES = 16 };

#ifdef __OPENCL_C_VERSION__
#define ON_DEVICE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
typedef uchar u8;
typedef uint u32;
typedef ulong u64;
typedef long i64;
#define MEMORY                  __global u8 *memory
#define SIDE()                  get_global_id(1)
#define ITEM()                  ((int)get_global_id(0))
#define ITEM_64()               ((i64)get_global_id(0))
#define AT(type, offset)        ((__global type *)(memory + (offset)))
#define FUSED(a, b, c)          fma(a, b, c)
#define BITS_OF(x)              as_long(x)
#define DOUBLE_OF(bits)         as_double(bits)
#define WORD_OF(x)              as_uint(x)
#define FLOAT_OF(word)          as_float(word)
#define WAIT_FOR_TEAM()         barrier(CLK_GLOBAL_MEM_FENCE)
#elif defined(__CUDACC_RTC__) /* functions are the device's where nothing says otherwise */
#define ON_DEVICE
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long i64;
#define __global
#define __kernel                extern "C" __global__
#define MEMORY                  u8 *memory
#define SIDE()                  blockIdx.y
#define ITEM()                  ((int)ITEM_64())
#define ITEM_64()               ((i64)blockIdx.x * blockDim.x + threadIdx.x)
#define AT(type, offset)        ((type *)(memory + (offset)))
#define FUSED(a, b, c)          __fmaf_rn(a, b, c)
#define BITS_OF(x)              __double_as_longlong(x)
#define DOUBLE_OF(bits)         __longlong_as_double(bits)
#define WORD_OF(x)              __float_as_uint(x)
#define FLOAT_OF(word)          __uint_as_float(word)
#define WAIT_FOR_TEAM()         __syncthreads()
#else
#include <stdint.h>
typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;
#endif

/* Items that may wait for each other, as many as divide each driver's groups; a kernel in which
 * some do has all wait. */
enum { TEAM = 64 };

/* Rows and columns of sums of products that an item computes side by side: so each number that it
 * loads is of use for as many. */
enum { SQUARE = 4 };
#define SQUARES(n) (((n) + SQUARE - 1) / SQUARE)

/* A grid of activations, see struct grid: offset of its first number, and strides in numbers. */
struct device_grid {
    i64 at; /* -1: none */
    int c, h, w, row, picture;
};

#ifdef ON_DEVICE
/* Not an array, which would go through each item's own memory. */
#define MEMORIES                                                                                   \
    OTHER(0), OTHER(1), OTHER(2), OTHER(3), OTHER(4), OTHER(5), OTHER(6), OTHER(7), OTHER(8),      \
        OTHER(9), OTHER(10), OTHER(11), OTHER(12), OTHER(13), OTHER(14), OTHER(15)
#define OTHER(i) __global u8 *memory##i
#define OF(i)    SIDE() == i ? memory##i:
#define OWN_MEMORY                                                                                 \
    OF(1)                                                                                          \
    OF(2)                                                                                          \
    OF(3) OF(4) OF(5) OF(6) OF(7) OF(8) OF(9) OF(10) OF(11) OF(12) OF(13) OF(14) OF(15) memory0
#define KERNEL(name, arguments)                                                                    \
    void name##_of(MEMORY, struct arguments a);                                                    \
    __kernel void name(MEMORIES, struct arguments a)                                               \
    {                                                                                              \
        name##_of(OWN_MEMORY, a);                                                                  \
    }                                                                                              \
    void name##_of(MEMORY, struct arguments a)
#define FLOAT(offset)  AT(float, offset)
#define DOUBLE(offset) AT(double, offset)
enum { LANES = 16, SHARD = 8 }; /* as in nn/kernels/ and nn/layers/layer.h */

int panels(int outputs)
{
    return (outputs + LANES - 1) / LANES;
}

__global float *number(MEMORY, struct device_grid g, int picture, int y, int x, int c)
{
    return FLOAT(g.at) + (i64)picture * g.picture + y * g.row + x * g.c + c;
}

/* Returns number u of a picture, in the order of its memory without the border. */
__global float *number_flat(MEMORY, struct device_grid g, int picture, int u)
{
    const int row = g.w * g.c;

    return FLOAT(g.at) + (i64)picture * g.picture + u / row * g.row + u % row;
}

/* Returns the larger one; the order of operands lets NaN through. */
float at_least(float least, float x)
{
    return least > x ? least : x;
}
#endif

#endif
