#include "tests/fuzz/fuzz.h"
#include "tests/support/scratch.h"

#include <dirent.h>
#include <string.h>

Suite *suite_fuzz(void);

/* The inputs kept in fixtures/fuzz: what broke something once, and what the fuzzers start from. */

static int replay(const char *name, void (*target)(const uint8_t *data, size_t size))
{
    char folder[64], path[512];
    struct dirent *entry;
    DIR *list;
    int count = 0;

    snprintf(folder, sizeof folder, "fixtures/fuzz/%s", name);
    list = opendir(folder);
    ck_assert_msg(list != NULL, "%s cannot be opened", folder);
    while ((entry = readdir(list)) != NULL) {
        size_t size;
        char *data;

        if (*entry->d_name == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        data = slurp(path, &size);
        target((uint8_t *)data, size);
        free(data);
        count++;
    }
    closedir(list);
    return count;
}

START_TEST(tensor_files_that_were_found)
{
    ck_assert_int_gt(replay("tensor", fuzz_tensor), 0);
}
END_TEST

START_TEST(lines_that_were_found)
{
    ck_assert_int_gt(replay("line", fuzz_line), 0);
}
END_TEST

START_TEST(files_of_csv_that_were_found)
{
    ck_assert_int_gt(replay("lanes", fuzz_lanes), 0);
}
END_TEST

START_TEST(pictures_that_were_found)
{
    ck_assert_int_gt(replay("pictures", fuzz_pictures), 0);
}
END_TEST

START_TEST(texts_that_were_found)
{
    ck_assert_int_gt(replay("texts", fuzz_texts), 0);
}
END_TEST

START_TEST(tables_that_were_found)
{
    ck_assert_int_gt(replay("tables", fuzz_tables), 0);
}
END_TEST

Suite *suite_fuzz(void)
{
    Suite *suite = suite_create("fuzz");
    TCase *tcase = tcase_create("fuzz");

    tcase_add_test(tcase, tensor_files_that_were_found);
    tcase_add_test(tcase, lines_that_were_found);
    tcase_add_test(tcase, files_of_csv_that_were_found);
    tcase_add_test(tcase, pictures_that_were_found);
    tcase_add_test(tcase, texts_that_were_found);
    tcase_add_test(tcase, tables_that_were_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
