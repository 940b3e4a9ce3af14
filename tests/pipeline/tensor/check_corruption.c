#include "pipeline/tensor/tensor.h"
#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <string.h>
#include <zstd.h>

Suite *suite_corruption(void);

/* A small tensor file, as stored and as plain safetensors, with each bit flipped and cut at each
 * length: it is refused, or its content is what it was. */

enum { ROWS = 7, WIDTH = 9 };

static struct err err;
static char *stored;
static size_t stored_size;

static const unsigned char *pattern(void)
{
    static unsigned char rows[ROWS * WIDTH];

    for (int i = 0; i < ROWS * WIDTH; i++)
        rows[i] = (unsigned char)(i * 37);
    return rows;
}

static void make_file(void)
{
    const struct tensor images = {
        .name = "images", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, WIDTH}};
    const struct tensor means = {.name = "means", .dtype = DTYPE_F32, .ndim = 1, .dims = {2}};
    const float values[2] = {0.25F, -3};
    json_t *meta = json_pack("{s:s, s:s}", "kind", "noise/1", "note", "of bytes");
    json_t *options = json_pack("{s:i}", "seed", 1);
    struct tensor_writer *writer;

    scratch_make();
    MUST(tensor_writer_open(&writer, scratch("whole"), &err));
    MUST(tensor_writer_add(writer, &images, true, &err));
    MUST(tensor_writer_add(writer, &means, false, &err));
    MUST(tensor_writer_append(writer, 0, pattern(), ROWS, &err));
    MUST(tensor_writer_append(writer, 1, values, 2, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
    stored = slurp(scratch("whole"), &stored_size);
}

static void drop_file(void)
{
    free(stored);
    scratch_remove();
}

/* Whether all is as it was: kind, note and both tensors. */
static bool same_content(struct tensor_file *file)
{
    unsigned char rows[ROWS * WIDTH];
    float values[2];
    const char *note = tensor_file_meta(file, "note");
    const struct tensor *images = tensor_file_find(file, "images");
    const struct tensor *means = tensor_file_find(file, "means");

    return tensor_file_count(file) == 2 && images && means && tensor_rows(images) == ROWS &&
           tensor_row_bytes(images) == WIDTH && tensor_rows(means) == 2 &&
           strcmp(tensor_file_kind(file), "noise/1") == 0 && note &&
           strcmp(note, "of bytes") == 0 && tensor_file_read(file, "images", rows, &err) == 0 &&
           tensor_file_read(file, "means", values, &err) == 0 &&
           memcmp(rows, pattern(), sizeof rows) == 0 && values[0] == 0.25F && values[1] == -3;
}

/* 1: refused, 0: accepted with the same content. */
static int refused(const char *bytes, size_t size)
{
    struct tensor_file *file = NULL;
    int result;

    spill(scratch("damaged"), bytes, size);
    err = (struct err){0};
    result = tensor_file_open(&file, scratch("damaged"), NULL, "", &err);
    if (result == 0)
        result = tensor_file_verify(file, &err);
    if (result == 0)
        EXPECT(same_content(file), "accepted with other content");
    else
        EXPECT(err.status == EX_DATAERR, "status %d: %s", err.status, err.text);
    tensor_file_close(file);
    return result != 0;
}

/* Flips each bit; returns how many of these files were accepted. */
static size_t flip_all(char *bytes, size_t size)
{
    size_t accepted = 0;

    for (size_t i = 0; i < size; i++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] ^= (char)(1 << bit);
            accepted += refused(bytes, size) == 0;
            bytes[i] ^= (char)(1 << bit);
        }
    return accepted;
}

static size_t plain(char **bytes)
{
    size_t used = 0, room = 1 << 16;
    ZSTD_inBuffer in = {stored, stored_size, 0};
    ZSTD_outBuffer out;
    ZSTD_DCtx *zstd = ZSTD_createDCtx();

    *bytes = malloc(room);
    out = (ZSTD_outBuffer){*bytes, room, 0};
    while (in.pos < in.size)
        ck_assert(!ZSTD_isError(ZSTD_decompressStream(zstd, &out, &in)));
    ZSTD_freeDCtx(zstd);
    used = out.pos;
    ck_assert_uint_lt(used, room);
    return used;
}

