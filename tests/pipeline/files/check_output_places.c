/* Outputs in places that are not ordinary: pipes, terminals, links, mount points, folders that go
 * away or take no names; and that no descriptor stays open. */
#include "pipeline/files/output.h"

#include "tests/support/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

Suite *suite_output_places(void);

enum { BUFFER = 1 << 16 }; /* as output.c has */

static struct err err;

static const char *content_of(size_t size)
{
    static char bytes[3 * BUFFER + 100];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)('a' + i * i / 7 % 26);
    ck_assert_uint_lt(size, sizeof bytes);
    return bytes;
}

static void expect_whole(const char *path, size_t size)
{
    size_t is;
    char *bytes = slurp(path, &is);

    ck_assert_uint_eq(is, size);
    ck_assert(memcmp(bytes, content_of(size), size) == 0);
    free(bytes);
}

/* ---- Writes ---- */

START_TEST(writes_of_all_sizes_around_the_buffers_keep_their_order)
{
    static const size_t sizes[] = {0, 1, BUFFER - 1, BUFFER, BUFFER + 1};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    const char *bytes = content_of(0);

    for (int n = 0; n < SIZES * SIZES * SIZES; n++) {
        const size_t three[] = {sizes[n % SIZES], sizes[n / SIZES % SIZES],
                                sizes[n / SIZES / SIZES]};
        struct output *out;
        size_t at = 0;

        MUST(output_open(&out, scratch("out"), &err));
        for (int i = 0; i < 3; at += three[i], i++)
            MUST(output_write(out, bytes + at, three[i], &err));
        MUST(output_commit(out, NULL, &err));
        output_close(out);
        expect_whole(scratch("out"), at);
    }
}
END_TEST

START_TEST(a_printed_text_may_be_longer_than_the_buffer)
{
    struct output *out;

    MUST(output_open(&out, scratch("out"), &err));
    MUST(output_printf(out, &err, "%.*s", 2 * BUFFER + 5, content_of(0)));
    MUST(output_printf(out, &err, "%s", ""));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_whole(scratch("out"), 2 * BUFFER + 5);
    MUST(output_open(&out, "/dev/full", &err));
    FAILS(EX_IOERR, output_printf(out, &err, "%.*s", BUFFER, content_of(0)));
    output_close(out);
}
END_TEST

/* ---- Pipes and terminals ---- */

START_TEST(a_pipe_has_nothing_to_flush)
{
    const int kept = dup(STDOUT_FILENO);
    char got[8] = "";
    struct output *out;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    MUST(output_open_bytes(&out, "-", &err));
    MUST(output_write(out, "piped", 5, &err));
    MUST(output_renew(out, &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    ck_assert_int_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert_int_eq((int)read(ends[0], got, sizeof got), 5);
    ck_assert_str_eq(got, "piped");
}
END_TEST

START_TEST(what_is_printed_goes_elsewhere_where_standard_output_is_an_output)
{
    const int data = open(scratch("data"), O_CREAT | O_RDWR, 0600);
    const int talk = open(scratch("talk"), O_CREAT | O_RDWR, 0600);
    struct output *out;

    ck_assert_int_eq(dup2(data, STDOUT_FILENO), STDOUT_FILENO);
    MUST(output_take_standard(talk, &err));
    ck_assert_int_eq((int)write(STDOUT_FILENO, "talk", 4), 4);
    MUST(output_open(&out, "-", &err));
    MUST(output_printf(out, &err, "data"));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(scratch("data"), "data");
    expect_content(scratch("talk"), "talk");
}
END_TEST

START_TEST(what_is_printed_may_go_nowhere)
{
    const int data = open(scratch("data"), O_CREAT | O_RDWR, 0600);
    struct output *out;

    ck_assert_int_eq(dup2(data, STDOUT_FILENO), STDOUT_FILENO);
    MUST(output_take_standard(-1, &err));
    printf("talk");
    ck_assert_int_eq(fflush(stdout), 0);
    MUST(output_open(&out, "-", &err));
    MUST(output_printf(out, &err, "data"));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    expect_content(scratch("data"), "data");
    FAILS(EX_OSERR, output_take_standard(1000, &err));
    SAYS("standard output: Bad file descriptor");
    close(STDOUT_FILENO);
    FAILS(EX_OSERR, output_take_standard(-1, &err));
}
END_TEST

START_TEST(a_closed_standard_output_is_said)
{
    struct output *out;

    close(STDOUT_FILENO);
    FAILS(EX_CANTCREAT, output_open(&out, "-", &err));
    SAYS("standard output: cannot be written: Bad file descriptor");
    FAILS(EX_CANTCREAT, output_open_bytes(&out, "-", &err));
    ck_assert_ptr_null(out);
}
END_TEST

START_TEST(bytes_do_not_go_to_a_terminal)
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    struct output *out;

    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) || access(ptsname(terminal), W_OK))
        return;
    FAILS(EX_USAGE, output_open_bytes(&out, ptsname(terminal), &err));
    SAYS(" is a terminal, and what would be written is no text");
    ck_assert_ptr_null(out);
    MUST(output_open(&out, ptsname(terminal), &err));
    output_close(out);
    close(terminal);
}
END_TEST

