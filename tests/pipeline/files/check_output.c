#include "pipeline/files/output.h"

#include "tests/support/scratch.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

Suite *suite_output(void);

static struct err err;

START_TEST(a_committed_file_replaces_the_old_one)
{
    const char *path = scratch("out");
    struct output *out;

    spill(path, "old", 3);
    MUST(output_open(&out, path, &err));
    MUST(output_write(out, "new ", 4, &err));
    MUST(output_printf(out, &err, "%s %d", "line", 7));
    expect_content(path, "old");
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(path, "new line 7");
    ck_assert_int_eq(entries_of(scratch_folder), 1);
}
END_TEST

START_TEST(a_whole_text_is_written_at_once_or_not_at_all)
{
    static char long_text[200000];

    memset(long_text, 'a', sizeof long_text - 1);
    spill(scratch("out"), "old", 3);
    MUST(output_whole(scratch("out"), "new", &err));
    expect_content(scratch("out"), "new");
    FAILS(EX_CANTCREAT, output_whole(scratch("missing/out"), "new", &err));
    FAILS(EX_IOERR, output_whole("/dev/full", "new", &err));
    FAILS(EX_IOERR, output_whole("/dev/full", long_text, &err));
    SAYS("/dev/full: cannot be written: No space left on device");
    ck_assert_int_eq(entries_of(scratch_folder), 1);
}
END_TEST

START_TEST(without_commit_the_old_file_stays_and_nothing_else)
{
    const char *path = scratch("out");
    struct output *out;

    spill(path, "old", 3);
    MUST(output_open(&out, path, &err));
    for (int i = 0; i < 100000; i++)
        MUST(output_write(out, "new", 3, &err));
    output_close(out);
    expect_content(path, "old");
    ck_assert_int_eq(entries_of(scratch_folder), 1);
}
END_TEST

START_TEST(large_and_small_writes_keep_their_order)
{
    enum { SIZE = 300000 };
    const char *path = scratch("out");
    char *wanted = malloc(SIZE + 1);
    struct output *out;

    for (int i = 0; i < SIZE; i++)
        wanted[i] = (char)('a' + i % 26);
    wanted[SIZE] = 0;
    MUST(output_open(&out, path, &err));
    for (int at = 0, n = 1; at < SIZE; at += n, n = n * 3 % 100003) {
        n = n < SIZE - at ? n : SIZE - at;
        MUST(output_write(out, wanted + at, (size_t)n, &err));
    }
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(path, wanted);
    free(wanted);
}
END_TEST

