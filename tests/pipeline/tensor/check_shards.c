#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <zstd.h>

Suite *suite_shards(void);

#define DIGEST "0123456789abcdef0123456789abcdef"

static struct err err;

/* ---- Files ---- */

enum { TEXT = 4000 };

/* Writes a header: metadata, then "NAME DTYPE ROWS[,SIDE...]" for each tensor. Returns the bytes of
 * the tensors. */
static size_t describe(char text[TEXT], const char *kind, const char *digest, const char *classes,
                       const char *const *tensors)
{
    size_t at = 0;
    int used = snprintf(text, TEXT, "{\"__metadata__\":{\"kind\":\"%s\",%s\"classes\":\"%s\"}",
                        kind, digest, classes);

    for (; *tensors; tensors++) {
        char name[20], dtype[8], shape[60];
        size_t size;

        ck_assert_int_eq(sscanf(*tensors, "%19s %7s %59s", name, dtype, shape), 3);
        size = strcmp(dtype, "I64") == 0 ? 8 : strcmp(dtype, "F32") == 0 ? 4 : 1;
        for (char *c = shape; *c; c += *c == ',')
            size *= strtoul(c, &c, 10);
        used += snprintf(text + used, TEXT - (size_t)used,
                         ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                         name, dtype, shape, at, at + size);
        at += size;
    }
    strcat(text, "}");
    return at;
}

static void write_digested(const char *name, const char *kind, const char *digest,
                           const char *classes, const char *const *tensors, const void *bytes)
{
    char text[TEXT];
    const size_t size = describe(text, kind, digest, classes, tensors);
    uint64_t length;
    FILE *out = fopen(scratch(name), "wb");

    while (strlen(text) % 8)
        strcat(text, " ");
    length = strlen(text);
    fwrite(&length, sizeof length, 1, out);
    fwrite(text, 1, length, out);
    for (size_t i = 0; i < size; i++)
        fputc(bytes ? ((const unsigned char *)bytes)[i] : (int)(i * 31 % 251), out);
    ck_assert_int_eq(fclose(out), 0);
}

static void write_shard(const char *name, const char *kind, const char *classes,
                        const char *const *tensors, const void *bytes)
{
    write_digested(name, kind, "\"content_digest\":\"" DIGEST "\",", classes, tensors, bytes);
}

/* Writes "list": the lines, and the header of all. */
static void write_recorded(const char *lines, const char *kind, const char *digest,
                           const char *classes, const char *const *tensors)
{
    char text[TEXT];
    FILE *out = fopen(scratch("list"), "wb");

    describe(text, kind, digest, classes, tensors);
    fprintf(out, "csvnet shards 1\n%s%s\n", lines, text);
    ck_assert_int_eq(fclose(out), 0);
}

static void write_list(const char *lines, const char *kind, const char *classes,
                       const char *const *tensors)
{
    write_recorded(lines, kind, "", classes, tensors);
}

#define TENSORS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TWO_LINES                                                                                  \
    "2 2 " DIGEST " a\n"                                                                           \
    "# a note\n"                                                                                   \
    "3 5 " DIGEST " b\n"
#define ALL    TENSORS("rows I64 5", "ids U8 5,4", "labels U8 5,3", "images U8 5,1,2,2")
#define OF_ALL "[\\\"0\\\",\\\"1\\\",\\\"x\\\"]"
#define OF_A   "[\\\"0\\\",\\\"1\\\"]"
#define OF_B   "[\\\"x\\\",\\\"0\\\"]"

struct bytes_a {
    int64_t rows[2], ids[2];
    uint8_t labels[2][2], images[2][4];
};
struct __attribute__((packed)) bytes_b {
    int64_t rows[3];
    char ids[3][3];
    uint8_t labels[3][2], images[3][4];
};

static void write_both(void)
{
    const struct bytes_a a = {{1, 2}, {7, -12}, {{1, 0}, {0, 1}}, {"abc", "efg"}};
    const struct bytes_b b = {
        {1, 2, 4}, {"p", "qr", {'s', 't', 'u'}}, {{1, 0}, {0, 1}, {1, 0}}, {"hij", "klm", "nop"}};

    scratch_make();
    write_shard("a", "dataset/1", OF_A,
                TENSORS("rows I64 2", "ids I64 2", "labels U8 2,2", "images U8 2,1,2,2"), &a);
    write_shard("b", "dataset/1", OF_B,
                TENSORS("rows I64 3", "ids U8 3,3", "labels U8 3,2", "images U8 3,1,2,2"), &b);
}

static int open_list(struct tensor_file **file)
{
    return tensor_file_open(file, scratch("list"), NULL, "", &err);
}

/* ---- Rows ---- */

static const int64_t numbers[] = {1, 2, 3, 4, 6};
static const char ids[5][4] = {"7", "-12", "p", "qr", "stu"};
static const uint8_t labels[5][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, 0, 1}};
static const char images[5][4] = {"abc", "efg", "hij", "klm", "nop"};