/* ---- Links ---- */

START_TEST(a_name_of_the_systems_leads_to_the_file)
{
    static const char *const folders[] = {"/dev/fd", "/proc/self/fd"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[100];
        struct output *out;
        int fd;

        spill(scratch("out"), "old", 3);
        fd = open(scratch("out"), O_RDWR);
        snprintf(path, sizeof path, "%s/%d", folders[i], fd);
        if (access(path, F_OK))
            continue;
        MUST(output_open(&out, path, &err));
        MUST(output_printf(out, &err, "new"));
        MUST(output_commit(out, NULL, &err));
        output_close(out);
        expect_content(scratch("out"), "new");
        close(fd);
    }
}
END_TEST

START_TEST(a_link_gives_no_mode_and_need_not_lead_anywhere)
{
    struct output *out;
    struct stat status;

    umask(022);
    spill(scratch("real"), "old", 3);
    ck_assert_int_eq(chmod(scratch("real"), 0600), 0);
    ck_assert_int_eq(symlink("real", scratch("link")), 0);
    ck_assert_int_eq(symlink("nowhere", scratch("loose")), 0);
    for (const char *const *name = (const char *const[]){"link", "loose", NULL}; *name; name++) {
        MUST(output_open(&out, scratch(*name), &err));
        MUST(output_printf(out, &err, "new"));
        MUST(output_commit(out, NULL, &err));
        output_close(out);
        ck_assert_int_eq(lstat(scratch(*name), &status), 0);
        ck_assert(S_ISREG(status.st_mode));
        ck_assert_int_eq(status.st_mode & 07777, 0644);
    }
    ck_assert_int_ne(access(scratch("nowhere"), F_OK), 0);
}
END_TEST

START_TEST(forty_links_in_a_row_are_followed_as_linux_does)
{
    char to[20] = "not-yet", name[20];

    ck_assert_int_eq(chdir(scratch_folder), 0);
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "link%d", i);
        ck_assert_int_eq(symlink(to, name), 0);
        ck_assert(output_same_target(name, "not-yet") == (i <= 40));
        strcpy(to, name);
    }
}
END_TEST

START_TEST(links_with_whole_paths_are_followed_as_far)
{
    char name[20];
    const char *to = scratch("not-yet");

    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "link%d", i);
        ck_assert_int_eq(symlink(to, scratch(name)), 0);
        ck_assert(output_same_target(scratch(name), scratch("not-yet")) == (i <= 40));
        to = scratch(name);
    }
}
END_TEST

