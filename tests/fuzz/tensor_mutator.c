#include "fuzz.h"

#include <string.h>

/* Changes content by its parts, so that its header's length stays right: text of the header, a
 * number in it, or the tensors' bytes; sometimes the whole, blindly. */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

enum { MODE = 1, LENGTH = 8, BEGIN = MODE + LENGTH, MULTIPLE = 8, MOST = 1 << 16 };

/* Puts a header of `size` bytes and the tensors after it; returns the size of all. */
static size_t join(uint8_t *data, uint8_t *header, size_t size, const uint8_t *tensors, size_t rest)
{
    while (size % MULTIPLE)
        header[size++] = ' ';
    memcpy(data + BEGIN, header, size);
    memcpy(data + BEGIN + size, tensors, rest);
    for (int i = 0; i < LENGTH; i++)
        data[MODE + i] = (uint8_t)((uint64_t)size >> 8 * i);
    return BEGIN + size + rest;
}

static size_t mutate(uint8_t *bytes, size_t size, size_t room)
{
    return LLVMFuzzerMutate(bytes, size, room < MOST ? room : MOST);
}

/* Another number in place of the one that begins at or after a random byte. */
static size_t change_number(uint8_t *header, size_t size, unsigned seed)
{
    static const char *const numbers[] = {"0",  "1",          "2",
                                          "8",  "4294967296", "9223372036854775807",
                                          "-1", "1e3",        "9223372036854775808"};
    size_t begin = seed / 16 % size, end, length;
    const char *number = numbers[seed / 4 % (sizeof numbers / sizeof *numbers)];

    while (begin < size && (header[begin] < '0' || header[begin] > '9'))
        begin++;
    for (end = begin; end < size && header[end] >= '0' && header[end] <= '9';)
        end++;
    if (begin == end)
        return size;
    if (seed % 4) {
        header[end - 1] = (uint8_t)('0' + (header[end - 1] - '0' + seed % 9 + 1) % 10);
        return size;
    }
    length = strlen(number);
    memmove(header + begin + length, header + end, size - end);
    memcpy(header + begin, number, length);
    return size - (end - begin) + length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint8_t header[MOST + 64], tensors[MOST];
    uint64_t length = 0;
    size_t rest, room;

    for (int i = 0; i < LENGTH && size > BEGIN; i++)
        length |= (uint64_t)data[MODE + i] << 8 * i;
    if (size <= BEGIN || data[0] % 2 == 0 || seed % 8 == 0 || length == 0 ||
        length > size - BEGIN || size > MOST || max_size < size + 64)
        return LLVMFuzzerMutate(data, size, max_size);
    rest = size - BEGIN - length;
    room = max_size - BEGIN - rest - MULTIPLE;
    memcpy(header, data + BEGIN, length);
    memcpy(tensors, data + BEGIN + length, rest);
    if (seed % 8 < 3)
        length = mutate(header, length, room);
    else if (seed % 8 < 5)
        length = change_number(header, length, seed / 8);
    else if (seed % 8 == 5)
        data[0] = (uint8_t)(seed / 8 | 1);
    else
        rest = mutate(tensors, rest, max_size - BEGIN - length - MULTIPLE);
    return join(data, header, length, tensors, rest);
}
