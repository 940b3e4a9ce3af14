#include "pipeline/submit/picture_id.h"

#include <check.h>
#include <string.h>

Suite *suite_picture_id(void);

START_TEST(an_ending_of_any_case_is_no_part_of_the_stem)
{
    static const struct {
        const char *id;
        size_t stem;
    } ids[] = {{"12", 2},      {"12.png", 2},  {"12.PNG", 2},   {"a.b.jpeg", 3}, {"a/b.Jpg", 3},
               {"12.gif", 6},  {"png", 3},     {".png", 4},     {"12.png ", 7},  {"12.jpgx", 7},
               {"x.png.jpg", 5}};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        ck_assert_uint_eq(picture_id_stem(ids[i].id, strlen(ids[i].id)), ids[i].stem);
}
END_TEST

/* Returns which of the ids with other endings that is, -1: none. */
static int place_of(const char *id, const char *wanted)
{
    char other[PICTURE_ID];
    size_t size;

    for (int i = 0; (size = picture_id_with(id, strlen(id), i, other)) > 0; i++)
        if (size == strlen(wanted) && memcmp(other, wanted, size) == 0)
            return i;
    return -1;
}

START_TEST(an_id_is_had_with_each_ending_and_with_none)
{
    ck_assert_int_eq(place_of("12.JPG", "12"), 0);
    ck_assert_int_gt(place_of("12", "12.png"), 0);
    ck_assert_int_gt(place_of("12.png", "12.jpeg"), 0);
    ck_assert_int_gt(place_of("12.jpeg", "12.JPG"), 0);
    ck_assert_int_eq(place_of("12", "12.gif"), -1);
    ck_assert_int_eq(place_of("12", "13.png"), -1);
}
END_TEST

START_TEST(no_id_is_longer_than_those_of_data)
{
    static char id[KEY_MOST + 8];
    char other[PICTURE_ID];

    memset(id, 'a', sizeof id);
    ck_assert_uint_eq(picture_id_with(id, KEY_MOST, 1, other), KEY_MOST + 4);
    ck_assert_uint_eq(picture_id_with(id, KEY_MOST + 1, 0, other), 0);
    memcpy(id + KEY_MOST, ".jpeg", 5);
    ck_assert_uint_eq(picture_id_with(id, KEY_MOST + 5, 3, other), KEY_MOST + 5);
}
END_TEST

Suite *suite_picture_id(void)
{
    Suite *suite = suite_create("picture_id");
    TCase *tests = tcase_create("endings");

    tcase_add_test(tests, an_ending_of_any_case_is_no_part_of_the_stem);
    tcase_add_test(tests, an_id_is_had_with_each_ending_and_with_none);
    tcase_add_test(tests, no_id_is_longer_than_those_of_data);
    suite_add_tcase(suite, tests);
    return suite;
}
