/* Bytes of an input, plain, packed, or a member of an archive. */
#include "pipeline/files/source.h"

#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

Suite *suite_source(void);

static struct err err;
static char content[200000], packed[sizeof content * 2], got[sizeof content + 10];

static void make_content(void)
{
    scratch_make();
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (char)(i * i >> 9 | 1);
}

/* All bytes by `piece` at once: how many, or -1. */
static int64_t read_source(const char *path, size_t piece)
{
    struct inputs inputs = {0};
    struct source *source = NULL;
    int64_t n = -1, size = 0;

    if (source_open(&source, path, &inputs, "csv", &err) == 0) {
        while ((n = source_read(source, got + size, piece, &err)) > 0)
            size += n;
        if (n < 0) /* it stays so */
            ck_assert_int_lt(source_read(source, got, piece, &err), 0);
        else
            ck_assert_int_eq(source_read(source, got + size, piece, &err), 0);
    }
    source_close(source);
    inputs_free(&inputs);
    return n < 0 ? -1 : size;
}

static void holds(const char *path)
{
    for (size_t piece = 1000; piece < 500000; piece *= 5) {
        ck_assert_msg(read_source(path, piece) == sizeof content, "%s: %s", path, err.text);
        ck_assert(memcmp(got, content, sizeof content) == 0);
    }
}

static size_t gzip(char *to, const char *from, size_t size)
{
    z_stream z = {.next_in = (Bytef *)from,
                  .avail_in = (uInt)size,
                  .next_out = (Bytef *)to,
                  .avail_out = sizeof packed};
    size_t made;

    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    made = z.total_out;
    deflateEnd(&z);
    return made;
}

START_TEST(plain_and_packed_files_give_the_same_bytes)
{
    size_t first, second;

    spill(scratch("plain"), content, sizeof content);
    holds(scratch("plain"));
    first = gzip(packed, content, 5000);
    second = gzip(packed + first, content + 5000, sizeof content - 5000);
    memset(packed + first + second, 0, 100000);
    spill(scratch("gzip"), packed, first + second);
    holds(scratch("gzip"));
    spill(scratch("zeros"), packed, first + second + 100000);
    holds(scratch("zeros"));
    memcpy(packed + first + second + 99996, "junk", 4);
    spill(scratch("more"), packed, first + second + 100000);
    ck_assert_int_eq(read_source(scratch("more"), 1000), -1);
    SAYS("damaged gzip data at byte");
    spill(scratch("cut"), packed, first + second - 1);
    ck_assert_int_eq(read_source(scratch("cut"), 1000), -1);
    SAYS("the gzip data ends too early, after");
    first = ZSTD_compress(packed, sizeof packed, content, 5000, 1);
    second = ZSTD_compress(packed + first, sizeof packed - first, content + 5000,
                           sizeof content - 5000, 1);
    spill(scratch("zstd"), packed, first + second);
    holds(scratch("zstd"));
    spill(scratch("cut"), packed, first + second - 1);
    ck_assert_int_eq(read_source(scratch("cut"), 1000), -1);
    SAYS("the zstd data ends too early, after");
    for (size_t size = 0; size < 9; size++) { /* shorter than any magic number */
        spill(scratch("short"), "1,2,3,4,5", size);
        ck_assert_int_eq(read_source(scratch("short"), 4), (int64_t)size);
        ck_assert(memcmp(got, "1,2,3,4,5", size) == 0);
    }
    spill(scratch("short"), "\x28\xb5\x2f\xfd", 4); /* a mark and no more */
    ck_assert_int_eq(read_source(scratch("short"), 4), -1);
    SAYS("the zstd data ends too early, after 4 bytes");
    spill(scratch("short"), "\x1f\x8b", 2);
    ck_assert_int_eq(read_source(scratch("short"), 4), -1);
    SAYS("the gzip data ends too early, after 2 bytes");
    spill(scratch("short"), "\xfd\x37zXZ\0more", 10);
    ck_assert_int_eq(read_source(scratch("short"), 4), -1);
    SAYS("xz");
    ck_assert_int_eq(read_source(scratch("none"), 4), -1);
    SAYS("cannot open: No such file");
    ck_assert_int_eq(read_source(scratch_folder, 4), -1);
    SAYS("this is a folder");
}
END_TEST

static void make_archive(const char *path, const char *const *names)
{
    const zip_fileinfo info = {.dosDate = 0x21};
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);

    for (; *names; names++) {
        ck_assert_int_eq(
            zipOpenNewFileInZip(zip, *names, &info, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 6), 0);
        ck_assert_int_eq(zipWriteInFileInZip(zip, content, sizeof content), 0);
        ck_assert_int_eq(zipCloseFileInZip(zip), 0);
    }
    ck_assert_int_eq(zipClose(zip, NULL), 0);
}

#define ARCHIVE(...) make_archive(scratch("a.zip"), (const char *const[]){__VA_ARGS__, NULL})

static const char *member(const char *name)
{
    static char path[200];

    snprintf(path, sizeof path, "%s:%s", scratch("a.zip"), name);
    return path;
}