static void expect(const char *name, const void *rows, size_t row)
{
    struct tensor_cursor *cursor;
    struct tensor_file *file;
    unsigned char all[64];

    MUST(open_list(&file));
    ck_assert(tensor_file_read(file, name, all, &err) == 0);
    ck_assert_mem_eq(all, rows, 5 * row);
    for (int64_t most = 1; most <= 6; most++) {
        int64_t at = 0, got;

        MUST(tensor_cursor_open(&cursor, file, name, &err));
        memset(all, 255, sizeof all);
        while ((got = tensor_cursor_read(cursor, all + (size_t)at * row, most, &err)) > 0)
            at += got;
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(at, 5);
        ck_assert_mem_eq(all, rows, 5 * row);
        for (size_t i = 5 * row; i < sizeof all; i++)
            ck_assert_int_eq(all[i], 255);
        tensor_cursor_close(cursor);
    }
    tensor_file_close(file);
}

START_TEST(rows_are_those_of_one_file)
{
    write_list(TWO_LINES, "dataset/1", OF_ALL, ALL);
    expect("rows", numbers, sizeof *numbers);
    expect("ids", ids, sizeof *ids);
    expect("labels", labels, sizeof *labels);
    expect("images", images, sizeof *images);
}
END_TEST

START_TEST(a_tensor_is_stored_in_all_shards)
{
    struct tensor_file *file;

    write_list(TWO_LINES, "dataset/1", OF_ALL, ALL);
    MUST(open_list(&file));
    ck_assert_int_eq(tensor_file_stored_bytes(file, 0), 5 * 8);
    ck_assert_int_eq(tensor_file_stored_bytes(file, 1), 2 * 8 + 3 * 3);
    ck_assert_int_eq(tensor_file_stored_bytes(file, 3), 5 * 4);
    tensor_file_close(file);
}
END_TEST

START_TEST(shards_without_rows_are_passed)
{
    write_shard("none", "dataset/1", OF_A,
                TENSORS("rows I64 0", "ids I64 0", "labels U8 0,2", "images U8 0,1,2,2"), NULL);
    write_list("0 0 " DIGEST " none\n2 2 " DIGEST " a\n0 2 " DIGEST " none\n3 5 " DIGEST
               " b\n0 5 " DIGEST " none\n",
               "dataset/1", OF_ALL, ALL);
    expect("rows", numbers, sizeof *numbers);
    expect("labels", labels, sizeof *labels);
}
END_TEST

/* Numbers that no file can have stay where they are. */
START_TEST(row_numbers_do_not_overflow)
{
    struct tensor_file *file;
    int64_t rows[4];

    write_list("2 9223372036854775806 " DIGEST " a\n2 9223372036854775807 " DIGEST " a\n",
               "dataset/1", OF_A, TENSORS("rows I64 4"));
    MUST(open_list(&file));
    MUST(tensor_file_read(file, "rows", rows, &err));
    ck_assert(rows[1] == 2 && rows[2] == INT64_MAX && rows[3] == INT64_MAX);
    tensor_file_close(file);
}
END_TEST

/* Classes in another order, as many as there are in all. */
START_TEST(classes_come_in_the_order_of_the_list)
{
    static const uint8_t moved[5][2] = {{0, 1}, {1, 0}, {0, 1}, {1, 0}, {0, 1}};
    static const uint8_t b[3][2] = {{1, 0}, {0, 1}, {1, 0}};

    write_shard("a", "dataset/1", OF_A, TENSORS("labels U8 2,2"), b);
    write_shard("b", "dataset/1", OF_A, TENSORS("labels U8 3,2"), b);
    write_list(TWO_LINES, "dataset/1", "[\\\"1\\\",\\\"0\\\"]", TENSORS("labels U8 5,2"));
    expect("labels", moved, 2);
}
END_TEST

START_TEST(many_classes_come_in_the_order_of_the_list)
{
    enum { ROWS = 50000 };
    unsigned char *once = malloc(2 * ROWS), *piecemeal = malloc(2 * ROWS);
    struct tensor_cursor *cursor;
    struct tensor_file *file;
    int64_t at = 0, got;

    write_shard("a", "dataset/1", OF_A, TENSORS("labels U8 50000,2"), NULL);
    write_list("50000 50000 " DIGEST " a\n", "dataset/1", "[\\\"1\\\",\\\"0\\\"]",
               TENSORS("labels U8 50000,2"));
    MUST(open_list(&file));
    MUST(tensor_file_read(file, "labels", once, &err));
    MUST(tensor_cursor_open(&cursor, file, "labels", &err));
    while ((got = tensor_cursor_read(cursor, piecemeal + 2 * at, 999, &err)) > 0)
        at += got;
    ck_assert_int_eq(at, ROWS);
    ck_assert_mem_eq(once, piecemeal, 2 * ROWS);
    for (size_t i = 0; i < 2 * ROWS; i++)
        ck_assert_int_eq(once[i], (i ^ 1) * 31 % 251);
    tensor_cursor_close(cursor);
    tensor_file_close(file);
    free(piecemeal);
    free(once);
}
END_TEST

/* Numbers of eight bytes become text of eight. */
START_TEST(numbers_become_text_of_their_length)
{
    static const char texts[5][8] = {"7", "-12", "345", "-1", "0"};
    static const int64_t a[2] = {7, -12}, b[3] = {345, -1, 0};

    write_shard("a", "dataset/1", OF_A, TENSORS("ids I64 2"), a);
    write_shard("b", "dataset/1", OF_A, TENSORS("ids I64 3"), b);
    write_list(TWO_LINES, "dataset/1", OF_A, TENSORS("ids U8 5,8"));
    expect("ids", texts, 8);
}
END_TEST

