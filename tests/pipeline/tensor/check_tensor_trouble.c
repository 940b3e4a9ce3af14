/* Tensor files that cannot be read or are altered under a reader, and outputs whose folder goes
 * away. */
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

Suite *suite_tensor_trouble(void);

static struct err err;
static struct tensor_file *file;

/* Writes u8 [0], [3] and [5], packed and plain, and opens one of them. */
static void open_three(bool packed)
{
    static const int64_t sizes[] = {0, 3, 5};
    static const char *const names[] = {"none", "three", "five"};
    json_t *meta = json_pack("{s:s}", "kind", "k"), *options = json_object();
    struct tensor_writer *writer;
    char bytes[1000], *stored;
    size_t size;

    MUST(tensor_writer_open(&writer, scratch("packed"), &err));
    for (int i = 0; i < 3; i++) {
        const struct tensor tensor = {
            .name = names[i], .dtype = DTYPE_U8, .ndim = 1, .dims = {sizes[i]}};

        MUST(tensor_writer_add(writer, &tensor, false, &err));
        MUST(tensor_writer_append(writer, i, "12345", sizes[i], &err));
    }
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
    MUST(tensor_file_open(&file, scratch("packed"), NULL, "", &err));
    if (packed)
        return;
    stored = slurp(scratch("packed"), &size);
    size = ZSTD_decompress(bytes, sizeof bytes, stored, size);
    ck_assert(!ZSTD_isError(size));
    free(stored);
    tensor_file_close(file);
    spill(scratch("plain"), bytes, size);
    MUST(tensor_file_open(&file, scratch("plain"), NULL, "", &err));
}

static void close_three(void)
{
    tensor_file_close(file);
    scratch_remove();
}

START_TEST(names_that_are_not_there_are_said)
{
    struct tensor_cursor *cursor;
    char bytes[5];

    open_three(true);
    FAILS(EX_DATAERR, tensor_cursor_open(&cursor, file, "four", &err));
    SAYS("/packed: has no tensor 'four'");
    ck_assert_ptr_null(cursor);
    FAILS(EX_DATAERR, tensor_file_read(file, "four", bytes, &err));
    err.status = 0;
    ck_assert_ptr_null(tensor_file_meta_json(file, "list", &err));
    ck_assert_int_eq(err.status, EX_DATAERR);
    SAYS("/packed: metadata 'list' is missing");
}
END_TEST

START_TEST(a_tensor_without_rows_is_read_like_any_other)
{
    for (int packed = 0; packed < 2; packed++) {
        struct tensor_cursor *cursor;
        char byte = 'x';

        open_three(packed);
        MUST(tensor_file_read(file, "none", &byte, &err));
        MUST(tensor_cursor_open(&cursor, file, "none", &err));
        ck_assert_int_eq(tensor_cursor_read(cursor, &byte, 1, &err), 0);
        MUST(tensor_cursor_skim(cursor, &err));
        tensor_cursor_close(cursor);
        ck_assert_int_eq(byte, 'x');
        if (!packed)
            tensor_file_close(file);
    }
}
END_TEST

/* Writes a byte of the last tensor of the plain file, which no frame's checksum guards. */
static void alter_last_byte(char byte)
{
    const int fd = open(scratch("plain"), O_WRONLY);

    ck_assert_int_eq((int)pwrite(fd, &byte, 1, file->status.st_size - 1), 1);
    ck_assert_int_eq(futimens(fd, (struct timespec[]){file->status.st_atim, file->status.st_mtim}),
                     0);
    close(fd);
}

START_TEST(an_altered_byte_is_found_when_the_last_tensor_was_read)
{
    char bytes[5];

    open_three(false);
    alter_last_byte('X');
    MUST(tensor_file_read(file, "three", bytes, &err));
    FAILS(EX_DATAERR, tensor_file_read(file, "five", bytes, &err));
    SAYS("it was altered");
    FAILS(EX_DATAERR, tensor_file_verify(file, &err));
    alter_last_byte('5');
    MUST(tensor_file_read(file, "five", bytes, &err));
}
END_TEST

