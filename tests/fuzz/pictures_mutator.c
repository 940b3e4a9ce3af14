#include "fuzz.h"

#include <string.h>
#include <zlib.h>

/* Changes a PNG by its chunks, whose lengths and checksums stay right, so that what they hold is
 * read: one chunk's bytes, or what they unpack to; sometimes the whole, blindly, as a JPEG is. */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* A chunk: the length of its bytes, its type, these bytes, a checksum of both. */
enum { OPTIONS = 1, SIGNATURE = 8, BEGIN = OPTIONS + SIGNATURE, TYPE = 4, BYTES = 8, AROUND = 12 };
enum { MOST = 1 << 16 };

static size_t get_number(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static void put_number(uint8_t *at, size_t number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* Returns where chunk `number` begins, 0: there are not so many whole ones. */
static size_t find_chunk(const uint8_t *data, size_t size, size_t number)
{
    size_t at = BEGIN;

    for (; at + AROUND <= size && get_number(data + at) <= size - at - AROUND; number--) {
        if (number == 0)
            return at;
        at += AROUND + get_number(data + at);
    }
    return 0;
}

/* Returns the new size, 0: they cannot be unpacked, or do not fit. */
static size_t change_unpacked(uint8_t *bytes, size_t size, size_t room)
{
    static uint8_t unpacked[MOST];
    uLongf length = sizeof unpacked / 2, packed = room;

    if (uncompress(unpacked, &length, bytes, size) != Z_OK || length == 0)
        return 0;
    length = LLVMFuzzerMutate(unpacked, length, sizeof unpacked);
    return compress(bytes, &packed, unpacked, length) == Z_OK ? packed : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint8_t bytes[MOST], rest[MOST];
    size_t count = 0, at, old, new = 0, room, rest_size;

    while (count < 100 && find_chunk(data, size, count))
        count++;
    if (count == 0 || memcmp(data + OPTIONS, "\x89PNG\r\n\x1a\n", SIGNATURE) != 0 ||
        seed % 8 == 0 || max_size > MOST || max_size < size + 1)
        return LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 == 1) {
        *data = (uint8_t)(seed / 8);
        return size;
    }
    at = find_chunk(data, size, seed / 8 % count);
    old = get_number(data + at);
    room = max_size - (size - old);
    rest_size = size - at - AROUND - old;
    memcpy(bytes, data + at + BYTES, old);
    memcpy(rest, data + at + AROUND + old, rest_size);
    if (seed % 8 < 5)
        new = change_unpacked(bytes, old, room);
    if (new == 0) {
        memcpy(bytes, data + at + BYTES, old);
        new = LLVMFuzzerMutate(bytes, old, room);
    }
    put_number(data + at, new);
    memcpy(data + at + BYTES, bytes, new);
    put_number(data + at + BYTES + new,
               crc32(crc32(0, NULL, 0), data + at + TYPE, (uInt)(BYTES - TYPE + new)));
    memcpy(data + at + AROUND + new, rest, rest_size);
    return size - old + new;
}
