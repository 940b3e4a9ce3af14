/* Tensor files at the limits of what is read, written, and known again. */
#include "pipeline/base/arithmetic.h"
#include "pipeline/base/digest.h"
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

Suite *suite_tensor_limits(void);

static struct err err;
static const struct tensor five = {.name = "five", .dtype = DTYPE_U8, .ndim = 1, .dims = {5}};

/* Commits a file of `five` with these metadata and options, which are given away. */
static int write_five(const char *path, json_t *meta, json_t *options, const struct inputs *inputs)
{
    struct tensor_writer *writer;
    int result;

    MUST(tensor_writer_open(&writer, path, &err));
    MUST(tensor_writer_add(writer, &five, false, &err));
    MUST(tensor_writer_append(writer, 0, "12345", 5, &err));
    result = tensor_writer_commit(writer, meta, options, inputs, &err);
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
    return result;
}

static int write_kind(const char *path)
{
    return write_five(path, json_pack("{s:s}", "kind", "k"), json_object(), NULL);
}

static void expect_five(struct tensor_file *file)
{
    char bytes[6] = "";

    MUST(tensor_file_read(file, "five", bytes, &err));
    ck_assert_str_eq(bytes, "12345");
    tensor_file_close(file);
}

/* ---- Opening ---- */

START_TEST(files_shorter_than_a_header_are_refused_for_what_they_are)
{
    struct tensor_file *file;

    spill(scratch("t"), "\x28\xb5\x2f\xfd", 4);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("t"), NULL, "", &err));
    SAYS("zstd frame 1, which begins at byte 0, does not end");
    spill(scratch("t"), "\x28\xb5\x2f", 3);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("t"), NULL, "", &err));
    SAYS("too short for a tensor file: 3 bytes of content");
    spill(scratch("t"), "", 0);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("t"), NULL, "", &err));
    SAYS("too short for a tensor file: 0 bytes");
}
END_TEST

START_TEST(pipes_are_read_by_any_name)
{
    size_t size;
    char *bytes;

    MUST(write_kind(scratch("t")));
    bytes = slurp(scratch("t"), &size);
    for (int named = 0; named < 2; named++) {
        struct tensor_file *file;
        char path[40] = "-";
        int ends[2];

        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq((int)write(ends[1], bytes, size), (int)size);
        close(ends[1]);
        if (named)
            snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        else
            ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
        MUST(tensor_file_open(&file, path, NULL, "", &err));
        expect_five(file);
        close(ends[0]);
    }
    free(bytes);
}
END_TEST

START_TEST(a_pipe_of_text_is_refused_for_what_it_is)
{
    struct tensor_file *file;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq((int)write(ends[1], "label,a\n1,2\n", 12), 12);
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    FAILS(EX_DATAERR, tensor_file_open(&file, "-", NULL, "", &err));
    SAYS("standard input: this is text");
}
END_TEST

START_TEST(standard_input_is_read_from_where_it_stands)
{
    struct tensor_file *file;
    char *bytes, all[2000] = "junk!";
    size_t size;
    int fd;

    MUST(write_kind(scratch("t")));
    bytes = slurp(scratch("t"), &size);
    ck_assert_uint_lt(size, sizeof all - 5);
    memcpy(all + 5, bytes, size);
    spill(scratch("more"), all, size + 5);
    fd = open(scratch("more"), O_RDONLY);
    ck_assert_int_eq((int)lseek(fd, 5, SEEK_SET), 5);
    ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    MUST(tensor_file_open(&file, "-", NULL, "", &err));
    expect_five(file);
    free(bytes);
}
END_TEST

START_TEST(a_recorded_digest_has_32_hex_digits)
{
    static const char *const wrong[] = {
        "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcde", "", "0123456789ABCDEF0123456789abcdef"};
    struct tensor_file *file;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *meta = json_pack("{s:s}", "content_digest", wrong[i]);
        unsigned char *bytes;
        size_t size;

        MUST(tensor_header_print(&bytes, &size, "t", meta, NULL, 0, &err));
        spill(scratch("t"), bytes, size);
        FAILS(EX_DATAERR, tensor_file_open(&file, scratch("t"), NULL, "", &err));
        SAYS("/t: content_digest is not 32 hex digits");
        free(bytes);
        json_decref(meta);
    }
}
END_TEST

/* ---- Writing ---- */