START_TEST(trouble_with_a_file_that_changed_meanwhile_passes)
{
    const struct timespec opened = {1000, 500};
    static const struct timespec others[] = {{1001, 500}, {1000, 501}, {999, 500}};
    const char *path;

    open_three(true);
    path = scratch("packed");
    file->status.st_mtim = opened;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert_int_eq(utimensat(AT_FDCWD, path, (struct timespec[]){others[i], others[i]}, 0),
                         0);
        ck_assert_int_eq(tensor_file_fault(file, EX_DATAERR), EX_TEMPFAIL);
    }
    ck_assert_int_eq(utimensat(AT_FDCWD, path, (struct timespec[]){opened, opened}, 0), 0);
    ck_assert_int_eq(tensor_file_fault(file, EX_DATAERR), EX_DATAERR);
    file->status.st_size++;
    ck_assert_int_eq(tensor_file_fault(file, EX_DATAERR), EX_TEMPFAIL);
}
END_TEST

START_TEST(what_cannot_be_read_any_more_is_an_io_error)
{
    const int no_reader = open("/dev/null", O_WRONLY);
    unsigned char byte;

    open_three(false);
    errno = EINTR; /* of a call long before */
    FAILS(EX_TEMPFAIL, tensor_file_stored(file, &byte, 1, file->status.st_size, &err));
    SAYS("/plain: became shorter while it was being read");
    ck_assert_int_eq(dup2(no_reader, file->fd), file->fd);
    FAILS(EX_IOERR, tensor_file_stored(file, &byte, 1, 0, &err));
    SAYS("/plain: cannot be read: Bad file descriptor");
    close(no_reader);
}
END_TEST

START_TEST(frames_that_cannot_be_read_are_an_io_error)
{
    struct tensor_frames frames = {0};
    const int no_reader = open("/dev/null", O_WRONLY), empty = open("/dev/null", O_RDONLY);

    FAILS(EX_IOERR, tensor_frames_find(&frames, "t", no_reader, 20, &err));
    ck_assert_str_eq(err.text, "t: cannot be read: Bad file descriptor");
    FAILS(EX_IOERR, tensor_frames_find(&frames, "t", empty, 20, &err));
    ck_assert_str_eq(err.text, "t: cannot be read: it became shorter");
    tensor_frames_free(&frames);
    close(no_reader);
    close(empty);
    open_three(true);
}
END_TEST

/* Bytes that are no text, so that frames fill soon. */
static const struct tensor large = {
    .name = "large", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, 1 << 20}};

START_TEST(a_writer_whose_folder_went_away_says_so)
{
    static const unsigned char row[1 << 20];
    struct tensor_writer *writer;

    ck_assert_int_eq(mkdir(scratch("folder"), 0700), 0);
    MUST(tensor_writer_open(&writer, scratch("folder/t"), &err));
    MUST(tensor_writer_add(writer, &large, true, &err));
    ck_assert_int_eq(rmdir(scratch("folder")), 0);
    FAILS(EX_CANTCREAT, tensor_writer_append(writer, 0, row, 1, &err));
    SAYS("/folder/t: cannot make a temporary file in folder");
    tensor_writer_close(writer);
    open_three(true);
}
END_TEST

Suite *suite_tensor_trouble(void)
{
    Suite *suite = suite_create("tensor_trouble");
    TCase *tests = tcase_create("tensor_trouble");

    tcase_add_checked_fixture(tests, scratch_make, close_three);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, names_that_are_not_there_are_said);
    tcase_add_test(tests, a_tensor_without_rows_is_read_like_any_other);
    tcase_add_test(tests, an_altered_byte_is_found_when_the_last_tensor_was_read);
    tcase_add_test(tests, trouble_with_a_file_that_changed_meanwhile_passes);
    tcase_add_test(tests, what_cannot_be_read_any_more_is_an_io_error);
    tcase_add_test(tests, frames_that_cannot_be_read_are_an_io_error);
    tcase_add_test(tests, a_writer_whose_folder_went_away_says_so);
    suite_add_tcase(suite, tests);
    return suite;
}