/* Only rows' numbers are, and only where they are numbers. */
START_TEST(other_numbers_stay)
{
    static const int64_t numbers_of_both[5] = {1, 2, 1, 2, 3};
    static const uint8_t bytes_of_both[5] = {1, 2, 1, 2, 3};

    write_shard("a", "dataset/1", OF_A, TENSORS("ids I64 2"), numbers_of_both);
    write_shard("b", "dataset/1", OF_A, TENSORS("ids I64 3"), numbers_of_both + 2);
    write_list(TWO_LINES, "dataset/1", OF_A, TENSORS("ids I64 5"));
    expect("ids", numbers_of_both, 8);
    write_shard("a", "dataset/1", OF_A, TENSORS("rows U8 2"), bytes_of_both);
    write_shard("b", "dataset/1", OF_A, TENSORS("rows U8 3"), bytes_of_both + 2);
    write_list(TWO_LINES, "dataset/1", OF_A, TENSORS("rows U8 5"));
    expect("rows", bytes_of_both, 1);
}
END_TEST

static void digest_of_list(char digest[DIGEST_TEXT], int64_t first, const char *name, size_t row)
{
    unsigned char *rows = malloc(5 * row);
    struct tensor_cursor *cursor;
    struct tensor_file *file;

    MUST(open_list(&file));
    MUST(tensor_cursor_open(&cursor, file, name, &err));
    if (first > 0)
        ck_assert_int_eq(tensor_cursor_read(cursor, rows, first, &err), first);
    MUST(tensor_cursor_skim(cursor, &err));
    memcpy(digest, file->digests[tensor_file_find(file, name) - file->header.tensors], DIGEST_TEXT);
    tensor_cursor_close(cursor);
    tensor_file_close(file);
    free(rows);
}

/* Whether it is read or passed over, and whatever the size of a row. */
START_TEST(the_digest_is_that_of_the_rows)
{
    static const int sides[] = {3, 255, 256, 257, 700};
    char read[DIGEST_TEXT], skimmed[DIGEST_TEXT];

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        const size_t row = (size_t)sides[i] * (size_t)sides[i];
        char two[60], three[60], all[60];

        snprintf(two, sizeof two, "images U8 2,1,%d,%d", sides[i], sides[i]);
        snprintf(three, sizeof three, "images U8 3,1,%d,%d", sides[i], sides[i]);
        snprintf(all, sizeof all, "images U8 5,1,%d,%d", sides[i], sides[i]);
        write_shard("a", "dataset/1", OF_A, TENSORS(two), NULL);
        write_shard("b", "dataset/1", OF_A, TENSORS(three), NULL);
        write_list(TWO_LINES, "dataset/1", OF_A, TENSORS(all));
        digest_of_list(read, 5, "images", row);
        ck_assert_int_eq(strlen(read), DIGEST_TEXT - 1);
        for (int64_t first = 0; first < 5; first++) {
            digest_of_list(skimmed, first, "images", row);
            ck_assert_str_eq(skimmed, read);
        }
    }
}
END_TEST

/* Texts of as many bytes as are converted at all, which the shards have shorter. */
START_TEST(the_digest_is_that_of_long_texts)
{
    char read[DIGEST_TEXT], skimmed[DIGEST_TEXT];

    write_shard("a", "dataset/1", OF_A, TENSORS("ids U8 2,5"), "onetwothree");
    write_shard("b", "dataset/1", OF_A, TENSORS("ids U8 3,5"), "four five six se");
    write_list(TWO_LINES, "dataset/1", OF_A, TENSORS("ids U8 5,65536"));
    digest_of_list(read, 5, "ids", 65536);
    for (int64_t first = 0; first < 5; first++) {
        digest_of_list(skimmed, first, "ids", 65536);
        ck_assert_str_eq(skimmed, read);
    }
}
END_TEST

START_TEST(shards_lie_beside_the_list_or_where_their_path_says)
{
    struct tensor_file *file;
    char lines[300];

    ck_assert_int_eq(mkdir(scratch("deep"), 0700), 0);
    ck_assert_int_eq(rename(scratch("b"), scratch("deep/b c")), 0);
    snprintf(lines, sizeof lines, "2 2 " DIGEST " a\n3 5 " DIGEST " %s\n", scratch("deep/b c"));
    write_list(lines, "dataset/1", OF_ALL, ALL);
    MUST(open_list(&file));
    tensor_file_close(file);
    write_list("2 2 " DIGEST " a\n3 5 " DIGEST " deep/b c\n", "dataset/1", OF_ALL, ALL);
    MUST(open_list(&file));
    tensor_file_close(file);
    ck_assert_int_eq(chdir(scratch_folder), 0);
    MUST(tensor_file_open(&file, "list", NULL, "", &err));
    tensor_file_close(file);
}
END_TEST

/* ---- Damage ---- */

/* Compresses a shard, its header and its tensors as a frame each. Returns where the second begins.
 */
