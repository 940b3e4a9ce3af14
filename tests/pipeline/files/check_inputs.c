#include "pipeline/files/inputs.h"

#include "pipeline/tensor/tensor.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

Suite *suite_inputs(void);

static struct err err;
static struct inputs inputs;

/* XXH3-128 of "abc", as `xxhsum -H128` prints it. */
static const char digest_abc[] = "06b05ab6733a618578af5f94892f3950";
static const char no_digest[DIGEST_TEXT] = "";

static void add_file(const char *path, const char digest[DIGEST_TEXT])
{
    int fd = open(path, O_RDONLY), number;

    ck_assert_int_ge(fd, 0);
    number = inputs_add(&inputs, "data", path, fd, file_digest, &err);
    MUST(number);
    inputs_set_digest(&inputs, number, digest);
    close(fd);
}

START_TEST(an_untouched_input_passes)
{
    spill(scratch("in"), "abc", 3);
    add_file(scratch("in"), "00000000000000000000000000000000"); /* not looked at */
    MUST(inputs_unchanged(&inputs, &err));
    inputs_free(&inputs);
}
END_TEST

START_TEST(a_touched_input_of_the_same_content_passes)
{
    const struct timespec times[2] = {{1000, 0}, {1000, 0}};

    spill(scratch("in"), "abc", 3);
    add_file(scratch("in"), digest_abc);
    ck_assert_int_eq(utimensat(AT_FDCWD, scratch("in"), times, 0), 0);
    MUST(inputs_unchanged(&inputs, &err));
    ck_assert_int_eq(unlink(scratch("in")), 0); /* another file, same content */
    spill(scratch("in"), "abc", 3);
    MUST(inputs_unchanged(&inputs, &err));
    inputs_free(&inputs);
}
END_TEST

/* An edit in place after which touch -r restores the time, as the size is the same. */
START_TEST(a_changed_input_of_the_same_size_and_time_is_refused)
{
    struct stat before;
    int fd;

    spill(scratch("in"), "abc", 3);
    ck_assert_int_eq(stat(scratch("in"), &before), 0);
    add_file(scratch("in"), digest_abc);
    usleep(20000); /* the clock of files may tick slowly */
    fd = open(scratch("in"), O_WRONLY);
    ck_assert_int_eq((int)write(fd, "abd", 3), 3);
    ck_assert_int_eq(futimens(fd, (struct timespec[]){before.st_atim, before.st_mtim}), 0);
    close(fd);
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    inputs_free(&inputs);
}
END_TEST

START_TEST(a_changed_input_is_refused)
{
    spill(scratch("in"), "abc", 3);
    add_file(scratch("in"), digest_abc);
    spill(scratch("in"), "abcd", 4);
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    SAYS("changed while it was being read");
    ck_assert_int_eq(unlink(scratch("in")), 0);
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    SAYS("/in: went away while it was being read: No such file");
    inputs_free(&inputs);
}
END_TEST

