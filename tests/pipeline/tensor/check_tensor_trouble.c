/* Tensor files that cannot be read or are altered under a reader, and outputs whose folder goes
 * away. */
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

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

/* Damages the frame of the last tensor, 18 bytes: magic, descriptor, size, block, 5 raw bytes, sum.
 */
static void damage_last_frame(int at, const char *bytes, size_t size)
{
    const int fd = open(scratch("packed"), O_WRONLY);

    ck_assert_int_eq((int)pwrite(fd, bytes, size, file->status.st_size - 18 + at), (int)size);
    ck_assert_int_eq(futimens(fd, (struct timespec[]){file->status.st_atim, file->status.st_mtim}),
                     0);
    close(fd);
}

START_TEST(a_frame_that_is_damaged_meanwhile_is_said)
{
    char bytes[5];

    open_three(true);
    damage_last_frame(14, "\0\0\0\0", 4); /* the sum */
    FAILS(EX_DATAERR, tensor_file_read(file, "five", bytes, &err));
    SAYS("/packed: cannot be decompressed from byte ");
    FAILS(EX_DATAERR, tensor_file_verify(file, &err));
    damage_last_frame(6, "\x28", 1); /* the block is not the last any more, nor is the next */
    FAILS(EX_DATAERR, tensor_file_read(file, "five", bytes, &err));
    SAYS("/packed: ends in the middle of a zstd frame");
}
END_TEST

START_TEST(a_file_that_becomes_shorter_is_said)
{
    const struct tensor *five;
    struct tensor_cursor *cursor;
    char bytes[5], *content;
    size_t size;

    open_three(true);
    ck_assert_int_eq(truncate(scratch("packed"), file->status.st_size - 18), 0);
    FAILS(EX_TEMPFAIL, tensor_file_read(file, "five", bytes, &err));
    SAYS("/packed: became shorter while it was being read");
    tensor_file_close(file);
    open_three(false);
    ck_assert_int_eq(truncate(scratch("plain"), file->status.st_size - 3), 0);
    FAILS(EX_TEMPFAIL, tensor_file_read(file, "five", bytes, &err));
    SAYS("/plain: became shorter while it was being read");
    tensor_file_close(file);
    open_three(false); /* all in one frame, of which some is passed over */
    content = slurp(scratch("plain"), &size);
    tensor_file_close(file);
    {
        char stored[2000];
        ZSTD_CCtx *zstd = ZSTD_createCCtx();

        ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
        size = ZSTD_compress2(zstd, stored, sizeof stored, content, size);
        ck_assert(!ZSTD_isError(size));
        spill(scratch("packed"), stored, size);
        ZSTD_freeCCtx(zstd);
    }
    free(content);
    MUST(tensor_file_open(&file, scratch("packed"), NULL, "", &err));
    five = tensor_file_find(file, "five");
    ck_assert(five != NULL && tensor_file_stored_bytes(file, 2) == -1);
    ck_assert_int_eq(truncate(scratch("packed"), 10), 0);
    FAILS(EX_TEMPFAIL, tensor_cursor_open(&cursor, file, "five", &err));
    SAYS("became shorter");
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

/* Bytes that do not compress, two frames and a half. */
static const unsigned char *noise(void)
{
    static unsigned char rows[5 << 19];
    uint64_t state = 1;

    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (unsigned char)((state = state * 6364136223846793005u + 1) >> 56);
    return rows;
}

static const struct tensor half = {
    .name = "half", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, 1 << 19}};

/* Writes the five rows by so many threads, 1 without workers. */
static char *write_by(int threads, size_t *size)
{
    json_t *meta = json_pack("{s:s}", "kind", "k"), *options = json_object();
    struct workers *workers = NULL;
    struct tensor_writer *writer;

    if (threads > 1)
        MUST(workers_start(&workers, threads, &err));
    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    tensor_writer_share(writer, workers);
    MUST(tensor_writer_add(writer, &half, true, &err));
    for (int row = 0; row < 5; row++)
        MUST(tensor_writer_append(writer, 0, noise() + ((size_t)row << 19), 1, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    workers_stop(workers);
    json_decref(meta);
    json_decref(options);
    return slurp(scratch("t"), size);
}

START_TEST(threads_make_no_difference)
{
    size_t size, other_size;
    char *bytes = write_by(1, &size);

    for (int threads = 2; threads < 9; threads += 3) {
        char *other = write_by(threads, &other_size);

        ck_assert_uint_eq(other_size, size);
        ck_assert_int_eq(memcmp(other, bytes, size), 0);
        free(other);
    }
    free(bytes);
    open_three(true);
}
END_TEST

START_TEST(a_writer_that_is_given_up_waits_for_its_threads)
{
    for (int threads = 1; threads < 4; threads++) {
        struct workers *workers = NULL;
        struct tensor_writer *writer;

        if (threads > 1)
            MUST(workers_start(&workers, threads, &err));
        MUST(tensor_writer_open(&writer, scratch("t"), &err));
        tensor_writer_share(writer, workers);
        MUST(tensor_writer_add(writer, &half, true, &err));
        MUST(tensor_writer_append(writer, 0, noise(), threads == 3 ? 2 : 5, &err));
        tensor_writer_close(writer);
        workers_stop(workers);
        ck_assert_int_ne(access(scratch("t"), F_OK), 0);
    }
    open_three(true);
}
END_TEST

static void limit_files(rlim_t size)
{
    const struct rlimit limit = {size, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A frame that is lost is an error, though those after it can be written again. */
START_TEST(a_disk_that_is_full_for_a_while_loses_no_frame)
{
    json_t *meta = json_pack("{s:s}", "kind", "k"), *options = json_object();
    struct tensor_writer *writer;
    int result = 0;

    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    MUST(tensor_writer_add(writer, &half, true, &err));
    limit_files(100000);
    for (int row = 0; row < 4 && result == 0; row++)
        result = tensor_writer_append(writer, 0, noise(), 1, &err);
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(err.status, EX_IOERR);
    tensor_writer_close(writer);
    limit_files(RLIM_INFINITY);
    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    MUST(tensor_writer_add(writer, &half, true, &err));
    MUST(tensor_writer_append(writer, 0, noise(), 2, &err));
    limit_files(100000); /* its frame waits to be written */
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    limit_files(RLIM_INFINITY);
    tensor_writer_close(writer);
    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    limit_files(10); /* the header's frame */
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    SAYS("/t: cannot write a temporary file next to it");
    limit_files(RLIM_INFINITY);
    tensor_writer_close(writer);
    ck_assert_int_ne(access(scratch("t"), F_OK), 0);
    json_decref(meta);
    json_decref(options);
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
    tcase_add_test(tests, a_frame_that_is_damaged_meanwhile_is_said);
    tcase_add_test(tests, a_file_that_becomes_shorter_is_said);
    tcase_add_test(tests, a_writer_whose_folder_went_away_says_so);
    tcase_add_test(tests, threads_make_no_difference);
    tcase_add_test(tests, a_writer_that_is_given_up_waits_for_its_threads);
    tcase_add_test(tests, a_disk_that_is_full_for_a_while_loses_no_frame);
    suite_add_tcase(suite, tests);
    return suite;
}