static size_t pack(const char *name)
{
    size_t size, header, at = 0, frame = 0;
    char *bytes = slurp(scratch(name), &size), *packed = malloc(2 * ZSTD_compressBound(size));
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    uint64_t length;

    memcpy(&length, bytes, sizeof length);
    header = (size_t)length + sizeof length;
    ck_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)));
    for (int i = 0; i < 2; i++) {
        const size_t n = ZSTD_compress2(zstd, packed + at, ZSTD_compressBound(size),
                                        i ? bytes + header : bytes, i ? size - header : header);

        ck_assert(!ZSTD_isError(n));
        frame = at;
        at += n;
    }
    spill(scratch(name), packed, at);
    ZSTD_freeCCtx(zstd);
    free(packed);
    free(bytes);
    return frame;
}

/* Where a shard's tensors share a frame nobody can tell which has how much of it. */
START_TEST(tensors_of_one_frame_are_stored_in_no_known_bytes)
{
    for (int i = 0; i < 3; i++) {
        struct tensor_file *file;

        write_both();
        pack(i == 1 ? "b" : "a");
        if (i == 2)
            pack("b");
        write_list(TWO_LINES, "dataset/1", OF_ALL, ALL);
        MUST(open_list(&file));
        ck_assert_int_eq(tensor_file_stored_bytes(file, 0), -1);
        ck_assert_int_eq(tensor_file_stored_bytes(file, 3), -1);
        tensor_file_close(file);
        scratch_remove();
    }
    scratch_make();
}
END_TEST

/* Writes over `size` bytes of a file, which begin at `at` or, below 0, that far before its end. */
static void overwrite(const char *name, int64_t at, int byte, size_t size)
{
    size_t whole;
    char *bytes = slurp(scratch(name), &whole);

    memset(bytes + (at < 0 ? (int64_t)whole + at : at), byte, size);
    spill(scratch(name), bytes, whole);
    free(bytes);
}

enum { LARGE = 257 * 257, ROOM = 5 << 18 };
#define LARGE_ROWS(rows) TENSORS("images U8 " rows ",1,257,257")

static void write_large(void)
{
    write_shard("a", "dataset/1", OF_A, LARGE_ROWS("2"), NULL);
    write_shard("b", "dataset/1", OF_A, LARGE_ROWS("3"), NULL);
    write_list(TWO_LINES, "dataset/1", OF_A, LARGE_ROWS("5"));
}

/* Reads, or passes over, all after the first rows, which has to fail. */
static void fails_after(struct tensor_cursor *cursor, const char *name, bool skims, int status,
                        const char *why)
{
    unsigned char *rows = malloc(ROOM);

    if (skims)
        FAILS(status, tensor_cursor_skim(cursor, &err));
    else
        FAILS(status, (int)tensor_cursor_read(cursor, rows, 5, &err));
    SAYS(name);
    SAYS(why);
    free(rows);
}

START_TEST(shards_that_go_while_they_are_read_are_missed)
{
    for (int i = 0; i < 4; i++) {
        unsigned char *rows = malloc(5 * LARGE);
        struct tensor_cursor *cursor;
        struct tensor_file *file;

        write_large();
        MUST(open_list(&file));
        MUST(tensor_cursor_open(&cursor, file, "images", &err));
        if (i < 2) { /* before it is opened */
            ck_assert_int_eq(unlink(scratch("b")), 0);
            fails_after(cursor, "/b: ", i % 2, EX_NOINPUT, "cannot be opened");
        } else { /* when its first row was read */
            ck_assert_int_eq(tensor_cursor_read(cursor, rows, 3, &err), 3);
            ck_assert_int_eq(truncate(scratch("b"), 400), 0);
            fails_after(cursor, "/b: ", i % 2, EX_TEMPFAIL, "became shorter");
        }
        tensor_cursor_close(cursor);
        tensor_file_close(file);
        free(rows);
    }
}
END_TEST

/* Writes a list that records a digest, whose shards are not read through when it is opened. */
static void write_unread(const char *const *tensors)
{
    write_recorded(TWO_LINES, "dataset/1", "\"content_digest\":\"" DIGEST "\",", OF_A, tensors);
}

/* Reads all, in one piece or row by row, or passes it over. */
static void damaged(const char *name, const char *why)
{
    for (int how = 0; how < 3; how++) {
        unsigned char *rows = malloc(ROOM);
        struct tensor_cursor *cursor;
        struct tensor_file *file;

        MUST(open_list(&file));
        MUST(tensor_cursor_open(&cursor, file, "images", &err));
        if (how == 1) {
            int64_t got;

            while ((got = tensor_cursor_read(cursor, rows, 1, &err)) > 0)
                ;
            ck_assert_int_lt(got, 0);
            SAYS(name);
            SAYS(why);
        } else {
            fails_after(cursor, name, how == 2, EX_DATAERR, why);
        }
        tensor_cursor_close(cursor);
        tensor_file_close(file);
        free(rows);
    }
}

