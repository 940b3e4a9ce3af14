#include "pipeline/files/mapped_rows.h"

#include "tests/support/scratch.h"

#include <dirent.h>
#include <errno.h>

Suite *suite_mapped_rows(void);

static struct err err;

START_TEST(rows_are_kept_in_a_file_that_no_name_leads_to)
{
    enum { ROWS = 5000, ROW = 784 };
    struct mapped_rows mapped = {0};
    DIR *folder;
    int names = 0;

    MUST(mapped_rows_open(&mapped, scratch_folder, ROWS, ROW, &err));
    for (size_t i = 0; i < ROWS; i++)
        memset(mapped.rows + i * ROW, (int)(i % 251), ROW);
    for (int64_t i = 0; i < ROWS; i += 7)
        mapped_rows_fetch(&mapped, i);
    mapped_rows_fetch(&mapped, ROWS - 1);
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_int_eq(mapped.rows[i * ROW + i % ROW], (int)(i % 251));
    folder = opendir(scratch_folder);
    while (readdir(folder))
        names++;
    closedir(folder);
    ck_assert_int_eq(names, 2); /* . and .. */
    mapped_rows_close(&mapped);
    mapped_rows_close(&mapped);
}
END_TEST

START_TEST(a_folder_that_is_missing_or_too_small_is_refused)
{
    struct mapped_rows mapped = {0};

    FAILS(EX_CANTCREAT, mapped_rows_open(&mapped, scratch("none"), 10, 10, &err));
    SAYS("none: no temporary file of 100 bytes can be made there: No such file or directory");
    FAILS(EX_CANTCREAT, mapped_rows_open(&mapped, scratch_folder, INT64_C(1) << 40, 1 << 20, &err));
    FAILS(EX_CANTCREAT, mapped_rows_open(&mapped, scratch_folder, INT64_MAX, 1, &err));
    FAILS(EX_OSERR, mapped_rows_open(&mapped, scratch_folder, INT64_MAX, 2, &err));
    FAILS(EX_OSERR, mapped_rows_open(&mapped, scratch_folder, INT64_C(1) << 60, 1 << 20, &err));
    mapped_rows_close(&mapped);
}
END_TEST

/* As of a program that was started without standard input; and errors of before are none of it. */
START_TEST(the_file_may_be_the_first_that_is_open)
{
    const int input = dup(0);
    struct mapped_rows mapped = {0};
    int result;

    close(0);
    errno = EINVAL;
    result = mapped_rows_open(&mapped, scratch_folder, 10, 10, &err);
    dup2(input, 0);
    close(input);
    MUST(result);
    mapped_rows_close(&mapped);
}
END_TEST

Suite *suite_mapped_rows(void)
{
    Suite *suite = suite_create("mapped_rows");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(rows, scratch_make, scratch_remove);
    tcase_add_test(rows, rows_are_kept_in_a_file_that_no_name_leads_to);
    tcase_add_test(rows, a_folder_that_is_missing_or_too_small_is_refused);
    tcase_add_test(rows, the_file_may_be_the_first_that_is_open);
    suite_add_tcase(suite, rows);
    return suite;
}
