/* The grammar of fits' names. */
#include "pipeline/fit/fit_name.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_fit_name(void);

static const struct {
    const char *name, *model;
    int64_t seed;
    int fold;
    bool all;
} names[] = {
    {"a", "a", -1, 0, false},
    {"a.s2", "a", 2, 0, false},
    {"a.s0", "a", 0, 0, false},
    {"a.f3", "a", -1, 3, false},
    {"a.s2.f3", "a", 2, 3, false},
    {"a.all", "a", -1, 0, true},
    {"a.s10.all", "a", 10, 0, true},
    {"wide-net_2.s7.f10", "wide-net_2", 7, 10, false},
    {"a.s123456789012345678", "a", 123456789012345678, 0, false},
    /* no such endings */
    {"", "", -1, 0, false},
    {"as2", "as2", -1, 0, false},
    {"a.s", "a.s", -1, 0, false},
    {"a.sx", "a.sx", -1, 0, false},
    {"a.2", "a.2", -1, 0, false},
    {"a.r2", "a.r2", -1, 0, false},
    {"a.f3.s2", "a.f3", 2, 0, false},
    {"a.s1234567890123456789", "a.s1234567890123456789", -1, 0, false},
    {".s2", ".s2", -1, 0, false},
    {".all", ".all", -1, 0, false},
};

START_TEST(a_name_is_a_model_a_seed_and_a_fold)
{
    const struct fit_name name = fit_name_parse(names[_i].name);

    ck_assert_uint_eq(name.model, strlen(names[_i].model));
    ck_assert_int_eq(name.seed, names[_i].seed);
    ck_assert_int_eq(name.fold, names[_i].fold);
    ck_assert_int_eq(name.all, names[_i].all);
}
END_TEST

START_TEST(a_model_file_is_named_after_its_fit)
{
    static const struct {
        const char *path, *name;
    } files[] = {
        {"out/a.s2.f3.model.st.zst", "a.s2.f3"},
        {"a.model.st.zst", "a"},
        {"a.st.zst", "a"},
        {"./x/model", "model"},
        {".model.st.zst", ".model"},
        {".st.zst", ".st.zst"},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *name = fit_name_of_file(files[i].path);

        ck_assert_str_eq(name, files[i].name);
        free(name);
    }
}
END_TEST

Suite *suite_fit_name(void)
{
    Suite *suite = suite_create("fit_name");
    TCase *tests = tcase_create("names");

    tcase_add_loop_test(tests, a_name_is_a_model_a_seed_and_a_fold, 0,
                        sizeof names / sizeof *names);
    tcase_add_test(tests, a_model_file_is_named_after_its_fit);
    suite_add_tcase(suite, tests);
    return suite;
}
