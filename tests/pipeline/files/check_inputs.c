#include "pipeline/files/inputs.h"

#include "pipeline/tensor/tensor.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <string.h>

Suite *suite_inputs(void);

static struct err err;
static struct inputs inputs;

/* XXH3-128 of "abc", as `xxhsum -H128` prints it. */
static const char digest_abc[] = "06b05ab6733a618578af5f94892f3950";

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
    MUST(inputs_refuse_output(&inputs, "-", &err));
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
    tcase_add_test(tests, an_output_that_is_an_input_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