/* Each file system counts its files from one. */
START_TEST(one_number_on_two_devices_is_two_files)
{
    static const char *const files[] = {"a/x", "b/x"};
    struct stat status[2];

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return;
    for (int i = 0; i < 2; i++) {
        char folder[] = {files[i][0], 0};

        ck_assert_int_eq(mkdir(scratch(folder), 0700), 0);
        ck_assert_int_eq(mount("none", scratch(folder), "tmpfs", 0, "size=64k"), 0);
        spill(scratch(files[i]), "", 0);
        ck_assert_int_eq(stat(scratch(files[i]), &status[i]), 0);
    }
    ck_assert_uint_ne(status[0].st_dev, status[1].st_dev);
    if (status[0].st_ino == status[1].st_ino) /* before Linux 5.9 all count together */
        ck_assert(!output_same_target(scratch("a/x"), scratch("b/x")));
    ck_assert_int_eq(umount(scratch("a")) | umount(scratch("b")), 0);
}
END_TEST

/* ---- Owners ---- */

/* Becomes a user of one group besides its own; 0: root again. */
static void act_as(uid_t user, gid_t group)
{
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(setgroups(user ? 1 : 0, &group), 0);
    ck_assert_int_eq(setegid(user), 0);
    ck_assert_int_eq(seteuid(user), 0);
}

START_TEST(a_file_keeps_owner_and_group_as_far_as_its_writer_may)
{
    enum { USER = 65534, GROUP = 12345 };
    static const struct {
        mode_t old, new;
    } modes[] = {{0640, 0600}, {0664, 0644}, {0606, 0666}};
    struct stat status;
    struct output *out;

    if (geteuid() != 0)
        return;
    spill(scratch("out"), "old", 3);
    ck_assert_int_eq(chown(scratch("out"), USER, GROUP) | chmod(scratch("out"), 0640), 0);
    MUST(output_whole(scratch("out"), "new", &err));
    ck_assert_int_eq(stat(scratch("out"), &status), 0);
    ck_assert_uint_eq(status.st_uid, USER);
    ck_assert_uint_eq(status.st_gid, GROUP);
    ck_assert_int_eq(status.st_mode & 07777, 0640);
    ck_assert_int_eq(chmod(scratch_folder, 0777), 0);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        ck_assert_int_eq(chmod(scratch("out"), modes[i].old), 0);
        act_as(USER, USER);
        MUST(output_open(&out, scratch("out"), &err));
        MUST(output_commit(out, NULL, &err));
        output_close(out);
        act_as(0, 0);
        ck_assert_int_eq(stat(scratch("out"), &status), 0);
        ck_assert_uint_eq(status.st_gid, USER);
        ck_assert_int_eq(status.st_mode & 07777, modes[i].new); /* others' for the new group */
        ck_assert_int_eq(chown(scratch("out"), USER, GROUP), 0);
    }
}
END_TEST

START_TEST(a_group_that_the_writer_is_of_is_kept)
{
    enum { USER = 65534, OTHER = 65533, GROUP = 12345 };
    struct stat status;

    if (geteuid() != 0)
        return;
    spill(scratch("out"), "old", 3);
    ck_assert_int_eq(chown(scratch("out"), OTHER, GROUP) | chmod(scratch("out"), 0660), 0);
    ck_assert_int_eq(chmod(scratch_folder, 0777), 0);
    act_as(USER, GROUP);
    MUST(output_whole(scratch("out"), "new", &err));
    act_as(0, 0);
    ck_assert_int_eq(stat(scratch("out"), &status), 0);
    ck_assert_uint_eq(status.st_uid, USER);
    ck_assert_uint_eq(status.st_gid, GROUP);
    ck_assert_int_eq(status.st_mode & 07777, 0660);
}
END_TEST

/* ---- What the last step would refuse ---- */

/* Tries as another user than root to open the output; 0, or its status. */
static int try_as(uid_t user, const char *path)
{
    struct output *out;
    int result;

    ck_assert_int_eq(seteuid(user), 0);
    result = output_open(&out, path, &err);
    if (result == 0)
        output_close(out);
    ck_assert_int_eq(seteuid(0), 0);
    return result ? err.status : 0;
}