START_TEST(the_file_has_the_mode_that_umask_asks_for)
{
    struct output *out;
    struct stat status;

    umask(027);
    MUST(output_open(&out, scratch("out"), &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    ck_assert_int_eq(stat(scratch("out"), &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0640);
}
END_TEST

START_TEST(the_file_carries_the_time_of_its_opening)
{
    struct output *out;
    struct stat made, edited;

    MUST(output_open(&out, scratch("out"), &err));
    usleep(30000);
    spill(scratch("input"), "edited meanwhile", 16);
    MUST(output_write(out, "x", 1, &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    ck_assert_int_eq(stat(scratch("out"), &made), 0);
    ck_assert_int_eq(stat(scratch("input"), &edited), 0);
    ck_assert(made.st_mtim.tv_sec < edited.st_mtim.tv_sec ||
              (made.st_mtim.tv_sec == edited.st_mtim.tv_sec &&
               made.st_mtim.tv_nsec < edited.st_mtim.tv_nsec));
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_and_what_it_leads_to_stays)
{
    const struct timespec times[2] = {{1000, 0}, {1000, 0}};
    struct output *out;
    struct stat status;

    spill(scratch("real"), "old", 3);
    ck_assert_int_eq(utimensat(AT_FDCWD, scratch("real"), times, 0), 0);
    ck_assert_int_eq(symlink("real", scratch("link")), 0);
    MUST(output_open(&out, scratch("link"), &err));
    MUST(output_renew(out, &err));
    MUST(output_write(out, "new", 3, &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(scratch("real"), "old");
    ck_assert_int_eq(stat(scratch("real"), &status), 0);
    ck_assert_int_eq(status.st_mtim.tv_sec, 1000);
    expect_content(scratch("link"), "new");
    ck_assert_int_eq(lstat(scratch("link"), &status), 0);
    ck_assert(S_ISREG(status.st_mode));
}
END_TEST

START_TEST(a_full_device_is_an_io_error)
{
    struct output *out;

    MUST(output_open(&out, "/dev/full", &err));
    MUST(output_write(out, "x", 1, &err));
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    ck_assert_str_eq(err.text, "/dev/full: cannot be written: No space left on device");
    output_close(out);
}
END_TEST

START_TEST(a_file_cut_short_by_the_system_is_not_committed)
{
    const struct rlimit limit = {100000, 100000};
    char block[30000] = {0};
    struct output *out;
    int result = 0;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    MUST(output_open(&out, scratch("out"), &err));
    for (int i = 0; i < 4 && result == 0; i++)
        result = output_write(out, block, sizeof block, &err);
    FAILS(EX_IOERR, result < 0 ? result : output_commit(out, NULL, &err));
    output_close(out);
    ck_assert_int_eq(entries_of(scratch_folder), 0);
}
END_TEST

START_TEST(what_cannot_be_created_is_said_at_opening)
{
    struct output *out;

    FAILS(EX_CANTCREAT, output_open(&out, scratch("missing/out"), &err));
    ck_assert_ptr_null(out);
    FAILS(EX_CANTCREAT, output_open(&out, scratch(""), &err));
    SAYS("is a folder");
    output_close(NULL);
}
END_TEST

START_TEST(what_cannot_be_opened_is_not_written_to)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct output *out;

    ck_assert_int_eq(chdir(scratch_folder), 0);
    strcpy(name.sun_path, "socket");
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    FAILS(EX_CANTCREAT, output_open(&out, "socket", &err));
    ck_assert_str_eq(err.text, "socket: cannot be written: No such device or address");
    close(fd);
}
END_TEST

START_TEST(a_dash_is_standard_output)
{
    int fd = open(scratch("stdout"), O_CREAT | O_RDWR, 0600);
    struct output *out;

    ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    MUST(output_open(&out, "-", &err));
    MUST(output_printf(out, &err, "data\n"));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(scratch("stdout"), "data\n");
}
END_TEST

START_TEST(an_output_of_a_changed_input_is_not_placed)
{
    struct inputs inputs = {0};
    struct output *out;
    int fd;

    spill(scratch("out"), "old", 3);
    spill(scratch("in"), "read", 4);
    MUST(output_open(&out, scratch("out"), &err));
    fd = open(scratch("in"), O_RDONLY);
    MUST(inputs_add(&inputs, "data", scratch("in"), fd, file_digest, &err));
    close(fd);
    MUST(output_printf(out, &err, "new"));
    spill(scratch("in"), "edited", 6);
    FAILS(EX_TEMPFAIL, output_commit(out, &inputs, &err));
    output_close(out);
    inputs_free(&inputs);
    expect_content(scratch("out"), "old");
    ck_assert_int_eq(entries_of(scratch_folder), 2);
}
END_TEST

START_TEST(a_scratch_file_has_no_name)
{
    char byte = 'x';
    int fd = output_scratch(scratch("out"), &err);

    MUST(fd);
    ck_assert_int_eq(entries_of(scratch_folder), 0);
    ck_assert_int_eq((int)write(fd, &byte, 1), 1);
    ck_assert_int_eq((int)pread(fd, &byte, 1, 0), 1);
    close(fd);
    fd = output_scratch("-", &err);
    MUST(fd);
    close(fd);
    FAILS(EX_CANTCREAT, output_scratch(scratch("missing/out"), &err));
}
END_TEST

static int looked_at;

static int refuse_zeros(const char *name, const unsigned char *bytes, size_t size, struct err *why)
{
    looked_at = (int)size;
    return size > 0 && bytes[0] ? 0 : err_set(why, EX_DATAERR, "%s: begins with a zero", name);
}

START_TEST(what_a_stream_gives_once_can_be_read_again)
{
    char bytes[16] = {0};
    int ends[2], copy;

    MUST(pipe(ends));
    ck_assert_int_eq((int)write(ends[1], "stream", 6), 6);
    close(ends[1]);
    copy = output_scratch_copy(ends[0], "stream", refuse_zeros, &err);
    MUST(copy);
    MUST(output_scratch_write(copy, "stream", "ed", 2, &err));
    for (int twice = 0; twice < 2; twice++)
        ck_assert_int_eq((int)pread(copy, bytes, sizeof bytes, 0), 8);
    ck_assert_str_eq(bytes, "streamed");
    close(copy);
    FAILS(EX_IOERR, output_scratch_copy(ends[0] + 1000, "stream", refuse_zeros, &err));
    ck_assert_str_eq(err.text, "stream: cannot be read: Bad file descriptor");
    copy = open("/dev/full", O_WRONLY);
    FAILS(EX_IOERR, output_scratch_write(copy, "out", "x", 1, &err));
    ck_assert_str_eq(err.text,
                     "out: cannot write a temporary file next to it: No space left on device");
    close(copy);
    close(ends[0]);
}
END_TEST

/* One without an end would fill the disk. */
START_TEST(a_stream_whose_beginning_is_refused_is_not_copied)
{
    const int zeros = open("/dev/zero", O_RDONLY);

    MUST(zeros);
    FAILS(EX_DATAERR, output_scratch_copy(zeros, "zeros", refuse_zeros, &err));
    ck_assert_int_ge(looked_at, LOOK_BYTES);
    close(zeros);
}
END_TEST

static bool exists(const char *name)
{
    struct stat status;

    return lstat(scratch(name), &status) == 0;
}

/* Writes the name of a temporary file of `host`, NULL for this one. */
static const char *temporary_of(char name[100], const char *host, pid_t process)
{
    char own[40] = "";

    ck_assert_int_eq(gethostname(own, sizeof own - 1), 0);
    for (char *c = own; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.')
            *c = '_';
    snprintf(name, 100, ".csvnet-%s-%ld-0.tmp", host ? host : own, (long)process);
    return name;
}

static pid_t dead_process(void)
{
    const pid_t process = fork();

    if (process == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(process, NULL, 0), process);
    return process;
}

START_TEST(what_a_dead_writer_left_is_removed)
{
    struct output *out;
    char name[100];

    temporary_of(name, NULL, dead_process());
    spill(scratch(name), "left", 4);
    MUST(output_open(&out, scratch("out"), &err));
    ck_assert(!exists(name));
    output_close(out);
}
END_TEST

/* Its locks may not be seen from here: file systems know such, and so do two mounts of one folder.
 */
START_TEST(what_may_have_a_writer_without_a_lock_stays)
{
    const pid_t dead = dead_process();
    struct output *out;
    char name[100];

    spill(scratch(temporary_of(name, "elsewhere", dead)), "at work", 7);
    spill(scratch(temporary_of(name, NULL, getppid())), "at work", 7);
    MUST(output_open(&out, scratch("out"), &err));
    ck_assert(exists(temporary_of(name, "elsewhere", dead)));
    ck_assert(exists(temporary_of(name, NULL, getppid())));
    output_close(out);
}
END_TEST

START_TEST(an_output_keeps_the_mode_of_the_file_it_replaces)
{
    static const mode_t modes[] = {0600, 0444, 0666, 0755};
    struct stat status;
    struct output *out;

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        spill(scratch("out"), "old", 3);
        ck_assert_int_eq(chmod(scratch("out"), modes[i]), 0);
        MUST(output_open(&out, scratch("out"), &err));
        MUST(output_commit(out, NULL, &err));
        output_close(out);
        ck_assert_int_eq(stat(scratch("out"), &status), 0);
        ck_assert_int_eq(status.st_mode & 07777, modes[i]);
        ck_assert_int_eq(unlink(scratch("out")), 0);
    }
}
END_TEST

/* What the last step would refuse is refused by the first. */
START_TEST(names_that_no_file_can_have_are_refused_at_once)
{
    struct output *out;
    char far[400];
    const int used = snprintf(far, sizeof far, "%s/", scratch_folder);

    memset(far + used, 'a', sizeof far - (size_t)used - 1);
    far[sizeof far - 1] = 0;
    spill(scratch("file"), "", 0);
    FAILS(EX_CANTCREAT, output_open(&out, "", &err));
    ck_assert_str_eq(err.text, "'': cannot be written: the name is empty");
    FAILS(EX_CANTCREAT, output_open(&out, scratch("models/"), &err));
    SAYS("/models/: cannot be written: a file's name is missing");
    FAILS(EX_CANTCREAT, output_open(&out, far, &err));
    SAYS("File name too long");
    FAILS(EX_CANTCREAT, output_try(scratch("models/"), &err));
    FAILS(EX_CANTCREAT, output_try(scratch("missing/out"), &err));
    MUST(output_try(scratch("out"), &err));
    MUST(output_try("-", &err));
    MUST(output_try("/dev/full", &err));
    ck_assert_int_eq(entries_of(scratch_folder), 1);
}
END_TEST

START_TEST(anothers_file_in_a_sticky_folder_is_refused_at_once)
{
    struct output *out;
    int result;

    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod(scratch_folder, 0755), 0);
    ck_assert_int_eq(mkdir(scratch("sticky"), 0777), 0);
    ck_assert_int_eq(chmod(scratch("sticky"), 01777), 0);
    spill(scratch("sticky/out"), "theirs", 6);
    ck_assert_int_eq(chmod(scratch("sticky/out"), 0666), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    result = output_open(&out, scratch("sticky/out"), &err);
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(err.status, EX_CANTCREAT);
    SAYS("another user's");
}
END_TEST

/* Whatever came in between: hours of work are not thrown away. */
START_TEST(a_finished_file_stays_where_it_cannot_be_put_in_its_place)
{
    struct output *out;

    for (int i = 0; i < 2; i++) {
        if (i == 1)
            ck_assert_int_eq(rmdir(scratch("out")), 0);
        MUST(output_open(&out, scratch("out"), &err));
        MUST(output_printf(out, &err, "finished %d", i));
        ck_assert_int_eq(mkdir(scratch("out"), 0700), 0);
        FAILS(EX_IOERR, output_commit(out, NULL, &err));
        SAYS("it stays as ");
        ck_assert_str_eq(strrchr(err.text, '/'), i ? "/out.finished2" : "/out.finished");
        output_close(out);
    }
    expect_content(scratch("out.finished"), "finished 0");
    expect_content(scratch("out.finished2"), "finished 1");
    ck_assert_int_eq(entries_of(scratch_folder), 3);
}
END_TEST

/* As root a device would be replaced for all who use it. */
START_TEST(what_is_no_file_by_then_is_not_replaced)
{
    struct output *out;
    struct stat status;

    MUST(output_open(&out, scratch("out"), &err));
    MUST(output_printf(out, &err, "finished"));
    ck_assert_int_eq(mkfifo(scratch("out"), 0600), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    SAYS("it stays as ");
    output_close(out);
    ck_assert_int_eq(stat(scratch("out"), &status), 0);
    ck_assert(S_ISFIFO(status.st_mode));
    expect_content(scratch("out.finished"), "finished");
}
END_TEST

START_TEST(what_a_living_writer_has_stays)
{
    struct output *first, *second;
    char name[100]; /* of a process that is not seen from here, as in another container */
    int fd;

    temporary_of(name, NULL, dead_process());
    fd = open(scratch(name), O_CREAT | O_RDWR, 0600);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    MUST(output_open(&first, scratch("first"), &err));
    MUST(output_prepare(first, &err));
    ck_assert_int_eq(entries_of(scratch_folder), 2);
    MUST(output_open(&second, scratch("second"), &err));
    MUST(output_commit(second, NULL, &err));
    ck_assert_int_eq(entries_of(scratch_folder), 3);
    MUST(output_place(first, &err));
    MUST(output_settle(first, &err));
    ck_assert(exists("first") && exists("second") && exists(name));
    output_close(first);
    output_close(second);
    close(fd);
}
END_TEST

START_TEST(what_others_have_stays)
{
    struct output *out;
    char name[100];

    spill(scratch("file"), "", 0);
    ck_assert_int_eq(symlink("file", scratch(temporary_of(name, NULL, dead_process()))), 0);
    ck_assert_int_eq(mkfifo(scratch(temporary_of(name, NULL, dead_process())), 0600), 0);
    ck_assert_int_eq(mkdir(scratch(temporary_of(name, NULL, dead_process())), 0700), 0);
    spill(scratch(".csvnet-4"), "", 0);
    spill(scratch(".csvnet-.tmp.bak"), "", 0);
    spill(scratch("csvnet-5-0.tmp"), "", 0);
    spill(scratch(".csvnet"), "", 0);
    MUST(output_open(&out, scratch("out"), &err));
    output_close(out);
    ck_assert_int_eq(entries_of(scratch_folder), 8);
}
END_TEST

START_TEST(outputs_that_belong_together_are_prepared_before_one_is_placed)
{
    struct output *a, *b;

    spill(scratch("a"), "old a", 5);
    spill(scratch("b"), "old b", 5);
    MUST(output_open(&a, scratch("a"), &err));
    MUST(output_open(&b, scratch("b"), &err));
    MUST(output_printf(a, &err, "new a"));
    MUST(output_printf(b, &err, "new b"));
    MUST(output_prepare(a, &err));
    MUST(output_prepare(b, &err));
    expect_content(scratch("a"), "old a");
    expect_content(scratch("b"), "old b");
    MUST(output_place(a, &err));
    expect_content(scratch("a"), "new a");
    output_close(a);
    output_close(b);
    expect_content(scratch("b"), "old b");
    ck_assert_int_eq(entries_of(scratch_folder), 2);
}
END_TEST

START_TEST(a_folder_that_went_away_is_an_io_error)
{
    struct output *out;

    ck_assert_int_eq(chdir(scratch_folder), 0);
    ck_assert_int_eq(mkdir(scratch("folder"), 0700), 0);
    MUST(output_open(&out, scratch("folder/out"), &err));
    MUST(output_printf(out, &err, "finished"));
    ck_assert_int_eq(rmdir(scratch("folder")), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    SAYS("the finished file cannot be given a name: No such");
    SAYS("; a copy is ./out.finished-");
    expect_content(strstr(err.text, "./out.finished-"), "finished");
    output_close(out);
}
END_TEST

START_TEST(small_writes_end_where_the_disk_is_full)
{
    struct output *out;
    int writes = 0, result = 0;

    MUST(output_open(&out, "/dev/full", &err));
    while (result == 0 && writes++ < 1 << 20)
        result = output_write(out, "some", 4, &err);
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(err.status, EX_IOERR);
    output_close(out);
}
END_TEST

START_TEST(one_file_is_known_by_two_names)
{
    char far[PATH_MAX + 16];

    memset(far, 'a', sizeof far);
    memcpy(far + sizeof far - 3, "/x", 3);
    ck_assert_int_eq(mkdir(scratch("folder"), 0700), 0);
    ck_assert(output_same_target("x", "./x"));
    ck_assert(output_same_target(scratch("y"), scratch("folder/../y")));
    ck_assert(!output_same_target("x", "y"));
    ck_assert(!output_same_target(scratch("x"), scratch("folder/x")));
    ck_assert(!output_same_target("/dev/x", scratch("x")));
    ck_assert(!output_same_target("x", scratch("nowhere/x")));
    ck_assert(!output_same_target(far, "x"));
    ck_assert(output_same_target("-", "-"));
    ck_assert(!output_same_target("-", "./-"));
    ck_assert(!output_same_target("./-", "-"));
    ck_assert(!output_same_target("/dev/null", "/dev/null"));
    ck_assert(!output_same_target(scratch("."), scratch(".")));
    ck_assert_int_eq(symlink("not-yet", scratch("link")), 0);
    ck_assert_int_eq(symlink("link", scratch("again")), 0);
    ck_assert_int_eq(symlink("loop", scratch("loop")), 0);
    ck_assert(output_same_target(scratch("again"), scratch("not-yet")));
    ck_assert(!output_same_target(scratch("again"), scratch("other")));
    ck_assert(!output_same_target(scratch("loop"), scratch("other")));
    spill(scratch("not-yet"), "x", 1);
    ck_assert_int_eq(link(scratch("not-yet"), scratch("hard")), 0);
    ck_assert(output_same_target(scratch("again"), scratch("hard")));
    ck_assert(!output_same_target(scratch("hard"), scratch("other"))); /* which is not there */
    spill(scratch("other"), "x", 1);
    ck_assert(!output_same_target(scratch("hard"), scratch("other")));
}
END_TEST

Suite *suite_output(void)
{
    Suite *suite = suite_create("output");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, a_committed_file_replaces_the_old_one);
    tcase_add_test(tests, a_whole_text_is_written_at_once_or_not_at_all);
    tcase_add_test(tests, without_commit_the_old_file_stays_and_nothing_else);
    tcase_add_test(tests, large_and_small_writes_keep_their_order);
    tcase_add_test(tests, the_file_has_the_mode_that_umask_asks_for);
    tcase_add_test(tests, the_file_carries_the_time_of_its_opening);
    tcase_add_test(tests, a_symbolic_link_is_replaced_and_what_it_leads_to_stays);
    tcase_add_test(tests, a_full_device_is_an_io_error);
    tcase_add_test(tests, a_file_cut_short_by_the_system_is_not_committed);
    tcase_add_test(tests, what_cannot_be_created_is_said_at_opening);
    tcase_add_test(tests, what_cannot_be_opened_is_not_written_to);
    tcase_add_test(tests, a_dash_is_standard_output);
    tcase_add_test(tests, an_output_of_a_changed_input_is_not_placed);
    tcase_add_test(tests, a_scratch_file_has_no_name);
    tcase_add_test(tests, what_a_stream_gives_once_can_be_read_again);
    tcase_add_test(tests, a_stream_whose_beginning_is_refused_is_not_copied);
    tcase_add_test(tests, what_a_dead_writer_left_is_removed);
    tcase_add_test(tests, what_may_have_a_writer_without_a_lock_stays);
    tcase_add_test(tests, an_output_keeps_the_mode_of_the_file_it_replaces);
    tcase_add_test(tests, names_that_no_file_can_have_are_refused_at_once);
    tcase_add_test(tests, anothers_file_in_a_sticky_folder_is_refused_at_once);
    tcase_add_test(tests, a_finished_file_stays_where_it_cannot_be_put_in_its_place);
    tcase_add_test(tests, what_is_no_file_by_then_is_not_replaced);
    tcase_add_test(tests, what_a_living_writer_has_stays);
    tcase_add_test(tests, what_others_have_stays);
    tcase_add_test(tests, outputs_that_belong_together_are_prepared_before_one_is_placed);
    tcase_add_test(tests, a_folder_that_went_away_is_an_io_error);
    tcase_add_test(tests, small_writes_end_where_the_disk_is_full);
    tcase_add_test(tests, one_file_is_known_by_two_names);
    suite_add_tcase(suite, tests);
    return suite;
}
