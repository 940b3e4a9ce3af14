#include "absorb_nets.h"

#include <check.h>

Suite *suite_absorb_batchnorm(void);

START_TEST(absorbed_layers_compute_what_single_ones_do)
{
    absorb_net_check(_i, 1e-12);
}
END_TEST

Suite *suite_absorb_batchnorm(void)
{
    Suite *suite = suite_create("absorb_batchnorm");
    TCase *tests = tcase_create("networks");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, absorbed_layers_compute_what_single_ones_do, 0, absorb_net_count());
    suite_add_tcase(suite, tests);
    return suite;
}
