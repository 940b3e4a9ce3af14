/* The frames of a zstd file by their headers, made here byte by byte (RFC 8878, section 3.1). */
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

Suite *suite_frames(void);

enum { RAW, RLE, COMPRESSED, CHECKSUM = 4, RESERVED_BIT = 8, SINGLE = 32, LAST = 1 };

static struct err err;
static struct tensor_frames frames;
static unsigned char bytes[1 << 18];
static size_t used;

static void put(uint64_t number, int count)
{
    for (int i = 0; i < count; i++)
        bytes[used++] = (unsigned char)(number >> 8 * i);
}

static void put_block(int type, uint64_t size)
{
    put(LAST | (uint64_t)type << 1 | size << 3, 3);
    for (uint64_t i = 0; i < (type == RLE ? 1 : size); i++)
        put(0, 1);
}

/* A frame with a window descriptor and two bytes for its content, which are 256 less. */
static void put_windowed(int window, int type, uint64_t size)
{
    put(0xFD2FB528, 4);
    put(64 | CHECKSUM, 1);
    put((uint64_t)window, 1);
    put(0, 2); /* 256 bytes */
    put_block(type, size);
    put(0, 4);
}

static void put_single(uint64_t content, int type, uint64_t size)
{
    put(0xFD2FB528, 4);
    put(SINGLE | CHECKSUM, 1);
    put(content, 1);
    put_block(type, size);
    put(0, 4);
}

/* The sentence after the file's name; "" accepted. */
static const char *find(void)
{
    int fd, result;

    spill(scratch("t.zst"), bytes, used);
    fd = open(scratch("t.zst"), O_RDONLY);
    tensor_frames_free(&frames);
    result = tensor_frames_find(&frames, "t", fd, (int64_t)used, &err);
    close(fd);
    used = 0;
    return result == 0 ? "" : err.text;
}

START_TEST(windows_bound_blocks)
{
    static const struct {
        int window;
        uint64_t most;
    } cases[] = {{0, 1024}, {1, 1152},           {7, 1920},
                 {8, 2048}, {7 << 3, 128 << 10}, {8 << 3, 128 << 10}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_windowed(cases[i].window, RAW, cases[i].most);
        ck_assert_str_eq(find(), "");
        put_windowed(cases[i].window, RAW, cases[i].most + 1);
        ck_assert_str_ne(find(), "");
        SAYS("t: zstd frame 1 has a malformed block at byte 8");
    }
    put_single(5, RAW, 5);
    ck_assert_str_eq(find(), "");
    put_single(5, RLE, 6);
    ck_assert_str_ne(find(), "");
    SAYS("malformed block at byte 6");
    put_single(5, 3, 5);
    ck_assert_str_ne(find(), "");
    SAYS("malformed block at byte 6");
}
END_TEST

START_TEST(windows_are_limited)
{
    char text[100];

    put_windowed((WINDOW_LOG_LIMIT - 10) << 3, RLE, 256);
    ck_assert_str_eq(find(), "");
    put_windowed((WINDOW_LOG_LIMIT - 10) << 3 | 1, RLE, 256);
    ck_assert_str_ne(find(), "");
    snprintf(text, sizeof text,
             "t: zstd frame 1 needs %d MiB of memory to decompress, the limit is %d;",
             9 << (WINDOW_LOG_LIMIT - 23), 1 << (WINDOW_LOG_LIMIT - 20));
    SAYS(text);
    put_windowed(255, RLE, 256);
    ck_assert_str_ne(find(), "");
    SAYS("needs 3932160 MiB");
}
END_TEST

START_TEST(magic_numbers_are_told_apart)
{
    for (uint64_t magic = 0x184D2A4F; magic <= 0x184D2A60; magic++) {
        put(magic, 4);
        put(0, 4);
        ck_assert_str_ne(find(), "");
        if (magic == 0x184D2A4F || magic == 0x184D2A60)
            SAYS("t: trailing bytes at byte 0 are no zstd frame");
        else
            SAYS("t: a skippable zstd frame at byte 0; tensor files have none");
    }
    put_single(1, RAW, 1);
    put(0, 1);
    ck_assert_str_ne(find(), "");
    SAYS("t: 1 trailing byte after");
    put_single(1, RAW, 1);
    put(0, 3);
    ck_assert_str_ne(find(), "");
    SAYS("t: 3 trailing bytes after");
    put_single(1, RAW, 1);
    put(0, 4);
    ck_assert_str_ne(find(), "");
    SAYS("t: trailing bytes at byte 14 are no zstd frame");
    put_single(1, RAW, 1);
    put(0xFD2FB528, 4);
    ck_assert_str_ne(find(), "");
    SAYS("zstd frame 2, which begins at byte 14, does not end");
}
END_TEST

