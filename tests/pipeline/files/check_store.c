/* Finished files that are kept: linked, or copied where there can be no link. */
#include "pipeline/files/store.h"

#include "tests/support/scratch.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

Suite *suite_store(void);

static const char key[DIGEST_TEXT] = "0123456789abcdef0123456789abcdef";
static struct err err;
static char bytes[200000];

static void make_file(void)
{
    scratch_make();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 7);
    spill(scratch("out"), bytes, sizeof bytes);
}

static bool is_whole(const char *path)
{
    size_t size;
    char *is = slurp(path, &size);
    const bool same = size == sizeof bytes && memcmp(is, bytes, size) == 0;

    free(is);
    return same;
}

static bool same_inode(const char *a, const char *b)
{
    struct stat one, other;

    ck_assert_int_eq(stat(a, &one) | stat(b, &other), 0);
    return one.st_ino == other.st_ino;
}

static const char *kept(void)
{
    static char path[300];

    snprintf(path, sizeof path, "%s/%s.bin", scratch("store"), key);
    return path;
}

static int keep(const char *path)
{
    return store_keep(path, scratch("store"), key, ".bin", &err);
}

START_TEST(a_kept_file_is_a_link_by_its_key)
{
    char *path = store_path(scratch("store"), key, ".bin");

    ck_assert_str_eq(path, kept());
    free(path);
    MUST(keep(scratch("out")));
    ck_assert(same_inode(scratch("out"), kept()));
    MUST(keep(scratch("out"))); /* is it already */
    ck_assert_int_eq(entries_of(scratch("store")), 1);
}
END_TEST

START_TEST(another_file_of_that_key_is_replaced)
{
    ck_assert_int_eq(mkdir(scratch("store"), 0700), 0);
    spill(kept(), "damaged", 7);
    MUST(keep(scratch("out")));
    ck_assert(same_inode(scratch("out"), kept()));
    ck_assert_int_eq(entries_of(scratch("store")), 1);
    ck_assert_int_eq(unlink(kept()), 0);
    ck_assert_int_eq(symlink("nowhere", kept()), 0);
    MUST(keep(scratch("out")));
    ck_assert(same_inode(scratch("out"), kept()));
    ck_assert_int_eq(entries_of(scratch("store")), 1);
}
END_TEST

START_TEST(what_cannot_be_kept_is_said)
{
    char name[300];

    FAILS(EX_CANTCREAT, store_keep(scratch("out"), scratch("no/store"), key, ".bin", &err));
    SAYS("/no/store: the folder cannot be made: No such file");
    spill(scratch("file"), "", 0);
    FAILS(EX_CANTCREAT, store_keep(scratch("out"), scratch("file"), key, ".bin", &err));
    FAILS(EX_NOINPUT, keep(scratch("none")));
    SAYS("/none: cannot be opened: No such file");
    FAILS(EX_IOERR, keep(scratch("store"))); /* no folder has a second link */
    SAYS("/store: cannot be read: Is a directory");
    ck_assert_int_eq(mkdir(kept(), 0700), 0);
    FAILS(EX_CANTCREAT, keep(scratch("out")));
    SAYS("is a folder");
    ck_assert_int_eq(entries_of(scratch("store")), 1);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    FAILS(EX_CANTCREAT, store_keep(scratch("out"), scratch("store"), key, name, &err));
    ck_assert_int_eq(entries_of(scratch("store")), 1);
}
END_TEST

START_TEST(where_there_is_no_link_it_is_a_copy)
{
    const char *shared = "/dev/shm"; /* another file system, where there is one */
    struct stat here, there;

    ck_assert_int_eq(stat(scratch_folder, &here), 0);
    if (stat(shared, &there) || here.st_dev == there.st_dev || access(shared, W_OK))
        return;
    ck_assert_int_eq(symlink(shared, scratch("store")), 0);
    MUST(keep(scratch("out")));
    ck_assert(is_whole(kept()));
    spill(kept(), "damaged", 7);
    MUST(keep(scratch("out")));
    ck_assert(is_whole(kept()));
    ck_assert_int_eq(unlink(kept()), 0);
}
END_TEST

START_TEST(a_copy_has_all_bytes)
{
    MUST(store_copy(scratch("out"), scratch("copy"), &err));
    ck_assert(is_whole(scratch("copy")));
    spill(scratch("empty"), "", 0);
    MUST(store_copy(scratch("empty"), scratch("copy"), &err));
    ck_assert_int_eq(entries_of(scratch_folder), 3);
    FAILS(EX_NOINPUT, store_copy(scratch("none"), scratch("copy"), &err));
    FAILS(EX_IOERR, store_copy(scratch_folder, scratch("copy"), &err));
    FAILS(EX_CANTCREAT, store_copy(scratch("out"), scratch("no/copy"), &err));
    FAILS(EX_IOERR, store_copy(scratch("out"), "/dev/full", &err));
    ck_assert(!is_whole(scratch("copy")));
}
END_TEST

Suite *suite_store(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("store");

    tcase_add_checked_fixture(tests, make_file, scratch_remove);
    tcase_add_test(tests, a_kept_file_is_a_link_by_its_key);
    tcase_add_test(tests, another_file_of_that_key_is_replaced);
    tcase_add_test(tests, what_cannot_be_kept_is_said);
    tcase_add_test(tests, where_there_is_no_link_it_is_a_copy);
    tcase_add_test(tests, a_copy_has_all_bytes);
    suite_add_tcase(suite, tests);
    return suite;
}
