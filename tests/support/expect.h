#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include <check.h>

/* Loops over millions of figures take each so many of them. Under the sanitizers, which find their
 * faults in few of these as in all, they would take minutes. */
#ifdef SANITIZED
enum { SPARSE = 20 };
#else
enum { SPARSE = 1 };
#endif

/* Check for loops over many numbers: Check's own writes a note to a file at every ck_assert that
 * holds. */
#define EXPECT(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

#endif