START_TEST(sizes_that_overflow_are_refused_when_they_are_known)
{
    const struct tensor rest = {
        .name = "t", .dtype = DTYPE_U8, .ndim = 3, .dims = {1, INT64_MAX, 2}};
    const struct tensor whole = {
        .name = "t", .dtype = DTYPE_F64, .ndim = 2, .dims = {INT64_MAX / 4, 1}};
    const struct tensor rows = {.name = "t", .dtype = DTYPE_F64, .ndim = 2, .dims = {1, 0}};
    const struct tensor wide = {.name = "u", .dtype = DTYPE_F64, .ndim = 2, .dims = {1, 2}};
    json_t *meta = json_object(), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    FAILS(EX_DATAERR, tensor_writer_add(writer, &rest, true, &err));
    SAYS("/t: the sizes of tensor 't' overflow");
    FAILS(EX_DATAERR, tensor_writer_add(writer, &whole, false, &err));
    tensor_writer_close(writer);
    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    MUST(tensor_writer_add(writer, &rows, true, &err));
    MUST(tensor_writer_add(writer, &wide, true, &err));
    FAILS(EX_SOFTWARE, tensor_writer_append(writer, 1, NULL, INT64_MAX, &err));
    SAYS("tensor 'u' gets too many rows at once");
    MUST(tensor_writer_append(writer, 0, NULL, INT64_MAX, &err)); /* of no bytes each */
    FAILS(EX_DATAERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    SAYS("/t: the sizes of tensor 't' overflow");
    tensor_writer_close(writer);
    ck_assert_int_ne(access(scratch("t"), F_OK), 0);
    json_decref(meta);
    json_decref(options);
}
END_TEST

START_TEST(a_shape_changes_before_the_first_row_alone)
{
    const struct tensor wide = {.name = "five", .dtype = DTYPE_U8, .ndim = 2, .dims = {1, 5}};
    json_t *meta = json_pack("{s:s}", "kind", "k"), *options = json_object();
    struct tensor_writer *writer;
    struct tensor_file *file;

    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    MUST(tensor_writer_add(writer, &five, true, &err));
    MUST(tensor_writer_reshape(writer, 0, &wide, &err));
    MUST(tensor_writer_append(writer, 0, "12345", 1, &err));
    FAILS(EX_SOFTWARE, tensor_writer_reshape(writer, 0, &five, &err));
    SAYS("/t: tensor 'five' has rows and cannot change its shape");
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    MUST(tensor_file_open(&file, scratch("t"), NULL, "", &err));
    ck_assert_int_eq(tensor_file_at(file, 0)->ndim, 2);
    expect_five(file);
    json_decref(meta);
    json_decref(options);
}
END_TEST

START_TEST(metadata_that_no_reader_takes_are_not_written)
{
    char *text = malloc(HEADER_LIMIT + 1);

    memset(text, 'x', HEADER_LIMIT);
    text[HEADER_LIMIT] = 0;
    FAILS(EX_DATAERR, write_five(scratch("t"), json_pack("{s:s}", "k", text), json_object(), NULL));
    SAYS("/t: the header would take");
    ck_assert_int_ne(access(scratch("t"), F_OK), 0);
    free(text);
}
END_TEST

START_TEST(what_cannot_be_opened_placed_or_flushed_is_no_success)
{
    enum { USER = 65534 };
    const struct tensor large = {.name = "large", .dtype = DTYPE_U8, .ndim = 1, .dims = {1 << 20}};
    static unsigned char rows[1 << 20];
    json_t *meta = json_object(), *options = json_object();
    struct tensor_writer *writer;
    uint64_t state = 1;

    FAILS(EX_CANTCREAT, tensor_writer_open(&writer, scratch("none/t"), &err));
    ck_assert_ptr_null(writer);
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (unsigned char)((state = state * 6364136223846793005u + 1) >> 56);
    MUST(tensor_writer_open(&writer, "/dev/full", &err));
    MUST(tensor_writer_add(writer, &large, false, &err));
    MUST(tensor_writer_append(writer, 0, rows, 1 << 20, &err));
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    ck_assert_int_eq(mkdir(scratch("t"), 0700), 0);
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    SAYS("/t: the finished file cannot be put in its place");
    tensor_writer_close(writer);
    ck_assert_int_eq(mkdir(scratch("f"), 0700), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(chmod(scratch_folder, 0755) | chown(scratch("f"), USER, (gid_t)-1), 0);
        ck_assert_int_eq(seteuid(USER), 0);
    }
    MUST(tensor_writer_open(&writer, scratch("f/t"), &err));
    ck_assert_int_eq(chmod(scratch("f"), 0300), 0);
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    SAYS("cannot be flushed to disk");
    ck_assert_int_eq(chmod(scratch("f"), 0700), 0);
    (void)!seteuid(0);
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}
END_TEST

static int descriptors(void)
{
    DIR *open = opendir("/proc/self/fd");
    int count = 0;

    while (open && readdir(open))
        count++;
    if (open)
        closedir(open);
    return count;
}

START_TEST(no_descriptor_stays_open)
{
    const int before = descriptors();
    struct tensor_cursor *cursor;
    struct tensor_file *file;

    MUST(write_kind(scratch("t")));
    MUST(tensor_file_open(&file, scratch("t"), NULL, "", &err));
    MUST(tensor_cursor_open(&cursor, file, "five", &err));
    tensor_cursor_close(cursor);
    tensor_file_close(file);
    spill(scratch("text"), "label,a\n1,2\n", 12);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("text"), NULL, "", &err));
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

/* ---- Known again ---- */