START_TEST(a_flipped_bit_of_a_stored_file_is_refused_or_does_no_harm)
{
    /* Few bits of zstd's frames mean nothing; none of the checksums' does. */
    ck_assert_uint_lt(flip_all(stored, stored_size), stored_size / 10);
}
END_TEST

START_TEST(a_flipped_bit_of_a_plain_file_is_refused_or_does_no_harm)
{
    char *bytes;
    size_t size = plain(&bytes);

    /* Parts that may differ: the records of options, inputs and version, and the padding. */
    ck_assert_uint_lt(flip_all(bytes, size), size * 8 / 4);
    free(bytes);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
    char *bytes;
    size_t size = plain(&bytes);

    for (size_t length = 0; length < stored_size; length++)
        EXPECT(refused(stored, length), "accepted with %zu of %zu bytes", length, stored_size);
    for (size_t length = 0; length < size; length++)
        EXPECT(refused(bytes, length), "accepted with %zu of %zu plain bytes", length, size);
    free(bytes);
}
END_TEST

enum { BUFFER = 1 << 16, LETTERS = 100000 };

/* Packs a header that has a note of so many letters; returns its bytes. */
static size_t pack_header(char *packed, size_t room, size_t letters)
{
    static char text[LETTERS + 100];
    uint64_t length;
    size_t size;
    int used = snprintf(text + sizeof length, 40, "{\"__metadata__\":{\"note\":\"");
    uint32_t next = 1;
    ZSTD_CCtx *zstd = ZSTD_createCCtx();

    for (size_t i = 0; i < letters; i++) {
        next = next * 1664525 + 1013904223;
        text[sizeof length + (size_t)used++] = (char)('0' + (next >> 26));
        if (text[sizeof length + (size_t)used - 1] == '\\')
            text[sizeof length + (size_t)used - 1] = 'z';
    }
    memcpy(text + sizeof length + (size_t)used, "\"}}", 3);
    length = (uint64_t)used + 3;
    memcpy(text, &length, sizeof length);
    ck_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)));
    size = ZSTD_compress2(zstd, packed, room, text, sizeof length + length);
    ck_assert(!ZSTD_isError(size));
    ZSTD_freeCCtx(zstd);
    return size;
}

/* A header's checksum that the reader has to fetch for itself: all before fills its buffer. */
START_TEST(a_checksum_behind_the_first_buffer_is_read)
{
    static char packed[2 * LETTERS];
    struct tensor_file *file;
    size_t few = 1, many = LETTERS, size;

    while (few < many) { /* the first that takes more than the buffer */
        const size_t middle = (few + many) / 2;

        if (pack_header(packed, sizeof packed, middle) > BUFFER)
            many = middle;
        else
            few = middle + 1;
    }
    size = pack_header(packed, sizeof packed, few);
    ck_assert_uint_gt(size, BUFFER);
    ck_assert_uint_le(size, BUFFER + 4);
    spill(scratch("header"), packed, size);
    MUST(tensor_file_open(&file, scratch("header"), NULL, "", &err));
    tensor_file_close(file);
    packed[size - 1] ^= 1;
    spill(scratch("header"), packed, size);
    FAILS(EX_DATAERR, tensor_file_open(&file, scratch("header"), NULL, "", &err));
    SAYS("checksum");
}
END_TEST

Suite *suite_corruption(void)
{
    Suite *suite = suite_create("corruption");
    TCase *tests = tcase_create("corruption");

    tcase_add_checked_fixture(tests, make_file, drop_file);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_flipped_bit_of_a_stored_file_is_refused_or_does_no_harm);
    tcase_add_test(tests, a_flipped_bit_of_a_plain_file_is_refused_or_does_no_harm);
    tcase_add_test(tests, a_file_cut_anywhere_is_refused);
    tcase_add_test(tests, a_checksum_behind_the_first_buffer_is_read);
    suite_add_tcase(suite, tests);
    return suite;
}