START_TEST(in_sticky_folders_only_owners_replace_files)
{
    enum { USER = 65534 };

    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod(scratch_folder, 0755), 0);
    ck_assert_int_eq(mkdir(scratch("f"), 0700), 0);
    spill(scratch("f/theirs"), "", 0);
    spill(scratch("f/own"), "", 0);
    ck_assert_int_eq(chown(scratch("f/own"), USER, (gid_t)-1), 0);
    ck_assert_int_eq(chmod(scratch("f"), 0777), 0);
    ck_assert_int_eq(try_as(USER, scratch("f/theirs")), 0);
    ck_assert_int_eq(chmod(scratch("f"), 01777), 0);
    ck_assert_int_eq(try_as(USER, scratch("f/theirs")), EX_CANTCREAT);
    SAYS("it is another user's, in a folder where only owners replace files");
    ck_assert_int_eq(try_as(USER, scratch("f/own")), 0);
    ck_assert_int_eq(try_as(USER, scratch("f/none")), 0);
    ck_assert_int_eq(try_as(0, scratch("f/own")), 0);
    ck_assert_int_eq(chown(scratch("f"), USER, (gid_t)-1), 0);
    ck_assert_int_eq(try_as(USER, scratch("f/theirs")), 0);
    ck_assert_int_eq(try_as(0, scratch("f/own")), 0);
}
END_TEST

START_TEST(a_mount_point_is_refused_at_once)
{
    struct output *out;

    spill(scratch("a"), "", 0);
    spill(scratch("b"), "", 0);
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount(scratch("a"), scratch("b"), NULL, MS_BIND, NULL))
        return;
    FAILS(EX_CANTCREAT, output_open(&out, scratch("b"), &err));
    SAYS("/b: cannot be written: it is a mount point, as containers have for single files");
    FAILS(EX_CANTCREAT, output_try(scratch("b"), &err));
    MUST(output_try(scratch("a"), &err));
    ck_assert_int_eq(umount(scratch("b")), 0);
}
END_TEST

START_TEST(a_file_that_may_not_be_replaced_is_refused_at_once)
{
    /* of linux/fs.h, which older C libraries' sys/mount.h does not go with */
    enum { IMMUTABLE = 0x10, APPEND = 0x20 };
    const unsigned long set_flags = _IOW('f', 2, long);
    const int flags[] = {IMMUTABLE, APPEND, 0};

    spill(scratch("out"), "kept", 4);
    for (int i = 0; i < 2; i++) {
        const int fd = open(scratch("out"), O_RDONLY);
        struct output *out;
        int result;

        if (ioctl(fd, set_flags, &flags[i]) == 0) { /* root, and a file system that has them */
            result = output_open(&out, scratch("out"), &err);
            ck_assert_int_eq(ioctl(fd, set_flags, &flags[2]), 0);
            ck_assert_int_eq(result, -1);
            ck_assert_int_eq(err.status, EX_CANTCREAT);
            SAYS("/out: cannot be written: its attributes forbid it (lsattr)");
        }
        close(fd);
    }
}
END_TEST

/* A pipe that nobody reads would keep it waiting. */
START_TEST(trying_opens_no_pipe)
{
    ck_assert_int_eq(mkfifo(scratch("pipe"), 0600), 0);
    MUST(output_try(scratch("pipe"), &err));
}
END_TEST

START_TEST(a_relative_name_is_tried_too)
{
    struct output *out;

    ck_assert_int_eq(chdir(scratch_folder), 0);
    FAILS(EX_CANTCREAT, output_try("./missing/out", &err));
    for (int exists = 0; exists < 2; exists++) {
        errno = ENOMEM; /* of before, which is none of it */
        MUST(output_open(&out, "./out", &err));
        output_close(out);
        spill("out", "old", 3);
    }
}
END_TEST

