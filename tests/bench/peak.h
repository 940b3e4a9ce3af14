#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <time.h>

static inline double clock_now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Operations of one pass of a loop of multiply-adds in registers, in vectors of the chosen table's
 * width; about a tenth of a millisecond. 0 where there is no such loop for the processor. */
double peak_loop(void);
/* The multiply-add peak of `threads` cores together, GFLOP/s: `seconds` of that loop. */
double measure_peak(int threads, double seconds);

#endif