START_TEST(damaged_shards_are_noticed)
{
    static const char *const sizes[][3] = {
        {"images U8 2,1,257,257", "images U8 3,1,257,257", "images U8 5,1,257,257"},
        {"images U8 2,1,9,40", "images U8 3,1,9,40", "images U8 5,1,9,40"},
    };

    for (int i = 0; i < 2; i++)
        for (int second = 0; second < 2; second++) {
            const char *name = second ? "b" : "a";

            for (int end = 0; end < 2; end++) {
                struct tensor_file *file;
                size_t frame[2];

                write_shard("a", "dataset/1", OF_A, TENSORS(sizes[i][0]), NULL);
                write_shard("b", "dataset/1", OF_A, TENSORS(sizes[i][1]), NULL);
                write_list(TWO_LINES, "dataset/1", OF_A, TENSORS(sizes[i][2]));
                frame[0] = pack("a");
                frame[1] = pack("b");
                MUST(open_list(&file));
                tensor_file_close(file);
                write_unread(TENSORS(sizes[i][2]));
                if (end) { /* the checksum */
                    overwrite(name, -4, 'x', 4);
                    damaged(second ? "/b: " : "/a: ", "checksum");
                } else { /* a block that uses what a block before would have left */
                    overwrite(name, (int64_t)frame[second] + (i ? 10 : 12), 255, 4);
                    damaged(second ? "/b: " : "/a: ", "cannot be decompressed from byte");
                }
            }
        }
}
END_TEST

/* A checksum that the reader has to fetch for itself, in a frame that is as long as some buffers
 * are besides. */
START_TEST(checksums_behind_the_last_row_are_read)
{
    static const char *const sizes[][2] = {
        {"images U8 2,1,67,489", "images U8 5,1,67,489"},   /* 7 + 3 bytes besides */
        {"images U8 1,1,3,65531", "images U8 4,1,3,65531"}, /* 9 + 2 x 3 */
    };
    static unsigned char noise[2 * LARGE * 2];
    uint32_t next = 1;

    for (size_t i = 0; i < sizeof noise; i++) {
        next = next * 1664525 + 1013904223;
        noise[i] = (unsigned char)(next >> 24);
    }
    for (int i = 0; i < 2; i++) {
        const char *lines = i ? "1 1 " DIGEST " a\n3 4 " DIGEST " b\n" : TWO_LINES;
        char three[60];
        struct stat status;
        size_t frame;

        snprintf(three, sizeof three, "images U8 3%s", sizes[i][0] + strlen("images U8 2"));
        write_shard("a", "dataset/1", OF_A, TENSORS(sizes[i][0]), noise);
        write_shard("b", "dataset/1", OF_A, TENSORS(three), NULL);
        write_recorded(lines, "dataset/1", "\"content_digest\":\"" DIGEST "\",", OF_A,
                       TENSORS(sizes[i][1]));
        frame = pack("a");
        ck_assert_int_eq(stat(scratch("a"), &status), 0);
        ck_assert_int_eq(((size_t)status.st_size - frame) % STREAM_BUFFER, 4);
        overwrite("a", -4, 'x', 4);
        damaged("/a: ", "checksum");
    }
}
END_TEST

/* What comes before a tensor in its frame. */
START_TEST(damage_before_a_tensor_is_noticed)
{
    struct tensor_file *file;
    uint8_t all[5];

    write_shard("a", "dataset/1", OF_A, TENSORS("images U8 2,1,9,40", "weights U8 2"), NULL);
    write_shard("b", "dataset/1", OF_A, TENSORS("images U8 3,1,9,40", "weights U8 3"), NULL);
    write_unread(TENSORS("images U8 5,1,9,40", "weights U8 5"));
    overwrite("b", (int64_t)pack("b") + 10, 255, 4);
    MUST(open_list(&file));
    FAILS(EX_DATAERR, tensor_file_read(file, "weights", all, &err));
    SAYS("/b: cannot be decompressed from byte");
    tensor_file_close(file);
}
END_TEST

/* ---- What is refused ---- */

static void refused(int status, const char *why)
{
    struct tensor_file *file;

    FAILS(status, open_list(&file));
    SAYS(why);
}

START_TEST(lines_that_are_none_are_refused)
{
    static const char *const bad[] = {
        "x 2 " DIGEST " a",
        "2 x " DIGEST " a",
        "2",
        "2 2",
        "2 " DIGEST " a",
        "2 2 " DIGEST,
        "2 2 " DIGEST " ",
        "-2 2 " DIGEST " a",
        "2 -2 " DIGEST " a",
        "2  2 " DIGEST "x a",
        "2 2 " DIGEST "0 a",
        "2 2 0123456789abcdef0123456789abcde a",
        "2 2 0123456789ABCDEF0123456789abcdef a",
        "99999999999999999999 2 " DIGEST " a",
        "2 99999999999999999999 " DIGEST " a",
        "2,2 " DIGEST " a",
        "",
    };
    char lines[200];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(lines, sizeof lines, "# note\n%s\n", bad[i]);
        write_list(lines, "dataset/1", OF_ALL, ALL);
        refused(EX_DATAERR, "list:3: a line of a list of shards is ROWS LAST DIGEST FILE");
    }
}
END_TEST

static void spill_list(const char *text)
{
    spill(scratch("list"), text, strlen(text));
}

START_TEST(lists_are_told_by_their_first_line)
{
    ck_assert(tensor_is_list(LIST_BEGIN, 16));
    ck_assert(!tensor_is_list(LIST_BEGIN, 15));
    ck_assert(!tensor_is_list("csvnet shards 10\n", 17));
}
END_TEST