static const char *with_descriptor(int descriptor, int content_bytes, uint64_t content)
{
    put(0xFD2FB528, 4);
    put((uint64_t)descriptor, 1);
    put(content, content_bytes);
    put_block(RAW, 3);
    put(0, 4);
    return find();
}

START_TEST(descriptors_say_what_follows)
{
    ck_assert_str_eq(with_descriptor(SINGLE | CHECKSUM, 1, 3), "");
    ck_assert_str_eq(with_descriptor(128 | SINGLE | CHECKSUM, 4, 3), "");
    ck_assert_str_eq(with_descriptor(192 | SINGLE | CHECKSUM, 8, 3), "");
    ck_assert_str_eq(with_descriptor(16 | SINGLE | CHECKSUM, 1, 3), ""); /* unused bit */
    for (int dictionary = 1; dictionary < 4; dictionary++) {
        ck_assert_str_ne(with_descriptor(SINGLE | CHECKSUM | dictionary, 1, 3), "");
        SAYS("needs a dictionary");
    }
    ck_assert_str_ne(with_descriptor(SINGLE | CHECKSUM | RESERVED_BIT, 1, 3), "");
    SAYS("sets a reserved bit");
    ck_assert_str_ne(with_descriptor(SINGLE, 1, 3), "");
    SAYS("has no checksum");
    ck_assert_str_ne(with_descriptor(CHECKSUM, 1, 3), "");
    SAYS("does not state its content size");
    ck_assert_str_ne(with_descriptor(SINGLE | CHECKSUM, 1, 4), "");
    SAYS("states a content of 4 bytes, its blocks hold at most 3");
    ck_assert_str_ne(with_descriptor(192 | SINGLE | CHECKSUM, 8, (uint64_t)INT64_MAX + 1), "");
    SAYS("states a content size of over 2^63");
    ck_assert_str_ne(with_descriptor(192 | SINGLE | CHECKSUM, 8, INT64_MAX), "");
    SAYS("MiB of memory");
    put(0xFD2FB528, 4);
    put(192 | SINGLE | CHECKSUM, 1);
    put(0x07070707070707, 7); /* no whole size, though as many bytes as a block's header has */
    ck_assert_str_ne(find(), "");
    SAYS("zstd frame 1, which begins at byte 0, does not end");
}
END_TEST

START_TEST(frames_are_found_by_what_they_hold)
{
    enum { FRAMES = 300 };
    int64_t content = 0;

    for (uint64_t i = 0; i < FRAMES; i++)
        put_single(i % 7 + 1, RAW, i % 7 + 1);
    ck_assert_str_eq(find(), "");
    ck_assert_int_eq(frames.count, FRAMES);
    for (int64_t i = 0, stored = 0; i < FRAMES; i++) {
        ck_assert(frames.list[i].content == content && frames.list[i].stored == stored);
        for (int64_t k = 0; k <= i % 7; k++)
            ck_assert_int_eq(tensor_frames_at(&frames, content + k), i);
        content += i % 7 + 1;
        stored += 13 + i % 7 + 1;
    }
    ck_assert_int_eq(frames.content, content);
    ck_assert_int_eq(tensor_frames_at(&frames, content), FRAMES - 1);
    tensor_frames_free(&frames);
}
END_TEST

Suite *suite_frames(void)
{
    Suite *suite = suite_create("frames");
    TCase *tests = tcase_create("frames");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, windows_bound_blocks);
    tcase_add_test(tests, windows_are_limited);
    tcase_add_test(tests, magic_numbers_are_told_apart);
    tcase_add_test(tests, descriptors_say_what_follows);
    tcase_add_test(tests, frames_are_found_by_what_they_hold);
    suite_add_tcase(suite, tests);
    return suite;
}
