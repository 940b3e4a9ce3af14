#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include <check.h>

/* For loops over many numbers: Check writes a note to a file at every ck_assert that holds. */
#define EXPECT(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

#endif