START_TEST(lists_that_are_none_are_refused)
{
    static const char nul[] = "csvnet shards 1\n2 2 " DIGEST " a\n\0";
    const int fd = open(scratch("large"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    struct tensor_file *file;

    spill_list("csvnet shards 1\n");
    refused(EX_DATAERR, "cut short");
    spill_list("csvnet shards 1\n2 2 " DIGEST " a");
    refused(EX_DATAERR, "cut short");
    spill_list("csvnet shards 1\n" TWO_LINES);
    refused(EX_DATAERR, "list: the last line of a list of shards is the header of all; this one is "
                        "cut short, or goes on after it");
    spill_list("csvnet shards 1\n" TWO_LINES "{}\n{}\n");
    refused(EX_DATAERR, "goes on after it");
    spill_list("csvnet shards 1\n" TWO_LINES "{}\n\n");
    refused(EX_DATAERR, "goes on after it");
    spill_list("csvnet shards 1\n" TWO_LINES "{}");
    refused(EX_DATAERR, "of kind dataset/1");
    spill(scratch("list"), nul, sizeof nul);
    refused(EX_DATAERR, "a list of shards has no NUL");
    write_list("", "dataset/1", OF_ALL, ALL);
    refused(EX_DATAERR, "list: a list of no shards");
    write_list(TWO_LINES, "model/1", OF_ALL, ALL);
    refused(EX_DATAERR, "list: the header of a list of shards is of kind dataset/1");
    write_list("9223372036854775807 2 " DIGEST " a\n1 2 " DIGEST " a\n", "dataset/1", OF_ALL, ALL);
    refused(EX_DATAERR, "list: the shards' rows overflow");
    write_list("2 2 " DIGEST " a\n", "dataset/1", OF_ALL, ALL);
    refused(EX_DATAERR, "list: the shards have 2 rows, tensor 'rows' of the header another number");
    write_list(TWO_LINES, "dataset/1", OF_ALL, TENSORS("rows I64 5", "ids U8 4,4"));
    refused(EX_DATAERR, "tensor 'ids' of the header another number");
    spill_list("csvnet shards 1\n" TWO_LINES "{\"__metadata__\":{\"kind\":\"dataset/1\"},"
               "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}\n");
    refused(EX_DATAERR, "tensor 'n' of the header another number");
    ck_assert_int_eq(write(fd, LIST_BEGIN, strlen(LIST_BEGIN)), (ssize_t)strlen(LIST_BEGIN));
    ck_assert_int_eq(ftruncate(fd, (80 << 20) + 1), 0);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("large"), NULL, "", &err));
    SAYS("large: a list of shards of 83886081 bytes; at most 83886080 are read");
    ck_assert_int_eq(ftruncate(fd, 80 << 20), 0);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("large"), NULL, "", &err));
    SAYS("has no NUL");
    close(fd);
}
END_TEST

START_TEST(shards_that_are_others_are_refused)
{
    write_list("2 2 " DIGEST " a\n3 5 " DIGEST " c\n", "dataset/1", OF_ALL, ALL);
    refused(EX_NOINPUT, "list: a shard of it: ");
    write_list("2 2 " DIGEST " a\n3 5 " DIGEST " list\n", "dataset/1", OF_ALL, ALL);
    refused(EX_DATAERR, "is a list itself; name its shards in its place");
    write_list("2 2 " DIGEST " a\n3 5 1123456789abcdef0123456789abcdef b\n", "dataset/1", OF_ALL,
               ALL);
    refused(EX_DATAERR, "b is another file by now: its content has digest " DIGEST);
    write_list("3 3 " DIGEST " a\n2 5 " DIGEST " b\n", "dataset/1", OF_ALL, ALL);
    refused(EX_DATAERR, "a is not what the list says; make the list anew");
    write_digested("b", "dataset/1", "", OF_B, TENSORS("rows I64 3"), NULL);
    write_list(TWO_LINES, "dataset/1", OF_ALL, TENSORS("rows I64 5"));
    refused(EX_DATAERR, "b is another file by now: its content has digest none, the list was made");
    write_digested("b", "dataset/1", "\"content_digest\":\"0\",", OF_B, TENSORS("rows I64 3"),
                   NULL);
    refused(EX_DATAERR, "b: content_digest is not 32 hex digits");
    write_shard("b", "model/1", OF_B, TENSORS("rows I64 3"), NULL);
    write_list(TWO_LINES, "dataset/1", OF_ALL, TENSORS("rows I64 5"));
    refused(EX_DATAERR, "b: a file of kind model/1");
}
END_TEST

/* The second shard has `own` where the header of all has `all`. */
static void unlike(const char *own, const char *all, const char *name)
{
    char wanted[100];

    write_shard("a", "dataset/1", OF_A, TENSORS(own), NULL);
    write_list("2 2 " DIGEST " a\n", "dataset/1", OF_A, TENSORS(all));
    snprintf(wanted, sizeof wanted, "tensor '%s' of ", name);
    refused(EX_DATAERR, wanted);
}