START_TEST(the_only_csv_of_an_archive_is_read)
{
    ARCHIVE("readme", "folder/a.CSV", "b.txt");
    holds(scratch("a.zip"));
    holds(member("folder/a.CSV"));
    holds(member("b.txt"));
    ARCHIVE(".csv", "x");
    holds(scratch("a.zip"));
    ARCHIVE("a.csv", "a.csv");
    holds(scratch("a.zip"));
    ck_assert_int_eq(read_source(member("c"), 1000), -1);
    SAYS("c: the archive has no file of this name; it has 'a.csv', 'a.csv'");
    ARCHIVE("a.csv", "b.csv.gz");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS("a.zip:FILE: 'a.csv', 'b.csv.gz'");
    ARCHIVE("a.csv.zst", "b.csv");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS("this is a zip archive; name the file in it");
    ARCHIVE("csv", ".csvx", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS(", '8', ...");
    ck_assert_ptr_null(strstr(err.text, "..., ..."));
    ARCHIVE("csv", ".csvx", "1", "2", "3", "4", "5", "6", "7", "8");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS(", '8'");
    ck_assert_ptr_null(strstr(err.text, "..."));
}
END_TEST

START_TEST(archives_of_other_programs_are_known)
{
    ARCHIVE("x.npy");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS("NumPy archive");
    ARCHIVE("[Content_Types].xml", "sheet");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS("Excel workbook");
    ARCHIVE("m/data.pkl");
    ck_assert_int_eq(read_source(scratch("a.zip"), 1000), -1);
    SAYS("pickle");
}
END_TEST

START_TEST(what_was_read_is_known_by_its_digest_and_share)
{
    struct inputs inputs = {0};
    char digest[DIGEST_TEXT];
    struct source *source;

    spill(scratch("t.csv"), content, sizeof content);
    MUST(source_open(&source, scratch("t.csv"), &inputs, "csv", &err));
    ck_assert_str_eq(source_name(source), scratch("t.csv"));
    while (source_read(source, got, 50000, &err) > 0)
        ck_assert(source_share(source) > 0 && source_share(source) <= 1);
    ck_assert_int_eq(source_bytes(source), sizeof content);
    ck_assert_int_eq(file_digest(scratch("t.csv"), digest), 0);
    ck_assert_str_eq(source_digest(source), digest);
    source_close(source);
    spill(scratch("empty"), "", 0);
    MUST(source_open(&source, scratch("empty"), &inputs, "csv", &err));
    ck_assert(source_share(source) < 0);
    source_close(source);
    ARCHIVE("a.csv");
    MUST(source_open(&source, scratch("a.zip"), &inputs, "csv", &err));
    ck_assert_str_eq(source_name(source), member("a.csv"));
    ck_assert(source_share(source) < 0);
    ck_assert_int_eq(file_digest(scratch("a.zip"), digest), 0);
    ck_assert_str_eq(source_digest(source), digest);
    source_close(source);
    inputs_free(&inputs);
}
END_TEST

START_TEST(zeros_within_packed_bytes_are_no_padding)
{
    uint64_t state = 1;
    size_t size;

    for (size_t i = 0; i < sizeof content; i++) /* does not compress */
        content[i] = (char)((state = state * 6364136223846793005u + 1) >> 56);
    size = gzip(packed, content, 20000);
    spill(scratch("gzip"), packed, size);
    ck_assert_int_eq(read_source(scratch("gzip"), 10), 20000);
    ck_assert_int_eq(memcmp(got, content, 20000), 0);
}
END_TEST

/* Reads until there is an error, by `piece` at once; returns how much came before it. */
static int64_t read_until_damage(const char *path, size_t piece)
{
    struct inputs inputs = {0};
    struct source *source;
    int64_t n, size = 0;

    MUST(source_open(&source, path, &inputs, "csv", &err));
    while ((n = source_read(source, got + size, piece, &err)) > 0)
        size += n;
    ck_assert_int_eq(n, -1);
    source_close(source);
    inputs_free(&inputs);
    return size;
}

START_TEST(all_before_the_damage_is_read_whatever_the_buffer)
{
    size_t size = gzip(packed, content, 20000);

    packed[size - 8] ^= 1; /* the sum of all */
    spill(scratch("gzip"), packed, size);
    for (size_t piece = 1; piece < 100000; piece = 7 * piece + 3)
        ck_assert_int_eq(read_until_damage(scratch("gzip"), piece), 20000);
    ck_assert_int_eq(memcmp(got, content, 20000), 0);
}
END_TEST

START_TEST(damaged_zstd_data_is_said)
{
    spill(scratch("t"), "\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", 9); /* a window of 256 MiB */
    ck_assert_int_eq(read_source(scratch("t"), 10), -1);
    SAYS("unpacking takes more than 128 MiB");
    spill(scratch("t"), "\x28\xb5\x2f\xfd\x20\x01\x07\x00\x00", 9); /* a reserved block */
    ck_assert_int_eq(read_source(scratch("t"), 10), -1);
    SAYS("damaged zstd data near byte");
}
END_TEST

START_TEST(what_cannot_be_read_is_said_once_and_again)
{
    const int no_reader = open("/dev/null", O_WRONLY);

    spill(scratch("plain"), content, sizeof content);
    errno = EINTR; /* of a call long before */
    ck_assert_int_eq(read_source(scratch("plain"), 1000), sizeof content);
    ck_assert(memcmp(got, content, sizeof content) == 0);
    ck_assert_int_eq(dup2(no_reader, STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(read_source("-", 1000), -1);
    ck_assert_str_eq(err.text, "standard input: cannot read: Bad file descriptor");
    ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0); /* it stays open */
    close(no_reader);
}
END_TEST

Suite *suite_source(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("source");

    tcase_add_checked_fixture(tests, make_content, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, plain_and_packed_files_give_the_same_bytes);
    tcase_add_test(tests, the_only_csv_of_an_archive_is_read);
    tcase_add_test(tests, zeros_within_packed_bytes_are_no_padding);
    tcase_add_test(tests, all_before_the_damage_is_read_whatever_the_buffer);
    tcase_add_test(tests, damaged_zstd_data_is_said);
    tcase_add_test(tests, what_cannot_be_read_is_said_once_and_again);
    tcase_add_test(tests, archives_of_other_programs_are_known);
    tcase_add_test(tests, what_was_read_is_known_by_its_digest_and_share);
    suite_add_tcase(suite, tests);
    return suite;
}
