#include "fold_nets.h"

#include <check.h>

Suite *suite_fold_batchnorm(void);

START_TEST(folded_layers_compute_nearly_what_single_ones_do)
{
    fold_net_check(_i, 5e-5);
}
END_TEST

Suite *suite_fold_batchnorm(void)
{
    Suite *suite = suite_create("fold");
    TCase *tests = tcase_create("networks");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, folded_layers_compute_nearly_what_single_ones_do, 0,
                        fold_net_count());
    suite_add_tcase(suite, tests);
    return suite;
}