static void alike(const char *own, const char *all)
{
    struct tensor_file *file;

    write_shard("a", "dataset/1", OF_A, TENSORS(own), NULL);
    write_list("2 2 " DIGEST " a\n", "dataset/1", OF_A, TENSORS(all));
    MUST(open_list(&file));
    tensor_file_close(file);
}

START_TEST(tensors_of_other_rows_are_refused)
{
    unlike("pixels U8 2,1,2,2", "images U8 2,1,2,2", "images");
    unlike("images U8 2,1,2,3", "images U8 2,1,2,2", "images");
    unlike("images U8 2,2,2,2", "images U8 2,1,2,2", "images");
    unlike("images U8 2,1,2", "images U8 2,1,2,1", "images");
    unlike("images F32 2,1,2,2", "images U8 2,1,2,2", "images");
    unlike("images U8 3,1,2,2", "images U8 2,1,2,2", "images");
    unlike("rows U8 2", "rows I64 2", "rows");
    unlike("rows I64 2,1", "rows I64 2", "rows");
    unlike("labels F32 2,2", "labels U8 2,2", "labels");
    unlike("labels U8 2,2,1", "labels U8 2,2", "labels");
    unlike("labels I64 2", "labels U8 2,2", "labels");
    alike("scores F32 2,3", "scores F32 2,3");
    alike("images U8 2,1,1,1,1,1,1,3", "images U8 2,1,1,1,1,1,1,3");
    unlike("images U8 2,1,1,1,1,1,1,3", "images U8 2,1,1,1,1,1,1,4", "images");
    unlike("labels U8 2,2,900", "labels U8 2,2,1", "labels");
    unlike("labels U8 2,2", "labels U8 2,65537", "labels");
    alike("labels U8 2,2", "labels U8 2,2");
    unlike("labels U8 2", "labels U8 2", "labels");
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "groups" : "ids";
        char own[40], all[40];

        snprintf(all, sizeof all, "%s U8 2,4", name);
        snprintf(own, sizeof own, "%s U8 2,5", name);
        unlike(own, all, name);
        snprintf(own, sizeof own, "%s U8 2,4", name);
        alike(own, all);
        snprintf(own, sizeof own, "%s U8 2,1", name);
        alike(own, all);
        snprintf(own, sizeof own, "%s U8 2", name);
        unlike(own, all, name);
        snprintf(own, sizeof own, "%s I64 2", name);
        alike(own, all);
        snprintf(own, sizeof own, "%s I64 2,1", name);
        unlike(own, all, name);
        snprintf(own, sizeof own, "%s F32 2,1", name);
        unlike(own, all, name);
        snprintf(own, sizeof own, "%s I64 2", name);
        snprintf(all, sizeof all, "%s U8 2,65537", name);
        unlike(own, all, name);
        snprintf(all, sizeof all, "%s I64 2", name);
        alike(own, all);
        snprintf(own, sizeof own, "%s U8 2,4", name);
        unlike(own, all, name);
        snprintf(all, sizeof all, "%s U8 2,4,2", name);
        alike(all, all);
        snprintf(all, sizeof all, "%s U8 2", name);
        alike(all, all);
        snprintf(all, sizeof all, "%s F32 2,4", name);
        alike(all, all);
        unlike(own, all, name);
    }
}
END_TEST

static void labels_refused(const char *classes, const char *own, const char *all, const char *why)
{
    write_shard("a", "dataset/1", classes, TENSORS(own), NULL);
    write_list("2 2 " DIGEST " a\n", "dataset/1", OF_ALL, TENSORS(all));
    refused(EX_DATAERR, why);
}

START_TEST(classes_that_are_none_of_the_list_are_refused)
{
    labels_refused("[\\\"0\\\",\\\"y\\\"]", "labels U8 2,2", "labels U8 2,3", "class 'y' of ");
    labels_refused(OF_A, "labels U8 2,3", "labels U8 2,3",
                   "a: not as many classes as columns of labels");
    labels_refused(OF_A, "labels U8 2,2", "labels U8 2,65536",
                   "a: not as many classes as columns of labels");
    labels_refused("[1]", "labels U8 2,2", "labels U8 2,3", "/a: ");
    SAYS("'classes'");
    write_shard("a", "dataset/1", OF_A, TENSORS("labels U8 2,2"), NULL);
    write_list("2 2 " DIGEST " a\n", "dataset/1", "[1]", TENSORS("labels U8 2,3"));
    refused(EX_DATAERR, "/list: ");
    SAYS("'classes'");
}
END_TEST

/* ---- Making a list ---- */

/* Makes the list `path` of the shards at `a` and `b`, and says how it names the second. */
static int make_list(const char *path, const char *a, const char *b, const char *note,
                     char named[300])
{
    struct tensor_shard shards[] = {{(char *)a, 2, 2, DIGEST}, {(char *)b, 3, 5, DIGEST}};
    const struct tensor rows = {.name = "rows", .dtype = DTYPE_I64, .ndim = 1, .dims = {5}};
    json_t *meta = json_pack("{s:s, s:s}", "kind", "dataset/1", "note", note);
    json_t *options = json_object();
    struct tensor_file *file = NULL;
    int result = tensor_shards_open(&file, path, shards, 2, meta, &rows, 1, &err);
    char *text = NULL, *line;

    if (result == 0) {
        int64_t numbers_of_all[5];

        MUST(tensor_file_read(file, "rows", numbers_of_all, &err));
        text = tensor_shards_text(file, meta, options, NULL, &err);
        ck_assert_msg(text != NULL, "%s", err.text);
        line = strstr(text, "\n3 5 " DIGEST " ");
        ck_assert_ptr_nonnull(line);
        ck_assert_ptr_nonnull(strstr(line, "\"options\":"));
        line += strlen("\n3 5 " DIGEST " ");
        snprintf(named, 300, "%.*s", (int)strcspn(line, "\n"), line);
    }
    free(text);
    tensor_file_close(file);
    json_decref(options);
    json_decref(meta);
    return result;
}

