#include "peak.h"
#include "nn/nn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#ifdef __x86_64__

enum { SUMS = 12, LOOPS = 1 << 14 };

/* SUMS independent sums hide the latency; the assembler statement keeps the compiler from seeing
 * that nothing comes of it. */
#define PEAK_LOOP(TYPE, ZERO, FMADD)                                                               \
    TYPE sum[SUMS], one = ZERO;                                                                    \
    for (int i = 0; i < SUMS; i++)                                                                 \
        sum[i] = ZERO;                                                                             \
    for (int loop = 0; loop < LOOPS; loop++) {                                                     \
        _Pragma("GCC unroll 16") for (int i = 0; i < SUMS; i++) sum[i] = FMADD(sum[i], one, one);  \
        __asm__ volatile("" : "+v"(one));                                                          \
    }                                                                                              \
    for (int i = 0; i < SUMS; i++)                                                                 \
    __asm__ volatile("" : : "v"(sum[i]))

__attribute__((target("avx512f"))) static double peak_avx512(void)
{
    PEAK_LOOP(__m512, _mm512_setzero_ps(), _mm512_fmadd_ps);
    return 2.0 * 16 * SUMS * LOOPS;
}

__attribute__((target("avx2,fma"))) static double peak_avx2(void)
{
    PEAK_LOOP(__m256, _mm256_setzero_ps(), _mm256_fmadd_ps);
    return 2.0 * 8 * SUMS * LOOPS;
}

double peak_loop(void)
{
    return strncmp(nn_kernels_name(), "avx512", 6) == 0 ? peak_avx512() : peak_avx2();
}
#else
double peak_loop(void)
{
    return 0;
}
#endif

struct peak {
    double seconds, flops;
};

static void *run_peak(void *argument)
{
    struct peak *peak = argument;
    const double end = clock_now(CLOCK_MONOTONIC) + peak->seconds;

    while (clock_now(CLOCK_MONOTONIC) < end)
        peak->flops += peak_loop();
    return NULL;
}

double measure_peak(int threads, double seconds)
{
    struct peak peaks[64] = {{0}};
    pthread_t ids[64];
    double flops = 0;

    for (int i = 0; i < threads; i++) {
        peaks[i].seconds = seconds;
        if (pthread_create(&ids[i], NULL, run_peak, &peaks[i]))
            abort();
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        flops += peaks[i].flops;
    }
    return flops / seconds * 1e-9;
}
