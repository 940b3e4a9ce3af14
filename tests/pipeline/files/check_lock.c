#include "pipeline/files/lock.h"

#include "pipeline/files/output.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

Suite *suite_lock(void);

static char holder[LOCK_TEXT];

/* The path stays for a signal that comes meanwhile; a program ends then. */
static void release(struct lock *lock)
{
    lock_release(lock);
    free(lock->path);
    lock->path = NULL;
}

START_TEST(a_lock_is_held_by_one_who_is_named)
{
    struct lock one, other;

    ck_assert(lock_take(&one, scratch("out"), "one, since now", false, holder));
    ck_assert_int_eq(access(scratch(".csvnet-out.lock"), F_OK), 0);
    ck_assert(!lock_take(&other, scratch("out"), "other", false, holder));
    ck_assert_str_eq(holder, "one, since now");
    ck_assert(lock_take(&other, scratch("out2"), "other", false, holder));
    release(&other);
    lock_release(&one);
    ck_assert_int_ne(access(scratch(".csvnet-out.lock"), F_OK), 0);
    ck_assert(lock_take(&other, scratch("out"), "other", false, holder));
    release(&one); /* once more does nothing */
    ck_assert_int_eq(access(scratch(".csvnet-out.lock"), F_OK), 0);
    release(&other);
}
END_TEST

START_TEST(a_lock_that_was_left_is_taken)
{
    struct lock lock;

    spill(scratch(".csvnet-out.lock"), "dead, since long ago and more", 29);
    ck_assert(lock_take(&lock, scratch("out"), "me", true, holder));
    ck_assert_ptr_nonnull(lock.path);
    release(&lock);
}
END_TEST

static bool same_file(int fd, const char *path)
{
    struct stat open, named;

    return fstat(fd, &open) == 0 && stat(path, &named) == 0 && open.st_ino == named.st_ino;
}

/* The file that was waited for is removed by its holder: the one who waited makes its own. */
START_TEST(who_waits_has_the_lock_that_others_see)
{
    struct lock held, lock;
    int status;
    pid_t child;

    ck_assert(lock_take(&held, scratch("out"), "first", false, holder));
    child = fork();
    if (child == 0) {
        const bool taken = close(held.fd) == 0 && /* or it would hold the lock too */
                           lock_take(&lock, scratch("out"), "second", true, holder);

        _exit(taken && lock.path && same_file(lock.fd, scratch(".csvnet-out.lock")) ? 0 : 1);
    }
    usleep(200000);
    ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);
    release(&held);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_holder_is_named_by_its_first_line)
{
    static const char *const texts[][2] = {{"", ""}, {"a\nb", "a"}, {"\n", ""}, {"a b", "a b"}};
    char longer[2 * LOCK_TEXT];
    struct lock one, other;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert(lock_take(&one, scratch("out"), texts[i][0], false, holder));
        strcpy(holder, "nobody");
        ck_assert(!lock_take(&other, scratch("out"), "other", false, holder));
        ck_assert_str_eq(holder, texts[i][1]);
        ck_assert_int_eq(other.fd, -1);
        release(&one);
    }
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    ck_assert(lock_take(&one, scratch("out"), longer, false, holder));
    ck_assert(!lock_take(&other, scratch("out"), "other", false, holder));
    ck_assert_uint_eq(strlen(holder), LOCK_TEXT - 1);
    release(&one);
}
END_TEST

START_TEST(anothers_lock_file_is_locked_though_it_is_only_for_reading)
{
    struct lock lock;
    bool taken;

    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod(scratch_folder, 0755), 0);
    spill(scratch(".csvnet-out.lock"), "root's", 6);
    ck_assert_int_eq(chmod(scratch(".csvnet-out.lock"), 0644), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    taken = lock_take(&lock, scratch("out"), "me", false, holder);
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert(taken && lock.path && same_file(lock.fd, scratch(".csvnet-out.lock")));
    release(&lock);
}
END_TEST

START_TEST(a_link_or_folder_in_its_place_is_no_lock)
{
    struct lock lock;

    spill(scratch("file"), "kept", 4);
    ck_assert_int_eq(symlink("file", scratch(".csvnet-link.lock")), 0);
    ck_assert_int_eq(mkdir(scratch(".csvnet-folder.lock"), 0700), 0);
    ck_assert(lock_take(&lock, scratch("link"), "me", false, holder));
    ck_assert_ptr_null(lock.path);
    ck_assert(lock_take(&lock, scratch("folder"), "me", false, holder));
    ck_assert_ptr_null(lock.path);
    ck_assert(lock_take(&lock, scratch("file"), "me", false, holder)); /* which is there */
    ck_assert_ptr_nonnull(lock.path);
    release(&lock);
}
END_TEST

START_TEST(where_there_can_be_none_nobody_waits)
{
    struct lock lock;
    char name[300];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    for (const char *const *path = (const char *const[]){"-", "/dev/null", "/proc/self/out",
                                                         "/no/folder/out", name, NULL};
         *path; path++) {
        ck_assert(lock_take(&lock, *path, "me", true, holder));
        ck_assert_ptr_null(lock.path);
        release(&lock);
    }
}
END_TEST

START_TEST(a_writer_sweeps_away_what_was_left_but_no_lock_that_is_held)
{
    struct output *out;
    struct lock lock;
    struct err err;

    spill(scratch(".csvnet-left.lock"), "", 0);
    ck_assert(lock_take(&lock, scratch("held"), "me", true, holder));
    MUST(output_open(&out, scratch("out"), &err));
    output_close(out);
    ck_assert_int_ne(access(scratch(".csvnet-left.lock"), F_OK), 0);
    ck_assert_int_eq(access(scratch(".csvnet-held.lock"), F_OK), 0);
    release(&lock);
}
END_TEST

Suite *suite_lock(void)
{
    Suite *suite = suite_create("lock");
    TCase *tests = tcase_create("lock");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, a_lock_is_held_by_one_who_is_named);
    tcase_add_test(tests, a_lock_that_was_left_is_taken);
    tcase_add_test(tests, who_waits_has_the_lock_that_others_see);
    tcase_add_test(tests, a_holder_is_named_by_its_first_line);
    tcase_add_test(tests, anothers_lock_file_is_locked_though_it_is_only_for_reading);
    tcase_add_test(tests, a_link_or_folder_in_its_place_is_no_lock);
    tcase_add_test(tests, where_there_can_be_none_nobody_waits);
    tcase_add_test(tests, a_writer_sweeps_away_what_was_left_but_no_lock_that_is_held);
    suite_add_tcase(suite, tests);
    return suite;
}
