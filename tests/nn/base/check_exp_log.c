#include "nn/base/exp_log.h"
#include "tests/support/expect.h"

#include <check.h>
#include <float.h>
#include <math.h>

Suite *suite_exp_log(void);

/* In units in the last place of the true value, which the long double functions give well enough.
 */
static double ulps(double ours, long double truth)
{
    double near = (double)truth;

    return (double)(fabsl((long double)ours - truth) /
                    (nextafter(fabs(near), INFINITY) - fabs(near)));
}

/* The same wherever it is among others. */
static double one_exp(double x)
{
    double values[EXPS] = {1, 700, -700, x, -1000, NAN, 0.5, x};

    nn_exps(values);
    ck_assert(values[3] == values[7] || isnan(x));
    return values[3];
}

START_TEST(exp_is_within_two_units_in_the_last_place)
{
    const double ends[] = {-708, 708};
    double worst = 0;

    for (int i = 0; i <= 2000000; i += SPARSE) {
        double x = ends[0] + (ends[1] - ends[0]) * i / 2000000;

        worst = fmax(worst, ulps(one_exp(x), expl(x)));
    }
    for (int i = -1000000; i <= 1000000; i += SPARSE) /* where softmax lives */
        worst = fmax(worst, ulps(one_exp(i * 2e-5), expl((long double)(i * 2e-5))));
    ck_assert_double_le(worst, 2);
}
END_TEST

START_TEST(exp_has_its_known_values_and_limits)
{
    ck_assert(one_exp(0) == 1);
    ck_assert(one_exp(-0.0) == 1);
    ck_assert(one_exp(5e-324) == 1);
    ck_assert(one_exp(-1e-300) == 1);
    ck_assert(one_exp(-708.5) == 0);
    ck_assert(one_exp(-1e300) == 0);
    ck_assert(one_exp(-INFINITY) == 0);
    ck_assert(one_exp(-708) > 0);
    ck_assert(isfinite(one_exp(709)));
    ck_assert_double_le(ulps(one_exp(709), expl(709)), 2);
    ck_assert(isnan(one_exp(NAN)));
}
END_TEST

START_TEST(exp_never_falls)
{
    double last = one_exp(-1);

    for (int i = -999999; i <= 1000000; i += SPARSE) {
        double next = one_exp(i * 1e-6);

        EXPECT(next >= last, "exp(%g) is below its neighbour", i * 1e-6);
        last = next;
    }
}
END_TEST

START_TEST(log_is_within_two_units_in_the_last_place)
{
    double worst = 0;

    for (int i = 0; i <= 1000000; i += SPARSE) /* all normal sizes */
        worst = fmax(worst, ulps(nn_log(exp2(-1022 + 2045.99 * i / 1e6)),
                                 logl(exp2(-1022 + 2045.99 * i / 1e6))));
    for (int i = 1; i <= 2000000; i += SPARSE) /* around 1, where the result is small */
        worst = fmax(worst, ulps(nn_log(i * 1e-6), logl(i * 1e-6)));
    for (double step = 0x1p-52; step < 0.5; step *= 1.7) {
        worst = fmax(worst, ulps(nn_log(1 + step), logl(1 + step)));
        worst = fmax(worst, ulps(nn_log(1 - step), logl(1 - step)));
    }
    ck_assert_double_le(worst, 2);
}
END_TEST

START_TEST(log_has_its_known_values)
{
    ck_assert(nn_log(1) == 0);
    ck_assert_double_le(ulps(nn_log(2), M_LN2), 1);
    ck_assert(nn_log(DBL_MIN) == log(DBL_MIN));
    ck_assert(nn_log(DBL_MAX) == log(DBL_MAX));
}
END_TEST

START_TEST(powers_are_as_near_as_their_factors_allow)
{
    const double bases[] = {0.1, 0.5, 0.85, 0.95, 0.999, 0.999999, 1};

    for (unsigned b = 0; b < sizeof bases / sizeof *bases; b++)
        for (int64_t n = 0; n < 5000; n = n < 10 ? n + 1 : n * 3 / 2) {
            const long double truth = powl(bases[b], (long double)n);

            if (truth > (long double)DBL_MIN)
                ck_assert_double_le((double)fabsl(nn_power(bases[b], n) / truth - 1),
                                    (double)n * 0x1p-52);
        }
    ck_assert(nn_power(0.3, 0) == 1);
    ck_assert(nn_power(0.3, 1) == 0.3);
    ck_assert(nn_power(0, 0) == 1);
    ck_assert(nn_power(0, 7) == 0);
    ck_assert(nn_power(0.5, INT64_MAX) == 0);
}
END_TEST

START_TEST(sine_and_cosine_are_exact_to_48_bits)
{
    double sine, cosine;

    for (int i = -1000000; i <= 1000000; i += SPARSE) {
        const double x = i * 1e-6 * M_PI;

        nn_sine_cosine(x, &sine, &cosine);
        ck_assert_double_le((double)fabsl(sine - sinl(x)), 0x1p-49);
        ck_assert_double_le((double)fabsl(cosine - cosl(x)), 0x1p-49);
    }
    nn_sine_cosine(0, &sine, &cosine);
    ck_assert(sine == 0 && cosine == 1);
}
END_TEST

Suite *suite_exp_log(void)
{
    Suite *suite = suite_create("exp_log");
    TCase *tests = tcase_create("accuracy");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, exp_is_within_two_units_in_the_last_place);
    tcase_add_test(tests, exp_has_its_known_values_and_limits);
    tcase_add_test(tests, exp_never_falls);
    tcase_add_test(tests, log_is_within_two_units_in_the_last_place);
    tcase_add_test(tests, log_has_its_known_values);
    tcase_add_test(tests, powers_are_as_near_as_their_factors_allow);
    tcase_add_test(tests, sine_and_cosine_are_exact_to_48_bits);
    suite_add_tcase(suite, tests);
    return suite;
}