START_TEST(trying_changes_nothing)
{
    const struct timespec times[2] = {{1000, 0}, {1000, 0}};
    struct stat status;

    spill(scratch("out"), "old", 3);
    ck_assert_int_eq(utimensat(AT_FDCWD, scratch("out"), times, 0), 0);
    MUST(output_try(scratch("out"), &err));
    MUST(output_try(scratch("other"), &err));
    FAILS(EX_CANTCREAT, output_try(scratch_folder, &err));
    ck_assert_int_eq(entries_of(scratch_folder), 1);
    expect_content(scratch("out"), "old");
    ck_assert_int_eq(stat(scratch("out"), &status), 0);
    ck_assert_int_eq(status.st_mtim.tv_sec, 1000);
}
END_TEST

/* ---- The last steps ---- */

/* Opens an output of some buffers whose folder then goes away. */
static struct output *lose_folder(void)
{
    struct output *out;

    ck_assert_int_eq(mkdir(scratch("folder"), 0700), 0);
    MUST(output_open(&out, scratch("folder/out"), &err));
    MUST(output_write(out, content_of(0), 2 * BUFFER + 7, &err));
    ck_assert_int_eq(rmdir(scratch("folder")), 0);
    return out;
}

START_TEST(a_file_without_a_folder_is_copied_to_where_there_is_one)
{
    static const char words[] = "; a copy is ";
    const char *copy;
    struct output *out = lose_folder();

    ck_assert_int_eq(mkdir(scratch("here"), 0700), 0);
    ck_assert_int_eq(mkdir(scratch("tmp"), 0700), 0);
    ck_assert_int_eq(setenv("TMPDIR", scratch("tmp"), 1), 0);
    ck_assert_int_eq(chdir(scratch("here")), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    copy = strstr(err.text, words);
    ck_assert_msg(copy != NULL, "%s", err.text);
    ck_assert(strncmp(copy + strlen(words), "./out.finished-", 15) == 0);
    expect_whole(copy + strlen(words), 2 * BUFFER + 7);
    ck_assert_int_eq(entries_of(scratch("tmp")), 0);
    ck_assert_int_eq(unlink(copy + strlen(words)), 0);
    ck_assert_int_eq(rmdir(scratch("here")), 0); /* now in the folder for temporary files */
    out = lose_folder();
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    copy = strstr(err.text, words);
    ck_assert_msg(copy != NULL, "%s", err.text);
    ck_assert(strncmp(copy + strlen(words), scratch("tmp/out.finished-"),
                      strlen(scratch("tmp/out.finished-"))) == 0);
    expect_whole(copy + strlen(words), 2 * BUFFER + 7);
    ck_assert_int_eq(setenv("TMPDIR", scratch("none"), 1), 0); /* now nowhere */
    out = lose_folder();
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    SAYS("/folder/out: the finished file cannot be given a name: No such file");
    ck_assert_ptr_null(strstr(err.text, "a copy is"));
}
END_TEST

static bool only_closed_files; /* are renamed */
static int rename_error;       /* of all renames, unless 0 */
static int renames;

static bool is_open(const char *path)
{
    struct stat file, open;
    bool is = false;

    for (int fd = 0; fd < 100 && stat(path, &file) == 0; fd++)
        is |= fstat(fd, &open) == 0 && open.st_dev == file.st_dev && open.st_ino == file.st_ino;
    return is;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    renames++;
    if (rename_error || (only_closed_files && is_open(from))) {
        errno = rename_error ? rename_error : EOPNOTSUPP;
        return -1;
    }
    return __real_rename(from, to);
}

START_TEST(a_file_that_is_renamed_only_once_closed_is_closed)
{
    struct output *out;

    only_closed_files = true;
    spill(scratch("out"), "old", 3);
    MUST(output_whole(scratch("out"), "new", &err));
    expect_content(scratch("out"), "new");
    MUST(output_open(&out, scratch("other"), &err));
    ck_assert_int_eq(mkdir(scratch("other"), 0700), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    only_closed_files = false;
    ck_assert_int_eq(entries_of(scratch_folder), 3);
}
END_TEST

START_TEST(a_file_whose_renaming_fails_stays_and_is_not_renamed_again)
{
    struct output *out;

    spill(scratch("out"), "old", 3);
    MUST(output_open(&out, scratch("out"), &err));
    MUST(output_printf(out, &err, "new"));
    renames = 0;
    rename_error = EACCES;
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    rename_error = 0;
    ck_assert_int_eq(renames, 1);
    SAYS("/out: the finished file cannot be put in its place: Permission denied; it stays as ");
    output_close(out);
    expect_content(scratch("out"), "old");
    expect_content(scratch("out.finished"), "new");
    ck_assert_int_eq(entries_of(scratch_folder), 2);
}
END_TEST

START_TEST(a_finished_file_stays_under_its_temporary_name_where_no_other_can_be_had)
{
    char name[NAME_MAX + 1];
    struct output *out;
    const char *at;

    memset(name, 'n', NAME_MAX - 5); /* with .finished it is too long */
    name[NAME_MAX - 5] = 0;
    ck_assert_int_eq(chdir(scratch_folder), 0);
    MUST(output_open(&out, name, &err));
    MUST(output_printf(out, &err, "finished"));
    ck_assert_int_eq(mkdir(name, 0700), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    at = strstr(err.text, "; it stays as ./.csvnet-");
    ck_assert_msg(at != NULL, "%s", err.text);
    expect_content(strchr(at, '/') + 1, "finished");
    ck_assert_int_eq(entries_of("."), 2);
}
END_TEST

START_TEST(times_of_what_is_not_there_cannot_be_set)
{
    struct output *out;

    MUST(output_open(&out, scratch("out"), &err));
    FAILS(EX_IOERR, output_renew(out, &err));
    SAYS("/out: its time cannot be set: No such file");
    output_close(out);
    MUST(output_open(&out, "/dev/null", &err));
    MUST(output_renew(out, &err));
    MUST(output_place(out, &err));
    MUST(output_settle(out, &err));
    output_close(out);
}
END_TEST

START_TEST(a_folder_that_cannot_be_flushed_is_said)
{
    enum { USER = 65534 };
    struct output *out;

    ck_assert_int_eq(mkdir(scratch("f"), 0700), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(chmod(scratch_folder, 0755) | chown(scratch("f"), USER, (gid_t)-1), 0);
        ck_assert_int_eq(seteuid(USER), 0);
    }
    MUST(output_open(&out, scratch("f/out"), &err));
    ck_assert_int_eq(chmod(scratch("f"), 0300), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    SAYS("cannot be flushed to disk: Permission denied");
    ck_assert_int_eq(chmod(scratch("f"), 0700), 0);
    ck_assert_int_eq(access(scratch("f/out"), F_OK), 0);
    output_close(out);
    (void)!seteuid(0);
}
END_TEST

/* ---- Scratch files ---- */

START_TEST(scratch_files_of_streams_are_where_the_user_says)
{
    int fd;

    ck_assert_int_eq(setenv("TMPDIR", scratch("none"), 1), 0);
    FAILS(EX_CANTCREAT, output_scratch("-", &err));
    SAYS("-: cannot make a temporary file in folder ");
    SAYS("/none: No such file");
    FAILS(EX_CANTCREAT, output_scratch("/dev/null", &err));
    FAILS(EX_CANTCREAT, output_scratch_copy(STDIN_FILENO, "in", NULL, &err));
    fd = output_scratch(scratch("out"), &err);
    MUST(fd);
    close(fd);
    spill(scratch("out"), "", 0);
    fd = output_scratch(scratch("out"), &err);
    MUST(fd);
    close(fd);
    ck_assert_int_eq(setenv("TMPDIR", "", 1), 0);
    fd = output_scratch("-", &err);
    MUST(fd);
    close(fd);
}
END_TEST

static size_t looked_at;
static int looks;

static int look(const char *name, const unsigned char *bytes, size_t size, struct err *why)
{
    (void)why;
    ck_assert_str_eq(name, "stream");
    ck_assert(memcmp(bytes, content_of(0), size) == 0);
    looked_at = size;
    looks++;
    return 0;
}

/* Writes to a pipe by so many bytes at a time, from a process of its own. */
static int stream_of(size_t size, size_t piece)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    if (fork() == 0) {
        const char *bytes = content_of(0);

        close(ends[0]);
        for (size_t at = 0, n; at < size; at += n) {
            n = piece < size - at ? piece : size - at;
            if (write(ends[1], bytes + at, n) != (ssize_t)n)
                _exit(1);
            if (piece < 1000)
                usleep(100);
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

START_TEST(a_stream_is_looked_at_once_and_copied_whole)
{
    static const struct {
        size_t size, piece, looked;
    } cases[] = {{0, 1, 0},
                 {5, 1, 5},
                 {LOOK_BYTES - 1, 50, LOOK_BYTES - 1},
                 {LOOK_BYTES, LOOK_BYTES, LOOK_BYTES},
                 {300, 64, LOOK_BYTES},
                 {3 * BUFFER, BUFFER + 1, LOOK_BYTES}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int with_look = 0; with_look < 2; with_look++) {
            const int from = stream_of(cases[i].size, cases[i].piece);
            static char got[3 * BUFFER + 1];
            int copy;

            looks = 0;
            copy = output_scratch_copy(from, "stream", with_look ? look : NULL, &err);
            MUST(copy);
            ck_assert_int_eq(looks, with_look);
            ck_assert_uint_ge(looked_at, with_look ? cases[i].looked : 0);
            ck_assert_uint_eq((size_t)pread(copy, got, sizeof got, 0), cases[i].size);
            ck_assert(memcmp(got, content_of(0), cases[i].size) == 0);
            close(copy);
            close(from);
            wait(NULL);
        }
}
END_TEST

/* Neither where the user is nor where temporary files are. */
START_TEST(a_copy_that_does_not_fit_is_none)
{
    static const unsigned char bytes[2 * BUFFER];
    const struct rlimit limit = {BUFFER, BUFFER};
    struct output *out;

    ck_assert_int_eq(mkdir(scratch("gone"), 0700), 0);
    MUST(output_open(&out, scratch("gone/out"), &err));
    MUST(output_write(out, bytes, sizeof bytes, &err));
    ck_assert_int_eq(rmdir(scratch("gone")), 0);
    ck_assert_int_eq(mkdir(scratch("tmp"), 0700), 0);
    ck_assert_int_eq(setenv("TMPDIR", scratch("tmp"), 1), 0);
    ck_assert_int_eq(chdir(scratch_folder), 0);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    SAYS("the finished file cannot be given a name: No such file or directory");
    ck_assert_msg(!strstr(err.text, "a copy is"), "%s", err.text);
    output_close(out);
    ck_assert_int_eq(entries_of(scratch_folder), 1);
    ck_assert_int_eq(entries_of(scratch("tmp")), 0);
}
END_TEST

START_TEST(a_stream_that_does_not_fit_is_said)
{
    const struct rlimit limit = {BUFFER, BUFFER};
    const int from = stream_of(3 * BUFFER, BUFFER);

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    FAILS(EX_IOERR, output_scratch_copy(from, "stream", NULL, &err));
    ck_assert_str_eq(err.text, "stream: cannot be copied to a temporary file: File too large");
}
END_TEST

/* ---- Descriptors ---- */

START_TEST(no_descriptor_stays_open)
{
    const int before = entries_of("/proc/self/fd");
    struct output *out;
    int from;

    for (int i = 0; i < 3; i++) {
        MUST(output_open(&out, scratch("out"), &err));
        MUST(output_write(out, "x", 1, &err));
        if (i > 0)
            MUST(output_prepare(out, &err));
        if (i > 1)
            MUST(output_place(out, &err));
        output_close(out);
    }
    MUST(output_open(&out, scratch("out"), &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    MUST(output_open(&out, "/dev/null", &err));
    MUST(output_commit(out, NULL, &err));
    output_close(out);
    MUST(output_open(&out, "/dev/null", &err));
    output_close(out);
    FAILS(EX_CANTCREAT, output_open(&out, scratch("none/out"), &err));
    FAILS(EX_CANTCREAT, output_open(&out, scratch("models/"), &err));
    MUST(output_try(scratch("out"), &err));
    from = open(scratch("out"), O_RDONLY);
    close(output_scratch_copy(from, "stream", NULL, &err));
    close(from);
    FAILS(EX_IOERR, output_scratch_copy(1000, "stream", NULL, &err));
    out = lose_folder();
    ck_assert_int_eq(chdir(scratch_folder), 0);
    FAILS(EX_IOERR, output_commit(out, NULL, &err));
    output_close(out);
    ck_assert_int_eq(entries_of("/proc/self/fd"), before);
}
END_TEST

Suite *suite_output_places(void)
{
    Suite *suite = suite_create("output_places");
    TCase *tests = tcase_create("output_places");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, writes_of_all_sizes_around_the_buffers_keep_their_order);
    tcase_add_test(tests, a_printed_text_may_be_longer_than_the_buffer);
    tcase_add_test(tests, a_pipe_has_nothing_to_flush);
    tcase_add_test(tests, what_is_printed_goes_elsewhere_where_standard_output_is_an_output);
    tcase_add_test(tests, what_is_printed_may_go_nowhere);
    tcase_add_test(tests, a_closed_standard_output_is_said);
    tcase_add_test(tests, bytes_do_not_go_to_a_terminal);
    tcase_add_test(tests, a_name_of_the_systems_leads_to_the_file);
    tcase_add_test(tests, a_link_gives_no_mode_and_need_not_lead_anywhere);
    tcase_add_test(tests, forty_links_in_a_row_are_followed_as_linux_does);
    tcase_add_test(tests, links_with_whole_paths_are_followed_as_far);
    tcase_add_test(tests, one_number_on_two_devices_is_two_files);
    tcase_add_test(tests, a_file_keeps_owner_and_group_as_far_as_its_writer_may);
    tcase_add_test(tests, a_group_that_the_writer_is_of_is_kept);
    tcase_add_test(tests, in_sticky_folders_only_owners_replace_files);
    tcase_add_test(tests, a_mount_point_is_refused_at_once);
    tcase_add_test(tests, a_file_that_may_not_be_replaced_is_refused_at_once);
    tcase_add_test(tests, trying_changes_nothing);
    tcase_add_test(tests, trying_opens_no_pipe);
    tcase_add_test(tests, a_relative_name_is_tried_too);
    tcase_add_test(tests, a_file_without_a_folder_is_copied_to_where_there_is_one);
    tcase_add_test(tests, a_file_that_is_renamed_only_once_closed_is_closed);
    tcase_add_test(tests, a_file_whose_renaming_fails_stays_and_is_not_renamed_again);
    tcase_add_test(tests, a_finished_file_stays_under_its_temporary_name_where_no_other_can_be_had);
    tcase_add_test(tests, times_of_what_is_not_there_cannot_be_set);
    tcase_add_test(tests, a_folder_that_cannot_be_flushed_is_said);
    tcase_add_test(tests, scratch_files_of_streams_are_where_the_user_says);
    tcase_add_test(tests, a_stream_is_looked_at_once_and_copied_whole);
    tcase_add_test(tests, a_copy_that_does_not_fit_is_none);
    tcase_add_test(tests, a_stream_that_does_not_fit_is_said);
    tcase_add_test(tests, no_descriptor_stays_open);
    suite_add_tcase(suite, tests);
    return suite;
}