START_TEST(another_arithmetic_is_not_this_one)
{
    struct tensor_file *file;
    json_t *meta = json_pack("{s:s}", "arithmetic", "0");
    unsigned char *bytes;
    size_t size;

    MUST(tensor_header_print(&bytes, &size, "t", meta, NULL, 0, &err));
    spill(scratch("t"), bytes, size);
    MUST(tensor_file_open(&file, scratch("t"), NULL, "", &err));
    ck_assert(!tensor_file_of_this_arithmetic(file));
    tensor_file_close(file);
    free(bytes);
    json_object_clear(meta);
    MUST(tensor_header_print(&bytes, &size, "t", meta, NULL, 0, &err));
    spill(scratch("t"), bytes, size);
    MUST(tensor_file_open(&file, scratch("t"), NULL, "", &err));
    ck_assert(!tensor_file_of_this_arithmetic(file));
    tensor_file_close(file);
    free(bytes);
    json_decref(meta);
}
END_TEST

/* Notes the file as an input whose digest is still to be taken. */
static void note(struct inputs *inputs, const char *path)
{
    const int fd = open(path, O_RDONLY);

    MUST(inputs_add(inputs, "data", path, fd, file_digest, &err));
    close(fd);
}

static int is_current(const char *path, struct inputs *inputs, int seed)
{
    json_t *options = json_pack("{s:i}", "seed", seed);
    struct tensor_writer *writer;
    int is;

    MUST(tensor_writer_open(&writer, path, &err));
    is = tensor_writer_current(writer, options, inputs, &err);
    tensor_writer_close(writer);
    json_decref(options);
    return is;
}

START_TEST(a_file_is_current_while_inputs_and_options_are_the_same)
{
    struct inputs inputs = {0}, again = {0}, other = {0};

    spill(scratch("in"), "abc", 3);
    note(&inputs, scratch("in"));
    ck_assert_int_eq(is_current(scratch("t"), &inputs, 1), 0); /* it is not there */
    MUST(inputs_take_digests(&inputs));
    MUST(write_five(scratch("t"), json_object(), json_pack("{s:i}", "seed", 1), &inputs));
    note(&again, scratch("in"));
    ck_assert_int_eq(is_current(scratch("t"), &again, 1), 1);
    ck_assert_int_eq(is_current(scratch("t"), &again, 2), 0);
    spill(scratch("in"), "abd", 3);
    note(&other, scratch("in"));
    ck_assert_int_eq(is_current(scratch("t"), &other, 1), 0);
    FAILS(EX_TEMPFAIL, is_current(scratch("t"), &again, 1));
    inputs_free(&inputs);
    inputs_free(&again);
    inputs_free(&other);
}
END_TEST

START_TEST(a_key_is_of_inputs_options_and_what_is_said_besides)
{
    struct inputs inputs = {0}, stream = {0};
    json_t *options = json_pack("{s:i}", "seed", 1);
    char key[DIGEST_TEXT], wanted[DIGEST_TEXT], digest[DIGEST_TEXT], text[300];

    spill(scratch("in"), "abc", 3);
    note(&inputs, scratch("in"));
    ck_assert_int_eq(tensor_store_key(key, options, &inputs, "more"), 0);
    ck_assert_int_eq(file_digest(scratch("in"), digest), 0);
    snprintf(text, sizeof text,
             "{\"arithmetic\":\"%d\",\"inputs\":\"[{\\\"role\\\":\\\"data\\\",\\\"digest\\\":"
             "\\\"%s\\\"}]\",\"more\":\"more\",\"options\":\"{\\\"seed\\\":1}\"}",
             ARITHMETIC, digest);
    digest_text(XXH3_128bits(text, strlen(text)), wanted);
    ck_assert_str_eq(key, wanted);
    MUST(inputs_add(&stream, "data", "-", STDIN_FILENO, file_digest, &err));
    ck_assert_int_eq(tensor_store_key(key, options, &stream, ""), -1); /* can be read only once */
    inputs_free(&inputs);
    inputs_free(&stream);
    json_decref(options);
}
END_TEST

Suite *suite_tensor_limits(void)
{
    Suite *suite = suite_create("tensor_limits");
    TCase *tests = tcase_create("tensor_limits");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, files_shorter_than_a_header_are_refused_for_what_they_are);
    tcase_add_test(tests, pipes_are_read_by_any_name);
    tcase_add_test(tests, a_pipe_of_text_is_refused_for_what_it_is);
    tcase_add_test(tests, standard_input_is_read_from_where_it_stands);
    tcase_add_test(tests, a_recorded_digest_has_32_hex_digits);
    tcase_add_test(tests, sizes_that_overflow_are_refused_when_they_are_known);
    tcase_add_test(tests, a_shape_changes_before_the_first_row_alone);
    tcase_add_test(tests, metadata_that_no_reader_takes_are_not_written);
    tcase_add_test(tests, what_cannot_be_opened_placed_or_flushed_is_no_success);
    tcase_add_test(tests, no_descriptor_stays_open);
    tcase_add_test(tests, another_arithmetic_is_not_this_one);
    tcase_add_test(tests, a_file_is_current_while_inputs_and_options_are_the_same);
    tcase_add_test(tests, a_key_is_of_inputs_options_and_what_is_said_besides);
    suite_add_tcase(suite, tests);
    return suite;
}
