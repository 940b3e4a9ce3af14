#include "torch_steps.h"

#include <check.h>

Suite *suite_torch(void);

START_TEST(training_in_double_is_pytorchs)
{
    const struct torch_tolerance tolerance = {.loss = 1e-9, .sgd = 1e-9, .adam = 1e-9};

    torch_case_check(torch_case_get(_i), &tolerance);
}
END_TEST

Suite *suite_torch(void)
{
    Suite *suite = suite_create("torch");
    TCase *tests = tcase_create("steps");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, training_in_double_is_pytorchs, 0, torch_case_count());
    suite_add_tcase(suite, tests);
    return suite;
}
