#include "pipeline/files/lock.h"

#include "pipeline/files/output.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

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
    release(&one);
    lock_release(&one); /* once more does nothing */
    ck_assert_int_ne(access(scratch(".csvnet-out.lock"), F_OK), 0);
    ck_assert(lock_take(&other, scratch("out"), "other", false, holder));
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
    tcase_add_test(tests, where_there_can_be_none_nobody_waits);
    tcase_add_test(tests, a_writer_sweeps_away_what_was_left_but_no_lock_that_is_held);
    suite_add_tcase(suite, tests);
    return suite;
}
