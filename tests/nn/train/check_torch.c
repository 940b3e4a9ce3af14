#include "torch_steps.h"

#include <check.h>

Suite *suite_torch(void);

/* With every table of kernels, one after the other. */
START_TEST(training_in_float_follows_pytorch_in_double)
{
    const struct torch_tolerance tolerance = {.loss = 1e-4, .sgd = 1e-5, .adam = 1e-3};
    const int cases = torch_case_count();

    ck_assert_int_eq(nn_kernels_choose(nn_kernels_available()[_i / cases]), 0);
    torch_case_check(torch_case_get(_i % cases), &tolerance);
}
END_TEST

Suite *suite_torch(void)
{
    Suite *suite = suite_create("torch");
    TCase *tests = tcase_create("steps");
    int tables = 0;

    while (nn_kernels_available()[tables])
        tables++;
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, training_in_float_follows_pytorch_in_double, 0,
                        tables * torch_case_count());
    suite_add_tcase(suite, tests);
    return suite;
}