static void write_tensor(const char *path, const char *value, const char *option)
{
    const struct tensor tensor = {.name = "t", .dtype = DTYPE_U8, .ndim = 1, .dims = {4}};
    json_t *meta = json_pack("{s:s}", "kind", "test/1"), *options = json_pack("{s:s}", "o", option);
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    MUST(tensor_writer_add(writer, &tensor, false, &err));
    MUST(tensor_writer_append(writer, 0, value, 4, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}

START_TEST(a_tensor_file_is_compared_by_its_content)
{
    struct tensor_file *file;

    write_tensor(scratch("in"), "abcd", "one");
    MUST(tensor_file_open(&file, scratch("in"), &inputs, "data", &err));
    tensor_file_close(file);
    ck_assert_str_eq(inputs_role(&inputs, 0), "data");
    write_tensor(scratch("in"), "abcd", "another");
    MUST(inputs_unchanged(&inputs, &err));
    write_tensor(scratch("in"), "abce", "one");
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    spill(scratch("in"), "rubbish", 7);
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    inputs_free(&inputs);
}
END_TEST

START_TEST(an_output_that_is_an_input_is_refused)
{
    spill(scratch("in"), "abc", 3);
    add_file(scratch("in"), digest_abc);
    ck_assert_int_eq(link(scratch("in"), scratch("same")), 0);
    FAILS(EX_USAGE, inputs_refuse_output(&inputs, scratch("in"), &err));
    FAILS(EX_USAGE, inputs_refuse_output(&inputs, scratch("same"), &err));
    MUST(inputs_refuse_output(&inputs, scratch("other"), &err));
    spill(scratch("other"), "abc", 3);
    MUST(inputs_refuse_output(&inputs, scratch("other"), &err));
    add_file("/dev/null", no_digest);
    MUST(inputs_refuse_output(&inputs, "/dev/null", &err));
    inputs_free(&inputs);
    ck_assert_int_eq(chdir(scratch_folder), 0);
    ck_assert_int_eq(rename("in", "-"), 0);
    add_file("./-", digest_abc);
    FAILS(EX_USAGE, inputs_refuse_output(&inputs, "./-", &err));
    MUST(inputs_refuse_output(&inputs, "-", &err)); /* is standard output */
    inputs_free(&inputs);
}
END_TEST

START_TEST(standard_input_is_not_compared)
{
    int fd;

    spill(scratch("in"), "abc", 3);
    fd = open(scratch("in"), O_RDONLY);
    MUST(inputs_add(&inputs, "data", "-", fd, file_digest, &err));
    MUST(inputs_unchanged(&inputs, &err));
    ck_assert_int_eq(inputs_take_digests(&inputs), -1);
    inputs_free(&inputs);
    close(fd);
    add_file("/dev/null", no_digest);
    ck_assert_int_eq(inputs_take_digests(&inputs), -1);
    inputs_free(&inputs);
    FAILS(EX_OSERR, inputs_add(&inputs, "data", scratch("in"), fd, file_digest, &err));
    SAYS("/in: cannot be noted as an input: Bad file descriptor");
    ck_assert_int_eq(inputs_count(&inputs), 0);
    inputs_free(&inputs);
}
END_TEST

START_TEST(a_digest_is_taken_of_what_can_be_read)
{
    char digest[DIGEST_TEXT];

    spill(scratch("in"), "abc", 3);
    errno = EINTR; /* of a call long before */
    ck_assert_int_eq(file_digest(scratch("in"), digest), 0);
    ck_assert_str_eq(digest, digest_abc);
    ck_assert_int_eq(file_digest(scratch_folder, digest), -1);
    ck_assert_int_eq(file_digest(scratch("none"), digest), -1);
    add_file(scratch("in"), no_digest);
    ck_assert_int_eq(inputs_take_digests(&inputs), 0);
    ck_assert_str_eq(inputs_digest(&inputs, 0), digest_abc);
    inputs_free(&inputs);
}
END_TEST

/* ---- Many files as one input ---- */

static struct many {
    const char *digest, *changed; /* digest NULL: one cannot be read */
    ino_t inode;
} many;

static int digest_many(void *data, char digest[DIGEST_TEXT])
{
    const struct many *m = data;

    if (!m->digest)
        return -1;
    snprintf(digest, DIGEST_TEXT, "%s", m->digest);
    return 0;
}

static const char *changed_of_many(void *data)
{
    return ((struct many *)data)->changed;
}

static bool has_of_many(void *data, const struct stat *status)
{
    return ((struct many *)data)->inode == status->st_ino;
}

START_TEST(many_files_are_one_input)
{
    const struct input_files files = {&many, digest_many, changed_of_many, has_of_many};
    struct stat status;

    spill(scratch("in"), "abc", 3);
    ck_assert_int_eq(stat(scratch("in"), &status), 0);
    many = (struct many){digest_abc, NULL, status.st_ino};
    MUST(inputs_add_files(&inputs, "data", "folder", &files, &err));
    ck_assert_int_eq(inputs_take_digests(&inputs), 0);
    ck_assert_str_eq(inputs_digest(&inputs, 0), digest_abc);
    FAILS(EX_USAGE, inputs_refuse_output(&inputs, scratch("in"), &err));
    SAYS("/in: is the output and an input (folder) at once");
    spill(scratch("other"), "", 0);
    MUST(inputs_refuse_output(&inputs, scratch("other"), &err));
    MUST(inputs_unchanged(&inputs, &err));
    many.digest = NULL; /* nobody asks */
    MUST(inputs_unchanged(&inputs, &err));
    many.changed = "x.png";
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    ck_assert_str_eq(err.text, "folder/x.png: changed while it was being read; run this again");
    many.digest = "another";
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    many.digest = digest_abc; /* it was only touched */
    MUST(inputs_unchanged(&inputs, &err));
    inputs_free(&inputs);
}
END_TEST

/* The files that an input names, as a list of shards does. */
START_TEST(parts_of_an_input_are_inputs)
{
    struct inputs *parts;
    int fd, number;

    spill(scratch("in"), "abc", 3);
    spill(scratch("part"), "abc", 3);
    add_file(scratch("in"), digest_abc);
    parts = inputs_parts(&inputs, &err);
    ck_assert_ptr_nonnull(parts);
    ck_assert_ptr_eq(inputs_parts(&inputs, &err), parts);
    fd = open(scratch("part"), O_RDONLY);
    number = inputs_add(parts, "shard", scratch("part"), fd, file_digest, &err);
    MUST(number);
    inputs_set_digest(parts, number, digest_abc);
    close(fd);
    ck_assert_int_eq(inputs.count, 1);
    FAILS(EX_USAGE, inputs_refuse_output(&inputs, scratch("part"), &err));
    SAYS("part: is the output and an input (");
    MUST(inputs_refuse_output(&inputs, scratch("other"), &err));
    MUST(inputs_unchanged(&inputs, &err));
    spill(scratch("part"), "abcd", 4);
    FAILS(EX_TEMPFAIL, inputs_unchanged(&inputs, &err));
    SAYS("part: changed while it was being read; run this again");
    inputs_free(&inputs);
}
END_TEST

Suite *suite_inputs(void)
{
    Suite *suite = suite_create("inputs");
    TCase *tests = tcase_create("changes");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, an_untouched_input_passes);
    tcase_add_test(tests, a_touched_input_of_the_same_content_passes);
    tcase_add_test(tests, a_changed_input_of_the_same_size_and_time_is_refused);
    tcase_add_test(tests, a_changed_input_is_refused);
    tcase_add_test(tests, a_tensor_file_is_compared_by_its_content);
    tcase_add_test(tests, standard_input_is_not_compared);
    tcase_add_test(tests, a_digest_is_taken_of_what_can_be_read);
    tcase_add_test(tests, many_files_are_one_input);
    tcase_add_test(tests, an_output_that_is_an_input_is_refused);
    tcase_add_test(tests, parts_of_an_input_are_inputs);
    suite_add_tcase(suite, tests);
    return suite;
}
