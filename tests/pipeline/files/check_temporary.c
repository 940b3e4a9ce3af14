#include "pipeline/files/temporary.h"

#include "tests/support/scratch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

Suite *suite_temporary(void);

enum { NAME = 160, PATH = 256 };

static char host[65];
static pid_t dead; /* a process that is no more */

static void set_up(void)
{
    scratch_make();
    ck_assert_int_eq(gethostname(host, sizeof host), 0);
    for (char *c = host; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.')
            *c = '_';
    dead = fork();
    if (dead == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(dead, NULL, 0), dead);
}

/* Has a system call fail with `error` from now on, openat() where it asks for a file without a
 * name. Returns false where that cannot be had. */
static bool have_fail(int call, int error)
{
    enum { TMPFILE = O_TMPFILE & ~O_DIRECTORY };
    struct sock_filter all[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, call == SYS_openat ? 3 : 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_filter unnamed[] = {
        all[0],
        all[1],
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TMPFILE, 0, 1),
        all[2],
        all[3],
    };
    struct sock_fprog program = {4, all};

    if (call == SYS_openat)
        program = (struct sock_fprog){6, unnamed};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* Runs it in a process of its own; what it returns is the line where it fails, or 0. */
static void in_a_process(int (*function)(int with), int with)
{
    const pid_t child = fork();
    int status;

    if (child == 0)
        _exit(function(with) & 255);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d: line %d, or 256 more",
                  status, WEXITSTATUS(status));
}

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

static bool exists(const char *name)
{
    struct stat status;

    return lstat(scratch(name), &status) == 0;
}

static void sweep(void)
{
    char *name;
    const int fd = temporary_open(scratch_folder, &name);

    ck_assert_int_ge(fd, 0);
    close(fd);
    if (name)
        unlink(name);
    free(name);
}

/* Whether a file of this name is there after a sweep. */
static bool stays(const char *format, const char *of, long process)
{
    char name[NAME];

    snprintf(name, sizeof name, format, of, process);
    spill(scratch(name), "left", 4);
    errno = ESRCH;
    sweep();
    return exists(name) && unlink(scratch(name)) == 0;
}

START_TEST(what_dead_writers_of_this_host_left_goes)
{
    ck_assert(!stays(".csvnet-%s-%ld-0.tmp", host, dead));
    ck_assert(!stays(".csvnet-%s-%ld-99.tmp", host, dead));
    ck_assert(!stays(".csvnet-%s-%ld-Xy3kLm.tmp", host, dead));
}
END_TEST

START_TEST(other_names_stay)
{
    char longer[NAME], shorter[NAME];

    snprintf(longer, sizeof longer, "%sx", host);
    snprintf(shorter, sizeof shorter, "%.*s", (int)strlen(host) - 1, host);
    ck_assert(stays("xcsvnet-%s-%ld-0.tmp", host, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp2", host, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.csv", host, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", longer, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", shorter, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", "elsewhere", dead));
    ck_assert(stays(".csvnet-%s_%ld-0.tmp", host, dead));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", host, getpid()));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", host, getppid()));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", host, 0));
    ck_assert(stays(".csvnet-%s-%ld-0.tmp", host, -(long)dead));
    ck_assert(stays(".csvnet-%s-x%ld-0.tmp", host, dead));
}
END_TEST

START_TEST(a_file_that_is_locked_stays)
{
    char name[NAME];
    int fd;

    snprintf(name, sizeof name, ".csvnet-%s-%ld-0.tmp", host, (long)dead);
    fd = open(scratch(name), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    sweep();
    ck_assert(exists(name));
    close(fd);
    sweep();
    ck_assert(!exists(name));
}
END_TEST

START_TEST(what_is_no_file_stays)
{
    char name[NAME];
    int fd;

    snprintf(name, sizeof name, ".csvnet-%s-%ld-0.tmp", host, (long)dead);
    spill(scratch("file"), "mine", 4);
    ck_assert_int_eq(symlink("file", scratch(name)), 0);
    sweep();
    ck_assert(exists(name) && exists("file"));
    unlink(scratch(name));
    ck_assert_int_eq(mkfifo(scratch(name), 0600), 0);
    fd = open(scratch(name), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    sweep();
    ck_assert(exists(name));
    close(fd);
}
END_TEST

/* Between the lock and the removal a writer may have put the file in its place, or another one. */
START_TEST(a_name_is_of_the_file_that_it_leads_to)
{
    const int folder = open(scratch_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int fd;

    spill(scratch("one"), "1", 1);
    fd = open(scratch("one"), O_RDONLY | O_CLOEXEC);
    ck_assert(temporary_is_named(fd, folder, "one"));
    ck_assert(!temporary_is_named(fd, folder, "two"));
    spill(scratch("two"), "2", 1);
    ck_assert(!temporary_is_named(fd, folder, "two"));
    ck_assert_int_eq(link(scratch("one"), scratch("three")), 0);
    ck_assert(temporary_is_named(fd, folder, "three"));
    ck_assert_int_eq(symlink("one", scratch("four")), 0);
    ck_assert(!temporary_is_named(fd, folder, "four"));
    ck_assert(!temporary_is_named(fd, folder, "/dev/null"));
    ck_assert(!temporary_is_named(null, folder, "/dev/null"));
    ck_assert(!temporary_is_named(-1, folder, "one"));
    close(null);
    close(fd);
    close(folder);
}
END_TEST

static bool is_named(const char *path, int number)
{
    char wanted[PATH];

    snprintf(wanted, sizeof wanted, "%s/.csvnet-%s-%ld-%d.tmp", scratch_folder, host,
             (long)getpid(), number);
    return path && strcmp(path, wanted) == 0 && access(path, F_OK) == 0;
}

START_TEST(names_are_those_that_are_free)
{
    char *name, *none;
    int fd = temporary_open(scratch_folder, &name);

    ck_assert_int_ge(fd, 0);
    if (name) { /* the system has no files without names */
        ck_assert(is_named(name, 0));
        free(name);
        close(fd);
        return;
    }
    ck_assert_int_eq(write(fd, "content", 7), 7);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(temporary_link(fd, scratch_folder, &name), 0);
        ck_assert(is_named(name, i));
        free(name);
    }
    ck_assert_int_eq(temporary_link(fd, scratch_folder, &none), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(temporary_link(fd, scratch("missing"), &none), -1);
    ck_assert_int_eq(errno, ENOENT);
    close(fd);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_said)
{
    char *name;

    ck_assert_int_eq(temporary_open(scratch("missing"), &name), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_ptr_null(name);
    ck_assert_int_eq(temporary_scratch(scratch("missing")), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* Has the name of a host of 64 letters, as many as there may be, and then another that begins
 * alike. */
static int as_hosts_of_long_names(int with)
{
    char name[65], wanted[PATH], other[NAME];
    char *path;
    int fd;

    (void)with;
    for (int i = 0; i < 64; i++)
        name[i] = "ab-7."[i % 5];
    name[64] = 0;
    if (unshare(CLONE_NEWUTS) || sethostname(name, 64))
        return 0; /* as a user who may not */
    fd = temporary_open(scratch_folder, &path);
    HOLDS(fd >= 0 && (path || temporary_link(fd, scratch_folder, &path) == 0));
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    snprintf(wanted, sizeof wanted, "%s/.csvnet-%s-%ld-0.tmp", scratch_folder, name,
             (long)getpid());
    HOLDS(strcmp(path, wanted) == 0);
    snprintf(other, sizeof other, ".csvnet-%s-%ld-0.tmp", name, (long)dead);
    spill(scratch(other), "another's", 9);
    name[63] = 'z';
    HOLDS(sethostname(name, 64) == 0);
    sweep();
    HOLDS(exists(other));
    return 0;
}

START_TEST(hosts_of_long_names_are_told_apart)
{
    in_a_process(as_hosts_of_long_names, 0);
}
END_TEST

static bool is_locked(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool locked = flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;

    close(fd);
    return locked;
}

/* What a system says that has no files without names. */
static int without_unnamed_files(int error)
{
    char *first, *second, text[8] = "";
    int fd;

    if (!have_fail(SYS_openat, error))
        return 0;
    HOLDS(temporary_open(scratch_folder, &first) >= 0 && is_named(first, 0) && is_locked(first));
    HOLDS(temporary_open(scratch_folder, &second) >= 0 && is_named(second, 1));
    HOLDS(is_named(first, 0) && entries_of(scratch_folder) == 2);
    fd = temporary_scratch(scratch_folder);
    HOLDS(fd >= 0 && entries_of(scratch_folder) == 2);
    HOLDS(pwrite(fd, "content", 7, 0) == 7 && pread(fd, text, 7, 0) == 7);
    HOLDS(temporary_open(scratch("missing"), &first) == -1 && errno == ENOENT && !first);
    HOLDS(temporary_scratch(scratch("missing")) == -1 && errno == ENOENT);
    /* Of a program that was started without standard input the descriptor may be 0. */
    close(0);
    HOLDS(temporary_open(scratch_folder, &first) == 0 && is_named(first, 2));
    close(0);
    HOLDS(temporary_scratch(scratch_folder) == 0 && entries_of(scratch_folder) == 3);
    return 0;
}

/* Other errors are no reason to do without. */
static int with_an_error(int error)
{
    char *name;

    if (!have_fail(SYS_openat, error))
        return 0;
    HOLDS(temporary_open(scratch_folder, &name) == -1 && errno == error && !name);
    HOLDS(temporary_scratch(scratch_folder) == -1 && errno == error);
    return entries_of(scratch_folder);
}

/* No lock is had: the file system knows none, or another run has it, who takes the file for left.
 */
static int without_a_lock(int error)
{
    char *name;

    if (!have_fail(SYS_openat, EOPNOTSUPP) || !have_fail(SYS_flock, error))
        return 0;
    if (error == ENOLCK)
        HOLDS(temporary_open(scratch_folder, &name) >= 0 && is_named(name, 0));
    else
        HOLDS(temporary_open(scratch_folder, &name) == -1 && errno == EEXIST && !name);
    return 0;
}

static int without_standard_input(int with)
{
    char *name;

    (void)with;
    close(0);
    errno = ENOTSUP;
    HOLDS(temporary_scratch(scratch_folder) == 0);
    close(0);
    HOLDS(temporary_open(scratch_folder, &name) == 0);
    HOLDS(is_locked(name ? name : "/proc/self/fd/0"));
    return 0;
}

START_TEST(files_have_names_where_the_system_wants_them)
{
    in_a_process(without_unnamed_files, EOPNOTSUPP);
    scratch_remove();
    scratch_make();
    in_a_process(without_unnamed_files, EISDIR);
    scratch_remove();
    scratch_make();
    in_a_process(without_unnamed_files, ENOENT);
    scratch_remove();
    scratch_make();
    in_a_process(with_an_error, EACCES);
    in_a_process(without_a_lock, ENOLCK);
    in_a_process(without_a_lock, EWOULDBLOCK);
    in_a_process(without_standard_input, 0);
}
END_TEST

START_TEST(a_scratch_file_is_read_and_written)
{
    char text[8] = "";
    const int fd = temporary_scratch(scratch_folder);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, "content", 7, 0), 7);
    ck_assert_int_eq(pread(fd, text, 7, 0), 7);
    ck_assert_str_eq(text, "content");
    close(fd);
    ck_assert_int_eq(rmdir(scratch_folder), 0);
}
END_TEST

Suite *suite_temporary(void)
{
    Suite *suite = suite_create("temporary");
    TCase *tests = tcase_create("temporary");

    tcase_add_checked_fixture(tests, set_up, scratch_remove);
    tcase_add_test(tests, what_dead_writers_of_this_host_left_goes);
    tcase_add_test(tests, other_names_stay);
    tcase_add_test(tests, a_file_that_is_locked_stays);
    tcase_add_test(tests, what_is_no_file_stays);
    tcase_add_test(tests, a_name_is_of_the_file_that_it_leads_to);
    tcase_add_test(tests, names_are_those_that_are_free);
    tcase_add_test(tests, a_folder_that_is_not_there_is_said);
    tcase_add_test(tests, hosts_of_long_names_are_told_apart);
    tcase_add_test(tests, files_have_names_where_the_system_wants_them);
    tcase_add_test(tests, a_scratch_file_is_read_and_written);
    suite_add_tcase(suite, tests);
    return suite;
}
