#include "nn/nn.h"

#include <check.h>

Suite *suite_random(void);

/* Known answers of Random123 (kat_vectors, philox4x32 10 rounds). */
START_TEST(philox_gives_the_published_answers)
{
    const struct nn_random zero = {0, 0, 0};
    const struct nn_random ones = {UINT64_MAX, UINT32_MAX, UINT32_MAX};
    const struct nn_random pi = {(uint64_t)0x299f31d0 << 32 | 0xa4093822, 0x03707344, 0x13198a2e};
    uint32_t bits[4];

    nn_random_bits(&zero, 0, bits);
    ck_assert_uint_eq(bits[0], 0x6627e8d5);
    ck_assert_uint_eq(bits[1], 0xe169c58d);
    ck_assert_uint_eq(bits[2], 0xbc57ac4c);
    ck_assert_uint_eq(bits[3], 0x9b00dbd8);
    nn_random_bits(&ones, UINT64_MAX, bits);
    ck_assert_uint_eq(bits[0], 0x408f276d);
    ck_assert_uint_eq(bits[1], 0x41c83b0e);
    ck_assert_uint_eq(bits[2], 0xa20bc7c6);
    ck_assert_uint_eq(bits[3], 0x6d5451fd);
    nn_random_bits(&pi, (uint64_t)0x85a308d3 << 32 | 0x243f6a88, bits);
    ck_assert_uint_eq(bits[0], 0xd16cfe09);
    ck_assert_uint_eq(bits[1], 0x94fdcceb);
    ck_assert_uint_eq(bits[2], 0x5001e420);
    ck_assert_uint_eq(bits[3], 0x24126ea1);
}
END_TEST

START_TEST(numbers_below_a_bound_stay_below_and_reach_all)
{
    const struct nn_random random = {7, NN_RANDOM_SHUFFLE, 1};
    int seen[10] = {0};

    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t x = nn_random_below(&random, i, 10);

        ck_assert_uint_lt(x, 10);
        seen[x]++;
    }
    for (int x = 0; x < 10; x++)
        ck_assert_int_ge(seen[x], 850); /* 1,000 expected, standard deviation 30 */
}
END_TEST

Suite *suite_random(void)
{
    Suite *suite = suite_create("random");
    TCase *tests = tcase_create("philox");

    tcase_add_test(tests, philox_gives_the_published_answers);
    tcase_add_test(tests, numbers_below_a_bound_stay_below_and_reach_all);
    suite_add_tcase(suite, tests);
    return suite;
}
