#include "pipeline/dataset/same_pictures.h"

#include "tests/support/scratch.h"

Suite *suite_same_pictures(void);

static struct err err;

START_TEST(rows_are_counted_within_and_between_data_sets)
{
    /* pictures of two bytes */
    static const char first[] = "aabbaaccaa", second[] = "ddccddaa";
    static const int32_t labels[] = {0, 1, 0, 2, 1}, others[] = {0, 1, 0, 2};
    struct same_pictures *same;
    struct same_count counts[4];

    ck_assert_int_eq(same_pictures_open(&same, scratch("out"), &err), 0);
    ck_assert_int_eq(same_pictures_add(same, 0, first, 2, labels, 2, &err), 0);
    ck_assert_int_eq(same_pictures_add(same, 0, first + 4, 2, labels + 2, 3, &err), 0);
    ck_assert_int_eq(same_pictures_add(same, 1, second, 2, others, 4, &err), 0);
    ck_assert_int_eq(same_pictures_count(same, 2, counts, &err), 0);
    same_pictures_close(same);
    ck_assert_int_eq(counts[0].rows, 2); /* within the first: aa in rows 3 and 5 */
    ck_assert_int_eq(counts[0].relabelled, 1);
    ck_assert_int_eq(counts[0].first_row, 3);
    ck_assert_int_eq(counts[0].first_of, 1);
    ck_assert_int_eq(counts[1].rows, 2); /* of the first, in the second: cc, aa */
    ck_assert_int_eq(counts[1].relabelled, 2);
    ck_assert_int_eq(counts[1].first_row, 2);
    ck_assert_int_eq(counts[1].first_of, 4);
    ck_assert_int_eq(counts[2].rows, 0);
    ck_assert_int_eq(counts[3].rows, 1); /* within the second: dd */
    ck_assert_int_eq(counts[3].relabelled, 0);
}
END_TEST

START_TEST(without_labels_none_is_another)
{
    struct same_pictures *same;
    struct same_count count = {0};

    ck_assert_int_eq(same_pictures_open(&same, scratch("out"), &err), 0);
    ck_assert_int_eq(same_pictures_add(same, 0, "xyxx", 1, NULL, 4, &err), 0);
    ck_assert_int_eq(same_pictures_count(same, 1, &count, &err), 0);
    same_pictures_close(same);
    ck_assert_int_eq(count.rows, 2);
    ck_assert_int_eq(count.relabelled, 0);
}
END_TEST

Suite *suite_same_pictures(void)
{
    Suite *suite = suite_create("same_pictures");
    TCase *tests = tcase_create("same_pictures");

    tcase_add_unchecked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, rows_are_counted_within_and_between_data_sets);
    tcase_add_test(tests, without_labels_none_is_another);
    suite_add_tcase(suite, tests);
    return suite;
}
