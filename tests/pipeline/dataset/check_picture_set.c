#include "pipeline/dataset/picture_set.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_picture_set(void);

static struct err err;

/* Makes a set of pictures of one number each: first, first + step, ... */
static struct picture_set set_of(int count, int first, int step)
{
    struct picture_set set = {0};

    for (int i = 0; i < count; i++) {
        const int picture = first + i * step;

        ck_assert_int_eq(picture_set_add(&set, &picture, DTYPE_U8, sizeof picture, NULL, 1, &err),
                         0);
    }
    picture_set_seal(&set);
    return set;
}

static bool has(const struct picture_set *set, int picture)
{
    return picture_set_has(set, picture_print(&picture, DTYPE_U8, sizeof picture));
}

START_TEST(a_set_has_the_pictures_added_and_no_others)
{
    struct picture_set set = set_of(1000, 0, 2);

    for (int i = 0; i < 2000; i++)
        ck_assert_int_eq(has(&set, i), i % 2 == 0);
    picture_set_free(&set);
    ck_assert(!has(&set, 0));
}
END_TEST

START_TEST(repeats_and_other_sets_are_there_once)
{
    const int64_t chosen[] = {2, 0, 2};
    const int pictures[] = {7, 8, 9};
    struct picture_set set = {0}, other = set_of(2, 9, 1);

    ck_assert_int_eq(picture_set_add(&set, pictures, DTYPE_U8, sizeof *pictures, chosen, 3, &err),
                     0);
    ck_assert_int_eq(picture_set_join(&set, &other, &err), 0);
    picture_set_seal(&set);
    ck_assert_int_eq(set.count, 3); /* 7, 9, 10 */
    ck_assert(has(&set, 7) && has(&set, 9) && has(&set, 10) && !has(&set, 8));
    picture_set_free(&set);
    picture_set_free(&other);
}
END_TEST

START_TEST(floats_that_are_bytes_have_the_fingerprint_of_the_bytes)
{
    enum { PIXELS = 3000 };
    uint8_t bytes[PIXELS];
    float floats[PIXELS];
    struct picture_set set = {0};

    for (int i = 0; i < PIXELS; i++)
        floats[i] = bytes[i] = (uint8_t)(i % 256);
    ck_assert_uint_eq(picture_print(floats, DTYPE_F32, PIXELS),
                      picture_print(bytes, DTYPE_U8, PIXELS));
    ck_assert_int_eq(picture_set_add(&set, floats, DTYPE_F32, PIXELS / 2, NULL, 2, &err), 0);
    picture_set_seal(&set);
    ck_assert(picture_set_has(&set, picture_print(bytes + PIXELS / 2, DTYPE_U8, PIXELS / 2)));
    picture_set_free(&set);
    for (int i = 0; i < 4; i++) {
        static const float others[] = {0.5F, 256, -1, 4294967296.0F};

        floats[PIXELS - 1] = others[i];
        ck_assert_uint_eq(picture_print(floats, DTYPE_F32, PIXELS),
                          picture_print(floats, DTYPE_U8, sizeof floats));
    }
}
END_TEST

START_TEST(text_gives_the_set_again)
{
    static const int sizes[] = {0, 1, 2, 63, 1000, 42000};
    struct picture_set set = set_of(sizes[_i], 5, 3), again;
    char *text = picture_set_text(&set);

    ck_assert_int_eq(picture_set_read(&again, set.count, text, &err), 1);
    ck_assert_int_eq(again.count, sizes[_i]);
    for (int64_t i = 0; i < set.count; i++)
        ck_assert_uint_eq(again.prints[i], set.prints[i]);
    if (sizes[_i] == 42000) /* 2.8 bytes each as the file packs letters, of six bits */
        ck_assert_uint_le(strlen(text) * 6 / 8, 42000 * 28 / 10);
    free(text);
    picture_set_free(&set);
    picture_set_free(&again);
}
END_TEST

START_TEST(damaged_text_is_no_set)
{
    struct picture_set set = set_of(100, 0, 1), again;
    char *text = picture_set_text(&set);
    const size_t length = strlen(text);

    ck_assert_int_eq(picture_set_read(&again, 101, text, &err), 0);
    ck_assert_int_eq(picture_set_read(&again, 50, text, &err), 0);
    ck_assert_int_eq(picture_set_read(&again, -1, text, &err), 0);
    ck_assert_int_eq(picture_set_read(&again, (int64_t)PICTURE_SET_MOST + 1, text, &err), 0);
    text[length / 2] = '!';
    ck_assert_int_eq(picture_set_read(&again, 100, text, &err), 0);
    text[length / 2] = 0;
    ck_assert_int_eq(picture_set_read(&again, 100, text, &err), 0);
    memset(text, '_', length); /* ones without end: past the largest fingerprint */
    ck_assert_int_eq(picture_set_read(&again, 100, text, &err), 0);
    ck_assert_ptr_null(again.prints);
    free(text);
    picture_set_free(&set);
}
END_TEST

START_TEST(chance_grows_with_the_set)
{
    const struct picture_set set = {.count = 42000};

    ck_assert_double_eq_tol(picture_set_chance(&set), 42000 / 68719476736.0, 1e-15);
}
END_TEST

Suite *suite_picture_set(void)
{
    Suite *suite = suite_create("picture_set");
    TCase *tests = tcase_create("picture_set");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_set_has_the_pictures_added_and_no_others);
    tcase_add_test(tests, repeats_and_other_sets_are_there_once);
    tcase_add_test(tests, floats_that_are_bytes_have_the_fingerprint_of_the_bytes);
    tcase_add_loop_test(tests, text_gives_the_set_again, 0, 6);
    tcase_add_test(tests, damaged_text_is_no_set);
    tcase_add_test(tests, chance_grows_with_the_set);
    suite_add_tcase(suite, tests);
    return suite;
}
