#include "torch_steps.h"

#include <check.h>

Suite *suite_torch(void);

START_TEST(training_in_float_follows_pytorch_in_double)
{
    const struct torch_tolerance tolerance = {.loss = 1e-4, .sgd = 1e-5, .adam = 1e-3};

    torch_case_check(torch_case_get(_i), &tolerance);
}
END_TEST

Suite *suite_torch(void)
{
    Suite *suite = suite_create("torch");
    TCase *tests = tcase_create("steps");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, training_in_float_follows_pytorch_in_double, 0, torch_case_count());
    suite_add_tcase(suite, tests);
    return suite;
}
