/* Included first in every file by make coverage: what ends by a signal of its own is counted too. */
#include <signal.h>

void __gcov_dump(void);
#define raise(number) (__gcov_dump(), raise(number))
