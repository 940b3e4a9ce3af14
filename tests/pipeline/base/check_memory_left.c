#include "pipeline/base/memory_left.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

Suite *suite_memory_left(void);

#ifndef SANITIZED /* the sanitizers' own memory is beyond such a limit */
START_TEST(a_limit_of_the_process_counts)
{
    const struct rlimit little = {64 << 20, RLIM_INFINITY};
    const char *limit;
    const size_t before = memory_left(&limit);

    ck_assert_ptr_nonnull(limit);
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &little), 0);
    if (before == SIZE_MAX) /* no /proc: what is used is not known */
        return;
    ck_assert_uint_le(memory_left(&limit), 64 << 20);
    ck_assert(strcmp(limit, "ulimit -d") == 0 || before <= 64 << 20);
}
END_TEST
#endif

Suite *suite_memory_left(void)
{
    Suite *suite = suite_create("memory_left");
    TCase *tests = tcase_create("memory_left");

#ifndef SANITIZED
    tcase_add_test(tests, a_limit_of_the_process_counts);
#endif
    suite_add_tcase(suite, tests);
    return suite;
}