static void names_shard(const char *list, const char *b, const char *wanted)
{
    char named[300], a[256];

    snprintf(a, sizeof a, "%s", scratch("a"));
    MUST(make_list(list, a, b, "", named));
    ck_assert_str_eq(named, wanted);
}

START_TEST(a_list_names_its_shards_so_that_it_finds_them)
{
    char real[PATH_MAX], deep[300], link[300];

    ck_assert_int_eq(mkdir(scratch("d"), 0700), 0);
    ck_assert_int_eq(mkdir(scratch("other"), 0700), 0);
    ck_assert_int_eq(mkdir(scratch("e"), 0700), 0);
    ck_assert_int_eq(rename(scratch("b"), scratch("d/b")), 0);
    ck_assert_int_eq(symlink("d", scratch("l")), 0);
    ck_assert_ptr_nonnull(realpath(scratch("d/b"), real));
    snprintf(deep, sizeof deep, "%s", scratch("d/list"));
    snprintf(link, sizeof link, "%s", scratch("l/b"));
    ck_assert_int_eq(chdir(scratch_folder), 0);
    names_shard("list", "d/b", "d/b");      /* below the list */
    names_shard("d/list", "d/b", "b");      /* beside it */
    names_shard("other/list", "d/b", real); /* elsewhere */
    names_shard("e/list", "d/b", real);
    names_shard("other/list", link, link); /* a path from the root stays, with its links */
    names_shard("list", link, link);
    names_shard(deep, scratch("d/b"), "b");
}
END_TEST

START_TEST(lists_that_cannot_be_are_not_made)
{
    char named[300], a[256], *note = malloc(HEADER_LIMIT + 1);

    snprintf(a, sizeof a, "%s", scratch("a"));
    memset(note, 'n', HEADER_LIMIT);
    note[HEADER_LIMIT] = 0;
    FAILS(EX_DATAERR, make_list(scratch("list"), a, scratch("b"), note, named));
    SAYS("list: ");
    ck_assert_int_ne(fcntl(STDIN_FILENO, F_GETFD), -1);
    FAILS(EX_NOINPUT, make_list(scratch("list"), a, scratch("gone"), "", named));
    SAYS("list: a shard of it: ");
    ck_assert_int_eq(chdir(scratch_folder), 0);
    FAILS(EX_NOINPUT, make_list("other/list", a, "none", "", named));
    SAYS("none: where it lies cannot be told: No such file or directory");
    free(note);
}
END_TEST

Suite *suite_shards(void)
{
    Suite *suite = suite_create("shards");
    TCase *tests = tcase_create("shards");

    tcase_add_checked_fixture(tests, write_both, scratch_remove);
    tcase_add_test(tests, rows_are_those_of_one_file);
    tcase_add_test(tests, a_tensor_is_stored_in_all_shards);
    tcase_add_test(tests, tensors_of_one_frame_are_stored_in_no_known_bytes);
    tcase_add_test(tests, shards_without_rows_are_passed);
    tcase_add_test(tests, row_numbers_do_not_overflow);
    tcase_add_test(tests, classes_come_in_the_order_of_the_list);
    tcase_add_test(tests, many_classes_come_in_the_order_of_the_list);
    tcase_add_test(tests, numbers_become_text_of_their_length);
    tcase_add_test(tests, other_numbers_stay);
    tcase_add_test(tests, the_digest_is_that_of_the_rows);
    tcase_add_test(tests, the_digest_is_that_of_long_texts);
    tcase_add_test(tests, shards_lie_beside_the_list_or_where_their_path_says);
    tcase_add_test(tests, shards_that_go_while_they_are_read_are_missed);
    tcase_add_test(tests, damaged_shards_are_noticed);
    tcase_add_test(tests, checksums_behind_the_last_row_are_read);
    tcase_add_test(tests, damage_before_a_tensor_is_noticed);
    tcase_add_test(tests, lines_that_are_none_are_refused);
    tcase_add_test(tests, lists_are_told_by_their_first_line);
    tcase_add_test(tests, lists_that_are_none_are_refused);
    tcase_add_test(tests, shards_that_are_others_are_refused);
    tcase_add_test(tests, tensors_of_other_rows_are_refused);
    tcase_add_test(tests, classes_that_are_none_of_the_list_are_refused);
    tcase_add_test(tests, a_list_names_its_shards_so_that_it_finds_them);
    tcase_add_test(tests, lists_that_cannot_be_are_not_made);
    suite_add_tcase(suite, tests);
    return suite;
}
