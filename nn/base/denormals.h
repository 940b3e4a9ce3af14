#ifndef NN_FLUSH_H
#define NN_FLUSH_H

/* Subnormal numbers cost a hundred cycles each and mean nothing here (Adam's moments of a dead
 * unit): they are read and written as zero.
 * flush_begin() returns the former mode, for flush_restore(). */

#if defined(__x86_64__)
#include <xmmintrin.h>
static inline unsigned flush_begin(void)
{
    unsigned mode = _mm_getcsr();

    _mm_setcsr(mode | 0x8040); /* flush to zero, denormals are zero */
    return mode;
}
static inline void flush_restore(unsigned mode)
{
    _mm_setcsr(mode);
}
#elif defined(__aarch64__)
static inline unsigned long flush_begin(void)
{
    unsigned long mode;

    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | 1ul << 24));
    return mode;
}
static inline void flush_restore(unsigned long mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
static inline unsigned flush_begin(void)
{
    return 0;
}
static inline void flush_restore(unsigned mode)
{
    (void)mode;
}
#endif

#endif
