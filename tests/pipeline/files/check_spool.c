/* Unnamed temporary files next to an output, the folders on the way to one, and what was noted. */
#include "pipeline/files/spool.h"

#include "pipeline/files/make_folders.h"
#include "pipeline/files/noted.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

Suite *suite_spool(void);

static struct err err;

START_TEST(what_was_appended_is_read_from_anywhere)
{
    struct spool spool = {0};
    char got[8] = "";

    MUST(spool_open(&spool, scratch("out"), &err));
    ck_assert_int_ne(access(scratch("out"), F_OK), 0);
    MUST(spool_append(&spool, "abc", 3, &err));
    MUST(spool_append(&spool, "defg", 4, &err));
    MUST(spool_rewind(&spool, &err));
    MUST(spool_read(&spool, got, 2, &err));
    MUST(spool_read(&spool, got + 2, 5, &err));
    ck_assert_str_eq(got, "abcdefg");
    MUST(spool_read_at(&spool, 5, got, 2, &err));
    ck_assert_str_eq(got, "fgcdefg");
    MUST(spool_read(&spool, got, 0, &err));
    MUST(spool_read_at(&spool, 7, got, 0, &err));
    FAILS(EX_IOERR, spool_read(&spool, got, 1, &err));
    SAYS("/out: cannot read the temporary file next to it: it is too short");
    FAILS(EX_IOERR, spool_read_at(&spool, 5, got, 3, &err));
    SAYS("it is too short");
    spool_close(&spool);
    ck_assert_int_ne(fcntl(spool.fd, F_GETFD), 0);
    spool_close(&spool); /* once more does nothing */
}
END_TEST

START_TEST(what_cannot_be_read_back_is_said)
{
    const int no_reader = open("/dev/full", O_WRONLY);
    int ends[2];
    struct spool spool = {0};
    char byte;

    spool_close(&spool);
    FAILS(EX_CANTCREAT, spool_open(&spool, scratch("no/out"), &err));
    MUST(spool_open(&spool, scratch("out"), &err));
    ck_assert_int_eq(dup2(no_reader, spool.fd), spool.fd);
    FAILS(EX_IOERR, spool_read(&spool, &byte, 1, &err));
    SAYS("/out: cannot read the temporary file next to it: Bad file descriptor");
    FAILS(EX_IOERR, spool_read_at(&spool, 0, &byte, 1, &err));
    SAYS("Bad file descriptor");
    FAILS(EX_IOERR, spool_append(&spool, "x", 1, &err));
    SAYS("No space left");
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], spool.fd), spool.fd);
    FAILS(EX_IOERR, spool_rewind(&spool, &err));
    SAYS("Illegal seek");
    spool_close(&spool);
    close(no_reader);
}
END_TEST

static bool is_folder(const char *name)
{
    struct stat status;

    return stat(scratch(name), &status) == 0 && S_ISDIR(status.st_mode);
}

START_TEST(folders_are_made_up_to_the_file)
{
    MUST(make_folders(scratch("a/b/c"), &err));
    ck_assert(is_folder("a/b") && access(scratch("a/b/c"), F_OK));
    MUST(make_folders(scratch("a/b/c"), &err));
    MUST(make_folders(scratch("a//d/e"), &err));
    ck_assert(is_folder("a/d"));
    MUST(make_folders("file", &err));
    ck_assert_int_eq(chdir(scratch_folder), 0);
    MUST(make_folders("x/y", &err));
    ck_assert(is_folder("x") && access("x/y", F_OK));
    spill(scratch("file"), "", 0);
    FAILS(EX_CANTCREAT, make_folders("file/x/y", &err));
    ck_assert_str_eq(err.text, "file/x: the folder cannot be made: Not a directory");
}
END_TEST

START_TEST(files_are_noted_once_in_their_order)
{
    spill(scratch("b"), "", 0);
    spill(scratch("a"), "", 0);
    for (int twice = 0; twice < 2; twice++) {
        note_read(scratch("b"));
        note_read(scratch("a"));
        note_read(scratch_folder);
        note_read(scratch("none"));
        note_read("/dev/null");
        note_read("-");
        note_written("y");
        note_written("x");
    }
    ck_assert_int_eq(noted_read.count, 3);
    ck_assert_str_eq(noted_read.list[0], scratch("b"));
    ck_assert_str_eq(noted_read.list[1], scratch("a"));
    ck_assert_str_eq(noted_read.list[2], scratch_folder);
    ck_assert_int_eq(noted_written.count, 2);
    ck_assert_str_eq(noted_written.list[0], "y");
    ck_assert_str_eq(noted_written.list[1], "x");
    ck_assert(!noted_read.failed && !noted_written.failed);
    ck_assert_int_eq(chdir(scratch_folder), 0);
    spill("-", "", 0); /* a file of this name is ./- */
    note_read("-");
    ck_assert_int_eq(noted_read.count, 3);
}
END_TEST

Suite *suite_spool(void)
{
    Suite *suite = suite_create("spool");
    TCase *tests = tcase_create("spool");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, what_was_appended_is_read_from_anywhere);
    tcase_add_test(tests, what_cannot_be_read_back_is_said);
    tcase_add_test(tests, folders_are_made_up_to_the_file);
    tcase_add_test(tests, files_are_noted_once_in_their_order);
    suite_add_tcase(suite, tests);
    return suite;
}
