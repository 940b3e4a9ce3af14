#include "pipeline/base/idset.h"

#include <check.h>
#include <string.h>

Suite *suite_idset(void);

static uint64_t key(const char *text)
{
    return idset_key(text, strlen(text));
}

START_TEST(numbers_stand_for_themselves_and_other_spellings_for_others)
{
    ck_assert_uint_eq(key("0"), 0);
    ck_assert_uint_eq(key("28000"), 28000);
    ck_assert_uint_eq(key("-3"), (uint64_t)-3);
    ck_assert_uint_ne(key("07"), 7);
    ck_assert_uint_ne(key("7.0"), 7);
    ck_assert_uint_ne(key("+7"), 7);
    ck_assert_uint_ne(key("-0"), 0);
    ck_assert_uint_ne(key(""), 0);
    ck_assert_uint_ne(key("a.png"), key("b.png"));
    ck_assert_uint_ne(key("18446744073709551617"), 1); /* 2^64 + 1 */
}
END_TEST

START_TEST(each_id_is_new_once_in_any_order)
{
    enum { N = 100003 };
    struct idset set = {0};
    struct err err;

    for (uint64_t i = 0; i < N; i++)
        ck_assert_int_eq(idset_add(&set, i * 7919 % N, &err), 1);
    for (uint64_t i = 0; i < N; i++)
        ck_assert_int_eq(idset_add(&set, i, &err), 0);
    ck_assert_int_eq(set.count, N);
    ck_assert(idset_has(&set, 0));
    ck_assert(idset_has(&set, N - 1));
    ck_assert(!idset_has(&set, N));
    ck_assert(!idset_has(&set, (uint64_t)-1));
    ck_assert_uint_le(set.room * 16, N); /* dense: below a byte each */
    idset_free(&set);
}
END_TEST

START_TEST(scattered_ids_are_told_apart)
{
    struct idset set = {0};
    struct err err;

    ck_assert(!idset_has(&set, 5));
    for (uint64_t i = 1; i < 5000; i++)
        ck_assert_int_eq(idset_add(&set, i * UINT64_C(0x9e3779b97f4a7c15), &err), 1);
    for (uint64_t i = 1; i < 5000; i++) {
        ck_assert(idset_has(&set, i * UINT64_C(0x9e3779b97f4a7c15)));
        ck_assert(!idset_has(&set, i * UINT64_C(0x9e3779b97f4a7c15) + 1));
    }
    idset_free(&set);
}
END_TEST

Suite *suite_idset(void)
{
    Suite *suite = suite_create("idset");
    TCase *tests = tcase_create("ids");

    tcase_add_test(tests, numbers_stand_for_themselves_and_other_spellings_for_others);
    tcase_add_test(tests, each_id_is_new_once_in_any_order);
    tcase_add_test(tests, scattered_ids_are_told_apart);
    suite_add_tcase(suite, tests);
    return suite;
}
